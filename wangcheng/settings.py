"""Settings: facts about the deployment, all of them from environment variables.

A checkout that `make run` or `make test` installed keeps its own in `.env.checkout`; the real environment goes before
it, and a production image holds no such file.  Rules of the office (limits, rewards, quotas …) are not here: they are
dated policies in the database.
"""

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent


def read_env_file(path: Path) -> None:
    """Take `NAME=value` lines of a checkout's own file into the environment, where nothing is set already."""
    if path.exists():
        lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
        for name, _, value in (line.partition("=") for line in lines if line and not line.startswith("#")):
            os.environ.setdefault(name.strip(), value.strip())


read_env_file(BASE_DIR / ".env.checkout")
VAR_DIR = Path(os.environ.get("VAR_DIR", BASE_DIR / "var"))


def env_bool(name: str, default: bool = False) -> bool:
    return os.environ.get(name, str(default)).strip().lower() in {"1", "true", "yes", "on"}


def env_list(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


# PRODUCTION is the safe default everywhere but in a checkout (`make run`, `make test`), which sets DEMO or DEBUG.
DEBUG = env_bool("DEBUG")
DEMO = env_bool("DEMO", DEBUG)
PRODUCTION = not (DEBUG or DEMO)


def secret_key() -> str:
    """The secret of this deployment; outside production one is made once and kept in var/."""
    if key := os.environ.get("SECRET_KEY"):
        return key
    if PRODUCTION:
        raise ImproperlyConfigured("生产环境必须设置环境变量 SECRET_KEY。")
    kept = VAR_DIR / "secret_key"
    if not kept.exists():
        VAR_DIR.mkdir(parents=True, exist_ok=True)
        kept.write_text(secrets.token_urlsafe(48))
    return kept.read_text().strip()


def database(url: str) -> dict[str, Any]:
    """`postgresql://user:password@host:port/name` or `sqlite:///path`; empty means the embedded default."""
    parts = urlsplit(url or f"sqlite:///{VAR_DIR / 'wangcheng.sqlite3'}")
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "wangcheng.common.sqlite",
            "NAME": parts.path[1:] if parts.path.startswith("//") else parts.path,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536;",
            },
            "TEST": {"NAME": str(VAR_DIR / "test.sqlite3")},  # a file, so that threads meet as they do in earnest
        }
    if parts.scheme in {"postgres", "postgresql"}:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 600,
            "CONN_HEALTH_CHECKS": True,
        }
    raise ImproperlyConfigured(f"DATABASE_URL 的协议“{parts.scheme}”不受支持，应为 postgresql:// 或 sqlite:///。")


if PRODUCTION and not os.environ.get("DATABASE_URL"):
    raise ImproperlyConfigured("生产环境必须设置环境变量 DATABASE_URL。")

SECRET_KEY = secret_key()
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", "" if PRODUCTION else "*")
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS")
DATABASES = {"default": database(os.environ.get("DATABASE_URL", ""))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "axes",
    "django_htmx",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "wangcheng.common",
    "grid",
    "hotline",
    "whistle",
    "budget",
    "wangcheng.demo",
    "wangcheng.bench",
]

MIDDLEWARE = [
    "wangcheng.common.logs.RequestNumber",
    "wangcheng.common.health.metrics.CountRequests",
    "wangcheng.common.policy.middleware.RulesAskedOnce",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "wangcheng.common.ways.security.ContentSecurityPolicy",
    "wangcheng.common.api.requests.PlainRequests",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "wangcheng.common.people.middleware.ActingPost",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "wangcheng.common.ways.counts.CountAnew",
    "wangcheng.common.ways.refusals.RefusalPage",
    "axes.middleware.AxesMiddleware",
    "wangcheng.common.api.idempotency.IdempotentPosts",
]

ROOT_URLCONF = "wangcheng.urls"
WSGI_APPLICATION = "wangcheng.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wangcheng.common.ways.context.page",
            ],
        },
    },
]

# People and log-in
AUTH_USER_MODEL = "common.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "wangcheng.common.people.auth.PostBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "wangcheng.common.people.auth.FourClassesValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "desk"
LOGOUT_REDIRECT_URL = "login"
SESSION_ENGINE = "wangcheng.common.people.session_store"
SESSION_COOKIE_AGE = 30 * 60  # idle time-out of the security rules: 30 minutes, renewed by people.middleware
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.5  # hours
AXES_LOCKOUT_PARAMETERS = ["username"]  # wherever the failures come from: else five guesses more from each address
SILENCED_SYSTEM_CHECKS = ["axes.W006"]  # wants the address, lest cookies lift the lock; the name alone is stricter
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "wangcheng.common.people.auth.locked_out"
AXES_CLIENT_IP_CALLABLE = "wangcheng.common.audit.actions.client_address"  # not the proxy's, which all share
AXES_VERBOSE = False
DEMO_PASSWORD = os.environ.get("DEMO_PASSWORD") or "Wangcheng@2022"

# Transport security; TLS ends at the proxy in front of the web container
SECURE_SSL = env_bool("SECURE_SSL", PRODUCTION)
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL
SECURE_HSTS_SECONDS = 31536000 if SECURE_SSL else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_SSL
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env_bool("BEHIND_PROXY") else None
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {  # sent by ways.security under Django 6's setting name
    "default-src": ["'self'"],
    "script-src": ["'self'", "<CSP_NONCE_SENTINEL>"],
    "img-src": ["'self'", "data:", "blob:"],
    "object-src": ["'none'"],
    "base-uri": ["'none'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# Language and time
LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = "wangcheng.formats"
FILTERS_EMPTY_CHOICE_LABEL = "全部"  # django-filter

# Files
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "wangcheng.assets.NamedFilesFinder",
]
MEDIA_ROOT = Path(os.environ.get("MEDIA_ROOT", VAR_DIR / "media"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION
DOC_FONT_DIRS = env_list("DOC_FONT_DIRS")

# Celery: the rows in the database are the truth, the broker only wakes (docs/adr/0004)
REDIS_URL = os.environ.get("REDIS_URL", "")


def left_open() -> list[str]:
    """What a production server was not told, in words."""
    told = {
        "SECRET_KEY（不少于50个字符）": len(SECRET_KEY) >= 50,
        "ALLOWED_HOSTS": bool(ALLOWED_HOSTS),
        "REDIS_URL": bool(REDIS_URL),
    }
    return [name for name, given in told.items() if not given]


# On SQLite only the image is built, which serves nobody
if PRODUCTION and DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql" and (missing := left_open()):
    raise ImproperlyConfigured(f"生产环境必须设置环境变量 {'、'.join(missing)}。")

CELERY_BROKER_URL = REDIS_URL or "memory://localhost/"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600} if REDIS_URL else {"polling_interval": 0.05}
CELERY_TIMEZONE = TIME_ZONE
# Nothing rarer than hourly: the embedded clock forgets at its end when it did what, and a machine may end every evening
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "send waiting messages": {"task": "common.send_messages", "schedule": 15.0},
    "settle messages of a crashed sender": {"task": "common.settle_messages", "schedule": 60.0},
    "wake stranded jobs": {"task": "common.wake_jobs", "schedule": 30.0},
    "show that clock and worker live": {"task": "common.show_life", "schedule": 15.0},
    "seal the audit": {"task": "common.seal_audit", "schedule": 60.0},
    "forget old replies to Idempotency-Keys": {"task": "common.forget_replies", "schedule": 3600.0},
    "forget uploads that nobody took in": {"task": "common.forget_uploads", "schedule": 3600.0},
    "forget exports kept long enough": {"task": "common.forget_results", "schedule": 3600.0},
    "remind units of tickets that are due": {"task": "hotline.remind_units", "schedule": 300.0},
    "archive tickets closed long ago": {"task": "hotline.archive_tickets", "schedule": 3600.0},
    "remind reporters of ratings": {"task": "whistle.remind_ratings", "schedule": 3600.0},
}
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

# Messages: console://, file:///path, or mas+http(s)://ecName:secret@host/path?apId=…&sign=… (云MAS)
SMS_URL = os.environ.get("SMS_URL", "console://")
SMS_RECEIPT_KEY = os.environ.get(
    "SMS_RECEIPT_KEY", ""
)  # in the carrier's address of receipts; empty: derived from SECRET_KEY

# Seconds without a sign of life after which a job's worker counts as dead and the job is taken up again
JOB_LEASE = int(os.environ.get("JOB_LEASE", "60"))

# Rows of a list up to which an export is answered at once; a larger one is a job, as proxies do not wait for it
EXPORT_AT_ONCE = int(os.environ.get("EXPORT_AT_ONCE", "20000"))

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "wangcheng.common.api.tokens.BearerAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["wangcheng.common.api.rendering.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["wangcheng.common.api.requests.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "wangcheng.common.api.pagination.Pages",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "wangcheng.common.api.openapi.Schema",
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.UserRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {
        "user": os.environ.get("API_RATE", "6000/min"),
        "login": os.environ.get("API_LOGIN_RATE", "120/min"),
    },
    "NUM_PROXIES": 1 if SECURE_PROXY_SSL_HEADER else 0,  # whose word on a stranger's address is taken
    "EXCEPTION_HANDLER": "wangcheng.common.api.problems.handle",
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "望城区社会治理服务中心 API",
    "DESCRIPTION": "令牌以 POST /api/v1/auth/token/ 换取或由后台签发；错误一律为 RFC 9457 problem+json。",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "wangcheng.common.api.openapi.add_problems",
    ],
}
API_URLS = [
    "grid.api_urls",
    "hotline.api_urls",
    "whistle.api_urls",
    "budget.api_urls",
]  # below /api/v1/, beside the kernel's

METRICS_TOKEN = os.environ.get("METRICS_TOKEN", "")
LOG_LEVEL = os.environ.get("LOG_LEVEL", "INFO")
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "wangcheng.common.logs.PlainFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        },
        "json": {"()": "wangcheng.common.logs.json_formatter"},
    },
    "filters": {"once": {"()": "wangcheng.common.logs.OnceOnly"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "json" if PRODUCTION else "plain",
            "filters": ["once"],
        }
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "axes": {"level": "WARNING"},
        "django.server": {"level": "WARNING"},
        "celery": {"level": os.environ.get("CELERY_LOG_LEVEL", "WARNING")},  # each beat of the clock is a line below it
        "waitress": {"level": "ERROR"},
    },
}
