"""Guard every answer."""

import json

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client

from livingcircle_platform.accounts.models import User
from livingcircle_platform.core import views


def test_nothing_foreign_may_run_and_nothing_stays_on_shared_machines(browser):
    response = browser.get("/")
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "no-store" in response.headers["Cache-Control"]


@pytest.fixture
def _full(settings):
    settings.FREE_DISK_WANTED = 1.1
    caches["moment"].clear()
    yield
    caches["moment"].clear()


@pytest.mark.usefixtures("_full")
def test_on_a_full_disk_pages_are_read_and_nothing_is_written(browser, clerk):
    assert browser.get("/me/").status_code == 200
    response = browser.post("/me/", {"display_name": "换过"})
    assert response.status_code == 503
    assert "换过" in response.content.decode(), "what was typed is kept"
    assert User.objects.get(pk=clerk.pk).display_name == ""


@pytest.mark.usefixtures("_full")
@pytest.mark.parametrize("address", ["/accounts/login/", "/accounts/2fa/authenticate/"])
def test_on_a_full_disk_people_still_get_in(db, address):
    assert Client().post(address, {}).status_code in {200, 302}


@pytest.mark.parametrize(
    "address",
    ["/registry/outlets/?name=%00", "/registry/outlets/export.csv?name=a%00", "/audit/?kind=%00",
     "/registry/outlets/a%00b/", "/gaps/?trade=%00"],
)  # fmt: skip
def test_what_no_database_holds_is_refused_in_words(browser, address):
    response = browser.get(address)
    assert response.status_code == 400
    assert "认不出的字符" in response.content.decode()


def test_nor_does_a_form_bring_it(browser):
    response = browser.post("/me/", {"display_name": "a\0b"})
    assert response.status_code == 400


def test_a_failure_is_told_without_asking_the_database(rf, clerk):
    request = rf.get("/registry/outlets/")
    request.user = clerk
    with connection.execute_wrapper(lambda *_: pytest.fail("asked")):
        page = views.broken(request)
        told = views.broken(rf.get("/api/outlets"))
    assert page.status_code == told.status_code == 500
    assert "程序出错，没有保存" in page.content.decode()
    assert "程序出错" in json.loads(told.content)["error"]["what"]
