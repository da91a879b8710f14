"""Idempotency-Key on every POST of the API: the same key and body get the same reply, and the work is done once.

The middleware stands innermost in settings.MIDDLEWARE.  Reply and work are committed in one transaction, so a crash
leaves both or neither.  PostgreSQL refuses a second request while the first is at work; on SQLite it waits for the write
lock and then gets the first one's reply.  Strangers pass through: the view refuses them, or (log-in) has nothing to repeat.
A reply is given again only to who could have asked for the work itself, and in the same post.
A reply that says `Cache-Control: no-store` (a token, a caller's data) is not kept: the same key does the work again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

from django.core.exceptions import RequestDataTooBig
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from wangcheng.common import clock
from wangcheng.common.api.problems import MEDIA_TYPE, problem_response
from wangcheng.common.api.tokens import BearerAuthentication
from wangcheng.common.models import IdempotentReply, User

LONGEST = 200
KEY = re.compile(rf"[\x21-\x7e]{{1,{LONGEST}}}")
NOT_KEPT = frozenset({401, 429})  # nothing was tried: the same key may come again


class IdempotentPosts:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.headers.get("Idempotency-Key")
        if key is None or request.method != "POST" or not request.path.startswith("/api/"):
            return self.get_response(request)
        if not KEY.fullmatch(key):
            return problem_response(400, f"Idempotency-Key 应为1至{LONGEST}个可见的 ASCII 字符。")
        try:
            user = requester(request)
            print_ = fingerprint(request, user) if user else ""
        except RequestDataTooBig:
            return problem_response(413, "提交的内容过大。")
        except MultiPartParserError:
            return problem_response(400, "请求正文无法解析。")
        return self._once(request, user, key, print_) if user else self.get_response(request)

    def _once(self, request: HttpRequest, user: User, key: str, print_: str) -> HttpResponse:
        with transaction.atomic():
            if not _alone(user, key):
                return problem_response(409, "相同 Idempotency-Key 的请求正在处理，请稍后重试。")
            kept = IdempotentReply.objects.filter(user=user, key=key).first()
            if kept is not None:
                return _again(kept, request, print_)
            response = self.get_response(request)
            _keep(response, IdempotentReply(user=user, key=key, path=request.path[:LONGEST], fingerprint=print_))
            return response


def requester(request: HttpRequest) -> User | None:
    """Who may ask: proved as for the view itself, scope of the token and the page's CSRF token included; else None."""
    try:
        if found := BearerAuthentication().authenticate(Request(request)):
            return found[0]
        if not request.user.is_authenticated:
            return None
        SessionAuthentication().enforce_csrf(request)  # type: ignore[arg-type]  # looks at what every request has
    except APIException:
        return None  # the view refuses in its own words
    return request.user


def fingerprint(request: HttpRequest, user: User) -> str:
    """SHA-256 of post and body; of a form with files the fields and files, whose boundary differs each time."""
    found = hashlib.sha256(f"{user.acting.pk if user.acting else 0}/".encode())
    if request.content_type != "multipart/form-data":
        found.update(request.body)
        return found.hexdigest()
    for name, values in sorted(request.POST.lists()):
        found.update(repr((name, values)).encode())
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            found.update(repr((name, file.name, file.size)).encode())
            for chunk in file.chunks():
                found.update(chunk)
            file.seek(0)
    return found.hexdigest()


def _alone(user: User, key: str) -> bool:
    """Whether no other request with this key is at work; held to the end of the transaction."""
    if connection.vendor != "postgresql":
        return True
    digest = hashlib.sha256(f"{user.pk}/{key}".encode()).digest()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [int.from_bytes(digest[:8], signed=True)])
        return bool(cursor.fetchone()[0])


def _again(kept: IdempotentReply, request: HttpRequest, print_: str) -> HttpResponse:
    if kept.fingerprint != print_ or kept.path != request.path[:LONGEST]:
        return problem_response(409, "该 Idempotency-Key 已用于内容不同的请求，请换一个。")
    status = kept.status or 200
    media_type = "application/json" if status < 400 else MEDIA_TYPE
    headers = {"Idempotency-Replayed": "true"}
    return HttpResponse(bytes(kept.body), status=status, content_type=media_type, headers=headers)


def _keep(response: HttpResponse, reply: IdempotentReply) -> None:
    """Keep what was answered; a fault of ours undoes the work, so that the same key can try again."""
    if response.status_code >= 500 or transaction.get_rollback():
        transaction.set_rollback(True)
        return
    if response.status_code in NOT_KEPT or response.streaming or "no-store" in response.get("Cache-Control", ""):
        return
    reply.status, reply.body, reply.created_at = response.status_code, response.content, clock.system_now()
    reply.save(force_insert=True)
