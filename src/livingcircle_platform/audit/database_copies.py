"""Copy a running database as it is at one moment, and put such a copy back."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection
from django.db import transaction

from livingcircle_platform.errors import RefusedError

SQLITE_COPY = "database.sqlite3"
POSTGRESQL_COPY = "database.dump"
_HEAD = "SELECT number, hash FROM audit_head WHERE id = 1"
_NO_HEAD = (0, "0" * 64)
_OF_POSTGIS = {"spatial_ref_sys"}
Ask = Callable[[str], Any]  # the first row of an answer


@dataclass(frozen=True)
class Facts:
    """Say how many rows each table has, and where the audit chain ends."""

    tables: dict[str, int]
    number: int
    head: str


def copy_out(folder: Path) -> Facts:
    """Copy the database into a folder, and tell what the copy holds; others go on writing."""
    if connection.vendor == "sqlite":
        return _copy_out_sqlite(folder / SQLITE_COPY)
    return _dump(folder / POSTGRESQL_COPY)


def copy_in(folder: Path) -> None:
    """Put a copy in the place of the empty database."""
    if connection.vendor == "sqlite":
        _copy_in_sqlite(folder / SQLITE_COPY)
    else:
        _run_tool(
            "pg_restore", "--exit-on-error", "--single-transaction", "--no-owner",
            "--no-privileges", "--no-comments", "--dbname", _name(), str(folder / POSTGRESQL_COPY),
        )  # fmt: skip


def look() -> Facts:
    """Return the facts about the database in use."""
    with connection.cursor() as cursor:

        def ask(query: str) -> Any:  # noqa: ANN401 - a row
            cursor.execute(query)
            return cursor.fetchone()

        return _facts(ask, _tables())


def refuse_filled() -> None:
    """Refuse to restore over a record.

    Raises
    ------
    RefusedError
        If the database has tables already.
    """
    if set(connection.introspection.table_names()) - _OF_POSTGIS:
        what = "数据库里已经有数据，没有恢复"
        raise RefusedError(what, remedy="换一个空的数据库和数据文件夹，再恢复")


def _copy_out_sqlite(target: Path) -> Facts:
    with connection.cursor():
        pass  # opens the connection
    with closing(sqlite3.connect(target)) as copy:
        connection.connection.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        return _facts(lambda query: copy.execute(query).fetchone(), _tables())


def _copy_in_sqlite(source: Path) -> None:
    with closing(sqlite3.connect(source)) as copy:
        (said,) = copy.execute("PRAGMA integrity_check").fetchone()
        if said != "ok":
            raise RefusedError(f"备份里的数据库不完整：{said}", remedy="用另一份备份")
        with connection.cursor():
            pass
        copy.backup(connection.connection)
    connection.close()


def _dump(target: Path) -> Facts:
    """Dump what one transaction sees, so that its rows can be counted in the same moment."""
    with transaction.atomic(), connection.cursor() as cursor:
        if not connection.savepoint_ids:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")

        def ask(query: str) -> Any:  # noqa: ANN401 - a row
            cursor.execute(query)
            return cursor.fetchone()

        (snapshot,) = ask("SELECT pg_export_snapshot()")
        facts = _facts(ask, _tables())
        _run_tool(
            "pg_dump", "--format=custom", "--no-owner", "--no-privileges",
            "--exclude-table-data=spatial_ref_sys",  # comes with PostGIS
            f"--snapshot={snapshot}", f"--file={target}", _name(),
        )  # fmt: skip
    return facts


def _facts(ask: Ask, tables: Sequence[str]) -> Facts:
    counted = {table: ask(f'SELECT count(*) FROM "{table}"')[0] for table in tables}  # noqa: S608
    number, head = ask(_HEAD) or _NO_HEAD
    return Facts(counted, number, head)


def _tables() -> list[str]:
    return sorted([*connection.introspection.django_table_names(only_existing=True)])


def _name() -> str:
    return str(connection.settings_dict["NAME"])


def _run_tool(tool: str, *arguments: str) -> None:
    """Run one of PostgreSQL's own programs against the database in use.

    Raises
    ------
    RefusedError
        If it is not installed, or says that something went wrong.
    """
    program = shutil.which(tool)
    if program is None:
        raise RefusedError(f"这台机器上没有 {tool}", remedy="安装 postgresql-client，再试一次")
    told = connection.settings_dict
    environment = os.environ | {
        name: str(told[key])
        for name, key in (
            ("PGHOST", "HOST"), ("PGPORT", "PORT"), ("PGUSER", "USER"), ("PGPASSWORD", "PASSWORD"),
        )
        if told[key]
    }  # fmt: skip
    done = subprocess.run(  # noqa: S603 - a known program, no shell
        [program, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["没有说明原因"])[-1]
        raise RefusedError(f"{tool} 没有做成：{said}", remedy="按这句话改正后再试一次")
