"""Guard every answer."""

import pytest
from django.core.cache import caches
from django.test import Client

from livingcircle_platform.accounts.models import User


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
