"""Addresses of the money pages."""

from django.urls import path

from budget.views import contracts, funds, payments, rewards

urlpatterns = [
    path("budget/funds/", funds.fund_list, name="fund_list"),
    path("budget/funds/<slug:code>/<int:year>/", funds.fund_detail, name="fund_detail"),
    path("budget/payments/", payments.payment_list, name="payment_list"),
    path("budget/payments/new/", payments.payment_new, name="payment_new"),
    path("budget/payments/<str:number>/", payments.payment_detail, name="payment_detail"),
    path("budget/payments/<str:number>/<slug:step>/", payments.payment_step, name="payment_step"),
    path("budget/contracts/", contracts.contract_list, name="contract_list"),
    path("budget/contracts/<int:pk>/", contracts.contract_detail, name="contract_detail"),
    path("budget/contracts/nodes/<int:pk>/score/", contracts.node_score, name="node_score"),
    path("budget/contracts/nodes/<int:pk>/pay/", contracts.node_pay, name="node_pay"),
    path("budget/rewards/", rewards.reward_list, name="reward_list"),
    path("budget/rewards/settle/", rewards.reward_settle, name="reward_settle"),
    path("budget/appropriations/", rewards.appropriation_list, name="appropriation_list"),
    path("budget/appropriations/waiting/", rewards.appropriation_waiting, name="appropriation_waiting"),
    path("budget/appropriations/new/<slug:quarter>/<slug:town>/", rewards.appropriation_new, name="appropriation_new"),
    path("budget/appropriations/<int:pk>/", rewards.appropriation_detail, name="appropriation_detail"),
    path("budget/appropriations/<int:pk>/<slug:step>/", rewards.appropriation_step, name="appropriation_step"),
    path("budget/appropriations/<int:pk>/<int:village>/sign/", rewards.appropriation_sign, name="appropriation_sign"),
]
