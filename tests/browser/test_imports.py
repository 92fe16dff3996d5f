"""Bring a ledger with mistakes in, as a clerk does: map a column, look, accept, take it back."""

import threading
from pathlib import Path

import openpyxl
import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from livingcircle_platform.accounts.models import Role
from livingcircle_platform.core import jobs
from livingcircle_platform.imports.actions import asking
from livingcircle_platform.imports.catalogue import load_trades
from livingcircle_platform.imports.models import Batch
from livingcircle_platform.registry.models import Outlet
from tests.platform import make
from tests.platform.imports.conftest import row
from tests.platform.imports.conftest import sheet

pytestmark = pytest.mark.enable_socket  # the browser asks our own server only
SAMPLE = Path("src", "livingcircle", "sample", "outlets_ledger.xlsx")
STATES = ("mapping", "staged", "doubt", "accepted")


@pytest.fixture
def clerk(town):
    """Return somebody who runs the district."""
    load_trades()
    return make.user("clerk", (Role.DISTRICT, town.district))


@pytest.fixture
def ledger(pytestconfig, tmp_path):
    """Return the sample ledger, mistakes and all, its column of names called otherwise."""
    book = openpyxl.load_workbook(pytestconfig.rootpath / SAMPLE)
    for cells in book["网点"].iter_rows(max_row=5):
        for cell in cells:
            if str(cell.value).strip("* ") == "店铺名称":
                cell.value = "招牌"
    book.save(tmp_path / "网点台账.xlsx")
    return tmp_path / "网点台账.xlsx"


def work():
    jobs.work(threading.Event(), once=True)


def test_a_clerk_brings_a_ledger_in_and_takes_it_back(clerk, ledger, open_as, shot):
    page = open_as(clerk, reverse("imports:batches"))
    page.get_by_role("heading", name="还没有导入过文件").wait_for()
    shot(page, "empty")
    page.get_by_role("link", name="上传文件").first.click()
    page.get_by_label("文件", exact=True).set_input_files(ledger)
    page.get_by_label("坐标系").select_option("WGS-84")
    shot(page, "upload")
    page.get_by_role("button", name="上传并核对").click()
    page.get_by_role("progressbar").wait_for()
    shot(page, "reading")
    work()
    page.get_by_role("heading", name="对应列").wait_for()
    shot(page, "columns")
    page.get_by_label("“招牌”对应哪一项").select_option("name")
    page.get_by_role("button", name="按这样读取").click()
    page.get_by_role("progressbar").wait_for()
    work()
    page.get_by_role("button", name="确认入库").wait_for()
    shot(page, "review")
    page.get_by_role("link", name="没有采用").click()
    page.get_by_text("看原行").first.wait_for()
    shot(page, "refused")
    page.get_by_role("link", name="下载回执表").wait_for()
    page.get_by_role("button", name="确认入库").click()
    page.get_by_role("progressbar").wait_for()
    work()
    page.get_by_role("link", name="在台账里看这一批").wait_for()
    shot(page, "accepted")
    assert Outlet.objects.present().count() == Batch.objects.get().summary["written"] > 800
    page.get_by_label("为什么撤回").fill("导错了文件")
    page.get_by_role("button", name="撤回整批").click()
    page.get_by_text("整批撤回，").wait_for()
    shot(page, "undone")
    assert not Outlet.objects.present().exists()
    assert page.wrong == []


@pytest.fixture
def shot(request, tmp_path):
    """Return a way to keep pictures, for whoever wants to look at them."""
    folder = Path(request.config.getoption("--basetemp") or tmp_path)

    def keep(page, name):
        page.screenshot(path=folder / f"imports-{name}.png", full_page=True)

    return keep


@pytest.fixture
def batches(town, clerk):
    """Return an address in each state that a page has looks of its own for."""
    made = {}
    bare = "字号,做什么,东,北"
    rows = [row("A-1", "果园药店"), row("A-2", "巷口小吃", "早餐店", column=2), row("A-3", "")]
    for name in STATES:
        lines = [",".join(one.split(",")[1:5]) for one in rows] if name == "mapping" else rows
        file = sheet(*lines, **({"header": bare} if name == "mapping" else {}))
        batch = Batch(table="outlets", area=town.district, coordinates="WGS-84", title="普查")
        made[name] = asking.upload(batch, [file], acting_user=clerk).pk
        work()
    doubt = {
        "declared": "WGS-84", "likely": "GCJ-02", "swapped": False, "shift_m": 551.0,
        "problem": "多数点不在路边", "remedy": "改成 GCJ-02",
    }  # fmt: skip
    doubted = Batch.objects.get(pk=made["doubt"])
    Batch.objects.filter(pk=doubted.pk).update(summary={**doubted.summary, "doubts": [doubt]})
    done = Batch.objects.get(pk=made["accepted"])
    asking.have_accepted(done, acting_user=clerk, seen=done.version)
    pages = {name: reverse("imports:batch", args=[pk]) for name, pk in made.items()}
    staged = pages["staged"]
    return {
        **pages, "refused": f"{staged}?show=refused", "list": reverse("imports:batches"),
        "upload": reverse("imports:upload"),
    }  # fmt: skip


def test_every_look_of_every_page_is_accessible(clerk, open_as, batches, shot):
    for look in ("normal", "elder", "contrast"):
        for name, address in batches.items():
            page = open_as(clerk, address, look=look)
            page.wait_for_load_state("networkidle")
            shot(page, f"{name}-{look}")
            found = Axe().run(page).response["violations"]
            assert [(one["id"], one["nodes"][0]["html"]) for one in found] == [], (look, name)
            page.context.close()


def test_nothing_is_wider_than_a_phone(clerk, open_as, batches, shot):
    for name, address in batches.items():
        page = open_as(clerk, address, width=390, height=844)
        page.wait_for_load_state("networkidle")
        shot(page, f"{name}-phone")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, name
        small = page.evaluate(
            "[...document.querySelectorAll('main button, main a.btn, main select')]"
            ".filter(one => one.offsetParent && one.getBoundingClientRect().height < 44)"
            ".map(one => one.outerHTML)"
        )
        assert small == [], name
        page.context.close()
