"""Sign in as a person would, through every look and on a phone, and find nothing in the way."""

import pytest
from allauth.mfa.totp.internal import auth as totp
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache

from livingcircle_platform.accounts.roles import Role
from livingcircle_platform.audit import writing
from livingcircle_platform.registry.models import Outlet
from tests.platform import make

pytestmark = pytest.mark.enable_socket  # to the server in this process; chromium has no other host
PASSWORD = "桂花树下三只猫 2026"  # noqa: S105 - of a made-up person
LOOKS = ("normal", "elder", "contrast")
WIDTHS = (1440, 390)
_SMALL = """(least) => [...document.querySelectorAll(
  'main a.btn, main button, main input:not([type=hidden],[type=checkbox]), main select')]
  .filter((one) => one.offsetParent && one.getBoundingClientRect().height < least - 1)
  .map((one) => `${one.tagName} ${one.textContent.trim()} ${one.getBoundingClientRect().height}`)"""


@pytest.fixture(autouse=True)
def _no_tries_before():
    cache.clear()


@pytest.fixture
def admin(town):
    """Return the administrator of the district, who signs in by password."""
    return make.user("admin", (Role.ADMIN, town.district), password=PASSWORD)


def problems(page):
    """Return what axe finds, each with the elements."""
    found = Axe().run(page).response["violations"]
    return [(one["id"], [node["html"][:90] for node in one["nodes"]]) for one in found]


def code_of(secret):
    counter = next(iter(totp.yield_hotp_counters_from_time()))
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


def wide(page):
    """Return by how many pixels a page is wider than the screen."""
    return page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


@pytest.mark.usefixtures("admin")
def test_from_password_to_second_step_to_devices(chromium, live_server):
    context = chromium.new_context()
    page = context.new_page()
    wrong = []
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.goto(f"{live_server.url}/me/")
    page.get_by_label("用户名").fill("admin")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/me/")
    page.get_by_role("link", name="两步验证").click()
    page.get_by_role("link", name="打开两步验证").click()
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="继续").click()
    shown = page.get_by_alt_text("给验证器扫的二维码", exact=False)
    assert shown.evaluate("one => one.complete && one.naturalWidth > 50")
    secret = page.locator("code.secret").inner_text()
    page.locator("[name=code]").fill(code_of(secret))
    page.get_by_role("button", name="打开", exact=True).click()
    assert page.locator(".codes li").count() == 10
    page.locator("summary", has_text="admin").click()
    page.get_by_role("button", name="退出登录").click()
    cache.clear()  # the code of this half minute counts as used
    page.goto(f"{live_server.url}/me/")
    page.get_by_label("用户名").fill("admin")
    page.get_by_label("密码").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/2fa/authenticate/**")
    page.locator("[name=code]").fill(code_of(secret))
    page.keyboard.press("Enter")
    page.wait_for_url("**/me/")
    page.get_by_role("link", name="登录的设备").click()
    assert page.get_by_text("这一台", exact=True).is_visible()
    assert wrong == []
    context.close()


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("width", WIDTHS)
def test_pages_before_signing_in_are_open_to_everybody(chromium, live_server, look, width):
    context = chromium.new_context(viewport={"width": width, "height": 900})
    context.add_cookies([{"name": "look", "value": look, "url": live_server.url}])
    page = context.new_page()
    for address in ("/accounts/login/", "/accounts/password/reset/", "/accounts/signup/", "/s/no/"):
        page.goto(live_server.url + address)
        assert problems(page) == [], address
        assert page.evaluate(_SMALL, 60 if look == "elder" else 44) == [], address
        assert wide(page) <= 0, address
    context.close()


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("width", WIDTHS)
def test_pages_of_people_and_records_are_open_to_everybody(open_as, admin, town, look, width):
    other = make.user("wang", (Role.SUBDISTRICT, town.a))
    made = Outlet(name="果园药店", code="1", area=town.a1, trades=("pharmacy",))
    writing.add(made, acting_user=admin)
    writing.change(made, {"name": "新名药店"}, seen=1, acting_user=admin, reason="换招牌")
    page = open_as(admin, "/me/", width=width, look=look)
    home = page.url.removesuffix("/me/")
    addresses = [
        "/me/", "/me/tokens/new/", "/me/links/new/?path=/", "/users/", "/users/invite/",
        f"/users/{other.pk}/", "/audit/", "/audit/2/", "/audit/verify/", "/accounts/2fa/",
        "/accounts/sessions/", "/accounts/password/change/", "/accounts/reauthenticate/",
    ]  # fmt: skip
    for address in addresses:
        page.goto(home + address)
        assert problems(page) == [], address
        assert page.evaluate(_SMALL, 60 if look == "elder" else 44) == [], address
        assert wide(page) <= 0, address
    assert page.wrong == []
