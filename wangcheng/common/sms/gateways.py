"""Gateways to the carrier, chosen by SMS_URL.  Called by sms.sending outside any transaction.

    console://                      prints, for demonstration and development
    file:///path/messages.jsonl     appends one JSON line per message
    mas+http(s)://ecName:secret@host:port/path?apId=…&sign=…&addSerial=…      云MAS HTTP

A gateway answers with what is certain: Accepted, Refused (nothing was taken, may be tried again) or Unknown.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import os
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

import httpx
import orjson
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.crypto import salted_hmac

from wangcheng.common import clock
from wangcheng.common.people.masking import mask_phone

log = logging.getLogger(__name__)

TIMEOUT = httpx.Timeout(20, connect=5)  # well below the lease after which a row counts as stranded


JSON = {"Content-Type": "application/json"}


@cache
def _authorities() -> ssl.SSLContext:
    """Whom we trust, read once: to read them anew for each message takes longer than to send it.

    The connection itself is not kept: one that the carrier has closed meanwhile would leave a message in doubt.
    """
    return httpx.create_ssl_context()


@dataclass(frozen=True, slots=True)
class Accepted:
    carrier_id: str


@dataclass(frozen=True, slots=True)
class Refused:
    """It is certain that the carrier took nothing."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """The carrier may or may not have taken it; only a receipt or a person can tell."""

    reason: str


Answer = Accepted | Refused | Unknown


class Gateway(Protocol):
    def send(self, phones: Sequence[str], text: str, batch: str) -> Answer:
        """Give one text for several phones to the carrier.  `batch` is digits, unique to this call."""


class Console:
    def send(self, phones: Sequence[str], text: str, batch: str) -> Answer:
        log.warning("短信 %s → %s：%s", batch, "、".join(map(mask_phone, phones)), text)
        return Accepted(f"console-{batch}")


@dataclass(frozen=True)
class File:
    path: Path

    def send(self, phones: Sequence[str], text: str, batch: str) -> Answer:
        at = clock.now().isoformat()
        lines = [orjson.dumps({"at": at, "batch": batch, "phone": phone, "text": text}) for phone in phones]
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("ab") as file:
                file.write(b"\n".join(lines) + b"\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as problem:
            return Refused(f"短信文件不可写：{problem.strerror}")
        return Accepted(f"file-{batch}")


@dataclass(frozen=True)
class Mas:
    """云MAS HTTP: base64 of a JSON object by POST; success means accepted, not delivered."""

    url: str
    account: str
    secret: str
    app_id: str
    sign: str
    serial: str  # our own prefix of addSerial, where the contract gives one

    def send(self, phones: Sequence[str], text: str, batch: str) -> Answer:
        body = base64.b64encode(orjson.dumps(self.request(phones, text, batch)))
        try:
            reply = httpx.post(self.url, content=body, timeout=TIMEOUT, headers=JSON, verify=_authorities())
        except (httpx.ConnectError, httpx.ConnectTimeout) as problem:
            return Refused(f"运营商网关连接不上（{type(problem).__name__}）")
        except httpx.HTTPError as problem:
            return Unknown(f"运营商网关没有应答（{type(problem).__name__}）")
        return self.answer(reply)

    def request(self, phones: Sequence[str], text: str, batch: str) -> dict[str, str]:
        mobiles, serial = ",".join(phones), self.serial + batch
        signed = self.account + self.app_id + self.secret + mobiles + text + self.sign + serial
        return {
            "ecName": self.account,
            "apId": self.app_id,
            "mobiles": mobiles,
            "content": text,
            "sign": self.sign,
            "addSerial": serial,
            "mac": hashlib.md5(signed.encode(), usedforsecurity=False).hexdigest(),  # the carrier's protocol wants it
        }

    @staticmethod
    def answer(reply: httpx.Response) -> Answer:
        if 400 <= reply.status_code < 500:
            return Refused(f"运营商网关拒绝（HTTP {reply.status_code}）")
        try:
            said = orjson.loads(reply.content)
            code, accepted = str(said["rspcod"]), bool(said["success"])
        except (orjson.JSONDecodeError, KeyError, TypeError):
            return Unknown(f"运营商网关的应答无法识别（HTTP {reply.status_code}）")
        return Accepted(str(said.get("msgGroup", ""))) if accepted else Refused(f"运营商拒绝：{code}")


def gateway() -> Gateway:
    """The gateway of this deployment."""
    parts = urlsplit(settings.SMS_URL)
    if parts.scheme == "console":
        return Console()
    if parts.scheme == "file":
        return File(Path(unquote(parts.path)))
    if parts.scheme in {"mas+http", "mas+https"}:
        return _mas(parts)
    raise ImproperlyConfigured(f"SMS_URL 的协议“{parts.scheme}”不受支持，应为 console、file 或 mas+http(s)。")


def _mas(parts: SplitResult) -> Mas:
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    host = parts.hostname or ""
    return Mas(
        url=f"{parts.scheme.removeprefix('mas+')}://{host}{f':{parts.port}' if parts.port else ''}{parts.path or '/'}",
        account=unquote(parts.username or ""),
        secret=unquote(parts.password or ""),
        app_id=query.get("apId", ""),
        sign=query.get("sign", ""),
        serial=query.get("addSerial", ""),
    )


def receipt_key() -> str:
    """The secret in the address that the carrier posts receipts to; derived where none is set."""
    return settings.SMS_RECEIPT_KEY or salted_hmac("wangcheng.sms.receipts", "key").hexdigest()[:32]


def is_receipt_key(given: str) -> bool:
    return hmac.compare_digest(given.encode(), receipt_key().encode())
