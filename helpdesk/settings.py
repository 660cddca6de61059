"""Settings of every installation: safe by default, the rest from the environment.

A variable that the environment lacks is read from ``var/env``, which ``make run`` and ``make test`` write. README.md,
“Into production”, lists every variable.
"""

import ipaddress
import os
from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from whitenoise.compress import Compressor

from helpdesk.variables import Variables, read_file, wrong

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

env = Variables()
_unreadable = read_file(VAR_DIR / "env")

# With lxml, which python-docx brings, openpyxl would write Chinese as character numbers, at twice the room.
os.environ.setdefault("OPENPYXL_LXML", "False")

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY:
    raise ImproperlyConfigured(
        f"{_unreadable or '设置 SECRET_KEY 没有写'}（SECRET_KEY is not set）。"
        "var/env 里要有一行 SECRET_KEY=随机的一长串，一个网站一串，例如 openssl rand -hex 32 给出的；"
        "make run 和 make test 会自己写。"
    )
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if DEBUG else [])

# Names of the installation and of its credit rules.
SITE_NAME = env.str("SITE_NAME", default="师训问答")
SCHEME_NAME = env.str("SCHEME_NAME", default="教师学分管理办法（依据资料《教师学分管理（系统）常见问题》）")
# Facts about the portal on its home page, in words that readers see; an empty one is not shown.
RUN_BY = env.str("RUN_BY", default="")
RUN_FOR = env.str("RUN_FOR", default="")
CURRENT_AS_OF = env.str("CURRENT_AS_OF", default="")
# Lines of the footer; an empty one is not shown.
ICP_NUMBER = env.str("ICP_NUMBER", default="")
POLICE_NUMBER = env.str("POLICE_NUMBER", default="")
CONTACT_LINE = env.str("CONTACT_LINE", default="")
# Text that an installation adds to its privacy page; `\n` begins a new paragraph.
PRIVACY_NOTICE = env.str("PRIVACY_NOTICE", default="", multiline=True)
# Whether editors publish what they write themselves; off: a reviewer other than the writers decides on each version.
DIRECT_PUBLISHING = env.bool("DIRECT_PUBLISHING", default=True)
# Days after which a question that was answered is closed, if its asker says nothing more; and days after closing until
# name, school, contact and pictures are deleted.
QUESTION_CLOSES_AFTER_DAYS = env.int("QUESTION_CLOSES_AFTER_DAYS", default=14)
QUESTION_KEPT_DAYS = env.int("QUESTION_KEPT_DAYS", default=180)
# Days within which a question should be answered; one that waits longer is shown as overdue.
QUESTION_TARGET_DAYS = env.int("QUESTION_TARGET_DAYS", default=2)
# Days for which is kept what readers searched for, tied to nobody; then only sums of months are. 0: nothing is counted.
SEARCHES_KEPT_DAYS = env.int("SEARCHES_KEPT_DAYS", default=180)
# Passphrase with which backups are encrypted; without one they are not.
BACKUP_KEY = env.str("BACKUP_KEY", default="")
# Days within which an import can be undone.
IMPORT_UNDO_DAYS = env.int("IMPORT_UNDO_DAYS", default=7)

INSTALLED_APPS = [
    "helpdesk.apps.HelpdeskConfig",
    "helpdesk.common.apps.CommonConfig",
    "faq",
    "credits",
    "helpdesk.apps.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "crispy_forms",
    "crispy_bootstrap5",
    "js_lib_bootstrap5",
    "bs_icon_templates",
    "django_prose_editor",  # for its build of ProseMirror
    "csp",
]

MIDDLEWARE = [
    "helpdesk.middleware.TrustedProxyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "helpdesk.log_requests.RequestLogMiddleware",
    "helpdesk.middleware.CompressionMiddleware",
    "helpdesk.middleware.ApiMiddleware",
    "helpdesk.offline.OfflineMiddleware",
    "helpdesk.bodies.BoundedBodyMiddleware",
    "helpdesk.middleware.ServiceUnavailableMiddleware",
    "helpdesk.middleware.EncodingMiddleware",
    "helpdesk.outages.OutageMiddleware",
    "helpdesk.waits.PatienceMiddleware",
    "helpdesk.middleware.OnceMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "helpdesk.keeping.KeepTypedMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "helpdesk.auditing.AuditMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "helpdesk.account.middleware.SeenMiddleware",
    "helpdesk.middleware.RateLimitMiddleware",
    "helpdesk.account.middleware.DutyMiddleware",
    "helpdesk.account.asking.AgainMiddleware",
]

ROOT_URLCONF = "helpdesk.urls"
WSGI_APPLICATION = "helpdesk.wsgi.application"

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
                "helpdesk.context.site",
            ],
        },
    },
]

# --- Database -------------------------------------------------------------------------------------

PATIENT_OPTIONS = "-c lock_timeout=20s"
DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'db.sqlite3'}")}
_database = DATABASES["default"]
if _database["ENGINE"] == "django.db.backends.sqlite3":
    # `mode=rw` never creates the file. Where it is gone, the portal answers 503 instead of starting over with an empty
    # one; only `manage.py bootstrap` creates it. Connections are not kept, because a kept one would go on writing into
    # a deleted file, but by gunicorn's workers, where our backend looks at the file before each request.
    _path = Path(_database["NAME"]).resolve()
    _database["NAME"] = f"{_path.as_uri()}?mode=rw"
    _database["ENGINE"] = "helpdesk.sqlite"
    _database["CONN_MAX_AGE"] = 0
    _database["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
    # Tests use a file too, because a database in memory locks and fails otherwise than a file.
    _database["TEST"] = {"NAME": str(_path.with_name(f"test-{_path.name}"))}
    SQLITE_PATH: Path | None = _path
else:
    SQLITE_PATH = None
# A replica from which public pages are read; helpdesk/common/replica.py says which, and from where else.
if env.str("DATABASE_REPLICA_URL", default=""):
    DATABASES["replica"] = env.db_url("DATABASE_REPLICA_URL") | {
        "DISABLE_SERVER_SIDE_CURSORS": True,  # at their end the driver raises errors of its own
        "TEST": {"MIRROR": "default"},
    }
    DATABASE_ROUTERS = ["helpdesk.common.replica.Router"]
    if {_server["ENGINE"] for _server in DATABASES.values()} != {"django.db.backends.postgresql"}:
        raise wrong("DATABASE_REPLICA_URL", "要用 PostgreSQL，它和 DATABASE_URL 都要写成 postgres://…")
for _server in DATABASES.values() if SQLITE_PATH is None else []:
    _server["CONN_MAX_AGE"] = 60
    _server["CONN_HEALTH_CHECKS"] = True
    _options = _server.setdefault("OPTIONS", {})
    _options.setdefault("connect_timeout", 5)
    # For commands and long work; helpdesk/waits.py puts narrower bounds in their place where pages are served.
    # The options that follow, from the URL, win.
    _options["options"] = f"{PATIENT_OPTIONS} {_options.get('options', '')}".strip()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Cache, mail, search index, rate limits --------------------------------------------------------

CACHES = {"default": env.cache_url("CACHE_URL", default="locmemcache://")}
if CACHES["default"]["BACKEND"] == "django.core.cache.backends.redis.RedisCache":
    # A Redis that does not answer holds a request up for so many seconds; the options of CACHE_URL win.
    _patience = {"socket_connect_timeout": 0.5, "socket_timeout": 0.5}
    CACHES["default"]["OPTIONS"] = _patience | CACHES["default"].get("OPTIONS", {})
vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
# Whether mail reaches anybody: only where EMAIL_URL says how.
MAIL = bool(env.str("EMAIL_URL", default=""))
SEARCH_INDEX_DIR = Path(env.str("SEARCH_INDEX_DIR", default=str(VAR_DIR / "search")))
MEDIA_ROOT = env.str("MEDIA_ROOT", default=str(VAR_DIR / "media"))
# `off` is for load tests on a machine of your own.
RATE_LIMITS = env.str("RATE_LIMITS", default="on") != "off"
# Addresses or networks whose X-Forwarded-For and -Proto headers are believed.
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=[])
# A ledger of 2,000 records with the longest ids is smaller; the form with sixty rows has 500 fields.
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3000
# How much each address takes stands in helpdesk/bodies.py. Larger files wait here; dead processes' are swept away.
FILE_UPLOAD_TEMP_DIR = VAR_DIR / "uploads"
FILE_UPLOAD_TEMP_DIR.mkdir(parents=True, exist_ok=True)

# --- Language and time ------------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
LOCALE_PATHS = [BASE_DIR / "helpdesk" / "locale"]  # Django's own sentences in words of ours
USE_TZ = True

# --- Static files -----------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "helpdesk.storage.PortalStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
# Maps of third-party scripts are large, and asked for by nobody but developers.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

# --- Sign-in ----------------------------------------------------------------------------------------

# How often one may try stands in helpdesk/common/guessing.py.
PASSWORD_HASHERS = ["helpdesk.hashing.InTurn"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "helpdesk.passwords.NotLikeTheAccount"},
    {"NAME": "helpdesk.passwords.MinimumLength", "OPTIONS": {"min_length": 10}},
    {"NAME": "helpdesk.passwords.NotCommon"},
    {"NAME": "helpdesk.passwords.NotDigitsAlone"},
    {"NAME": "helpdesk.passwords.NotGuessable"},
]
LOGIN_URL = "sign-in"
# Roles that must have a second factor: superuser, admin (may use /admin/), reviewer, staff. Everybody of them may.
SECOND_FACTOR_FOR = env.list("SECOND_FACTOR_FOR", default=[])
OTP_TOTP_ISSUER = SITE_NAME
OTP_TOTP_THROTTLE_FACTOR = 0  # helpdesk/account/tries.py counts instead: a delay that doubles would shut the owner out
# After so long without a page one signs in again; no session lasts longer than its cookie.
STAFF_IDLE_MINUTES = env.int("STAFF_IDLE_MINUTES", default=30)
TEACHER_IDLE_MINUTES = env.int("TEACHER_IDLE_MINUTES", default=120)
SESSION_ENGINE = "helpdesk.account.store"
SESSION_COOKIE_AGE = 12 * 3600

# --- Audit log ---------------------------------------------------------------------------------------

#: Days for which rows are kept at least. The Cybersecurity Law asks for six months.
AUDIT_DAYS = env.int("AUDIT_DAYS", default=180)
if AUDIT_DAYS < 180:
    raise wrong("AUDIT_DAYS", "不能少于 180，网络安全法要求日志至少留六个月")

# --- Metrics ---------------------------------------------------------------------------------------

# Whether /metrics tells Prometheus how the portal stands, and the addresses or networks that are told; others get 404.
METRICS = env.bool("METRICS", default=False)
try:
    METRICS_FROM = [ipaddress.ip_network(network, strict=False) for network in env.list("METRICS_FROM", default=[])]
except ValueError as _error:
    raise wrong("METRICS_FROM", "要写地址或者网段，用逗号隔开，例如 127.0.0.1/32") from _error
if METRICS and not METRICS_FROM:
    raise wrong("METRICS_FROM", "METRICS 开着，就要写明谁可以看，例如 METRICS_FROM=127.0.0.1/32")

# --- Headers ----------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # Bootstrap draws its form icons as data: images
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
# `HTTPS=off` is for an intranet with plain http only; development uses plain http too.
HTTPS = env.bool("HTTPS", default=not DEBUG)
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", *([r"^metrics$"] if METRICS else [])]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
# Other sites of the bureau share the domain, so https for all of it is for the bureau to decide.
HSTS_WHOLE_DOMAIN = env.bool("HSTS_WHOLE_DOMAIN", default=False)
SECURE_HSTS_INCLUDE_SUBDOMAINS = HSTS_WHOLE_DOMAIN
SECURE_HSTS_PRELOAD = HSTS_WHOLE_DOMAIN
SILENCED_SYSTEM_CHECKS = [] if HSTS_WHOLE_DOMAIN else ["security.W005", "security.W021"]
# With this prefix browsers take a cookie from this very host over https alone, so no other site of the domain can
# set it.
_HOST = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME = f"{_HOST}sessionid"
CSRF_COOKIE_NAME = f"{_HOST}csrftoken"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
CSRF_FAILURE_VIEW = "helpdesk.errors.csrf_failure"

# --- Logging: to stderr, without query strings or bodies -----------------------------------------------

# `line`: for people; `json`: an object a line, for whoever collects logs, with one for each request.
LOG_FORMAT = env.str("LOG_FORMAT", default="line")
if LOG_FORMAT not in ("line", "json"):
    raise wrong("LOG_FORMAT", "要写 line 或者 json")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "once_an_outage": {"()": "helpdesk.outages.OnceAnOutage"},
        "without_tokens": {"()": "helpdesk.log_addresses.WithoutTokens"},
    },
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"},
        "json": {"()": "helpdesk.log_json.JsonLines"},
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": LOG_FORMAT,
            "filters": ["once_an_outage", "without_tokens"],
        }
    },
    "root": {"handlers": ["stderr"], "level": "INFO"},
}
