"""Turn a database address into Django's settings, for SQLite and PostgreSQL alike."""

from typing import Any
from urllib.parse import parse_qsl
from urllib.parse import unquote
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

_SQLITE = {
    # A writer takes its place in the queue when it begins, so that no two find out too late.
    "transaction_mode": "IMMEDIATE",
    "timeout": 30,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
}


def from_url(address: str) -> dict[str, Any]:
    """Return Django's description of ``sqlite:///FILE`` or ``postgresql://USER:PASSWORD@HOST/NAME``.

    Raises
    ------
    ImproperlyConfigured
        If the address is of another kind.
    """
    parts = urlsplit(address)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "livingcircle_platform.core.backends.sqlite3",
            "NAME": unquote(parts.path.removeprefix("/")),
            # Opened once in each thread: the journal then stays where it is, and reading goes on
            # when the disk has no room for a new one.
            "CONN_MAX_AGE": None,
            "OPTIONS": dict(_SQLITE),
        }
    if parts.scheme in {"postgresql", "postgres", "postgis"}:
        return {
            "ENGINE": "livingcircle_platform.core.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": str(parts.port or ""),
            "CONN_HEALTH_CHECKS": True,
            "CONN_MAX_AGE": 60,
            "OPTIONS": dict(parse_qsl(parts.query)),
        }
    raise ImproperlyConfigured(
        f"不认识的数据库地址“{parts.scheme}”。写成 sqlite:///文件 或 postgresql://用户:口令@主机/库名。"
    )
