"""The way in for an ASGI server; production uses WSGI, which was faster here (docs/adr/0005)."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wangcheng.settings")

application = get_asgi_application()
