"""Hold the parent against children that hang, die, flood it or use more than they may."""

import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from livingcircle_platform.imports import child
from livingcircle_platform.imports.child import Limits
from livingcircle_platform.imports.child import read_upload
from livingcircle_platform.imports.errors import LimitReachedError
from livingcircle_platform.imports.errors import ReaderDiedError
from livingcircle_platform.imports.errors import ReadingCancelledError
from livingcircle_platform.imports.errors import ReadingError
from tests.engine.io.bad_files import far_cells
from tests.platform.imports.corpus import text

MB = 1024**2


def shops(folder: Path) -> Path:
    text()(folder / "a.csv")
    return folder / "a.csv"


@pytest.fixture
def fake(tmp_path, monkeypatch):
    """Return a way to run a few lines in place of the reader, bound as it is."""
    home = tmp_path / "fake"
    home.mkdir()
    whole = child._environment

    def put(*lines: str, limits: Limits | None = None, **asked) -> None:
        bound = "from livingcircle_platform.imports.limits import Limits, bind"
        start = "job = json.load(open(sys.argv[1])); bind(Limits(**job['limits']))"
        script = "\n".join(("import json, os, signal, sys, time", bound, start, *lines))
        (home / "stand_in.py").write_text(script, encoding="utf-8")
        monkeypatch.setattr(child, "_MODULE", "stand_in")
        monkeypatch.setattr(
            child,
            "_environment",
            lambda scratch: {
                **whole(scratch),
                "PYTHONPATH": f"{home}{os.pathsep}{whole(scratch)['PYTHONPATH']}",
            },
        )
        child.run_child({}, limits or Limits(), where="a.xlsx", **asked)

    return put


def processes_of(session: int) -> list[str]:
    """Return the processes of a session that still run."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            found.append(stat.parent.name)
    return found


def test_a_file_is_read_and_the_progress_told(tmp_path):
    told = []
    reading = read_upload(
        shops(tmp_path),
        table="outlets",
        work=tmp_path / "w",
        coordinates="WGS-84",
        progress=lambda *step: told.append(step),
    )
    assert reading.counts == {"outlets": 2}
    assert [step[:2] for step in told] == [(k, 4) for k in range(5)]
    assert told[-1][2] == "读取完毕"


def test_a_reading_that_is_there_is_not_made_again(tmp_path, monkeypatch):
    path, asked = shops(tmp_path), {"table": "outlets", "work": tmp_path / "w"}
    first = read_upload(path, **asked, coordinates="WGS-84")

    def never(*_job, **_more):
        raise AssertionError

    with monkeypatch.context() as patch:
        patch.setattr(child, "run_child", never)
        assert read_upload(path, **asked, coordinates="WGS-84") == first
        with pytest.raises(AssertionError):
            read_upload(path, **asked, coordinates="GCJ-02")
    assert not (tmp_path / "w" / "reading.json").exists()
    again = read_upload(path, **asked, coordinates="WGS-84")
    assert again == first
    (tmp_path / "w" / "rows-outlets.parquet").write_bytes(b"spoiled")
    assert read_upload(path, **asked, coordinates="WGS-84").rows().equals(first.rows())


def test_two_readings_are_the_same_to_the_byte(tmp_path):
    path = shops(tmp_path)
    for name in ("one", "two"):
        read_upload(path, table="outlets", work=tmp_path / name, coordinates="WGS-84")
    files = sorted(p.name for p in (tmp_path / "one").iterdir())
    assert files == sorted(p.name for p in (tmp_path / "two").iterdir())
    assert not [name for name in files if name.startswith(".")]
    for name in files:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_a_trap_is_refused_and_this_process_is_untouched(tmp_path):
    before = os.getpid(), resource.getrlimit(resource.RLIMIT_AS), dict(os.environ)
    reading = read_upload(far_cells(tmp_path / "a.xlsx"), table="outlets", work=tmp_path / "w")
    assert reading.rejection.kind == "unsafe"
    assert before == (os.getpid(), resource.getrlimit(resource.RLIMIT_AS), dict(os.environ))


def test_a_missing_file_is_told(tmp_path):
    reading = read_upload(tmp_path / "a.xlsx", table="outlets", work=tmp_path / "w")
    assert "没有这个文件" in reading.rejection.sentence


def test_too_little_memory_is_a_limit_not_a_crash(fake):
    with pytest.raises(LimitReachedError, match=r"a\.xlsx：读这个文件要用的内存超过 600 MB"):
        fake(
            "from livingcircle_platform.imports import reader",
            "reader._work = lambda job, limits: bytearray(2**31)",
            "job['task'] = 'x'; open('again', 'w').write(json.dumps(job))",
            "sys.exit(reader.main('again'))",
            limits=Limits(memory_mb=600),
        )


def test_a_full_disk_is_told(fake):
    with pytest.raises(LimitReachedError, match="读出的内容超过 1 MB"):
        fake(
            "from livingcircle_platform.imports import reader",
            "reader._work = lambda job, limits: open('big', 'wb').write(bytes(2 * 1024**2))",
            "open('again', 'w').write(json.dumps(job)); sys.exit(reader.main('again'))",
            limits=Limits(written_mb=1),
        )


def test_a_reading_that_finds_no_room_leaves_none_behind(tmp_path):
    with pytest.raises(LimitReachedError, match="磁盘满了"):
        read_upload(
            shops(tmp_path), table="outlets", work=tmp_path / "w", limits=Limits(written_mb=0)
        )
    assert list((tmp_path / "w").iterdir()) == []


def test_endless_computing_is_stopped(fake):
    with pytest.raises(LimitReachedError, match="处理器时间超过 1 秒"):
        fake("while True: pass", limits=Limits(cpu_seconds=1))


def test_endless_waiting_is_stopped_with_all_its_children(fake):
    started = time.monotonic()
    note = "print(json.dumps({'done': os.getpid(), 'total': 1, 'what': ''}), flush=True)"
    seen = []
    with pytest.raises(LimitReachedError, match="读了 1 秒还没有读完"):
        fake(
            "import subprocess",
            "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])",
            note,
            "time.sleep(60)",
            limits=Limits(wall_seconds=1),
            progress=lambda done, _total, _what: seen.append(done),
        )
    assert time.monotonic() - started < 5
    assert len(seen) == 1
    deadline = time.monotonic() + 5
    while processes_of(seen[0]) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert processes_of(seen[0]) == []


def test_a_child_that_has_closed_its_mouth_is_still_bound(fake):
    with pytest.raises(LimitReachedError, match="读了 1 秒还没有读完"):
        fake("os.close(1); time.sleep(60)", limits=Limits(wall_seconds=1))


def test_somebody_may_stop_it(fake):
    started = time.monotonic()
    with pytest.raises(ReadingCancelledError, match="读取已取消"):
        fake("time.sleep(60)", cancelled=lambda: time.monotonic() - started > 0.5)
    assert time.monotonic() - started < 3


@pytest.mark.parametrize(
    ("end", "words"),
    [
        ("os.abort()", "被这个文件弄停了"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "被这个文件弄停了"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "多半是服务器的内存不够"),
        ("raise SystemExit(3)", "读取程序自己出了错"),
        ("1 / 0", "读取程序自己出了错"),
    ],
)
def test_a_death_is_told_in_words(fake, end, words):
    with pytest.raises(ReaderDiedError, match=words) as caught:
        fake(end)
    assert str(caught.value).startswith("a.xlsx：")
    assert caught.value.remedy
    assert "Traceback" not in str(caught.value)
    if end == "1 / 0":
        assert "ZeroDivisionError" in caught.value.detail


def test_a_flood_of_words_is_passed_over(fake):
    told = []
    line = "sys.stdout.write('x' * 10_000_000 + '\\n[1]\\n{}\\n{\"done\": \"x\"}\\n')"
    good = "print(json.dumps({'done': 1, 'total': 2, 'what': '甲' * 999}), flush=True)"
    fake(line, good, progress=lambda *step: told.append(step))
    assert told == [(1, 2, "甲" * 200)]


def test_the_child_inherits_no_secret_and_imports_no_django(fake, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "x")
    monkeypatch.setenv("DATABASE_URL", "x")
    fake(
        "assert not {'SECRET_KEY', 'DATABASE_URL', 'PATH'} & set(os.environ), os.environ",
        "assert os.environ['HOME'] == os.getcwd()",
        "assert os.getsid(0) == os.getpid()",
        "import resource",
        "assert resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)",
        "assert resource.getrlimit(resource.RLIMIT_NOFILE) == (128, 128)",
        "from livingcircle_platform.imports import judging, marking",
        "assert not [name for name in sys.modules if name.split('.')[0] == 'django']",
    )


def test_the_parent_pays_for_no_map_library():
    code = (
        "import sys; import livingcircle_platform.imports.child;"
        "print([n for n in ('numpy', 'pandas', 'geopandas', 'pyogrio') if n in sys.modules])"
    )
    home = Path(child.__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(home)},
        capture_output=True,
        check=True,
        text=True,
    )
    assert done.stdout.strip() == "[]"


def test_a_child_whose_parent_is_gone_ends_by_itself():
    code = (
        "import sys, time; from livingcircle_platform.imports import limits;"
        "limits._GRACE = 0; limits.bind(limits.Limits(wall_seconds=1)); time.sleep(60)"
    )
    home = Path(child.__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(home)}, check=False, timeout=20
    )
    assert done.returncode == -signal.SIGALRM


def test_every_ending_says_what_happened_and_what_to_do():
    codes = [-signal.SIGXCPU, -signal.SIGABRT, -signal.SIGKILL, 1]
    endings = [child._death(code, {}, Limits()) for code in codes]
    endings += [child._death(70, {"failed": word}, Limits()) for word in ("memory", "disk")]
    for ending in endings:
        assert isinstance(ending, ReadingError)
        assert ending.remedy
        assert not any(word in str(ending) for word in ("非法", "无效", "操作失败", "未知", "请"))
