"""Everything a run reads from outside: three environment variables, one folder, one file of secrets."""

from __future__ import annotations

import contextlib
import os
import re
import secrets as random
import sys
import tomllib
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import parse_qsl, unquote, urlsplit

CHECKOUT = Path(__file__).resolve().parent.parent


def stop(sentence: str) -> NoReturn:
    """End the start with one sentence that says what to write; a wrong setting is never guessed around."""
    print(f"regulars: {sentence}", file=sys.stderr)
    raise SystemExit(1)


def home() -> Path:
    """REGULARS_HOME, or ``var/`` in the checkout; created with access for its owner only."""
    path = Path(os.environ.get("REGULARS_HOME") or CHECKOUT / "var").expanduser().resolve()
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        for folder in ("scratch", "static"):
            (path / folder).mkdir(exist_ok=True, mode=0o700)
    except OSError as error:
        stop(
            f"REGULARS_HOME={path} cannot be written to ({error.strerror}); name a folder that you may write to"
        )
    return path


def secrets(path: Path) -> dict[str, str]:
    """The installation's keys: made once (0600), overridden by REGULARS_SECRET_KEY and REGULARS_IDENTIFIER_KEY."""
    if not path.exists():
        lines = [f'{name} = "{random.token_hex(32)}"' for name in ("secret_key", "identifier_key")]
        partial = path.with_suffix(f".{os.getpid()}")
        partial.touch(mode=0o600)
        partial.write_text("\n".join(lines) + "\n")
        with contextlib.suppress(FileExistsError):  # the first process wins; a second reads what it wrote
            os.link(partial, path)
        partial.unlink()
    try:
        kept = tomllib.loads(path.read_text())
    except tomllib.TOMLDecodeError as error:
        stop(
            f"{path} is not TOML ({error}); mend it, or restore it from a backup: it holds the identifier key"
        )
    return {
        name: os.environ.get(f"REGULARS_{name.upper()}") or str(kept[name])
        for name in ("secret_key", "identifier_key")
    }


def database(url: str) -> dict[str, Any]:
    """Django's settings for ``sqlite:///path`` or ``postgresql://user:password@host:port/name?option=value``."""
    try:
        parts = urlsplit(url)
        port = str(parts.port or "")
    except ValueError as error:
        stop(
            f"REGULARS_DATABASE_URL cannot be read ({error}); write postgresql://user:password@host:5432/name"
        )
    if parts.scheme == "sqlite" and parts.path not in ("", "/"):
        # A turn writes the same pages again and again: with a longer log they go into the file once, not every time.
        init = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; PRAGMA cache_size=-32000;"
        init += "PRAGMA wal_autocheckpoint=16384;"
        options = {"transaction_mode": "IMMEDIATE", "timeout": 30, "init_command": init}
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": unquote(parts.path[1:]), "OPTIONS": options}
    if parts.scheme in ("postgres", "postgresql") and parts.path not in ("", "/"):
        try:
            import psycopg  # noqa: F401
        except ImportError:
            stop(
                "REGULARS_DATABASE_URL names PostgreSQL, but its driver is missing; pip install 'regulars[postgres]'"
            )
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": port,
            "OPTIONS": dict(parse_qsl(parts.query)),
        }
    stop(
        "REGULARS_DATABASE_URL is neither sqlite:///folder/file.db nor postgresql://user:password@host:5432/name;"
        " write one of these, or leave it out for SQLite"
    )


HOME = home()
SECRETS = secrets(HOME / "secrets.toml")
ENGINE = os.environ.get("REGULARS_ENGINE") or "duckdb"
if not re.fullmatch(r"duckdb|spark|spark://[A-Za-z0-9.-]+:[0-9]+", ENGINE):
    stop(
        f"REGULARS_ENGINE={ENGINE!r} is not known here; write duckdb, or spark for Spark on this machine, or"
        " spark://host:7077 for a cluster's master"
    )

# Where guests reach this installation: what the links in messages begin with.
PUBLIC_URL = (os.environ.get("REGULARS_PUBLIC_URL") or "http://127.0.0.1:8000").rstrip("/")

# Orders by known customers that the desk keeps at hand for timelines and live checks, in days before the last one seen.
DESK_DAYS = 400

SECRET_KEY = SECRETS["secret_key"]
IDENTIFIER_KEY = bytes.fromhex(SECRETS["identifier_key"])
DEBUG = False
ALLOWED_HOSTS = [host for host in os.environ.get("REGULARS_HOSTS", "*").split(",") if host]
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "heroicons",
    "regulars.desk",
    "regulars.brand",
    "regulars.access",
    "regulars.gather",
    "regulars.identify",
    "regulars.know",
    "regulars.engage",
    "regulars.reward",
    "regulars.serve",
    "regulars.listen",
    "regulars.improve",
    "regulars.measure",
    "regulars.web",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "regulars.web.policy.content_policy",
]
ROOT_URLCONF = "regulars.urls"
WSGI_APPLICATION = "regulars.web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).resolve().parent / "web" / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "regulars.web.frame.frame",
            ],
        },
    }
]
# What breaks a page is written where the server writes, with its trace: the page that says so promises it.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "loggers": {"django.request": {"handlers": ["stderr"], "level": "ERROR", "propagate": False}},
}
DATABASES = {"default": database(os.environ.get("REGULARS_DATABASE_URL") or f"sqlite:///{HOME / 'desk.db'}")}
AUTH_USER_MODEL = "access.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CSRF_FAILURE_VIEW = "regulars.web.pages.errors.stale_form"
LOGIN_URL = "log-in"
LOGIN_REDIRECT_URL = "today"
LOGOUT_REDIRECT_URL = "log-in"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "中文")]
LOCALE_PATHS = [Path(__file__).resolve().parent / "web" / "locale"]
STATIC_URL = "static/"
STATIC_ROOT = HOME / "static"
STATICFILES_DIRS = [Path(__file__).resolve().parent / "web" / "static"]
WHITENOISE_USE_FINDERS = True
FILE_UPLOAD_TEMP_DIR = HOME / "scratch"
