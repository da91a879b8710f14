"""The shapes of the money's answers, for OpenAPI alone."""

from __future__ import annotations

from typing import Any

from budget.models import Fund, Payment, Reward
from wangcheng.common.api.shapes import COUNT, DAY, MOMENT, TEXT, YES_NO, maybe, record, rows_of

Schema = dict[str, Any]
MONEY: Schema = {"type": "string", "description": "元，两位小数"}


def _codes(choices: Any) -> Schema:
    return {"type": "string", "enum": choices.values}


ACTION = record(name=TEXT, label=TEXT, danger=YES_NO, schema={"type": "object"})
FUND = record(
    code=TEXT, name=TEXT, kind=_codes(Fund.Kind), kind_display=TEXT, is_public=YES_NO, note=TEXT,
)  # fmt: skip
_BUDGET: dict[str, Schema] = {
    "id": COUNT,
    "fund": TEXT,
    "fund_display": TEXT,
    "kind": _codes(Fund.Kind),
    "kind_display": TEXT,
    "year": COUNT,
    "initial": MONEY,
    "whole": MONEY,
    "used": MONEY,
    "rate": maybe(TEXT),
    "document_number": TEXT,
    "decided_on": DAY,
    "assumed": YES_NO,
    "version": COUNT,
}
ADJUSTMENT = record(amount=MONEY, document_number=TEXT, decided_on=DAY, reason=TEXT)
BUDGET_ROW = record(**_BUDGET)
BUDGET = record(**_BUDGET, adjustments=rows_of(ADJUSTMENT), allowed_actions=rows_of(ACTION))
_CONTRACT: dict[str, Schema] = {
    **dict.fromkeys(("number", "name", "fund", "fund_display", "supplier"), TEXT),
    "amount": MONEY,
    "starts_on": DAY,
    "ends_on": DAY,
    "version": COUNT,
}
NODE = record(
    place=COUNT, name=TEXT, share=TEXT, due_on=DAY, reduced=MONEY, score=maybe(TEXT), payable=maybe(MONEY),
    payment=maybe(TEXT),
)  # fmt: skip
CONTRACT_ROW = record(**_CONTRACT)
REDUCTION = record(node=COUNT, amount=MONEY, reason=TEXT, decided_on=DAY)
CONTRACT = record(
    **_CONTRACT, nodes=rows_of(NODE), reductions=rows_of(REDUCTION), allowed_actions=rows_of(ACTION)
)  # fmt: skip
_PAYMENT: dict[str, Schema] = {
    "number": TEXT,
    "state": _codes(Payment.State),
    "state_display": TEXT,
    "live": YES_NO,
    "fund": TEXT,
    "fund_display": TEXT,
    "budget_year": COUNT,
    "kind": _codes(Payment.Kind),
    "kind_display": TEXT,
    "amount": MONEY,
    **dict.fromkeys(("payee", "purpose"), TEXT),
    "three_public": YES_NO,
    "voucher": TEXT,
    "requested_at": MOMENT,
    "approved_at": maybe(MOMENT),
    "paid_at": maybe(MOMENT),
    "made_on": maybe(DAY),
    "reversal_of": maybe(TEXT),
    "reward": maybe(
        record(
            quarter=TEXT,
            kind=_codes(Reward.Kind),
            kind_display=TEXT,
            beneficiary=TEXT,
            beneficiary_display=TEXT,
            appropriation=TEXT,
            received_on=maybe(DAY),
        )
    ),
}
PAYMENT_ROW = record(**_PAYMENT)
PAYMENT = record(**_PAYMENT, allowed_actions=rows_of(ACTION))
