"""Addresses below /api/v1/."""

from django.urls import path

from budget import api, report_api

urlpatterns = [
    path("budgets/", api.budgets, name="api_budgets"),
    path("contracts/", api.contracts, name="api_contracts"),
    path("contracts/<str:number>/", api.contract, name="api_contract"),
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
