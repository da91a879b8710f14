"""Rule sets that came with an upgrade: a founded office gets their first version when it migrates.  Imported by apps.ready()."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate
from django.dispatch import receiver

from wangcheng.common.models import Policy
from wangcheng.common.policy.actions import install_defaults


@receiver(post_migrate)
def install_what_is_new(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """A database without any policy is left to `found_office`."""
    there = Policy._meta.db_table in connections[using].introspection.table_names()
    if sender.label == "common" and there and Policy.objects.using(using).exists():
        install_defaults()
