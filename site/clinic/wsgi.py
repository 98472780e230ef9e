"""WSGI entry point, for servers that speak no ASGI."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings.base")

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
