"""Where the demonstration year introduces itself."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "wangcheng.demo"
    label = "demo"
    verbose_name = "演示年度"
