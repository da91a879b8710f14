"""Where the app of 12345 tickets introduces itself: what it registers with the kernel."""

from django.apps import AppConfig


class HotlineConfig(AppConfig):
    name = "hotline"
    verbose_name = "12345工单"

    def ready(self) -> None:
        from hotline import entries, figures, many, rules  # noqa: F401  registered by being imported
        from hotline.importing import job, trainings  # noqa: F401
        from hotline.models import Ticket
        from hotline.workflow import HAND_OVER
        from wangcheng.common.casework import handing

        handing.register(Ticket, HAND_OVER)
