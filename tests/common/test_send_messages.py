"""The outbox: what is queued, when it may go, what the carrier's answers and receipts make of it, and what a person can do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from pytest_django.fixtures import Settings

from tests.common.office import at
from tests.servers import free_port
from tests.world import MORNING, World
from wangcheng.common import clock
from wangcheng.common.models import AuditEntry, Message, Receipt
from wangcheng.common.sms import sending
from wangcheng.common.sms.actions import queue, resend, settle_by_hand
from wangcheng.common.sms.fake_carrier import Behaviour, Carrier
from wangcheng.common.sms.gateways import receipt_key
from wangcheng.common.sms.rules import MessageRules
from wangcheng.common.sms.tasks import send_messages, settle_messages
from wangcheng.common.workflow import NotAllowed

RULES = MessageRules()
NOTICE = Message.Purpose.NOTICE
PHONE = "13900001111"


@pytest.fixture
def file(settings: Settings, tmp_path: Path) -> Path:
    settings.SMS_URL = f"file://{tmp_path}/sent.jsonl"
    return tmp_path / "sent.jsonl"


@pytest.fixture
def carrier(settings: Settings, tmp_path: Path) -> Iterator[Carrier]:
    yield from running(settings, Behaviour(tmp_path / "phones.jsonl", secret="秘密"))


def running(settings: Settings, behaviour: Behaviour) -> Iterator[Carrier]:
    with Carrier(0, behaviour) as found:
        Thread(target=found.serve_forever, daemon=True).start()
        settings.SMS_URL = (
            f"mas+http://wangcheng:秘密@127.0.0.1:{found.server_address[1]}/sms?apId=A&sign=S&addSerial=9"
        )
        yield found
        found.shutdown()


def lines(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def one(text: str = "您有一件工单即将到期。", **options: object) -> Message:
    return queue(text, [PHONE], purpose=NOTICE, **options)[0]  # type: ignore[arg-type]


def fresh(message: Message) -> Message:
    return Message.objects.get(pk=message.pk)


# Segments and quiet hours


@pytest.mark.parametrize(("length", "segments"), [(1, 1), (64, 1), (65, 2), (128, 2), (129, 3), (195, 3), (196, 4)])
def test_the_signature_counts_into_the_segments(length: int, segments: int) -> None:
    assert len(RULES.signature) == 6
    assert RULES.segments("字" * length) == segments


@pytest.mark.parametrize(
    ("asked", "sent"),
    [
        ("2023-01-03 07:59", "2023-01-03 08:00"),
        ("2023-01-03 08:00", "2023-01-03 08:00"),
        ("2023-01-03 20:59", "2023-01-03 20:59"),
        ("2023-01-03 21:00", "2023-01-04 08:00"),
        ("2023-01-04 00:30", "2023-01-04 08:00"),
        ("2022-12-31 23:00", "2023-01-01 08:00"),
    ],
)
def test_nothing_goes_out_between_nine_in_the_evening_and_eight(asked: str, sent: str) -> None:
    assert RULES.earliest(at(asked)) == at(sent)


def test_quiet_hours_may_lie_within_one_day() -> None:
    noon = MessageRules(quiet_from=12, quiet_until=14)
    assert noon.earliest(at("2023-01-03 12:30")) == at("2023-01-03 14:00")
    assert noon.earliest(at("2023-01-03 22:00")) == at("2023-01-03 22:00")


def test_a_message_of_the_night_waits_and_an_urgent_one_does_not(world: World, file: Path) -> None:
    with clock.frozen(at("2023-01-03 22:00")):
        waiting, urgent = one("平常"), one("紧急", urgent=True)
        send_messages()
    assert [line["text"] for line in lines(file)] == ["【望城社治】紧急"]
    with clock.frozen(at("2023-01-04 08:00")):
        send_messages()
    assert fresh(waiting).state == fresh(urgent).state == "accepted"
    assert fresh(waiting).accepted_at == at("2023-01-04 08:00")


@pytest.mark.parametrize("late", ["2023-01-03 21:00", "2023-01-03 23:30", "2023-01-04 07:59"])
def test_a_message_of_the_day_that_a_stopped_worker_left_behind_waits_for_the_morning(
    world: World, file: Path, late: str
) -> None:
    with clock.frozen(at("2023-01-03 20:59")):
        waiting, urgent = one("平常"), one("紧急", urgent=True)
    with clock.frozen(at(late)):
        assert send_messages() == 1
    assert (fresh(waiting).state, fresh(urgent).state) == ("waiting", "accepted")
    with clock.frozen(at("2023-01-04 08:00")):
        send_messages()
    assert fresh(waiting).accepted_at == at("2023-01-04 08:00")


def test_at_night_an_urgent_message_does_not_take_one_with_the_same_text_along(world: World, file: Path) -> None:
    with clock.frozen(at("2023-01-03 20:59")):
        queue("开会。", ["13900002222"], purpose=NOTICE)
        one("开会。", urgent=True)
    with clock.frozen(at("2023-01-03 22:00")):
        send_messages()
    assert [line["phone"] for line in lines(file)] == [PHONE]


@pytest.mark.parametrize(
    ("title", "told"),
    [("路灯不亮", "路灯不亮"), ("路" * 51, "路" * 51), ("路" * 52, "路" * 50 + "…"), ("路" * 400, "路" * 50 + "…")],
)
def test_a_title_is_cut_with_an_ellipsis_where_the_text_would_need_a_second_segment(title: str, told: str) -> None:
    fitted = RULES.fitted(f"您单位收到工单“{title}”，请办。", title)
    assert fitted == f"您单位收到工单“{told}”，请办。"
    assert RULES.segments(fitted) == 1


def test_a_title_is_not_cut_to_nothing_and_a_short_one_not_at_all() -> None:
    rest = "，" + "请办" * 40
    assert RULES.fitted(f"“{'路' * 20}”{rest}", "路" * 20) == f"“{'路' * 8}…”{rest}"
    assert RULES.fitted(f"“路灯不亮”{rest}", "路灯不亮") == f"“路灯不亮”{rest}"


# Queueing


def test_a_person_without_a_mobile_number_shows_up_as_failed(world: World) -> None:
    world.town.phone = "0731-88888888"
    found = queue("请登录系统。", [world.town, world.village], purpose=NOTICE)
    assert [message.state for message in found] == ["failed", "waiting"]
    assert found[0].error == "收件人没有有效的手机号码"
    assert found[0].organisation == world.units["高塘岭街道"]


def test_each_person_without_a_number_shows_up(world: World) -> None:
    for person in (world.town, world.village):
        person.name, person.phone = "同名", ""
    assert len(queue("请登录系统。", [world.town, world.village, world.town, "1234", "5678"], purpose=NOTICE)) == 4


def test_a_phone_named_twice_gets_one_message(world: World, file: Path) -> None:
    queue("请登录系统。", [PHONE, "139-0000-1111", "+86 13900001111"], purpose=NOTICE)
    send_messages()
    assert [line["phone"] for line in lines(file)] == [PHONE]


def test_the_same_text_queued_twice_reaches_the_phone_in_two_calls(world: World, file: Path) -> None:
    first, second = one(), one()
    send_messages()
    assert fresh(first).batch != fresh(second).batch
    assert len(lines(file)) == 2


def test_a_citizens_number_in_the_text_is_masked(world: World) -> None:
    assert one("来电人13812345678，请联系。").text == "来电人138****5678，请联系。"


def test_the_same_text_goes_to_many_phones_in_one_call(world: World, carrier: Carrier) -> None:
    queue("今天下午开会。", [f"139{number:08}" for number in range(150)], purpose=NOTICE)
    assert send_messages() == 2  # batches of 100
    sent = lines(carrier.behaviour.log)
    assert len(sent) == len({line["mobile"] for line in sent}) == 150
    assert len({line["msgGroup"] for line in sent}) == 2


# The carrier's answers


def test_what_the_carrier_takes_is_accepted_under_its_number(world: World, carrier: Carrier) -> None:
    message = one()
    send_messages()
    (sent,) = lines(carrier.behaviour.log)
    found = fresh(message)
    assert (found.state, found.carrier_id, found.accepted_at) == ("accepted", sent["msgGroup"], MORNING)
    assert sent["addSerial"] == "9" + found.batch
    assert sent["content"] == "【望城社治】您有一件工单即将到期。"


def test_a_wrong_secret_is_refused_and_tried_again_later_each_time(
    world: World, carrier: Carrier, settings: Settings
) -> None:
    settings.SMS_URL = settings.SMS_URL.replace("秘密", "错误")
    message = one()
    moment, pauses = MORNING, []
    for _ in range(RULES.attempts):
        with clock.frozen(moment):
            send_messages()
        pauses.append(int((fresh(message).not_before - moment).total_seconds()))
        moment = fresh(message).not_before
    found = fresh(message)
    assert pauses == [60, 120, 240, 480, 0]
    assert (found.state, found.attempts, found.error) == ("failed", 5, "运营商拒绝：IllegalMac")
    assert lines(carrier.behaviour.log) == []


def test_a_carrier_that_is_down_has_taken_nothing(world: World, settings: Settings) -> None:
    settings.SMS_URL = f"mas+http://a:b@127.0.0.1:{free_port()}/"
    message = one()
    send_messages()
    assert (fresh(message).state, fresh(message).attempts) == ("waiting", 1)
    assert fresh(message).not_before == MORNING + timedelta(seconds=60)


def test_a_call_without_an_answer_is_in_doubt_and_never_repeated(
    world: World, settings: Settings, tmp_path: Path
) -> None:
    carriers = running(settings, Behaviour(tmp_path / "phones.jsonl", drop_every=1))
    found = next(carriers)
    message = one()
    for hour in range(3):
        with clock.frozen(MORNING + timedelta(hours=hour)):
            send_messages()
    assert fresh(message).state == "unsure"
    assert len(lines(found.behaviour.log)) == 1
    carriers.close()


def test_an_unknown_kind_of_address_is_refused_in_words(world: World, settings: Settings) -> None:
    settings.SMS_URL = "smpp://somewhere"
    with pytest.raises(ImproperlyConfigured, match="协议“smpp”不受支持"):
        send_messages()


# After a crash


def stranded(minutes: int) -> Message:
    """A row whose worker died after committing SENDING."""
    message = one()
    sending.claim(RULES)
    Message.objects.filter(pk=message.pk).update(claimed_at=clock.system_now() - timedelta(minutes=minutes))
    return message


def test_a_stranded_row_becomes_doubtful_after_the_lease_and_is_not_sent(world: World, file: Path) -> None:
    old, young = stranded(11), stranded(9)
    assert settle_messages() == 1
    send_messages()
    assert (fresh(old).state, fresh(young).state) == ("unsure", "sending")
    assert lines(file) == []


# Receipts


def report(client: Client, message: Message | None = None, key: str | None = None, **changed: str) -> int:
    body = {
        "reportStatus": "CM:0000",
        "errorCode": "DELIVRD",
        "mobile": PHONE,
        "submitDate": clock.system_now().strftime("%Y%m%d%H%M%S"),
        "receiveDate": "",
        "msgGroup": message.carrier_id if message else "unknown",
        **changed,
    }
    address = f"/sms/receipts/?key={receipt_key() if key is None else key}"
    return client.post(address, json.dumps(body), "application/json").status_code


@pytest.fixture
def accepted(world: World, file: Path) -> Message:
    message = one()
    send_messages()
    return fresh(message)


def test_a_receipt_says_that_the_message_arrived_and_may_say_so_twice(accepted: Message, client: Client) -> None:
    assert [report(client, accepted), report(client, accepted)] == [200, 200]
    assert fresh(accepted).state == "delivered"
    assert Receipt.objects.count() == 1


def test_a_receipt_of_failure_is_shown_and_a_later_delivery_wins(accepted: Message, client: Client) -> None:
    report(client, accepted, reportStatus="UNDELIV", errorCode="MK:0012")
    assert (fresh(accepted).state, fresh(accepted).error) == ("failed", "未送达：MK:0012")
    report(client, accepted)
    assert (fresh(accepted).state, fresh(accepted).error) == ("delivered", "")


def test_a_failure_after_the_delivery_changes_nothing(accepted: Message, client: Client) -> None:
    report(client, accepted)
    report(client, accepted, reportStatus="EXPIRED", errorCode="EXPIRED")
    assert fresh(accepted).state == "delivered"


@pytest.mark.parametrize("key", ["", "wrong", "钥匙"])
def test_receipts_need_the_key(accepted: Message, client: Client, key: str) -> None:
    assert report(client, accepted, key=key) == 403
    assert fresh(accepted).state == "accepted"


@pytest.mark.parametrize(
    "body", ["", "[]]", "3", '{"msgGroup": "1"}', '[{"msgGroup": "1", "mobile": "", "reportStatus": "x"}]']
)
def test_what_is_no_receipt_is_refused(world: World, client: Client, body: str) -> None:
    response = client.post(f"/sms/receipts/?key={receipt_key()}", body, "application/json")
    assert response.status_code == 400
    assert not Receipt.objects.exists()


def test_a_receipt_settles_the_message_in_doubt_and_its_whole_batch(world: World, file: Path, client: Client) -> None:
    queue("今天下午开会。", [PHONE, "13900002222"], purpose=NOTICE)
    sending.claim(RULES)
    Message.objects.update(state="unsure")
    report(client)
    assert list(Message.objects.order_by("pk").values_list("state", "carrier_id")) == [
        ("delivered", "unknown"),
        ("accepted", "unknown"),
    ]


def test_a_receipt_that_could_mean_two_messages_settles_neither(world: World, client: Client) -> None:
    for text in ("甲", "乙"):
        one(text)
        sending.claim(RULES)
    Message.objects.update(state="unsure")
    report(client)
    assert set(Message.objects.values_list("state", flat=True)) == {"unsure"}


def test_the_submit_time_tells_two_messages_in_doubt_apart(world: World, client: Client) -> None:
    early, late = stranded(300), stranded(0)
    Message.objects.update(state="unsure")
    report(client)
    assert (fresh(early).state, fresh(late).state) == ("unsure", "delivered")


def test_a_receipt_before_the_answer_is_kept_until_the_answer_comes(world: World, client: Client) -> None:
    message = one()
    claim = sending.claim(RULES)
    assert claim is not None
    report(client, msgGroup="G1")
    assert fresh(message).state == "sending"
    sending.settle(claim, sending.Accepted("G1"), RULES)
    assert fresh(message).state == "delivered"


def test_a_receipt_for_a_crashed_call_counts_once_the_row_is_in_doubt(world: World, client: Client) -> None:
    message = stranded(11)
    submitted = (clock.system_now() - timedelta(minutes=11)).strftime("%Y-%m-%d %H:%M:%S")
    report(client, msgGroup="G1", submitDate=submitted)
    settle_messages()
    assert (fresh(message).state, fresh(message).carrier_id) == ("delivered", "G1")


def test_an_answer_that_comes_after_the_sweeper_still_counts(world: World) -> None:
    message = one()
    claim = sending.claim(RULES)
    assert claim is not None
    Message.objects.update(claimed_at=datetime(2020, 1, 1, tzinfo=UTC))
    settle_messages()
    sending.settle(claim, sending.Accepted("G1"), RULES)
    assert fresh(message).state == "accepted"


# What a person does


def test_a_person_settles_what_is_in_doubt(world: World) -> None:
    reached, missed = one("甲"), one("乙")
    Message.objects.update(state="unsure")
    settle_by_hand(reached.pk, arrived=True, by=world.admin)
    settle_by_hand(missed.pk, arrived=False, by=world.admin)
    assert (fresh(reached).state, fresh(reached).accepted_at) == ("manual", MORNING)
    assert (fresh(missed).state, fresh(missed).accepted_at) == ("failed", None)
    assert AuditEntry.objects.filter(object=f"message {reached.pk}", actor=world.admin).count() == 1


def test_a_failed_message_is_sent_again_once(world: World, file: Path) -> None:
    failed = one()
    Message.objects.update(state="failed", error="未送达：MK:0012")
    new = resend(failed.pk, by=world.admin)
    send_messages()
    assert (fresh(new).state, fresh(failed).state) == ("accepted", "manual")
    with pytest.raises(NotAllowed, match="只有失败的短信可以重发"):
        resend(failed.pk, by=world.admin)
    assert len(lines(file)) == 1


@pytest.mark.parametrize("state", ["waiting", "sending", "accepted", "delivered", "unsure"])
def test_only_failed_messages_are_sent_again(world: World, state: str) -> None:
    message = one()
    Message.objects.update(state=state)
    with pytest.raises(NotAllowed):
        resend(message.pk, by=world.admin)
    assert Message.objects.count() == 1


@pytest.mark.parametrize("name", ["town", "dispatcher", "auditor"])
def test_only_who_keeps_the_outbox_may_touch_it(world: World, name: str) -> None:
    message = one()
    Message.objects.update(state="unsure")
    with pytest.raises(NotAllowed, match="没有管理短信的权限"):
        settle_by_hand(message.pk, arrived=True, by=world.people[name])
    assert fresh(message).state == "unsure"
