"""Settings for one's own machine (`make run`): plain HTTP on localhost, everything under `var/`."""

import os
from pathlib import Path

from clinic.development import prepare_environment

# Before `base` reads the environment: what a server must be told, one's own machine gets by itself.
prepare_environment(Path(os.environ.get("DATA_DIR") or Path(__file__).resolve().parents[3] / "var"))

from clinic.settings.base import *  # noqa: F403
from clinic.settings.base import STORAGES, env

DEBUG = env.flag("DEBUG")
STORAGES["staticfiles"] = {"BACKEND": "clinic.storages.QuicklyCompressedStaticFilesStorage"}

SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 0
SESSION_COOKIE_SECURE = False
CSRF_COOKIE_SECURE = False

WAGTAILAPI_DOCS_ENABLED = True
