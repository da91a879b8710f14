"""What drf-spectacular is told beyond the views themselves.  Named in settings.SPECTACULAR_SETTINGS; imported when ready."""

from __future__ import annotations

from typing import Any, Literal

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

from wangcheng.common.api.problems import MEDIA_TYPE, TITLES

PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "errors"],
    "properties": {
        "type": {"type": "string", "description": "问题类别"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "给办事人员看的一句话"},
        "errors": {
            "type": "object",
            "description": "按字段列出的错误，键为空串的与整体有关",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
    },
    "example": {
        "type": "urn:wangcheng:problem:state",
        "title": "与当前状态冲突",
        "status": 409,
        "detail": "当前状态为“已办结”，不能派单。",
        "errors": {},
    },
}
KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "同一键、同一内容的重复提交只执行一次，并返回首次的结果",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": r"^[\x21-\x7e]+$"},
}
ALWAYS, READING, WRITING = (401, 403, 429), (400, 404, 406), (400, 404, 406, 409, 413, 415)


class Schema(AutoSchema):
    """Takes a raw JSON schema as the answer of a view (`responses=SHAPE`), beside serializers and {status: shape}."""

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> dict[str, Any]:
        found: Any = self.get_response_serializers()
        if isinstance(found, dict) and "type" in found:
            return {"200": self._get_response_for_code(found, "200", direction=direction)}
        return super()._get_response_bodies(direction)


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = "wangcheng.common.api.tokens.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer", "description": "令牌由后台签发，或以 POST auth/token/ 换取"}


def add_problems(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Post-processing hook: every operation may answer with a problem, and every POST takes an Idempotency-Key."""
    components = result.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = PROBLEM
    components["responses"] = {
        f"Problem{status}": {
            "description": title,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status, title in TITLES.items()
    }
    for operations in result["paths"].values():
        for method, operation in operations.items():
            _add(method, operation)
    return result


def _add(method: str, operation: dict[str, Any]) -> None:
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "query" and not parameter.get("required"):
            parameter["schema"] = _or_empty(parameter["schema"])
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    if body.get("schema", {}).get("required"):
        operation["requestBody"]["required"] = True
    for status in (*ALWAYS, *(READING if method == "get" else WRITING)):
        operation["responses"].setdefault(str(status), {"$ref": f"#/components/responses/Problem{status}"})
    if method == "post":
        operation.setdefault("parameters", []).append(KEY)


def _or_empty(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter may be left empty (see requests.without_empty)."""
    if schema.get("type") == "string" and not schema.keys() & {"format", "pattern", "enum", "minLength"}:
        return schema
    return {"anyOf": [schema, {"type": "string", "maxLength": 0}]}
