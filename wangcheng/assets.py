"""Files that pages take from npm: single files by name, never a whole dist folder.

Named in settings.STATICFILES_FINDERS; templates say `{% static "vendor/bootstrap.min.css" %}`.  htmx comes with
django-htmx and needs no entry.  A source map is listed because the file before it names it, and the manifest of
production checks every name.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage
from django.core.checks import Warning as Notice
from django.core.files.storage import FileSystemStorage

FILES = {
    "vendor/bootstrap.min.css": "bootstrap/dist/css/bootstrap.min.css",
    "vendor/bootstrap.min.css.map": "bootstrap/dist/css/bootstrap.min.css.map",
    "vendor/bootstrap.bundle.min.js": "bootstrap/dist/js/bootstrap.bundle.min.js",
    "vendor/bootstrap.bundle.min.js.map": "bootstrap/dist/js/bootstrap.bundle.min.js.map",
    "vendor/echarts.common.min.js": "echarts/dist/echarts.common.min.js",
}


class NamedFiles(FileSystemStorage):
    """node_modules, seen under the names of FILES."""

    def path(self, name: str) -> str:
        return super().path(FILES[name])


class NamedFilesFinder(BaseFinder):
    """Finds the files of FILES for collectstatic and for the embedded server."""

    def __init__(self) -> None:
        self.modules = Path(settings.BASE_DIR) / "node_modules"
        self.storage = NamedFiles(location=self.modules)

    def check(self, **kwargs: object) -> list[CheckMessage]:
        missing = [source for source in FILES.values() if not (self.modules / source).exists()]
        hint = "请运行 python3 install.py 或 npm ci。"
        return [Notice(f"缺少网页文件 node_modules/{source}。", hint=hint, id="assets.W001") for source in missing]

    def find(  # type: ignore[override]
        self, path: str, find_all: bool = False, **kwargs: object
    ) -> str | list[str]:
        found = str(self.modules / FILES[path]) if path in FILES else ""
        if find_all:
            return [found] if found else []
        return found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        return ((name, self.storage) for name in FILES)
