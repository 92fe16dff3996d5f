"""Start a browser without a network, signed in as somebody; skip where there is none."""

import shutil

import pytest
from django.conf import settings as django_settings

from tests.platform import make

playwright = pytest.importorskip("playwright.sync_api", reason="没有装 playwright，浏览器测试跳过")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = ["--no-sandbox", "--disable-background-networking", "--no-first-run"]


@pytest.fixture(scope="module")
def chromium():
    """Return a running browser."""
    if CHROMIUM is None:
        pytest.skip("这台机器没有 chromium，浏览器测试跳过")
    with pytest.MonkeyPatch.context() as patch, playwright.sync_playwright() as started:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # playwright runs a loop in this thread
        browser = started.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def town(chromium, transactional_db):  # noqa: ARG001 - no browser, no city; both first
    """Return the small city, in a database that the server sees too."""
    return make.town()


@pytest.fixture
def open_as(chromium, live_server, client):
    """Return a way to open a page as somebody."""
    opened = []

    def open_page(user, address, *, width=1440, height=900, look="normal"):
        client.force_login(user)
        session = client.cookies[django_settings.SESSION_COOKIE_NAME].value
        context = chromium.new_context(viewport={"width": width, "height": height})
        for name, value in ((django_settings.SESSION_COOKIE_NAME, session), ("look", look)):
            context.add_cookies([{"name": name, "value": value, "url": live_server.url}])
        page = context.new_page()
        page.wrong = []
        page.on("pageerror", lambda error: page.wrong.append(str(error)))
        page.on("console", lambda said: page.wrong.append(said.text) if said.type == "error" else 0)
        page.goto(live_server.url + address)
        opened.append(context)
        return page

    yield open_page
    for context in opened:
        context.close()
