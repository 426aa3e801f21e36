"""All settings, read from the environment; docs/operate/settings.md lists them.

Each number has its unit. A constant of the domain stands beside the code that uses it, not here.
"""

import sys
from datetime import timedelta
from pathlib import Path
from typing import TypedDict

import django_stubs_ext
import structlog
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from environs import Env

from core.logs import hide_secrets
from operations.demo_accounts import ACCOUNTS

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
env = Env()

# Error pages that tell everything, and templates are read anew. Never in production.
DEBUG = env.bool("DEBUG", False)
# Demo accounts, one-click log-in and /dev/mail/ exist in embedded mode alone.
DEMO = env.bool("DEMO", False)
DEMO_ACCOUNTS = {account.email: account.role for account in ACCOUNTS} if DEMO else {}
# Folder for uploaded files and, in embedded mode, for the data of the servers.
DATA_DIR = Path(env.str("DATA_DIR", str(BASE_DIR / ".data")))
# Folder of the mail catcher, which /dev/mail/ shows; set by `make run` alone.
MAILDIR = Path(env.str("MAILDIR", "")) if env.str("MAILDIR", "") else None


def secret(name: str) -> str:
    """The secret of this name; a sentence that says how to make one where it is missing."""
    value = env.str(name, "")
    if not value:
        raise ImproperlyConfigured(
            f"{name} is not set. Make one with: python -c 'import secrets; print(secrets.token_urlsafe(50))'"
        )
    return value


# Signs sessions and password resets. Whoever has it can be anyone.
SECRET_KEY = secret("SECRET_KEY")
# Answer links have keys of their own: the newest (first) signs, all verify. They cannot forge a session.
SIGNING_KEYS: list[str] = env.list("SIGNING_KEYS", []) or [f"answer-links:{SECRET_KEY}"]

# The one origin that links in mails and feeds bear, whatever Host a request came with.
SITE_URL = env.str("SITE_URL", "http://localhost:8000").rstrip("/")
# The names under which requests are answered, separated by commas; by default that of SITE_URL.
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", [SITE_URL.split("//", 1)[1].split(":")[0].split("/")[0]])
CSRF_TRUSTED_ORIGINS = [SITE_URL]
HTTPS = SITE_URL.startswith("https://")

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "web",  # before the log-in library, whose templates it replaces
    "allauth",
    "allauth.account",
    "csp",
    "django_filters",
    "django_structlog",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
    "core",
    "accounts",
    "fairs",
    "exhibitors",
    "scheduling",
    "worker",
    "operations",
]

MIDDLEWARE = [
    "core.middleware.RequestId",
    "django_structlog.middlewares.RequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "core.middleware.Languages",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "web.middleware.Reader",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "web.context.frame",
            ],
            "string_if_invalid": "",
        },
    }
]

# --- PostgreSQL -----------------------------------------------------------------------------------------------------
# PostgreSQL 18, as postgres://user:password@host/name; web and workers use the role that `grant_role` makes.
DATABASES = {"default": env.dj_db_url("DATABASE_URL", conn_max_age=60, conn_health_checks=True)}
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)  # seconds
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Redis ----------------------------------------------------------------------------------------------------------
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        # Redis for the cache, as redis://host:6379/1 or unix:///path?db=1; it may be flushed at any time.
        "LOCATION": env.str("REDIS_URL", "redis://localhost:6379/1"),
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 2},  # seconds
    }
}

# --- Celery: the tables are the queues, Redis only wakes -------------------------------------------------------------
# Redis for waking the workers, as redis://host:6379/0 or redis+socket:///path?virtual_host=0.
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", "redis://localhost:6379/0")
CELERY_TIMEZONE = "UTC"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # A stopped Redis must not cost the caller seconds: the sweep finds what a lost wake-up left.
    "max_retries": 0,
    "socket_connect_timeout": 0.5,  # seconds
    # kombu looks for lost tasks only each tenth time by default.
    "unacked_restore_throttle": 1,
    "visibility_timeout": 120,  # seconds, above the longest task
}
CELERY_TASK_DEFAULT_QUEUE = "react"
CELERY_TASK_ROUTES = {"worker.send": {"queue": "send"}}
# A sign of life through each queue. One that is not run in time is dropped: the next one says as much.
CELERY_BEAT_SCHEDULE = {
    f"tick {queue}": {
        "task": "operations.tick",
        "schedule": 15,  # seconds
        "args": [queue],
        "options": {"queue": queue, "expires": 15},
    }
    for queue in ("react", "send")
}

# --- Mail -----------------------------------------------------------------------------------------------------------
# The mail relay, as smtp+tls://user:password@host:587.
EMAIL = env.dj_email_url("EMAIL_URL", "smtp://localhost:25")
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = EMAIL["EMAIL_HOST"]
EMAIL_PORT = EMAIL["EMAIL_PORT"]
EMAIL_HOST_USER = EMAIL["EMAIL_HOST_USER"] or ""
EMAIL_HOST_PASSWORD = EMAIL["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS = EMAIL["EMAIL_USE_TLS"]
EMAIL_USE_SSL = EMAIL["EMAIL_USE_SSL"]
EMAIL_TIMEOUT = 10  # seconds to connect and for each reply
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "OTOP Fairs <fairs@example.org>")  # The sender of every mail.
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# A restored copy of a database sends no mail until somebody says so.
MAIL_HOLD = env.bool("MAIL_HOLD", False)
# Mails a minute to the addresses of one domain, so that its servers don't take us for spammers. 0: no limit.
MAIL_PER_DOMAIN = env.int("MAIL_PER_DOMAIN", 0)

# --- Sign-in --------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "start"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_FORMS = {
    "login": "web.account.LoginForm",
    "reset_password": "web.account.ResetPasswordForm",
    "reset_password_from_key": "web.account.ResetPasswordKeyForm",
    "change_password": "web.account.ChangePasswordForm",
}
CSRF_FAILURE_VIEW = "web.errors.csrf_failure"
PASSWORD_RESET_TIMEOUT = int(timedelta(days=1).total_seconds())  # the mail says so
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
# The library counts tries in the cache, which a flush forgets; ours are counted in the database, by the adapter.
ACCOUNT_ADAPTER = "web.account.Adapter"
ACCOUNT_RATE_LIMITS = False
# How many proxies of ours stand in front: so many addresses of X-Forwarded-For are believed.
NUM_PROXIES = env.int("NUM_PROXIES", 0)
ALLAUTH_TRUSTED_PROXY_COUNT = NUM_PROXIES

SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_SAMESITE = "Lax"

# --- Headers --------------------------------------------------------------------------------------------------------
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
# True where a proxy of ours stands in front and always sets X-Forwarded-Proto; without one, anybody could set it.
if env.bool("BEHIND_PROXY", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-src": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
        "worker-src": [SELF],
    }
}

# --- Languages and time ---------------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hant"
LANGUAGES = [("zh-hant", _("Traditional Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
# The zone in which pages without a venue read instants.
HOME_TIME_ZONE = env.str("HOME_TIME_ZONE", "Asia/Taipei")
TIME_ZONE = "UTC"

# --- Files ----------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
# True in the image, where `collectstatic` has run; elsewhere files are served from where they lie.
COMPRESS_STATIC = env.bool("COMPRESS_STATIC", False)
STATIC_ROOT = BASE_DIR / "staticfiles" if COMPRESS_STATIC else None
MEDIA_ROOT = DATA_DIR / "media"
WHITENOISE_USE_FINDERS = not COMPRESS_STATIC
WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if COMPRESS_STATIC
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024  # bytes
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024  # bytes

# --- API ------------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticatedOrReadOnly"],
    "DEFAULT_PARSER_CLASSES": ["core.parsing.LimitedJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "core.pages.CursorPages",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "core.schema.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["core.throttles.AnonThrottle", "core.throttles.UserThrottle"],
    "DEFAULT_THROTTLE_RATES": {
        "anon": env.str("THROTTLE_ANON", "600/minute"),  # Requests to the API from one address without a token.
        "user": env.str("THROTTLE_USER", "1200/minute"),  # Requests to the API of one person.
    },
    "DEFAULT_METADATA_CLASS": None,  # the schema tells what OPTIONS would
    "EXCEPTION_HANDLER": "core.problems.problem",
    "NUM_PROXIES": NUM_PROXIES,
    "PAGE_SIZE": 50,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "OTOP Fairs",
    "DESCRIPTION": "Fairs, exhibitors, programmes and calendars of the One Town One Product programme.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    # Where one set of choices has two names, or two sets share one, the schema needs to be told.
    "ENUM_NAME_OVERRIDES": {
        "DecisionEnum": "exhibitors.models.Application.Decision",
        "RecommendationEnum": "exhibitors.models.Review.Recommendation",
        "QuestionKindEnum": "fairs.models.Question.Kind",
        "SessionKindEnum": "scheduling.models.Kind",
    },
}

# Who runs this service, as every page's foot says, and how to reach them, such as (02) 2123-4567.
OPERATOR_ZH = env.str("OPERATOR_ZH", "")
# The same in English; the Chinese name is shown where it is empty.
OPERATOR_EN = env.str("OPERATOR_EN", "")
# A telephone number or an address, as people should read it.
OPERATOR_CONTACT = env.str("OPERATOR_CONTACT", "")

# Who hears of a security hole, in /.well-known/security.txt.
SECURITY_CONTACT = env.str("SECURITY_CONTACT", "security@example.org")
# Lets a collector read /metrics with `Authorization: Bearer …`. Empty: nobody may.
METRICS_TOKEN = env.str("METRICS_TOKEN", "")

# --- Logs: one line an event, with the request's id ------------------------------------------------------------------
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_USER_ID_FIELD = "pk"


class _Loggers(TypedDict):
    handlers: list[str]
    level: str


_shared: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(ensure_ascii=False),
                hide_secrets,
            ],
            "foreign_pre_chain": _shared,
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json", "stream": sys.stderr}},
    "root": _Loggers(handlers=["stderr"], level=env.str("LOG_LEVEL", "INFO")),  # DEBUG, INFO, WARNING or ERROR
}
structlog.configure(
    processors=[structlog.stdlib.filter_by_level, *_shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
