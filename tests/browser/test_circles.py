"""Draw circles by keyboard alone, without a map: see, do, take back, put in force, look back."""

import datetime as dt

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from livingcircle_platform.accounts.models import Role
from livingcircle_platform.territory.models import CircleSet
from tests.platform import drawing
from tests.platform import make

pytestmark = pytest.mark.enable_socket  # to the server in this process; chromium has no other host
LOOKS = ("normal", "elder", "contrast")
_SMALL = """() => {
  const least = document.documentElement.dataset.look === 'elder' ? 59 : 43;
  return [...document.querySelectorAll('main a.btn, main button, main select, main label.choice')]
    .filter((one) => one.offsetParent && !one.closest('.maplibregl-map'))
    .filter((one) => one.getBoundingClientRect().height < least)
    .map((one) => `${one.tagName} ${one.textContent.trim().slice(0, 20)}`);
}"""


@pytest.fixture
def clerk(town, settings, tmp_path):
    """Return the clerk of a district with two circles in force."""
    settings.DATA = tmp_path
    drawing.lay_out(town)
    return make.user("clerk", (Role.DISTRICT, town.district))


@pytest.fixture
def draft(town, clerk):
    return drawing.draft(town, clerk)


def press(page, selector, key="Enter"):
    """Use something by keyboard."""
    page.locator(selector).first.focus()
    page.keyboard.press(key)


def problems(page):
    """Return what axe finds, each with the elements."""
    found = Axe().run(page).response["violations"]
    return [(one["id"], [node["html"][:90] for node in one["nodes"]]) for one in found]


def see_merge(page):
    for code in ("1", "2"):
        press(page, f'input[name="circles"][value="{code}"]', "Space")
    press(page, 'button[value="merge"]')
    page.wait_for_selector("#preview .preview-table")


def test_from_preview_to_adoption_and_back_in_time(open_as, clerk, draft):
    page = open_as(clerk, f"/circles/{draft.pk}/")
    see_merge(page)
    preview = page.locator("#preview").inner_text()
    assert "3.80 平方公里" in preview
    assert "超出 1.8 平方公里" in preview
    assert page.evaluate("document.activeElement.id") == "preview"  # a reader hears it at once
    assert draft.circles.count() == 2  # seen, not done
    page.locator("#confirm-title").fill("东区全圈")
    page.locator("#confirm-reason").fill("居民要求")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=已合并“甲圈”、“乙圈”")
    assert draft.circles.get().name == "东区全圈"

    press(page, "button:has-text('撤销上一步')")
    page.wait_for_selector("text=已撤销上一步")
    assert sorted(draft.circles.values_list("name", flat=True)) == ["乙圈", "甲圈"]

    see_merge(page)
    press(page, "button:has-text('确定')")
    page.wait_for_selector("text=已合并")
    press(page, "a:has-text('启用…')")
    page.wait_for_selector("text=启用后不能再改")
    press(page, "main button:has-text('启用')")
    page.wait_for_selector(".wrong")
    assert "启用要写明理由" in page.locator("main").inner_text()
    page.wrong.clear()  # the browser reports the refused form by itself
    page.locator("[name=reason]").fill("河网地区，无法再拆")
    press(page, "main button:has-text('启用')")
    page.wait_for_selector("text=已启用")
    assert CircleSet.objects.get(pk=draft.pk).state == "adopted"

    yesterday = timezone.localdate() - dt.timedelta(days=1)
    page.goto(page.url.split("/territory/")[0] + "/territory/circles/")
    page.locator("#on").fill(yesterday.isoformat())
    press(page, "button:has-text('查看')")
    then = page.locator(f'[data-as-of="{yesterday}"]')
    assert "甲圈" in then.inner_text()
    assert "第1版" in then.inner_text()
    assert page.wrong == []


def test_a_hard_rule_is_named_where_one_looks(open_as, clerk, draft):
    page = open_as(clerk, f"/circles/{draft.pk}/")
    far = draft.settings["tiles"][3]["id"]
    press(page, f'input[name="tiles"][value="{far}"]', "Space")
    page.locator("#to").select_option("1")
    press(page, 'button[value="move"]')
    page.wait_for_selector("#preview [role=alert]")
    assert "断开" in page.locator("#preview").inner_text()
    assert page.locator("#preview button").count() == 0
    assert page.wrong == []


def test_without_scripts_the_list_does_everything(chromium, open_as, clerk, draft):
    page = open_as(clerk, "/circles/")
    context = chromium.new_context(
        java_script_enabled=False, storage_state=page.context.storage_state()
    )
    plain = context.new_page()
    plain.goto(page.url + f"{draft.pk}/")
    for code in ("1", "2"):
        plain.check(f'input[name="circles"][value="{code}"]')
    plain.click('button[value="merge"]')
    assert "3.80 平方公里" in plain.locator("main").inner_text()
    plain.click("button:has-text('确定')")
    assert "已合并" in plain.locator("#notices").inner_text()
    context.close()


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("width", [1440, 390])
def test_every_page_is_open_to_everybody(open_as, clerk, draft, town, look, width):
    page = open_as(clerk, "/circles/", look=look, width=width)
    home = page.url.removesuffix("/circles/")
    draft_page, set_page = f"/circles/{draft.pk}/", f"/territory/circles/{draft.pk}/"
    addresses = (
        "/circles/", draft_page, f"{draft_page}1/", "/territory/", "/territory/circles/",
        f"/territory/areas/{town.a1.pk}/", f"/territory/areas/{town.a1.pk}/change/",
        f"/territory/areas/{town.a1.pk}/profiles/add/", f"/districts/{town.district.pk}/",
        set_page, f"{set_page}compare/", f"{set_page}sheet/", f"{set_page}adopt/",
    )  # fmt: skip
    told = {}
    for address in addresses:
        page.goto(home + address)
        if address == draft_page:
            see_merge(page)
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        told[address] = [*problems(page), *page.evaluate(_SMALL), *([wide] if wide > 0 else [])]
    assert {address: found for address, found in told.items() if found} == {}
    assert page.wrong == []
