"""The address the carrier posts its receipts to.  Open to whoever knows the key in it, and to nobody else."""

from __future__ import annotations

import logging

import orjson
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from wangcheng.common.sms.gateways import is_receipt_key
from wangcheng.common.sms.receipts import Report, take

log = logging.getLogger(__name__)


@csrf_exempt
@require_POST
def receipts(request: HttpRequest) -> HttpResponse:
    """One receipt or a list of them, as JSON; whatever cannot be read is refused as a whole and logged."""
    if not is_receipt_key(request.GET.get("key", "")):
        return JsonResponse({"detail": "无权提交状态报告。"}, status=403)
    try:
        found = orjson.loads(request.body)
        reports = [Report.read(each) for each in (found if isinstance(found, list) else [found])]
    except (orjson.JSONDecodeError, KeyError, ValueError, TypeError) as problem:
        log.warning("unreadable receipt: %r", problem)
        return JsonResponse({"detail": "状态报告无法识别。"}, status=400)
    return JsonResponse({"taken": take(reports)})
