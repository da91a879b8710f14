"""Addresses of the self-evaluation report's pages."""

from django.urls import path

from budget import report_views as views

urlpatterns = [
    path("self-evaluations/", views.report_list, name="report_list"),
    path("self-evaluations/new/", views.report_new, name="report_new"),
    path("self-evaluations/<int:year>/<int:edition>/", views.report_detail, name="report_detail"),
    path("self-evaluations/<int:year>/<int:edition>/edit/", views.report_edit, name="report_edit"),
    path("self-evaluations/<int:year>/<int:edition>/freeze/", views.report_freeze, name="report_freeze"),
    path("self-evaluations/<int:year>/<int:edition>/correct/", views.report_correct, name="report_correct"),
    path("self-evaluations/<int:year>/<int:edition>/<str:name>", views.report_file, name="report_file"),
]
