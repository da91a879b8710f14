"""REST of 业务培训 and 知识库: lists, entries, and what is done with one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from hotline import api_shapes, ledgers, shown
from hotline.choosers import choose_from
from hotline.ledger_forms import KnowledgeForm, ReviewForm, TrainingForm, WithdrawForm
from hotline.models import Knowledge, Training
from wangcheng.common import clock
from wangcheng.common.api.bodies import bound, valid
from wangcheng.common.api.formschemas import form_schema
from wangcheng.common.api.pagination import PAGE_PARAMETERS, page_of, page_schema
from wangcheng.common.api.problems import Invalid
from wangcheng.common.api.queries import require
from wangcheng.common.models import User
from wangcheng.common.workflow import Code, NotAllowed

_SEARCH = OpenApiParameter("search", str, description="问题、答复、依据中的文字")
_VALID = OpenApiParameter("valid", bool, description="true：只列今天可以引用的")
_TRAINING = {"day": "2023-01-03", "kind": "invited", "topic": "工单办理规范", "sessions": 1, "people": 32}
_KNOWLEDGE = {
    "question": "医保窗口什么时候办理", "answer": "工作日9:00至17:00。", "unit": "D08", "valid_from": "2023-01-03",
}  # fmt: skip


def _filled(request: Request, form: type[forms.Form], user: User) -> dict[str, Any]:
    """The body by its form, whose choosers offer what is in force today."""
    filled = bound(request, form)
    choose_from(filled, user)
    return valid(filled)


def _one(rows: Any, pk: int) -> Any:
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


# 业务培训


def _trainings() -> Any:
    return Training.objects.prefetch_related("units")


def _reader(request: Request) -> User:
    """Who may read the ledgers, or keeps this one."""
    user: User = request.user  # type: ignore[assignment]
    if not (user.has_perm("grid.view_ledger") or user.has_perm("hotline.manage_training")):
        raise NotAllowed("您的岗位没有进行此操作的权限。", Code.RIGHT)
    return user


@extend_schema(
    methods=["GET"], operation_id="trainings_list", summary="业务培训列表（含已作废）", tags=["trainings"],
    parameters=PAGE_PARAMETERS, responses=page_schema(api_shapes.TRAINING),
)  # fmt: skip
@extend_schema(
    methods=["POST"], operation_id="trainings_record", summary="登记培训", tags=["trainings"],
    request={"application/json": form_schema(TrainingForm())}, responses={201: api_shapes.TRAINING},
    examples=[OpenApiExample("示例", value=_TRAINING, request_only=True)],
)  # fmt: skip
@api_view(["GET", "POST"])
def trainings(request: Request) -> Response:
    """GET: newest first.  POST: 登记."""
    if request.method == "GET":
        _reader(request)
        return page_of(request, _trainings(), shown.training, order="-pk")
    user = require(request, "hotline.manage_training")
    made = ledgers.record_training(by=user, **_filled(request, TrainingForm, user))
    return Response(shown.training(made), status=201)


@extend_schema(operation_id="trainings_read", summary="培训", tags=["trainings"], responses=api_shapes.TRAINING)
@api_view(["GET"])
def training(request: Request, pk: int) -> Response:
    _reader(request)
    return Response(shown.training(_one(_trainings(), pk)))


@extend_schema(
    operation_id="trainings_withdraw", summary="作废培训登记", tags=["trainings"],
    request={"application/json": form_schema(WithdrawForm())}, responses={200: api_shapes.TRAINING},
    examples=[OpenApiExample("示例", value={"reason": "人数登记有误"}, request_only=True)],
)  # fmt: skip
@api_view(["POST"])
def training_withdraw(request: Request, pk: int) -> Response:
    user = require(request, "hotline.manage_training")
    _one(_trainings(), pk)
    return Response(shown.training(ledgers.withdraw_training(pk, by=user, **_filled(request, WithdrawForm, user))))


# 知识库


def _asks_valid(request: Request) -> bool:
    said = request.query_params.get("valid", "false")
    if said not in {"true", "false"}:
        raise Invalid({"valid": ["valid 应为 true 或 false。"]})
    return said == "true"


def _knowledge() -> Any:
    return Knowledge.objects.select_related("unit", "category")


@extend_schema(
    methods=["GET"], operation_id="knowledge_list", summary="知识库列表", tags=["knowledge"],
    parameters=[_SEARCH, _VALID, *PAGE_PARAMETERS], responses=page_schema(api_shapes.KNOWLEDGE),
)  # fmt: skip
@extend_schema(
    methods=["POST"], operation_id="knowledge_write", summary="录入知识", tags=["knowledge"],
    request={"application/json": form_schema(KnowledgeForm())}, responses={201: api_shapes.KNOWLEDGE},
    examples=[OpenApiExample("示例", value=_KNOWLEDGE, request_only=True)],
)  # fmt: skip
@api_view(["GET", "POST"])
def knowledge_list(request: Request) -> Response:
    """GET: newest first.  POST: 录入, a draft until somebody else has reviewed it."""
    if request.method == "GET":
        require(request, "common.view_knowledge")
        rows = _knowledge().valid(clock.today()) if _asks_valid(request) else _knowledge()
        rows = rows.containing(request.query_params.get("search", ""))
        return page_of(request, rows, shown.knowledge, order="-pk", filters=(_SEARCH, _VALID))
    user = require(request, "hotline.manage_knowledge")
    made = ledgers.write_knowledge(by=user, **_filled(request, KnowledgeForm, user))
    return Response(shown.knowledge(made), status=201)


@extend_schema(operation_id="knowledge_read", summary="知识", tags=["knowledge"], responses=api_shapes.KNOWLEDGE)
@api_view(["GET"])
def knowledge(request: Request, pk: int) -> Response:
    require(request, "common.view_knowledge")
    return Response(shown.knowledge(_one(_knowledge(), pk)))


@extend_schema(
    operation_id="knowledge_review", summary="审核知识", tags=["knowledge"],
    request={"application/json": form_schema(ReviewForm())}, responses={200: api_shapes.KNOWLEDGE},
    examples=[OpenApiExample("示例", value={"passed": True}, request_only=True)],
)  # fmt: skip
@api_view(["POST"])
def knowledge_review(request: Request, pk: int) -> Response:
    user = require(request, "hotline.review_knowledge")
    _one(_knowledge(), pk)
    return Response(shown.knowledge(ledgers.review_knowledge(pk, by=user, **_filled(request, ReviewForm, user))))


@extend_schema(
    operation_id="knowledge_retire", summary="停用知识", tags=["knowledge"], request=None,
    responses={200: api_shapes.KNOWLEDGE},
)  # fmt: skip
@api_view(["POST"])
def knowledge_retire(request: Request, pk: int) -> Response:
    user = require(request, "hotline.manage_knowledge")
    _one(_knowledge(), pk)
    return Response(shown.knowledge(ledgers.retire_knowledge(pk, by=user)))
