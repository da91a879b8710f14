"""Where the app of money and performance introduces itself: rules, figures, entries and imports register by import."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class BudgetConfig(AppConfig):
    name = "budget"
    verbose_name = "资金与绩效"

    def ready(self) -> None:
        from budget import entries, figures, guards, report_entries, rules, tasks  # noqa: F401  registered by import
        from budget.importing import budgets, payments  # noqa: F401

        post_migrate.connect(guards.protect, sender=self)
