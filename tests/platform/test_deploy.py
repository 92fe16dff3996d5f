"""Test the files an operator copies: settings are safe, and each tool reads its own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

DEPLOY = Path(__file__).parents[2] / "deploy"
DATA = "/var/lib/livingcircle"


def example():
    """Return the example environment, as systemd would read it."""
    lines = (DEPLOY / "livingcircle.env").read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def platform(environment, *command):
    """Run a command of the platform with an environment and nothing else of ours."""
    bare = {k: v for k, v in os.environ.items() if not k.startswith("LIVINGCIRCLE_")}
    return subprocess.run(
        [sys.executable, "-m", "livingcircle_platform", *command],
        env=bare | environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_example_passes_the_deployment_check_once_it_has_a_key(tmp_path):
    environment = example() | {"LIVINGCIRCLE_DATA": str(tmp_path)}
    done = platform(environment, "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 1
    assert "没有设置 LIVINGCIRCLE_SECRET_KEY" in done.stderr
    environment["LIVINGCIRCLE_SECRET_KEY"] = "k3y-" + "aB9_" * 20
    done = platform(environment, "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr


def test_visitors_are_told_apart_behind_the_proxy(tmp_path):
    ask = (
        "from django.test import RequestFactory;"
        "from allauth.core.internal.httpkit import get_client_ip;"
        "r = RequestFactory().get('/', headers={'X-Forwarded-For': '9.9.9.9, 203.0.113.7'});"
        "print(get_client_ip(r))"
    )
    environment = example() | {
        "LIVINGCIRCLE_SECRET_KEY": "k3y-" + "aB9_" * 20, "LIVINGCIRCLE_DATA": str(tmp_path),
    }  # fmt: skip
    command = ("shell", "--no-imports", "-c", ask)
    assert platform(environment, *command).stdout.strip() == "203.0.113.7"
    environment["LIVINGCIRCLE_BEHIND_PROXY"] = ""
    assert platform(environment, *command).stdout.strip() == "127.0.0.1"


def test_nginx_reads_its_file(tmp_path):
    nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if nginx is None or shutil.which("openssl") is None:
        pytest.skip("这台机器没有 nginx 或 openssl")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj",
         "/CN=circle.example.gov.cn", "-keyout", "private-key.pem", "-out", "certificate.pem"],
        cwd=tmp_path, check=True, capture_output=True,
    )  # fmt: skip
    told = (DEPLOY / "nginx.conf").read_text("utf-8").replace("/etc/livingcircle", str(tmp_path))
    told = told.replace("listen 80", "listen 18080").replace("listen [::]:80", "listen [::]:18080")
    (tmp_path / "site.conf").write_text(told)
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid; error_log stderr; events {{}}\n"
        f"http {{ include {tmp_path}/site.conf; access_log off; }}\n"
    )
    done = subprocess.run(
        [nginx, "-t", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    served = [line for line in told.splitlines() if "alias" in line or "root " in line]
    assert served == [f"        alias {DATA}/static/;"]


@pytest.mark.parametrize("name", sorted(path.name for path in DEPLOY.glob("*.service")))
def test_systemd_reads_its_units(tmp_path, name):
    if shutil.which("systemd-analyze") is None:
        pytest.skip("这台机器没有 systemd-analyze")
    for path in DEPLOY.glob("*.*er*"):  # services and timers
        told = path.read_text("utf-8").replace("/opt/livingcircle/bin/python", sys.executable)
        (tmp_path / path.name).write_text(told)
    unit = tmp_path / name.replace("@.", "@1.")
    if not unit.exists():
        unit.symlink_to(tmp_path / name)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)],
        capture_output=True, text=True, check=False,
        env=os.environ | {"SYSTEMD_UNIT_PATH": f"{tmp_path}:"},
    )  # fmt: skip
    ours = [line for line in done.stderr.splitlines() if "livingcircle" in line]
    assert ours == [], done.stderr


def test_the_manage_script_hands_on_settings_as_they_stand(tmp_path):
    odd = "p$x`a b\"'"
    (tmp_path / "env").write_text(f"# words\nLIVINGCIRCLE_DATA={tmp_path}\nODD={odd}\n")
    show = tmp_path / "python"
    show.write_text('#!/bin/sh\nprintf "%s|%s" "$ODD" "$*"\n')
    show.chmod(0o755)
    user = tmp_path / "runuser"
    user.write_text('#!/bin/sh\nshift 3\nexec "$@"\n')
    user.chmod(0o755)
    done = subprocess.run(
        ["sh", str(DEPLOY / "livingcircle-manage"), "check", "--deploy"],
        capture_output=True, text=True, check=True,
        env={
            "PATH": f"{tmp_path}:{os.environ['PATH']}",
            "LIVINGCIRCLE_SETTINGS": str(tmp_path / "env"), "LIVINGCIRCLE_PYTHON": str(show),
        },
    )  # fmt: skip
    assert done.stdout == f"{odd}|-m livingcircle_platform check --deploy"
