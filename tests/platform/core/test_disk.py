"""Test that nothing is written while the disk is nearly full, and that reading goes on."""

from typing import NamedTuple

import pytest
from django.core.cache import caches

from livingcircle_platform.core import disk

GB = 1024**3


class Usage(NamedTuple):
    """Answer as the system does."""

    total: int
    used: int
    free: int


@pytest.fixture
def on_disk(monkeypatch, settings):
    """Let the disk be of a size, with so much free."""
    settings.FREE_DISK_WANTED = 0.1
    settings.WATCHED_DISKS = ["/data"]

    def lay(total, free):
        caches["moment"].delete("disk-nearly-full")
        usage = Usage(total * GB, (total - free) * GB, free * GB)
        monkeypatch.setattr(disk.shutil, "disk_usage", lambda _: usage)

    yield lay
    caches["moment"].delete("disk-nearly-full")


@pytest.mark.parametrize(
    ("total", "free", "full"),
    [
        (10, 1.1, False),  # a tenth is left
        (10, 0.9, True),
        (1_000, 101, False),
        (1_000, 99, True),
    ],
)
def test_a_disk_is_nearly_full_below_a_tenth(on_disk, total, free, full):
    on_disk(total, free)
    assert disk.is_nearly_full() is full


def test_the_disk_of_the_database_counts_too(settings, monkeypatch, on_disk):
    on_disk(10, 5)
    settings.WATCHED_DISKS = ["/data", "/database"]
    sizes = {"/data": Usage(10 * GB, 5 * GB, 5 * GB), "/database": Usage(10 * GB, 10 * GB, 0)}
    monkeypatch.setattr(disk.shutil, "disk_usage", sizes.__getitem__)
    assert disk.is_nearly_full()


def test_reads_go_on_and_writes_are_refused_with_a_sentence(on_disk, browser):
    on_disk(10, 0.5)
    page = browser.get("/jobs/")
    assert page.status_code == 200
    assert "暂时只能查看" in page.content.decode()
    refused = browser.post("/look/", {"look": "elder", "next": "/jobs/", "note": "我填的话"})
    told = refused.content.decode()
    assert refused.status_code == 503
    assert "服务器磁盘快满了" in told
    assert "我填的话" in told
    on_disk(10, 5)
    assert browser.post("/look/", {"look": "elder"}).status_code == 302
    assert "暂时只能查看" not in browser.get("/jobs/").content.decode()
