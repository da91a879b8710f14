from django.apps import AppConfig


class HotlineConfig(AppConfig):
    name = "hotline"
    verbose_name = "12345工单"

    def ready(self) -> None:
        from hotline import entries, figures, many, rules  # noqa: F401  registered by being imported
        from hotline.importing import job, trainings  # noqa: F401
