"""What each step does to a ticket: pure functions (case, facts) -> Change, for one ticket or thousands.

A plan looks at plain columns of the ticket and at facts: `facts.inputs` holds what was entered and looked up (each plan
names its inputs), `facts.rules` is a `hotline.rules.Rules`.  Nothing here touches the database.
"""

from hotline.plans.centre import (
    absorb,
    archive,
    correct,
    exclude,
    follow,
    merge,
    resume,
    rule_exclude,
    suspend,
    unmerge,
)
from hotline.plans.ending import acknowledge, callback, city_result, finish, redo, review
from hotline.plans.handling import assist, contact, extend, progress, rule_extend, sign
from hotline.plans.intake import amend, answer, receive, reject
from hotline.plans.sending import dispatch, hand_over, return_, rule_return

__all__ = [
    "absorb", "acknowledge", "amend", "answer", "archive", "assist", "callback", "city_result", "contact", "correct",
    "dispatch", "exclude", "extend", "finish", "follow", "hand_over", "merge", "progress", "receive", "redo",
    "reject", "resume", "return_", "review", "rule_exclude", "rule_extend", "rule_return", "sign", "suspend",
    "unmerge",
]  # fmt: skip
