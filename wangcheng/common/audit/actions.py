"""Writing the audit: one entry, in the transaction of what it tells of.  Called by every action worth telling."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction

from wangcheng.common import clock
from wangcheng.common.audit.seals import hold_off_sealer
from wangcheng.common.models import AuditEntry
from wangcheng.common.people.masking import mask_text

if TYPE_CHECKING:
    from django.http import HttpRequest

    from wangcheng.common.people.models import User

SUMMARY_LENGTH = 300


@transaction.atomic
def record(
    kind: str,
    summary: str,
    *,
    by: User | None = None,
    object: str = "",
    data: dict[str, Any] | None = None,
    request: HttpRequest | None = None,
) -> AuditEntry:
    """记入审计: who did what to which object.  `summary` is one Chinese sentence; phones and names in it are masked."""
    hold_off_sealer()
    return AuditEntry.objects.create(
        kind=AuditEntry.Kind(kind),
        at=clock.now(),
        actor=by,
        actor_name=by.name if by else "",
        organisation=by.organisation.short_name if by and by.organisation else "",
        address=client_address(request) if request else None,
        object=object[:120],
        summary=mask_text(summary)[:SUMMARY_LENGTH],
        data=data or {},
    )


def client_address(request: HttpRequest) -> str | None:
    """Where a request came from; behind our proxy the address the proxy saw, which is the last it added.

    The lock after wrong passwords counts by it as well (AXES_CLIENT_IP_CALLABLE).  What is no address is not believed.
    """
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.SECURE_PROXY_SSL_HEADER else ""
    return _address(forwarded.rsplit(",", 1)[-1].strip()) or _address(request.META.get("REMOTE_ADDR") or "")


def _address(text: str) -> str | None:
    try:
        return str(ip_address(text.partition("%")[0]))
    except ValueError:
        return None
