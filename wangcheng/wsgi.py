"""The way in for a WSGI server: gunicorn in production, waitress in the embedded default."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wangcheng.settings")

application = get_wsgi_application()
