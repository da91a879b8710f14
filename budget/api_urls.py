"""Addresses below /api/v1/."""

from django.urls import path

from budget import api, entry_api, report_api

urlpatterns = [
    path("funds/", entry_api.funds, name="api_funds"),
    path("budgets/", entry_api.budgets, name="api_budgets"),
    path("budgets/<int:pk>/", entry_api.budget, name="api_budget"),
    *(
        path(f"budgets/<int:pk>/{name}/", view, name=f"api_budget_{name}")
        for name, view in entry_api.BUDGET_VIEWS.items()
    ),
    path("contracts/", entry_api.contracts, name="api_contracts"),
    *(
        path(f"contracts/<path:number>/{name}/", view, name=f"api_contract_{name}")
        for name, view in entry_api.CONTRACT_VIEWS.items()
    ),
    path("contracts/<path:number>/", entry_api.contract, name="api_contract"),  # 合同编号 may hold a slash
    path("payments/", api.payments, name="api_payments"),
    path("payments/<str:number>/", api.payment, name="api_payment"),
    *(
        path(f"payments/<str:number>/{name}/", view, name=f"api_payment_{name}")
        for name, view in api.STEP_VIEWS.items()
    ),
    path("self-evaluations/", report_api.reports, name="api_self_evaluations"),
    path("self-evaluations/<int:pk>/", report_api.report, name="api_self_evaluation"),
    *(
        path(f"self-evaluations/<int:pk>/{name}/", view, name=f"api_self_evaluation_{name}")
        for name, view in report_api.STEP_VIEWS.items()
    ),
    *(
        path(f"self-evaluations/<int:pk>/{name}", view, name=f"api_self_evaluation_{name}")
        for name, view in report_api.FILE_VIEWS.items()
    ),
]
