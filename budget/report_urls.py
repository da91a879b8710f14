"""Addresses of the self-evaluation report's pages."""

from django.urls import path

from budget import report_views as views
from budget.views import tables

urlpatterns = [
    path("performance-tables/", tables.performance_list, name="performance_list"),
    path("performance-tables/open/<int:year>/", tables.performance_open, name="performance_open"),
    path("performance-tables/<int:pk>/", tables.performance_detail, name="performance_detail"),
    path("performance-tables/<int:pk>/edit/", tables.performance_edit, name="performance_edit"),
    path("performance-tables/<int:pk>/indicators/new/", tables.indicator_new, name="indicator_new"),
    path("performance-tables/<int:pk>/indicators/<int:indicator>/", tables.indicator_edit, name="indicator_edit"),
    path(
        "performance-tables/<int:pk>/indicators/<int:indicator>/delete/",
        tables.indicator_delete,
        name="indicator_delete",
    ),
    path("self-evaluations/", views.report_list, name="report_list"),
    path("self-evaluations/new/", views.report_new, name="report_new"),
    path("self-evaluations/<int:year>/<int:edition>/", views.report_detail, name="report_detail"),
    path("self-evaluations/<int:year>/<int:edition>/edit/", views.report_edit, name="report_edit"),
    path("self-evaluations/<int:year>/<int:edition>/freeze/", views.report_freeze, name="report_freeze"),
    path("self-evaluations/<int:year>/<int:edition>/correct/", views.report_correct, name="report_correct"),
    path("self-evaluations/<int:year>/<int:edition>/<str:name>", views.report_file, name="report_file"),
]
