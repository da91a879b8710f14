"""Every change of a ticket, one function each: pages, REST, import and clock come through here.

Each locks the ticket, looks up what the plan needs, moves it and queues what follows, in one transaction.  All raise
NotAllowed with a sentence for the person; `version` is the ticket's as the person saw it.
"""

from hotline.actions.centre import archive, ask_exclusion, correct, merge, resume, rule_exclusion, suspend, unmerge
from hotline.actions.closing import acknowledge, callback, redo, review
from hotline.actions.dispatching import answer, ask_return, dispatch, reject, rule_return
from hotline.actions.handling import (
    ask_extension,
    assist,
    attach,
    confirm_push,
    contact,
    finish,
    progress,
    rule_extension,
    sign,
)
from hotline.actions.intake import brought_by, number_of, receive, take_in, take_numbers, update_from_city

__all__ = [
    "acknowledge",
    "answer",
    "archive",
    "ask_exclusion",
    "ask_extension",
    "ask_return",
    "assist",
    "attach",
    "brought_by",
    "callback",
    "confirm_push",
    "contact",
    "correct",
    "dispatch",
    "finish",
    "merge",
    "number_of",
    "progress",
    "receive",
    "redo",
    "reject",
    "resume",
    "review",
    "rule_exclusion",
    "rule_extension",
    "rule_return",
    "sign",
    "suspend",
    "take_in",
    "take_numbers",
    "unmerge",
    "update_from_city",
]
