"""Settings safe for production. Whatever differs between machines is read from the environment, here alone."""

import secrets
import zoneinfo
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from clinic.environment import Environment
from clinic.headers import admin_policy, site_policy
from clinic.logs import logging_config
from clinic.storages import storages_config

ROOT = Path(__file__).resolve().parents[3]

env = Environment(env_file=ROOT / ".env")
# Whatever the site writes: database (SQLite), uploads, collected static files.
VAR = Path(env.text("DATA_DIR", str(ROOT / "var")))

# --- Who we are -----------------------------------------------------------------------------------------------

DEBUG = False
# With no key the checks stop the start; until then a random one keeps anything from being signed with a known one.
SECRET_KEY = (
    env.required("SECRET_KEY", "A long random text; python manage.py make_keys prints one.") or secrets.token_urlsafe()
)
if len(SECRET_KEY) < 32:
    env.malformed(
        "SECRET_KEY", "SECRET_KEY is too short to be secret.", "python manage.py make_keys prints a good one."
    )
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = env.hosts("ALLOWED_HOSTS")
if not env.words("ALLOWED_HOSTS"):
    env.required("ALLOWED_HOSTS", "The names under which visitors reach the site: ALLOWED_HOSTS=www.clinic.example")
BASE_URL = env.address(
    "BASE_URL",
    env.required("BASE_URL", "The site's full address: BASE_URL=https://www.clinic.example"),
    "https://www.clinic.example",
    path=False,
)
CSRF_TRUSTED_ORIGINS = [BASE_URL] if BASE_URL else []
# How many proxies of ours stand before the server, each adding to X-Forwarded-For (0: it faces the network itself).
PROXY_COUNT = env.number("PROXY_COUNT", 0)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXY_COUNT else None

# --- Parts ----------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "clinic.apps.ClinicConfig",
    "forms",
    "pages",
    "research",
    "wagtail.api.v2",
    "wagtail.api.v3",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.routable_page",
    "wagtail.contrib.search_promotions",
    "wagtail.contrib.settings",
    "wagtail.contrib.simple_translation",
    "wagtail.contrib.table_block",
    "wagtail.contrib.typed_table_block",
    "wagtail.embeds",
    "wagtail.locales",
    "wagtail.sites",
    "clinic.apps.UsersConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "wagtail_headless_preview",
    "wagtail_modeladmin",
    "modelcluster",
    "taggit",
    "ninja",
    "rest_framework",
    "django_filters",
    "corsheaders",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "clinic.health.HealthMiddleware",
    "clinic.proxies.ClientAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "clinic.headers.SecurityHeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "clinic.compression.CompressionMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "clinic.api.middleware.ApiMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "clinic.locales.AddressLocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "forms.receiving.outage.KeepAnswersMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "research.publishing.PublishGuardMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

ROOT_URLCONF = "clinic.urls"
CSRF_FAILURE_VIEW = "forms.receiving.outage.csrf_failure"
ASGI_APPLICATION = "clinic.asgi.application"
WSGI_APPLICATION = "clinic.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "pages.frame_cache.context",
            ],
        },
    },
]

# --- Database, cache, mail ------------------------------------------------------------------------------------

# Readers never wait for the writer (WAL), and a writer takes its lock at once and waits for it, so that two
# writers never deadlock by upgrading a read lock. FULL: what was acknowledged is on the disk.
SQLITE_OPTIONS: dict[str, Any] = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
}

database_url = env.required("DATABASE_URL", "For example: DATABASE_URL=postgres://clinic:password@localhost/clinic")
database = env.database("DATABASE_URL", database_url)
if "sqlite3" in database.get("ENGINE", "sqlite3"):
    database = {"ENGINE": "django.db.backends.sqlite3", "NAME": database.get("NAME", ":memory:")}
    database["OPTIONS"] = SQLITE_OPTIONS
else:
    database["OPTIONS"] = database.get("OPTIONS", {})
    if pooled := env.flag("DATABASE_POOL", default=True):
        # Under ASGI a connection per thread would never be given back; the pool lends them instead.
        database["OPTIONS"] |= {"pool": {"min_size": 1, "max_size": 8, "timeout": 10}}
    # Statements that the server keeps belong to one connection. Who turns our pool off may have another one between.
    if env.flag("DATABASE_PREPARE", default=pooled):
        database["OPTIONS"] |= {"prepare_threshold": 2}
DATABASES: dict[str, dict[str, Any]] = {"default": database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

cache = env.cache("CACHE_URL", env.text("CACHE_URL", "locmemcache://"))
if "redis" in cache.get("BACKEND", "").lower():
    cache["BACKEND"] = "clinic.cache.ForgivingRedisCache"
    cache["OPTIONS"] = {"socket_connect_timeout": 0.5, "socket_timeout": 0.5} | cache.get("OPTIONS", {})
CACHES: dict[str, dict[str, Any]] = {
    "default": cache or {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}

email_url = env.required("EMAIL_URL", "For example: EMAIL_URL=smtp+tls://user:password@mail.clinic.example:587")
email = env.mail_server("EMAIL_URL", email_url)
EMAIL_BACKEND = email.get("EMAIL_BACKEND", "django.core.mail.backends.dummy.EmailBackend")
EMAIL_HOST = email.get("EMAIL_HOST") or "localhost"
EMAIL_PORT = email.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = email.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = email.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = email.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = email.get("EMAIL_USE_SSL", False)
EMAIL_FILE_PATH = email.get("EMAIL_FILE_PATH") or None
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.mailbox(
    "DEFAULT_FROM_EMAIL",
    env.required(
        "DEFAULT_FROM_EMAIL", "The sender of the site's mail: DEFAULT_FROM_EMAIL=Clinic <no-reply@clinic.example>"
    ),
)

# --- Submissions ----------------------------------------------------------------------------------------------

# Key id -> base64 of 32 bytes; the first encrypts, every one decrypts. Kept apart from SECRET_KEY so that
# changing that one never makes a submission unreadable.
SUBMISSION_KEYS = env.key_ring(
    "SUBMISSION_KEYS", env.required("SUBMISSION_KEYS", "Make them with: python manage.py make_keys")
)
# One key, or several with commas while it rotates: the first indexes, every one is looked up with.
BLIND_INDEX_KEY = env.keys(
    "BLIND_INDEX_KEY", env.required("BLIND_INDEX_KEY", "Make it with: python manage.py make_keys")
)
CLAMD_URL = env.address("CLAMD_URL", env.text("CLAMD_URL"), "unix:/run/clamav/clamd.ctl", schemes=("unix", "tcp"))
PROOF_OF_WORK = env.flag("PROOF_OF_WORK")
WEBHOOK_PRIVATE_HOSTS = env.hosts("WEBHOOK_PRIVATE_HOSTS")

# --- Research -------------------------------------------------------------------------------------------------

# Look-ups at Crossref, PubMed and OpenAlex: off unless named. Each needs a mail address to be told to the service.
RESEARCH_LOOKUPS = {
    name: {
        "contact": env.text("RESEARCH_LOOKUP_CONTACT"),
        "base_url": env.text(f"{name.upper()}_URL"),
        "api_key": env.text(f"{name.upper()}_API_KEY"),
        "timeout": env.number("RESEARCH_LOOKUP_TIMEOUT", 10, least=1),
    }
    for name in env.words("RESEARCH_LOOKUPS")
}
RESEARCH_LINK_CHECKS = {"contact": env.text("RESEARCH_LOOKUP_CONTACT")}
# Let the worker ask of every source, each so many days, whether it still holds (0: only `check_citations` does).
RESEARCH_CHECK_DAYS = env.number("RESEARCH_CHECK_DAYS", 0)
# Imports hold whole files; forget them after so many days, done or not (0: never).
RESEARCH_IMPORT_KEPT_DAYS = env.number("RESEARCH_IMPORT_KEPT_DAYS", 90)
CITATION_STYLE = env.text("CITATION_STYLE", "american-medical-association")


# --- API ------------------------------------------------------------------------------------------------------

API_WRITE_ENABLED = env.flag("API_WRITE_ENABLED")
# "absolute": links open on this site; "relative": a front end puts its own address before them; or another origin.
API_LINKS = env.text("API_LINKS", "absolute")
if API_LINKS not in {"absolute", "relative"}:
    API_LINKS = (
        env.address("API_LINKS", API_LINKS, "absolute, relative or https://www.example", path=False) or "absolute"
    )
# Where a front end shows drafts, e.g. https://www.example/preview; empty for none.
API_PREVIEW_URL = env.address("API_PREVIEW_URL", env.text("API_PREVIEW_URL"), "https://www.clinic.example/preview/")
API_PREVIEW_ORIGIN = "{0.scheme}://{0.netloc}".format(urlsplit(API_PREVIEW_URL)) if API_PREVIEW_URL else ""
# The preview panel goes to the front end itself: in a frame within its frame Wagtail could not reach the page.
WAGTAIL_HEADLESS_PREVIEW = {"REDIRECT_ON_PREVIEW": True}
API_CACHE_CONTROL = "public, max-age=60, stale-while-revalidate=600"
# How often one address may ask in a minute; 0 for as often as it likes.
API_READS_PER_MINUTE = env.number("API_READS_PER_MINUTE", 1200)
API_MAX_BODY = 2 * 1024 * 1024
API_MAX_UPLOAD = 52 * 1024 * 1024  # five files of ten megabytes, and the answers
WAGTAILAPI_DOCS_ENABLED = env.flag("API_DOCS")
WAGTAILAPI_LIMIT_MAX = 100
WAGTAILAPI_RICH_TEXT_FORMAT = "html"
CORS_URLS_REGEX = r"^/api/"
CORS_ALLOWED_ORIGINS = [
    good
    for origin in env.words("CORS_ALLOWED_ORIGINS")
    if (good := env.address("CORS_ALLOWED_ORIGINS", origin, "https://www.example,https://app.example", path=False))
]
CORS_ALLOW_METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST")
CORS_ALLOW_HEADERS = ("accept", "authorization", "content-type", "idempotency-key", "if-none-match")
CORS_EXPOSE_HEADERS = ("Allow", "ETag", "Last-Modified", "Retry-After")

# --- Language and time ----------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = [("en", _("English")), ("es", _("Spanish"))]
LOCALE_PATHS = [ROOT / "locale"]
WAGTAIL_I18N_ENABLED = True
USE_I18N = True
TIME_ZONE = env.time_zone("TIME_ZONE", "America/Los_Angeles")
USE_TZ = True

# --- Files ----------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR / "media"
PRIVATE_ROOT = VAR / "private"
STORAGES: dict[str, dict[str, Any]] = storages_config(env, PRIVATE_ROOT)
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000  # a condition page with all its inline rows has several hundred
DATA_UPLOAD_MAX_NUMBER_FILES = 20

# --- Wagtail --------------------------------------------------------------------------------------------------

WAGTAIL_SITE_NAME = "Wellcited"
WAGTAILIMAGES_IMAGE_MODEL = "pages.ClinicImage"
WAGTAILIMAGES_IMAGE_FORM_BASE = "pages.image_form.ClinicImageForm"
WAGTAILDOCS_DOCUMENT_MODEL = "pages.ClinicDocument"
WAGTAILADMIN_BASE_URL = BASE_URL
WAGTAIL_GRAVATAR_PROVIDER_URL = None  # the admin asks no third party
WAGTAIL_ENABLE_UPDATE_CHECK = False
# What the machine calls its own zone (or none) is no zone to browsers, and the account page breaks on it.
WAGTAIL_USER_TIME_ZONES = SimpleLazyObject(lambda: sorted(zoneinfo.available_timezones() - {"Factory", "localtime"}))
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
# Documents leave as attachments that cannot run, and never in a format that a browser would run.
WAGTAILDOCS_SERVE_METHOD = "redirect" if env.text("STORAGE") == "s3" else "serve_view"
WAGTAILDOCS_INLINE_CONTENT_TYPES: list[str] = []
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "mp4", "odt", "pdf", "pptx", "rtf", "txt", "vtt", "webm", "xlsx"]
WAGTAILIMAGES_EXTENSIONS = ["avif", "gif", "heic", "jpg", "jpeg", "png", "webp"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 15 * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 60_000_000
WAGTAIL_PASSWORD_RESET_ENABLED = True
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# --- Safety in transport --------------------------------------------------------------------------------------

MEDIA_ORIGINS = [f"https://{domain}"] if (domain := env.text("S3_PUBLIC_DOMAIN")) else []
CONTENT_SECURITY_POLICY = {"DIRECTIVES": site_policy(MEDIA_ORIGINS)}
ADMIN_CONTENT_SECURITY_POLICY = admin_policy(MEDIA_ORIGINS, [API_PREVIEW_ORIGIN] if API_PREVIEW_ORIGIN else [])
SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = env.number("HSTS_SECONDS", 365 * 24 * 3600)
# The clinic's other host names are not ours to promise for, unless the operator says so.
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = env.flag("HSTS_INCLUDE_SUBDOMAINS")
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = True
X_FRAME_OPTIONS = "SAMEORIGIN"  # the admin's preview panel frames pages of this site
SILENCED_SYSTEM_CHECKS = [
    "models.W040",  # SQLite leaves the filters out of the desk's index; it is not the database for a million rows
    "security.W005",  # HSTS for subdomains is the operator's choice: HSTS_INCLUDE_SUBDOMAINS
    "security.W019",  # DENY would take the preview panel away
    "security.W021",  # HSTS preloading goes with the subdomains
]

LOGGING = logging_config(env.choice("LOG_LEVEL", ("info", "debug", "warning", "error")).upper())

ENVIRONMENT_PROBLEMS = env.problems
