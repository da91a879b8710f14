"""A real worker killed with SIGKILL while it sends 500 messages: none is lost, none reaches a phone twice."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
from django.conf import settings
from django.test import Client

from tests.workers import until, worker_process
from tests.world import World
from wangcheng.common import clock
from wangcheng.common.models import Message
from wangcheng.common.sms.actions import queue, settle_by_hand
from wangcheng.common.sms.fake_carrier import Behaviour, Carrier
from wangcheng.common.sms.gateways import receipt_key
from wangcheng.common.sms.tasks import send_messages, settle_messages

COUNT = 500


def sent(log: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in log.read_text().splitlines()]


def states() -> dict[str, int]:
    return Counter(Message.objects.values_list("state", flat=True))


@pytest.mark.long
@pytest.mark.skipif(not settings.REDIS_URL, reason="a worker that can be killed is a process of its own, on Redis")
@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_twice_loses_no_message_and_sends_none_twice(
    world: World, tmp_path: Path, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "phones.jsonl"
    log.touch()
    with Carrier(0, Behaviour(log, secret="s", delay=0.01)) as carrier:
        Thread(target=carrier.serve_forever, daemon=True).start()
        address = f"mas+http://a:s@127.0.0.1:{carrier.server_address[1]}/?apId=A&sign=S"
        for killed_after in (120, 300):
            with worker_process(SMS_URL=address) as process:
                if killed_after == 120:
                    for number in range(COUNT):
                        # urgent: the worker goes by the hour at which the tests run, which may be a quiet one
                        queue(f"第{number}号提醒。", [f"139{number:08}"], purpose=Message.Purpose.REMINDER, urgent=True)
                else:
                    send_messages.delay()
                until(lambda least=killed_after: len(sent(log)) >= least, seconds=60)
                process.kill()
        assert states()["waiting"] > 0, "the worker was killed too late to prove anything"
        with worker_process(SMS_URL=address):
            send_messages.delay()
            until(lambda: not states()["waiting"], seconds=60)
            until(lambda: states()["accepted"] + states()["sending"] == COUNT, seconds=60)
        carrier.shutdown()

    tomorrow = clock.system_now() + timedelta(days=1)
    monkeypatch.setattr(clock, "system_now", lambda: tomorrow)
    settle_messages()
    phones = Counter(row["mobile"] for row in sent(log))
    accepted = set(Message.objects.filter(state="accepted").values_list("phone", flat=True))
    assert set(states()) <= {"accepted", "unsure"}
    assert sum(states().values()) == COUNT
    assert states()["unsure"] <= 4  # two threads, killed twice
    assert set(phones.values()) == {1}
    assert accepted <= phones.keys()

    for row in sent(log):  # receipts settle what the carrier has, a person the rest
        receipt = {"reportStatus": "CM:0000", "mobile": row["mobile"], "msgGroup": row["msgGroup"]}
        client.post(f"/sms/receipts/?key={receipt_key()}", json.dumps(receipt), "application/json")
    for message in Message.objects.filter(state="unsure"):
        assert message.phone not in phones
        settle_by_hand(message.pk, arrived=False, by=world.admin)
    assert set(states()) <= {"delivered", "failed"}
    assert states()["delivered"] == len(phones)
