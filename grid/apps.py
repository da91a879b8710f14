"""Where the app of territory and assessment introduces itself: what it registers with the kernel."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class GridConfig(AppConfig):
    name = "grid"
    verbose_name = "网格"

    def ready(self) -> None:
        from grid import entries, figures, guards, rules, tasks  # noqa: F401  registered by being imported
        from grid.importing import assessment, grids, ledgers, video  # noqa: F401

        post_migrate.connect(guards.protect, sender=self)
