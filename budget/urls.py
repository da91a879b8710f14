"""Addresses of the money pages."""

from django.urls import path, register_converter

from budget.views import contracts, entering, funds, payments, rewards


class Quarter:
    """2022Q4; any other text is no address."""

    regex = "20[0-9]{2}Q[1-4]"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Quarter, "quarter")

urlpatterns = [
    path("budget/funds/", funds.fund_list, name="fund_list"),
    path("budget/funds/new/", entering.fund_new, name="fund_new"),
    path("budget/funds/budgets/new/", entering.budget_new, name="budget_new"),
    path("budget/funds/<slug:code>/<int:year>/", funds.fund_detail, name="fund_detail"),
    path("budget/funds/<slug:code>/<int:year>/adjust/", entering.budget_adjust, name="budget_adjust"),
    path("budget/funds/<slug:code>/<int:year>/correct/", entering.budget_correct, name="budget_correct"),
    path("budget/payments/", payments.payment_list, name="payment_list"),
    path("budget/payments/new/", payments.payment_new, name="payment_new"),
    path("budget/payments/<str:number>/", payments.payment_detail, name="payment_detail"),
    path("budget/payments/<str:number>/<slug:step>/", payments.payment_step, name="payment_step"),
    path("budget/contracts/", contracts.contract_list, name="contract_list"),
    path("budget/contracts/new/", entering.contract_new, name="contract_new"),
    path("budget/contracts/<int:pk>/edit/", entering.contract_edit, name="contract_edit"),
    path("budget/contracts/<int:pk>/reduce/", entering.contract_reduce, name="contract_reduce"),
    path("budget/contracts/<int:pk>/nodes/new/", entering.node_new, name="node_new"),
    path("budget/contracts/nodes/<int:pk>/edit/", entering.node_edit, name="node_edit"),
    path("budget/contracts/<int:pk>/", contracts.contract_detail, name="contract_detail"),
    path("budget/contracts/nodes/<int:pk>/score/", contracts.node_score, name="node_score"),
    path("budget/contracts/nodes/<int:pk>/pay/", contracts.node_pay, name="node_pay"),
    path("budget/rewards/", rewards.reward_list, name="reward_list"),
    path("budget/rewards/settle/", rewards.reward_settle, name="reward_settle"),
    path("budget/appropriations/", rewards.appropriation_list, name="appropriation_list"),
    path("budget/appropriations/waiting/", rewards.appropriation_waiting, name="appropriation_waiting"),
    path(
        "budget/appropriations/new/<quarter:quarter>/<slug:town>/", rewards.appropriation_new, name="appropriation_new"
    ),
    path("budget/appropriations/<int:pk>/", rewards.appropriation_detail, name="appropriation_detail"),
    path("budget/appropriations/<int:pk>/<slug:step>/", rewards.appropriation_step, name="appropriation_step"),
    path("budget/appropriations/<int:pk>/<int:village>/sign/", rewards.appropriation_sign, name="appropriation_sign"),
]
