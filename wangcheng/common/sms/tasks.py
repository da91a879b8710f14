"""What worker and clock do for text messages."""

from celery import shared_task

from wangcheng.common.sms import sending

CALLS = 500  # calls to the carrier in one task: then the next task goes on, so that none outlives the broker's patience


@shared_task(name="common.send_messages")
def send_messages() -> int:
    """Send what is due; several workers at once share the rows.  How many calls were made."""
    calls = sending.send_all(CALLS)
    if calls == CALLS:
        send_messages.delay()
    return calls


@shared_task(name="common.settle_messages")
def settle_messages() -> int:
    """Rows left behind by a crashed worker become 待核实."""
    return sending.doubt_stranded()
