"""Settings for the tests: plain HTTP, fast password hashing, static files without a manifest."""

from clinic.settings.base import *  # noqa: F403
from clinic.settings.base import STORAGES, VAR

VAR.mkdir(exist_ok=True)

SECRET_KEY = "only for tests"
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]

SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 0
SESSION_COOKIE_SECURE = False
CSRF_COOKIE_SECURE = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
