"""Where the measuring of what people wait for introduces itself."""

from django.apps import AppConfig


class BenchConfig(AppConfig):
    name = "wangcheng.bench"
    label = "bench"
    verbose_name = "性能测量"
