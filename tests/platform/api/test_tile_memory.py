"""Check that a remembered tile is never old, and never somebody else's."""

import time

import pytest
from django.core.cache import caches
from django.test import Client
from django.utils import timezone

from livingcircle_platform.accounts.models import Membership
from livingcircle_platform.accounts.models import Token
from livingcircle_platform.api import tile_memory
from livingcircle_platform.registry import actions
from tests.platform.api.conftest import signed_in
from tests.platform.api.conftest import token_for
from tests.platform.api.test_parity import ids_in_tile
from tests.platform.api.test_parity import tile_address


@pytest.fixture
def later(monkeypatch):
    """Return what moves the clock five seconds on."""

    def move():
        then = time.time() + 5
        monkeypatch.setattr(time, "time", lambda: then)

    return move


def test_the_second_tile_needs_one_query(world, django_assert_num_queries):
    browser = signed_in(world.people["district"])
    first = browser.get(tile_address())
    with django_assert_num_queries(1):
        second = browser.get(tile_address())
    assert second.content == first.content
    assert second.headers["Content-Security-Policy"] == first.headers["Content-Security-Policy"]


def test_a_browser_that_has_it_is_told_so(world):
    browser = signed_in(world.people["district"])
    first = browser.get(tile_address())
    assert "private" in first.headers["Cache-Control"]
    again = browser.get(tile_address(), HTTP_IF_NONE_MATCH=first.headers["ETag"])
    assert (again.status_code, again.content) == (304, b"")


def test_a_change_shows_at_once(world):
    browser, one = signed_in(world.people["district"]), world.outlets["a2"]
    assert str(one.pk) in ids_in_tile(browser.get(tile_address()))
    actions.remove(one, seen=one.version, acting_user=world.people["district"])
    assert str(one.pk) not in ids_in_tile(browser.get(tile_address()))


def test_no_scope_gets_the_tile_of_another(world, sees):
    clients = {role: signed_in(user) for role, user in world.people.items()}
    for _ in range(3):
        for role, browser in clients.items():
            assert ids_in_tile(browser.get(tile_address())) == sees[role], role


def test_two_owners_share_nothing(world):
    other = token_for(world.people["worker"])
    mine = token_for(world.people["owner"])
    client = Client()
    assert len(ids_in_tile(client.get(tile_address(), **mine))) == 1
    assert len(ids_in_tile(client.get(tile_address(), **other))) == 2
    assert len(ids_in_tile(client.get(tile_address(), **mine))) == 1


def test_a_pass_does_not_open_another_layer(world):
    header = token_for(world.people["district"], ["outlet.view"])
    client = Client()
    assert client.get(tile_address(), **header).status_code == 200
    assert client.get(tile_address(layer="circles"), **header).status_code == 403


def test_a_membership_taken_away_is_gone_within_five_seconds(world, later):
    browser = signed_in(world.people["district"])
    assert ids_in_tile(browser.get(tile_address()))
    Membership.objects.filter(user=world.people["district"]).update(removed_at=timezone.now())
    later()
    assert browser.get(tile_address()).status_code == 403


def test_tiles_that_are_asked_for_without_end_renew_no_pass(world, later):
    browser, user = signed_in(world.people["district"]), world.people["district"]
    assert browser.get(tile_address()).status_code == 200
    Membership.objects.filter(user=user).update(removed_at=timezone.now())
    assert browser.get(tile_address(z=9)).status_code == 200  # made within the three seconds
    later()
    assert browser.get(tile_address(z=10)).status_code == 403


def test_with_a_pass_a_new_tile_needs_few_queries(world, django_assert_max_num_queries):
    browser = signed_in(world.people["district"])
    browser.get(tile_address())
    # A pass spares the questions for session, person and roles; it may run out on a slow machine.
    with django_assert_max_num_queries(4):
        assert ids_in_tile(browser.get(tile_address(z=8)))
    answer = browser.get("/api/tiles/outlets/3/8/0.mvt")
    assert (answer.status_code, set(answer.json()["error"])) == (404, {"what", "remedy"})


def test_a_token_taken_back_is_gone_within_five_seconds(world, later):
    header, client = token_for(world.people["district"]), Client()
    assert client.get(tile_address(), **header).status_code == 200
    Token.objects.update(removed_at=timezone.now())
    later()
    assert client.get(tile_address(), **header).status_code == 401


def test_other_pages_are_fresh_the_moment_a_membership_is_taken_away(world):
    browser = signed_in(world.people["district"])
    assert browser.get("/api/outlets").status_code == 200
    Membership.objects.filter(user=world.people["district"]).update(removed_at=timezone.now())
    assert browser.get("/api/outlets").status_code == 403


def test_a_pass_is_shorter_than_five_seconds():
    assert tile_memory.PASS_SECONDS < 5
    assert caches["moment"] is not caches["tiles"]
