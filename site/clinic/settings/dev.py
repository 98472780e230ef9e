"""Settings for one's own machine (`make run`): plain HTTP on localhost, everything under `var/`."""

from clinic.settings.base import *  # noqa: F403
from clinic.settings.base import VAR, env

VAR.mkdir(exist_ok=True)

DEBUG = env.flag("DEBUG")
SECRET_KEY = env.text("SECRET_KEY", "only for this machine")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", ("localhost", "127.0.0.1", "[::1]"))

SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 0
SESSION_COOKIE_SECURE = False
CSRF_COOKIE_SECURE = False
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
