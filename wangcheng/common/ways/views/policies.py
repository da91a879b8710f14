"""Policies: every rule set with its versions, the draft of a new one, and its approval by a second person."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from wangcheng.common import clock
from wangcheng.common.models import Policy
from wangcheng.common.policy import actions
from wangcheng.common.policy.forms import VersionForm, lines, version_form
from wangcheng.common.policy.registry import RuleSet, rule_sets
from wangcheng.common.ways.access import needs, signed_in
from wangcheng.common.ways.forms import act, form_page


@needs("common.view_policy")
@require_GET
def policy_list(request: HttpRequest) -> HttpResponse:
    """政策规则: every rule set, the version in force today and a draft where there is one."""
    today = clock.today()
    versions = list(Policy.objects.exclude(state=Policy.State.WITHDRAWN).select_related("drafted_by"))
    rows = [
        _overview(kind, [version for version in versions if version.key == kind.key], today) for kind in rule_sets()
    ]
    return render(request, "common/policies.html", {"rows": rows, "today": today})


def _overview(
    kind: RuleSet, versions: list[Policy], today: Any
) -> tuple[RuleSet, Policy | None, Policy | None, Policy | None]:
    """(rule set, version in force, approved version still to come, draft)."""
    approved = [version for version in versions if version.state == Policy.State.APPROVED]
    approved.sort(key=lambda version: (version.valid_from, version.version))
    now = [version for version in approved if version.valid_from <= today]
    later = [version for version in approved if version.valid_from > today]
    draft = [version for version in versions if version.state == Policy.State.DRAFT]
    return kind, (now[-1] if now else None), (later[0] if later else None), (draft[0] if draft else None)


@needs("common.view_policy")
@require_GET
def policy_detail(request: HttpRequest, key: str) -> HttpResponse:
    """One rule set: the values in force today, and its versions."""
    kind = _kind(key)
    versions = list(
        Policy.objects.filter(key=key).select_related("drafted_by", "approved_by").order_by("-valid_from", "-version")
    )
    now = next(
        (
            version
            for version in versions
            if version.state == Policy.State.APPROVED and version.valid_from <= clock.today()
        ),
        None,
    )
    page = {
        "kind": kind,
        "versions": versions,
        "now": now,
        "lines": lines(kind, now.values) if now else [],
        "shipped": now is not None and now.drafted_by_id is None,
        "today": clock.today(),
        "can_manage": signed_in(request).has_perm("common.manage_policy"),
    }
    return render(request, "common/policy.html", page)


@needs("common.view_policy")
@require_GET
def policy_version(request: HttpRequest, pk: int) -> HttpResponse:
    """One version beside the one before it; the place to approve or withdraw a draft."""
    version = get_object_or_404(Policy.objects.select_related("drafted_by", "approved_by"), pk=pk)
    kind = _kind(version.key)
    before = (
        Policy.objects.approved(version.key)
        .filter(valid_from__lte=version.valid_from)
        .exclude(pk=pk)
        .exclude(version__gt=version.version)
        .first()
    )
    page = {
        "version": version,
        "kind": kind,
        "before": before,
        "lines": lines(kind, version.values, before.values if before else None),
        "can_decide": signed_in(request).has_perm("common.approve_policy"),
        "backdated": version.valid_from < clock.today() and version.state == Policy.State.DRAFT,
    }
    return render(request, "common/policy_version.html", page)


@needs("common.manage_policy")
def policy_draft(request: HttpRequest, key: str) -> HttpResponse:
    """起草新版本, starting from the values in force."""
    kind = _kind(key)
    now = Policy.objects.approved(key).filter(valid_from__lte=clock.today()).first()
    initial = {**(now.values if now else kind.defaults()), "starts_on": clock.today()}
    form: VersionForm = version_form(kind)(request.POST or None, initial=initial)

    def draft(entered: dict[str, Any]) -> str:
        made = actions.draft(
            key,
            form.rules(kind),
            valid_from=entered["starts_on"],
            document_number=entered["document_number"],
            source=entered["basis"],
            note=entered["revision"],
            by=signed_in(request),
        )
        return reverse("policy_version", args=[made.pk])

    return form_page(
        request,
        form,
        draft,
        title=f"起草新版本：{kind.label}",
        submit="保存草稿",
        done="草稿已保存，须由区领导或另一名管理员批准后生效。",
        back=reverse("policy_detail", args=[key]),
    )


@needs("common.approve_policy")
@require_POST
def policy_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """批准或作废草稿."""
    version = get_object_or_404(Policy, pk=pk)
    approve = request.POST.get("decision") == "approve"

    def decide() -> None:
        (actions.approve if approve else actions.withdraw)(pk, by=signed_in(request))

    back = reverse("policy_version", args=[version.pk])
    return act(request, decide, done="已批准。" if approve else "草稿已作废。", back=back)


@needs("common.approve_policy")
@require_GET
def policy_drafts(request: HttpRequest) -> HttpResponse:
    """待批准的政策: drafts, whoever wrote them."""
    labels = {kind.key: kind.label for kind in rule_sets()}
    drafts = Policy.objects.filter(state=Policy.State.DRAFT).select_related("drafted_by")
    return render(request, "common/policy_drafts.html", {"drafts": [(draft, labels[draft.key]) for draft in drafts]})


def _kind(key: str) -> RuleSet:
    found = next((kind for kind in rule_sets() if kind.key == key), None)
    if found is None:
        raise Http404("没有这类政策。")
    return found
