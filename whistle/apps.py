from django.apps import AppConfig


class WhistleConfig(AppConfig):
    name = "whistle"
    verbose_name = "雷锋哨"

    def ready(self) -> None:
        from whistle import entries, figures, many, rules  # noqa: F401  registered by being imported
