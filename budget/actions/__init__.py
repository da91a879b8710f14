"""Every change of the money: budgets and contracts entered, payments asked for, approved, made and reversed; rewards settled,
appropriated and received.

All lock what they change and audit it in the same transaction; NotAllowed carries a sentence for the person.
"""

from budget.actions.budgets import adjust_budget, correct_budget, open_fund, set_budget
from budget.actions.contracts import keep_contract, keep_node, node_payable, reduce_scope, request_node, score_node
from budget.actions.payments import WITH_APPROPRIATION, approve_payment, pay, request_payment, reverse
from budget.actions.rewards import (
    appropriate,
    pay_appropriation,
    receive_rewards,
    rule_appropriation,
    settle_rewards,
)

__all__ = [
    "WITH_APPROPRIATION",
    "adjust_budget", "appropriate", "approve_payment", "correct_budget", "keep_contract", "keep_node",
    "node_payable", "open_fund", "pay", "pay_appropriation", "receive_rewards", "reduce_scope", "request_node",
    "request_payment", "reverse", "rule_appropriation", "score_node", "set_budget", "settle_rewards",
]  # fmt: skip
