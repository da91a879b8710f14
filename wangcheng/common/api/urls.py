"""Every address below /api/v1/: the kernel's own, and those of the apps that settings.API_URLS names."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.urls import URLPattern, URLResolver, include, path, re_path
from drf_spectacular.views import SpectacularAPIView

from wangcheng.common.api import trees, views
from wangcheng.common.api.documentation import Documentation

urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", SpectacularAPIView.as_view(), name="api_schema"),
    path("docs/", login_required(Documentation.as_view()), name="api_docs"),
    path("auth/token/", views.token, name="api_token"),
    path("jobs/<int:pk>/", views.job, name="api_job"),
    path("jobs/<int:pk>/cancel/", views.cancel_job, name="api_cancel_job"),
    re_path(r"^jobs/(?P<pk>[0-9]{1,18})/(?P<which>output|rejects)/$", views.job_file, name="api_job_file"),
    path("regions/", trees.regions, name="api_regions"),
    path("grids/", trees.grids, name="api_grids"),
    path("organisations/", trees.organisations, name="api_organisations"),
    path("categories/", trees.categories, name="api_categories"),
    path("figures/", views.figures, name="api_figures"),
    path("figures/definitions/", views.definitions, name="api_definitions"),
    path("audit/", views.audit, name="api_audit"),
    *(path("", include(name)) for name in settings.API_URLS),
    re_path(r"^(?P<rest>[\s\S]*)$", views.nowhere, name="api_nowhere"),
]
