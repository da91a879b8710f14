"""Where the kernel introduces itself: what it registers, and the receivers it connects."""

from django.apps import AppConfig


class CommonConfig(AppConfig):
    name = "wangcheng.common"
    label = "common"
    verbose_name = "公共内核"

    def ready(self) -> None:
        """Let rule sets, receivers and the API's documentation register themselves."""
        from wangcheng.common.api import openapi, rules  # noqa: F401
        from wangcheng.common.audit import triggers  # noqa: F401
        from wangcheng.common.casework import attachments, importing  # noqa: F401
        from wangcheng.common.people import importing as people_importing  # noqa: F401
        from wangcheng.common.people import sessions  # noqa: F401
        from wangcheng.common.policy import upgrades  # noqa: F401
        from wangcheng.common.sheets import loading  # noqa: F401
        from wangcheng.common.sms import rules as message_rules  # noqa: F401
        from wangcheng.common.ways import entries, wordings  # noqa: F401
        from wangcheng.common.ways.lists import later  # noqa: F401
        from wangcheng.common.workdays import in_force  # noqa: F401
