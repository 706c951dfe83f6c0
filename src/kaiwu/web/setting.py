"""Django settings of the platform (平台设置). Everything that a site may change is an environment variable (``environment``)."""

from __future__ import annotations

from pathlib import Path

from kaiwu.version import __version__
from kaiwu.web.environment import MEBIBYTE, Environment

_HERE = Path(__file__).parent
_ENVIRONMENT = Environment()

KAIWU_WORKSPACE = Path(_ENVIRONMENT.text("KAIWU_WORKSPACE")).resolve()
KAIWU_VERSION = __version__
KAIWU_PROXY_HOPS = _ENVIRONMENT.whole("KAIWU_PROXY_HOPS", 0, 5)
_IS_HTTPS = _ENVIRONMENT.flag("KAIWU_HTTPS")

SECRET_KEY = _ENVIRONMENT.secret_key(KAIWU_WORKSPACE)
DEBUG = False
ALLOWED_HOSTS = _ENVIRONMENT.texts("KAIWU_HOSTS")
CSRF_TRUSTED_ORIGINS = _ENVIRONMENT.texts("KAIWU_ORIGINS")

DATABASES = {"default": _ENVIRONMENT.database(KAIWU_WORKSPACE)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "kaiwu.web.event",
    "kaiwu.web.account",
    "kaiwu.web.job",
    "kaiwu.web.registry",
    "kaiwu.web.case",
    "kaiwu.web.run",
    "kaiwu.web.claim",
    "kaiwu.web.policy",
    "kaiwu.web.evaluation",
    "kaiwu.web.paper",
    "kaiwu.web.exchange",
]
MIDDLEWARE = [
    "kaiwu.web.log_line.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "kaiwu.web.content_policy.ContentSecurityPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "kaiwu.web.limit.Limits",
    "kaiwu.web.middleware.RequireLogin",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "kaiwu.web.url"
WSGI_APPLICATION = "kaiwu.web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [_HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kaiwu.web.shell.shell",
            ],
        },
    },
]

AUTH_USER_MODEL = "kaiwu_account.Person"
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "kaiwu.web.account.password.NoOwnWords"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "kaiwu.web.account.password.NotBefore"},
]
KAIWU_REQUIRE_TOTP = _ENVIRONMENT.flag_or_none("KAIWU_REQUIRE_TOTP")

KAIWU_OIDC_NAME, KAIWU_OIDC_URL = _ENVIRONMENT.text("KAIWU_OIDC_NAME"), _ENVIRONMENT.text("KAIWU_OIDC_URL")
if KAIWU_OIDC_URL:
    INSTALLED_APPS += [
        "allauth",
        "allauth.account",
        "allauth.socialaccount",
        "allauth.socialaccount.providers.openid_connect",
    ]
    MIDDLEWARE += ["allauth.account.middleware.AccountMiddleware"]
    _APP = {
        "provider_id": "kaiwu",
        "name": KAIWU_OIDC_NAME or "kaiwu",
        "client_id": _ENVIRONMENT.text("KAIWU_OIDC_CLIENT"),
        "secret": _ENVIRONMENT.text("KAIWU_OIDC_SECRET"),
        "settings": {"server_url": KAIWU_OIDC_URL},
    }
    SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [_APP], "OAUTH_PKCE_ENABLED": True}}
    SOCIALACCOUNT_ADAPTER = "kaiwu.web.account.single_sign_on_adapter.Adapter"
    SOCIALACCOUNT_REQUESTS_TIMEOUT = 5
    ACCOUNT_USER_MODEL_USERNAME_FIELD = "login"
    ACCOUNT_USER_MODEL_EMAIL_FIELD = None
    ACCOUNT_LOGIN_METHODS = {"username"}
    ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
    ACCOUNT_EMAIL_VERIFICATION = "none"

LANGUAGE_CODE = _ENVIRONMENT.choice("KAIWU_LANGUAGE", ("zh-hans", "en"))
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [_HERE / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [_HERE / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

SESSION_COOKIE_AGE = 60 * _ENVIRONMENT.whole("KAIWU_IDLE_MINUTES", 1, 24 * 60)
SESSION_SAVE_EVERY_REQUEST = True
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "__Host-kaiwu" if _IS_HTTPS else "kaiwu"
SESSION_COOKIE_SECURE = _IS_HTTPS
CSRF_COOKIE_SECURE = _IS_HTTPS
CSRF_COOKIE_NAME = "__Host-csrf" if _IS_HTTPS else "csrftoken"
CSRF_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_NAME = "__Host-language" if _IS_HTTPS else "language"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "kaiwu.web.shell.refuse_forgery"
SECURE_SSL_REDIRECT = _IS_HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if _IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _IS_HTTPS
SECURE_HSTS_PRELOAD = _IS_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if KAIWU_PROXY_HOPS else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"

KAIWU_UPLOAD_BYTES = _ENVIRONMENT.whole("KAIWU_UPLOAD_MIB", 1, 200) * MEBIBYTE
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * MEBIBYTE
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"route": {"()": "kaiwu.web.log_line.RouteOnly"}},
    "formatters": {"json": {"()": "kaiwu.web.log_line.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["route"]}},
    "root": {
        "handlers": ["console"],
        "level": _ENVIRONMENT.choice("KAIWU_LOG_LEVEL", ("INFO", "DEBUG", "WARNING", "ERROR")),
    },
}
_ENVIRONMENT.finish()
