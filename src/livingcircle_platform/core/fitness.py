"""Say whether a PostgreSQL can keep the record: reachable, new enough, with PostGIS, durable."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from livingcircle_platform.core.database import from_url

OLDEST = 15
_CONNECT_SECONDS = 5
# What PostgreSQL and its client say, in the languages servers speak here, and what to do about it.
_SENTENCES = (
    (("password authentication failed", "no password supplied", "认证失败"),
     "用户名或口令不对。核对 LIVINGCIRCLE_DATABASE_URL 里的用户和口令"),
    (("no pg_hba.conf entry", "pg_hba.conf"),
     "数据库不让这台机器连接。在数据库主机的 pg_hba.conf 里加上这台机器"),
    (("role",), "数据库里没有这个用户。用 createuser 建立，或核对用户名"),
    (("database",), "没有这个数据库。用 createdb 建立，或核对库名"),
    (("resolve", "translate host name", "Name or service"), "找不到这台主机。核对主机名"),
    (("refused", "timeout", "timed out", "No such file", "unreachable"),
     "那里没有数据库在应答。核对主机和端口，确认 PostgreSQL 已启动"),
)  # fmt: skip
Ask = Callable[[str], Any]


def reason_against(address: str) -> str:
    """Return why the platform cannot use a database address, as one sentence; empty if it can."""
    if not address:
        return ""
    try:
        described = from_url(address)
    except (ImproperlyConfigured, ValueError) as problem:
        return str(problem)
    if "postgresql" not in described["ENGINE"]:
        return ""
    return _look_into(described)


def _look_into(described: dict[str, Any]) -> str:
    import psycopg  # noqa: PLC0415 - SQLite needs no PostgreSQL client

    where = f"{described['HOST'] or '本机'}:{described['PORT'] or 5432}/{described['NAME']}"
    try:
        with psycopg.connect(
            dbname=described["NAME"], user=described["USER"] or None,
            password=described["PASSWORD"] or None, host=described["HOST"] or None,
            port=described["PORT"] or None, connect_timeout=_CONNECT_SECONDS,
        ) as connection:  # fmt: skip
            found = reasons(lambda query: connection.execute(query).fetchone()[0])  # type: ignore[index]
    except psycopg.OperationalError as problem:
        return f"连不上数据库 {where}：{_sentence(str(problem))}。"
    return "".join(f"数据库 {where} 不能用：{reason}。" for reason in found)


def _sentence(said: str) -> str:
    for needles, sentence in _SENTENCES:
        if any(needle in said for needle in needles):
            return sentence
    return f"{said.strip().splitlines()[-1]}。把这句话告诉数据库管理员"


def reasons(ask: Ask) -> list[str]:
    """Return what makes a PostgreSQL unfit; ``ask`` runs a query and returns its one value."""
    if int(ask("SHOW server_version_num")) < OLDEST * 10_000:
        return [f"PostgreSQL 版本是 {ask('SHOW server_version')}，至少要 {OLDEST}。升级后再启动"]
    found = [
        f"{name} 是关闭的，断电会丢数据。在 postgresql.conf 里改成 {name} = on 并重新加载"
        for name in ("fsync", "full_page_writes")
        if ask(f"SHOW {name}") != "on"
    ]
    installed = ask("SELECT count(*) FROM pg_extension WHERE extname = 'postgis'")
    if not installed:
        found += _postgis(ask)
    return found


def _postgis(ask: Ask) -> list[str]:
    if not ask("SELECT count(*) FROM pg_available_extensions WHERE name = 'postgis'"):
        return ["数据库主机上没有装 PostGIS。在那里安装（Debian：postgresql-15-postgis-3）再启动"]
    if not ask("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"):
        return ["还没有启用 PostGIS。由数据库管理员在这个库里运行 CREATE EXTENSION postgis，再启动"]
    return []
