"""Settings for the tests: nothing from outside but TEST_DATABASE_URL and TEST_CACHE_URL; fast password hashing."""

import os
import re
from pathlib import Path

VAR = Path(os.environ.get("DATA_DIR") or Path(__file__).resolve().parents[3] / "var")
(VAR / "static").mkdir(parents=True, exist_ok=True)

# The machine's own settings must not change what the tests show.
os.environ["ENV_FILE"] = ""
os.environ |= {
    "SECRET_KEY": "only for tests " * 4,
    "ALLOWED_HOSTS": "localhost,127.0.0.1,testserver",
    "BASE_URL": "http://testserver",
    "DATABASE_URL": os.environ.get("TEST_DATABASE_URL") or f"sqlite:///{VAR / 'test-unused.sqlite3'}",
    "DATABASE_POOL": "0",
    "DATABASE_PREPARE": "1",
    "CACHE_URL": os.environ.get("TEST_CACHE_URL") or "locmemcache://",
    "EMAIL_URL": "memorymail://",
    "DEFAULT_FROM_EMAIL": "Juniper Row Clinic <clinic@example.org>",
    "SUBMISSION_KEYS": "test:dGVzdHMgZW5jcnlwdCB3aXRoIHRoaXMgMzIgYnl0ZXM=",
    "BLIND_INDEX_KEY": "dGVzdHMgaW5kZXggd2l0aCB0aGVzZSAzMiBieXRlcy4=",
    "STORAGE": "local",
}

from clinic.settings.base import *  # noqa: F403
from clinic.settings.base import CACHES, DATABASES, SQLITE_OPTIONS, STORAGES

if "sqlite3" in DATABASES["default"]["ENGINE"]:
    # A file, as in real life: several connections, real locks. It need not survive a power cut.
    DATABASES["default"]["TEST"] = {"NAME": VAR / "test.sqlite3"}
    DATABASES["default"]["OPTIONS"] = SQLITE_OPTIONS | {
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
    }

# Several test processes share one cache server: each has a database of its own there, for `cache.clear()` empties
# a whole database and would take from a neighbour what it is just counting on.
worker = os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw")
if worker and os.environ.get("TEST_CACHE_URL"):
    CACHES["default"]["LOCATION"] = re.sub(r"/\d*$", f"/{int(worker) + 1}", CACHES["default"]["LOCATION"])

SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 0
SESSION_COOKIE_SECURE = False
CSRF_COOKIE_SECURE = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}

WAGTAILAPI_DOCS_ENABLED = True
API_READS_PER_MINUTE = 0  # all tests read from one address
