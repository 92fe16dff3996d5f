"""Test that starting either works or says what to do, and that stopping leaves nothing behind."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time

import pytest

from livingcircle_platform import serving

pytestmark = pytest.mark.enable_socket


def free_port():
    """Return a port that nobody uses."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.fixture
def refused(tmp_path, capsys, monkeypatch):
    """Start with options that must be refused, and return the sentence."""
    monkeypatch.setattr(serving, "_run", lambda *_: pytest.fail("something was started"))
    monkeypatch.setattr(serving, "keep_running", lambda *_: pytest.fail("something was started"))
    monkeypatch.setattr(serving, "_NEEDED", ())
    monkeypatch.delenv("LIVINGCIRCLE_DATABASE_URL", raising=False)

    def start(*options):
        before = dict(os.environ)
        assert serving.main(["--data", str(tmp_path / "data"), *options]) == 1
        assert dict(os.environ) == before
        return capsys.readouterr().err

    return start


def test_a_taken_port_is_told(refused):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert f"{port} 已被别的程序占用" in refused("--port", str(port))


def test_other_reasons_not_to_start_are_told(refused, tmp_path):
    (tmp_path / "file").write_text("")
    assert "没有 70000 这个端口" in refused("--port", "70000")
    assert "这台机器没有“192.0.2.1”这个地址" in refused("--host", "192.0.2.1")
    assert "写不进文件夹" in refused("--port", str(free_port()), "--data", str(tmp_path / "file/x"))
    assert "不认识的数据库地址“mysql”" in refused(
        "--port", str(free_port()), "--database-url", "mysql://a/b"
    )


def test_missing_page_files_are_told(refused, monkeypatch):
    monkeypatch.setattr(serving, "_NEEDED", ("no-such-kit/kit.css",))
    assert "缺少页面文件（no-such-kit/kit.css）。联网运行 make assets" in refused()


def test_options_are_explained_in_chinese(capsys):
    with pytest.raises(SystemExit) as ended:
        serving.main(["--help"])
    assert ended.value.code == 0
    told = capsys.readouterr().out
    assert told.startswith("用法：")
    assert not re.search(r"\b(usage|options|show this|default)\b", told)
    with pytest.raises(SystemExit) as ended:
        serving.main(["--porto", "1"])
    assert ended.value.code == 2
    assert "livingcircle serve --help" in capsys.readouterr().err


def test_the_key_is_made_once_and_kept_to_its_owner(tmp_path):
    file = tmp_path / "secret-key"
    key = serving._own_key(file)
    assert len(key) >= 50
    assert serving._own_key(file) == key
    assert file.stat().st_mode & 0o077 == 0


def get(port, path):
    """Return status and body, or none while nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    except OSError:
        return None
    finally:
        connection.close()


def wait_for(true, seconds=60):
    """Wait until something is true, and return it."""
    end = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)
    return found


def children_of(pid):
    """Return the processes that a process started, by what they run."""
    found = {}
    told = subprocess.run(
        ["ps", "--ppid", str(pid), "-o", "pid=,args="], capture_output=True, text=True, check=False
    )
    for line in told.stdout.splitlines():
        number, command = line.strip().split(" ", 1)
        found["web" if "gunicorn" in command else "work"] = int(number)
    return found


def test_serving_starts_heals_and_stops(tmp_path):
    port = free_port()
    environment = {k: v for k, v in os.environ.items() if not k.startswith("LIVINGCIRCLE_")}
    environment |= {"DJANGO_SETTINGS_MODULE": "livingcircle_platform.settings"}
    log = tmp_path / "log"
    with log.open("wb") as stream:
        serve = subprocess.Popen(
            [sys.executable, "-m", "livingcircle_platform.serving", "--port", str(port),
             "--data", str(tmp_path / "data")],
            stdout=stream, stderr=stream, env=environment,
        )  # fmt: skip
    try:
        wait_for(lambda: "打开 http://127.0.0.1" in log.read_text() or serve.poll() is not None)
        assert get(port, "/health/") == (200, "ok"), log.read_text()
        before = wait_for(lambda: len(found := children_of(serve.pid)) == 2 and found)
        os.kill(before["web"], signal.SIGKILL)
        os.kill(before["work"], signal.SIGKILL)
        after = wait_for(
            lambda: (
                len(found := children_of(serve.pid)) == 2
                and not set(found.values()) & set(before.values())
                and found
            )
        )
        wait_for(lambda: get(port, "/health/") == (200, "ok"))
    finally:
        serve.send_signal(signal.SIGINT)
        code = serve.wait(40)
    assert code == 0, log.read_text()
    assert get(port, "/health/") is None
    for pid in after.values():
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    told = log.read_text()
    assert "Traceback" not in told
    assert "Warning" not in told
