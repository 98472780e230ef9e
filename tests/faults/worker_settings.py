"""Settings of worker processes that tests start and kill: the tests' database, a real local mail server."""

import os

from clinic.settings.test import *  # noqa: F403
from clinic.settings.test import DATABASES, STORAGES

DATABASES["default"]["NAME"] = os.environ["FAULT_DATABASE"]
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = "127.0.0.1"
EMAIL_PORT = int(os.environ.get("FAULT_SMTP_PORT", "1"))
EMAIL_TIMEOUT = 5
DELIVERY_LEASE_SECONDS = 1
WEBHOOK_PRIVATE_HOSTS = ["127.0.0.1"]
STORAGES["private"] = {
    "BACKEND": "django.core.files.storage.FileSystemStorage",
    "OPTIONS": {"location": os.environ.get("FAULT_PRIVATE", "/nonexistent"), "base_url": None},
}
