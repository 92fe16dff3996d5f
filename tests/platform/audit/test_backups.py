"""Back up and restore in truth, into a platform of its own on either database; refuse damage."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import psycopg
import pytest
from django.conf import settings as platform_settings
from django.core.management import CommandError
from django.core.management import call_command
from django.db import connection

from livingcircle_platform.audit import backups
from livingcircle_platform.audit import chain
from livingcircle_platform.audit import database_copies
from livingcircle_platform.audit import writing
from livingcircle_platform.core import files
from livingcircle_platform.errors import RefusedError
from livingcircle_platform.registry.models import Outlet
from tests.platform import make

OTHER = f"restored_{os.getpid()}"  # tests run beside one another on the same server
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def kept(town, clerk, settings, tmp_path):
    """Return a record with a few audited writes and files of every kind."""
    settings.DATA, settings.MEDIA_ROOT = tmp_path / "data", tmp_path / "data" / "files"
    made = make.outlet(town.a1, code="W-1")
    for name in ("果园大药房", "果园药店"):
        made.refresh_from_db()
        writing.change(made, {"name": name}, seen=made.version, acting_user=clerk)
    photo = files.keep_stream(iter([b"a photo"]))
    folder = settings.DATA / "runs" / "r1" / "inputs"
    folder.mkdir(parents=True)
    os.link(files.path_of(photo), folder / "streets.osm.pbf")
    desk = settings.DATA / "drafts" / "d1" / "inputs"
    desk.mkdir(parents=True)
    (desk / "district.toml").write_bytes(b"a desk's own")
    (settings.DATA / "basemaps").mkdir()
    (settings.DATA / "basemaps" / "one.pmtiles").write_bytes(b"tiles")
    (settings.DATA / "cache").mkdir()
    (settings.DATA / "cache" / "x").write_bytes(b"never backed up")
    return photo


@pytest.fixture
def backup(kept, tmp_path):
    """Return a whole backup."""
    backups.back_up(tmp_path / "backup")
    return tmp_path / "backup"


def elsewhere(tmp_path, *command):
    """Run a command in a platform of its own, on an empty database of the same kind."""
    if connection.vendor == "sqlite":
        address = f"sqlite:///{tmp_path}/other/platform.sqlite3"
    else:
        told = connection.settings_dict
        address = f"postgresql://{OTHER}@{told['HOST']}:{told['PORT']}/{OTHER}"
    (tmp_path / "other").mkdir(exist_ok=True)
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "livingcircle_platform.settings",
        "LIVINGCIRCLE_DATA": str(tmp_path / "other"),
        "LIVINGCIRCLE_DATABASE_URL": address,
    }
    return subprocess.run(
        [sys.executable, "-m", "livingcircle_platform", *command],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture
def empty_database():
    """Make an empty database where it is PostgreSQL, as an administrator hands it over."""
    if connection.vendor == "sqlite":
        yield
        return
    told = connection.settings_dict
    place = {"host": told["HOST"], "port": told["PORT"], "user": told["USER"]}
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {OTHER} LOGIN")
        cursor.execute(f"CREATE DATABASE {OTHER} OWNER {OTHER}")
    with psycopg.connect(**place, dbname=OTHER) as other:
        other.execute("CREATE EXTENSION postgis")
    yield
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {OTHER} WITH (FORCE)")
        cursor.execute(f"DROP ROLE {OTHER}")


def test_a_restored_record_is_the_one_backed_up(backup, kept, tmp_path, empty_database):
    number, head = chain.head()
    assert number == 2
    done = elsewhere(tmp_path, "restore", str(backup), "--head", head)
    assert done.returncode == 0, done.stderr
    assert "行数、校验值、审计链都对上了" in done.stdout
    assert "2 条审计记录" in done.stdout
    data = tmp_path / "other"
    photo = data / "files" / "content" / kept[:2] / kept
    assert photo.read_bytes() == b"a photo"
    assert photo.samefile(data / "runs/r1/inputs/streets.osm.pbf")
    assert (data / "basemaps/one.pmtiles").read_bytes() == b"tiles"
    assert (data / "drafts/d1/inputs/district.toml").read_bytes() == b"a desk's own"
    assert not (data / "cache" / "x").exists()
    # It lives on: the same rows, the chain holds, and another backup is made of it.
    question = (
        "from livingcircle_platform.registry.models import Outlet;"
        "from livingcircle_platform.audit import chain;"
        "print(Outlet.objects.get().name, chain.head()[1], list(chain.verify()))"
    )
    told = elsewhere(tmp_path, "shell", "--no-imports", "-c", question).stdout
    assert told.split() == ["果园药店", head, "[]"]
    again = elsewhere(tmp_path, "restore", str(backup))
    assert again.returncode == 1
    assert "数据库里已经有数据，没有恢复" in again.stderr
    second = elsewhere(tmp_path, "backup", str(tmp_path / "second"))
    assert head in second.stdout


def test_what_others_write_meanwhile_is_not_half_in_it(
    kept, town, tmp_path, monkeypatch, empty_database
):
    count = database_copies._facts

    def write():
        make.outlet(town.a2, code="W-2")
        connection.close()

    def others_write():
        other = threading.Thread(target=write)
        other.start()
        other.join()

    monkeypatch.setattr(database_copies, "_facts", lambda *told: (others_write(), count(*told))[1])
    if connection.vendor == "postgresql":  # its snapshot is taken by the first query
        dump = database_copies._run_tool
        monkeypatch.setattr(
            database_copies, "_run_tool", lambda *told: (others_write(), dump(*told))
        )
        monkeypatch.setattr(database_copies, "_facts", count)
    manifest = backups.back_up(tmp_path / "backup")
    assert Outlet.objects.count() == 2
    assert manifest.tables[Outlet._meta.db_table] == 1
    monkeypatch.undo()
    done = elsewhere(tmp_path, "restore", str(tmp_path / "backup"))
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda path: path.unlink(), "缺少"),
        (lambda path: os.truncate(path, path.stat().st_size // 2), "被截断或改动过"),
        (lambda path: path.write_bytes(b"?" + path.read_bytes()[1:]), "校验值对不上"),
    ],
)
def test_a_damaged_backup_is_refused_before_anything_is_written(backup, tmp_path, harm, said):
    copy = next(path for path in backup.iterdir() if path.name.startswith("database."))
    harm(copy)
    done = elsewhere(tmp_path, "restore", str(backup))
    assert done.returncode == 1
    assert copy.name in done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not list((tmp_path / "other").glob("files"))


@pytest.mark.parametrize("text", [None, "", "{", "[]", '{"format": 1}'])
def test_a_folder_without_a_whole_manifest_is_no_backup(backup, text):
    if text is None:
        (backup / backups.MANIFEST).unlink()
    else:
        (backup / backups.MANIFEST).write_text(text)
    with pytest.raises(RefusedError, match="不是完整的备份"):
        backups.read(backup)


def change(backup, **told):
    """Change what the manifest says."""
    file = backup / backups.MANIFEST
    file.write_text(json.dumps(json.loads(file.read_text()) | told))


def test_a_backup_of_a_newer_platform_or_another_database_is_refused(backup):
    change(backup, database="oracle")
    with pytest.raises(RefusedError, match="来自 oracle"):
        backups.restore(backup)
    change(backup, format=2)
    with pytest.raises(RefusedError, match="先升级平台"):
        backups.read(backup)


def test_other_rows_or_another_chain_than_the_manifest_says_are_found(backup):
    manifest = backups.read(backup)
    backups._refuse_different(manifest)
    change(backup, tables=manifest.tables | {Outlet._meta.db_table: 7})
    with pytest.raises(RefusedError, match="7 行变成 1 行"):
        backups._refuse_different(backups.read(backup))
    change(backup, tables=manifest.tables, audit_head="f" * 64)
    with pytest.raises(RefusedError, match="审计链头与清单不同"):
        backups._refuse_different(backups.read(backup))


def test_a_copied_down_head_tells_another_backup(backup):
    call_command("restore", str(backup), "--only-check", "--head", chain.head()[1])
    with pytest.raises(CommandError, match="不是那一份备份"):
        call_command("restore", str(backup), "--only-check", "--head", "0" * 64)


def test_a_backup_that_fails_leaves_nothing(kept, tmp_path, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backups, "_copy", full)
    with pytest.raises(CommandError, match="备份没有做成"):
        call_command("backup", str(tmp_path / "home"))
    assert list((tmp_path / "home").iterdir()) == []


def test_old_backups_go_only_after_a_new_one_is_whole(kept, tmp_path):
    home = tmp_path / "home"
    for day in ("20260101-000000", "20260102-000000"):
        backups.back_up(home / day)
    (home / "notes").mkdir()
    call_command("backup", str(home), keep=2)
    names = sorted(path.name for path in home.iterdir())
    assert names[0] == "20260102-000000"
    assert names[2] == "notes"
    assert len(names) == 3


def test_an_existing_folder_is_never_written_over(backup):
    with pytest.raises(RefusedError, match="不覆盖"):
        backups.back_up(backup)
    assert Path(platform_settings.DATA).exists()
