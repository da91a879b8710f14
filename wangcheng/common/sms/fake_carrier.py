"""A small carrier of our own that speaks the documented 云MAS protocol, for demonstrations and tests.

Started by `manage.py fake_carrier`.  What it accepts stands in its log, one JSON line per phone: the phones of the test.
It can be told to refuse, to dawdle, to accept without answering, and to post receipts.
"""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread
from typing import Any

import httpx

from wangcheng.common import clock

FIELDS = ("ecName", "apId", "mobiles", "content", "sign", "addSerial", "mac")


@dataclass(frozen=True)
class Behaviour:
    """How the carrier behaves; `…_every` n means every n-th call, 0 never."""

    log: Path
    secret: str = ""  # checked against the mac where given
    delay: float = 0.0  # seconds before a call is looked at
    refuse_every: int = 0
    drop_every: int = 0  # accept, but close the connection without an answer
    receipts: str = ""  # address to post receipts to
    twice: bool = False  # post each receipt twice, as carriers do


class Carrier(ThreadingHTTPServer):
    """`serve_forever()` until `shutdown()`; `server_address` says the port."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, behaviour: Behaviour) -> None:
        super().__init__(("127.0.0.1", port), _Call)
        self.behaviour, self.calls = behaviour, itertools.count(1)
        self._writing = Lock()

    def accept(self, asked: dict[str, str], group: str) -> None:
        """Deliver: write every phone of the call into the log."""
        with self._writing, self.behaviour.log.open("a", encoding="utf-8") as log:
            for mobile in asked["mobiles"].split(","):
                row = {
                    "mobile": mobile,
                    "content": asked["content"],
                    "addSerial": asked["addSerial"],
                    "msgGroup": group,
                }
                log.write(json.dumps(row, ensure_ascii=False) + "\n")

    def report(self, asked: dict[str, str], group: str) -> None:
        """Post one receipt per phone."""
        now = clock.system_now().strftime("%Y%m%d%H%M%S")
        for mobile in asked["mobiles"].split(","):
            receipt = {
                "reportStatus": "CM:0000",
                "errorCode": "DELIVRD",
                "mobile": mobile,
                "submitDate": now,
                "receiveDate": now,
                "msgGroup": group,
            }
            for _ in range(2 if self.behaviour.twice else 1):
                httpx.post(self.behaviour.receipts, json=receipt, timeout=10)


class _Call(BaseHTTPRequestHandler):
    """One POST of the protocol."""

    server: Carrier
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        number, behaviour = next(self.server.calls), self.server.behaviour
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        time.sleep(behaviour.delay)
        asked = _read(body)
        fault = _fault(asked, behaviour.secret)
        if not fault and _nth(number, behaviour.refuse_every):
            fault = "SystemBusy"
        if fault:
            self._answer({"rspcod": fault, "msgGroup": "", "success": False})
            return
        group = f"{clock.system_now():%m%d%H%M%S}{number:06d}"
        self.server.accept(asked, group)
        if behaviour.receipts:
            Thread(target=self.server.report, args=(asked, group), daemon=True).start()
        if _nth(number, behaviour.drop_every):
            self.close_connection = True
            self.connection.close()
            return
        self._answer({"rspcod": "success", "msgGroup": group, "success": True})

    def _answer(self, said: dict[str, Any]) -> None:
        body = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """The log is for messages."""


def _nth(number: int, every: int) -> bool:
    return bool(every) and number % every == 0


def _read(body: bytes) -> dict[str, str]:
    try:
        found = json.loads(base64.b64decode(body, validate=True))
    except ValueError:
        return {}
    return found if isinstance(found, dict) and all(name in found for name in FIELDS) else {}


def _fault(asked: dict[str, str], secret: str) -> str:
    if not asked:
        return "InvalidMessage"
    signed = "".join(
        [asked["ecName"], asked["apId"], secret, *(asked[name] for name in ("mobiles", "content", "sign", "addSerial"))]
    )
    right = hashlib.md5(signed.encode(), usedforsecurity=False).hexdigest()
    return "IllegalMac" if secret and asked["mac"] != right else ""
