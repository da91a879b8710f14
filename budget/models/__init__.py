"""Records of the money: funds, budgets, contracts, payments, rewards, performance tables, the self-evaluation."""

from budget.models.contracts import Contract, ContractNode, ScopeReduction
from budget.models.ledger import Budget, BudgetAdjustment, BudgetCorrection, Fund, Payment
from budget.models.performance import Indicator, PerformanceTable
from budget.models.records import Honour, IssuedDocument
from budget.models.report import SelfEvaluation
from budget.models.rewards import Appropriation, Reward

__all__ = [
    "Appropriation", "Budget", "BudgetAdjustment", "BudgetCorrection", "Contract", "ContractNode", "Fund", "Honour", "Indicator",
    "IssuedDocument", "Payment", "PerformanceTable", "Reward", "ScopeReduction", "SelfEvaluation",
]  # fmt: skip
