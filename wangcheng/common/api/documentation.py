"""The browsable documentation: Swagger UI from our own static files, without inline script or style (CSP)."""

from drf_spectacular.views import SpectacularSwaggerSplitView


class Documentation(SpectacularSwaggerSplitView):
    url_name = "api_schema"
    template_name = "common/api_docs.html"
