"""Where the app of whistles introduces itself: what it registers with the kernel."""

from django.apps import AppConfig


class WhistleConfig(AppConfig):
    name = "whistle"
    verbose_name = "雷锋哨"

    def ready(self) -> None:
        from wangcheng.common.casework import handing
        from whistle import entries, figures, hard_workflow, many, rules, workflow  # noqa: F401  registered by being imported
        from whistle.models import HardWhistle, Whistle

        handing.register(Whistle, workflow.HAND_OVER)
        handing.register(HardWhistle, hard_workflow.HAND_OVER)
