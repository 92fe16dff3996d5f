"""Use a ledger like a spreadsheet: keys, conflicts, undo, every look, a phone."""

import datetime as dt

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from livingcircle_platform.accounts.models import Role
from livingcircle_platform.registry import actions
from livingcircle_platform.registry.models import Outlet
from tests.platform import make

pytestmark = pytest.mark.enable_socket  # the browser asks our own server only


@pytest.fixture
def clerk(town):
    """Return somebody who runs the district."""
    return make.user("clerk", (Role.DISTRICT, town.district))


@pytest.fixture
def shops(town):
    """Return three outlets in a row."""
    return [
        make.outlet(town.a1, "果园药店", "1", area_m2=80, verified_on=dt.date(2026, 5, 1)),
        make.outlet(town.a1, "重庆小面", "2", trades=("repair",), phone="69012345"),
        make.outlet(town.b1, "修鞋摊", "3", trades=("repair",), state="unverified"),
    ]


def cell(page, name, column):
    """Return a cell of the row with a name."""
    return page.locator(f"tr:has(.open[aria-label='打开{name}']) [data-column='{column}']")


def value(code, column):
    """Return what the database holds."""
    return getattr(Outlet.objects.get(code=code), column)


@pytest.mark.usefixtures("shops")
def test_keys_move_and_edit(clerk, open_as):
    page = open_as(clerk, reverse("registry:outlet_list"))
    cell(page, "果园药店", "name").click()
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.innerText") == "重庆小面"
    page.keyboard.press("F2")
    page.keyboard.press("End")
    page.keyboard.type("馆")
    page.keyboard.press("Enter")
    page.get_by_text("已保存：名称").wait_for()
    assert value("2", "name") == "重庆小面馆"
    assert page.evaluate("document.activeElement.innerText") == "修鞋摊"
    page.keyboard.type("x")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.innerText") == "修鞋摊"
    assert value("3", "name") == "修鞋摊"
    page.keyboard.press("End")
    page.keyboard.press("Home")
    assert page.evaluate("document.activeElement.classList.contains('c-pick')")
    page.keyboard.press("Space")
    page.get_by_text("已选 1 条").wait_for()
    assert page.wrong == []


@pytest.mark.usefixtures("shops")
def test_a_choice_is_made_and_undone(clerk, open_as):
    page = open_as(clerk, reverse("registry:outlet_list"))
    cell(page, "果园药店", "state").click()
    page.keyboard.press("Enter")
    page.locator("td.is-editing select").select_option("closed")
    page.keyboard.press("Tab")
    page.get_by_text("已保存：状态").wait_for()
    assert value("1", "state") == "closed"
    page.get_by_role("button", name="撤销").click()
    page.get_by_text("已撤销").wait_for()
    assert value("1", "state") == "open"
    assert cell(page, "果园药店", "state").inner_text() == "营业"


@pytest.mark.parametrize(("kept", "left"), [("用我的", "我的"), ("保留对方的", "对方的")])
def test_a_conflict_shows_both(shops, clerk, open_as, kept, left):
    page = open_as(clerk, reverse("registry:outlet_list"))
    actions.change(shops[0], {"hours": "对方的"}, seen=1, acting_user=clerk)
    cell(page, "果园药店", "hours").click()
    page.keyboard.press("F2")
    page.keyboard.type("我的")
    page.keyboard.press("Enter")
    box = page.get_by_role("dialog")
    box.wait_for()
    assert box.locator("[data-theirs]").inner_text() == "对方的"
    assert box.locator("[data-yours]").inner_text() == "我的"
    box.get_by_role("button", name=kept).click()
    page.wait_for_function(
        "left => [...document.querySelectorAll('[data-column=hours]')][0].innerText === left",
        arg=left,
    )
    page.locator(".toast-box:visible").wait_for()
    assert value("1", "hours") == left


def test_changes_of_two_columns_both_hold(shops, clerk, open_as):
    page = open_as(clerk, reverse("registry:outlet_list"))
    actions.change(shops[0], {"phone": "110"}, seen=1, acting_user=clerk)
    cell(page, "果园药店", "hours").click()
    page.keyboard.type("8")
    page.keyboard.press("Enter")
    page.get_by_text("已保存：营业时间").wait_for()
    assert (value("1", "hours"), value("1", "phone")) == ("8", "110")


@pytest.mark.usefixtures("shops")
def test_what_cannot_be_kept_stays_in_the_cell(clerk, open_as):
    page = open_as(clerk, reverse("registry:outlet_list"))
    cell(page, "果园药店", "area_m2").click()
    page.keyboard.type("eighty")
    page.keyboard.press("Enter")
    page.get_by_text("不是数字").wait_for()
    assert page.locator("td.is-editing input").input_value() == "eighty"
    assert value("1", "area_m2") == 80


@pytest.mark.parametrize("look", ["normal", "elder", "contrast"])
def test_every_page_is_accessible(shops, clerk, open_as, look):
    shop = shops[0]
    for name, args in (
        ("outlet_list", ()), ("outlet_page", (shop.pk,)), ("outlet_edit", (shop.pk,)),
        ("outlet_history", (shop.pk,)), ("freshness", ()), ("duplicates", ()), ("space_list", ()),
        ("compare", (shops[0].pk, shops[1].pk)),
    ):  # fmt: skip
        page = open_as(clerk, reverse(f"registry:{name}", args=args), look=look)
        told = Axe().run(page)
        assert told.violations_count == 0, f"{name}: {told.generate_report()}"


@pytest.mark.usefixtures("shops")
def test_a_phone_shows_cards_with_large_targets(clerk, open_as):
    for name in ("outlet_list", "freshness"):
        page = open_as(clerk, reverse(f"registry:{name}"), width=390, height=844)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, name
        small = page.evaluate(
            """() => [...document.querySelectorAll('main a, main button, main select, main input')]
              .filter((one) => one.checkVisibility() && one.getBoundingClientRect().width > 1
                && !one.closest('p, dd') && one.type !== 'checkbox')
              .filter((one) => one.getBoundingClientRect().height < 43.5)
              .map((one) => one.outerHTML.slice(0, 120))"""
        )
        assert small == [], name


@pytest.mark.usefixtures("shops")
def test_it_works_without_scripts(clerk, open_as, chromium):
    page = open_as(clerk, reverse("registry:outlet_list"))
    context = chromium.new_context(java_script_enabled=False)
    context.add_cookies(page.context.cookies())
    plain = context.new_page()
    plain.goto(page.url)
    plain.locator("[aria-label='打开果园药店']").click()
    plain.get_by_role("link", name="修改", exact=True).click()
    plain.get_by_label("营业时间").fill("9–21")
    plain.get_by_role("button", name="保存").click()
    plain.get_by_role("button", name="撤销").click()
    assert "已撤回1条" in plain.content()
    assert value("1", "hours") == ""
    context.close()


def test_standing_at_the_door_fills_in_the_place(clerk, open_as):
    page = open_as(clerk, reverse("registry:outlet_add"), width=390)
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"longitude": 116.84321, "latitude": 40.37654, "accuracy": 8})
    page.get_by_role("button", name="填入我现在的位置").click()
    page.get_by_text("误差约8米").wait_for()
    assert page.locator("#id_lon").input_value() == "116.843210"
    assert page.locator("#id_lat").input_value() == "40.376540"
    page.context.set_geolocation({"longitude": 116.84321, "latitude": 40.37654, "accuracy": 400})
    page.get_by_role("button", name="填入我现在的位置").click()
    page.get_by_text("误差偏大").wait_for()
    assert page.wrong == []
