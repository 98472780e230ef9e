"""ASGI entry point: `granian --interface asginl clinic.asgi:application` with `site/` on the import path."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings.base")

from django.core.asgi import get_asgi_application

application = get_asgi_application()
