"""WSGI entry point for servers, with `site/` and the project's folder on the import path. See docs/operators.md."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings.base")

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

from clinic.checks import refuse_bad_environment

refuse_bad_environment()
