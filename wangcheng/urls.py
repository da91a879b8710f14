"""Every address of the site."""

from django.urls import URLPattern, URLResolver, include, path

from wangcheng.common.health import views as health

handler500 = "wangcheng.common.api.problems.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.prometheus, name="metrics"),
    path("", include("wangcheng.common.sms.urls")),
    path("api/v1/", include("wangcheng.common.api.urls")),
    path("", include("wangcheng.common.ways.urls")),
    path("", include("grid.urls")),
    path("", include("hotline.urls")),
    path("", include("whistle.urls")),
    path("", include("budget.urls")),
    path("", include("budget.report_urls")),
]
