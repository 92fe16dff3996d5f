"""Read every setting from the environment; nothing secret stands in a file of the project.

``LIVINGCIRCLE_SECRET_KEY`` has no default: the platform does not start without one. ``livingcircle
serve`` makes one up for a demonstration.
"""

import os
from datetime import timedelta
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from livingcircle_platform.core.database import from_url

HERE = Path(__file__).parent


def _text(name: str, default: str = "") -> str:
    return os.environ.get(f"LIVINGCIRCLE_{name}", default)


def _yes(name: str) -> bool:
    return _text(name).lower() in {"1", "true", "yes", "on"}


def _list(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in _text(name, default).split(",") if part.strip()]


SECRET_KEY = _text("SECRET_KEY")
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "没有设置 LIVINGCIRCLE_SECRET_KEY。用 livingcircle serve 启动，或在环境里设置一个。"
    )
DEBUG = False
# One bureau's own machine speaks plain HTTP on its own network; anything public must set this.
HTTPS = _yes("HTTPS")
BEHIND_PROXY = _yes("BEHIND_PROXY")
DEMO = _yes("DEMO")
ALLOWED_HOSTS = _list("HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if HTTPS and "*" not in host]

DATA = Path(_text("DATA", "platform-data")).resolve()
DATABASES = {"default": from_url(_text("DATABASE_URL", f"sqlite:///{DATA / 'platform.sqlite3'}"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "livingcircle_platform.core.cache.SharedFileCache",
        "LOCATION": DATA / "cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    },
    # Of each process its own: answers good for a few seconds, and the latest map tiles.
    "moment": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "moment",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
    "tiles": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "tiles",
        "OPTIONS": {"MAX_ENTRIES": 2_000},
    },
}
MEDIA_ROOT = DATA / "files"  # never served by address; every file goes through its policy
# Below this share of free disk nothing is written any more, and reads stay up. A database on a disk
# of its own is watched too: LIVINGCIRCLE_WATCH=/path.
FREE_DISK_WANTED = float(_text("FREE_DISK_WANTED", "0.10"))
WATCHED_DISKS = [DATA, *map(Path, _list("WATCH"))]
# A worker that died is noticed, and its job taken up by another, after this long.
JOB_LEASE = timedelta(seconds=float(_text("JOB_LEASE", "30")))

ROOMS = [
    "core", "audit", "accounts", "territory", "registry",
    "imports", "assessment", "workbench", "api",
]  # fmt: skip
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",  # its widgets, for our own form renderer
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "allauth.usersessions",
    *(f"livingcircle_platform.{room}" for room in ROOMS),
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "livingcircle_platform.core.middleware.SecurityHeaders",
    "livingcircle_platform.api.tile_memory.TileDoor",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "livingcircle_platform.core.middleware.NoNulls",
    "livingcircle_platform.core.middleware.PlainErrors",
    "livingcircle_platform.core.middleware.ReadOnlyWhenFull",
    "livingcircle_platform.accounts.gate.SessionActivity",
    "livingcircle_platform.accounts.gate.Gate",
]
ROOT_URLCONF = "livingcircle_platform.urls"
WSGI_APPLICATION = "livingcircle_platform.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "livingcircle_platform.core.pages.frame",
                "livingcircle_platform.accounts.pages.who",
            ],
            "builtins": [
                "livingcircle_platform.core.templatetags.words",
                "livingcircle_platform.territory.templatetags.grounds",
            ],
        },
    }
]
FORM_RENDERER = "livingcircle_platform.core.forms.Renderer"

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
STATIC_URL = "/static/"
STATICFILES_DIRS = [HERE / "static"]
STATIC_ROOT = DATA / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "livingcircle_platform.core.assets.Hashed"},
}
WHITENOISE_USE_FINDERS = not HTTPS  # a demonstration needs no collectstatic

# Who somebody is. allauth brings sign-in, rate limits, TOTP, reset, the list of sessions and OIDC.
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "livingcircle_platform.accounts.passwords.LengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "livingcircle_platform.accounts.passwords.OwnNameValidator"},
    {"NAME": "livingcircle_platform.accounts.passwords.CommonValidator"},
    {"NAME": "livingcircle_platform.accounts.passwords.LocalWordsValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "workbench:home"
ACCOUNT_ADAPTER = "livingcircle_platform.accounts.adapters.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "livingcircle_platform.accounts.adapters.OidcAdapter"
MFA_ADAPTER = "livingcircle_platform.accounts.adapters.MfaAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    # Wrong codes of the second step, for one person; wrong passwords stand in accounts/limits.py.
    "login_failed": "5/5m/key,20/h/key,50/d/key",
    "reset_password": "20/m/ip,5/d/key",
    "reset_password_from_key": "20/m/ip",
    "change_password": "5/m/user",
    "reauthenticate": "10/m/user",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "一刻钟"
# No second step depends on mail: an account is given by an administrator, not made by its owner.
MFA_ALLOW_UNVERIFIED_EMAIL = True
# A phone's clock may be half a minute off.
MFA_TOTP_TOLERANCE = 1
USERSESSIONS_TRACK_ACTIVITY = False  # SessionActivity does it, without a write for every request
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_PROVIDERS = (
    {
        "openid_connect": {
            "APPS": [
                {
                    "provider_id": "oidc",
                    "name": _text("OIDC_NAME", "统一身份认证"),
                    "client_id": _text("OIDC_CLIENT_ID"),
                    "secret": _text("OIDC_SECRET"),
                    "settings": {"server_url": _text("OIDC_SERVER")},
                }
            ]
        }
    }
    if _text("OIDC_SERVER")
    else {}
)

SESSION_COOKIE_AGE = 12 * 3600  # a working day
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "livingcircle_platform.core.views.stale_form"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
# Attempts to sign in are counted by the visitor's address, not by the proxy's.
ALLAUTH_TRUSTED_PROXY_COUNT = int(BEHIND_PROXY)
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024**2
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024**2

CAN_MAIL = bool(_text("SMTP_HOST"))
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend" if _text("SMTP_HOST") else (
    "django.core.mail.backends.filebased.EmailBackend"
)  # fmt: skip
EMAIL_FILE_PATH = DATA / "outgoing-mail"
EMAIL_HOST = _text("SMTP_HOST", "localhost")
EMAIL_PORT = int(_text("SMTP_PORT", "25"))
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _text("SMTP_USER"), _text("SMTP_PASSWORD")
EMAIL_USE_TLS = _yes("SMTP_TLS")
DEFAULT_FROM_EMAIL = _text("MAIL_FROM", "livingcircle@localhost")

# What a map shows besides the district's own base map.
MAP_APPROVAL = _text("MAP_APPROVAL")  # 审图号, printed on every map
TIANDITU_KEY = _text("TIANDITU_KEY")  # the browser key; the server never fetches a tile
WMTS_URL = _text("WMTS_URL")
WMTS_SOURCE = _text("WMTS_SOURCE")  # whose tiles they are, with their 审图号

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": _text("LOG_LEVEL", "WARNING")},
    # Robots ask for pages that are not there, and by other names; that is no news.
    "loggers": {
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}
SILENCED_SYSTEM_CHECKS = [] if HTTPS else ["security.W004", "security.W008"]
