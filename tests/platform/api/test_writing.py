"""Check that programs write by the same rules as the pages."""

import json
import uuid

import pytest
from django.test import Client

from livingcircle_platform.audit.models import Entry
from livingcircle_platform.registry.models import Outlet
from tests.platform.api.conftest import signed_in
from tests.platform.api.conftest import token_for


def send(client, method, address, told, **header):
    """Send JSON."""
    return getattr(client, method)(address, told, content_type="application/json", **header)


@pytest.fixture
def phone(world):
    """Return what sends as the community worker's program."""
    header, client = token_for(world.people["worker"]), Client(enforce_csrf_checks=True)
    return lambda method, address, told: send(client, method, address, told, **header)


def new(world, **values):
    """Return a new outlet as a program sends it."""
    told = {"id": str(uuid.uuid4()), "name": "新开药店", "code": "N-1", "trades": ["pharmacy"]}
    return told | {"area": str(world.town.a1.pk), "lon": 116.302, "lat": 39.903} | values


def test_the_same_outlet_sent_twice_is_one(world, phone):
    told, entries = new(world), Entry.objects.count()
    first, second = (phone("post", "/api/outlets", told) for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 200), first.content.decode()
    assert first.json() == second.json()
    assert Outlet.objects.get(pk=told["id"]).trades == ("pharmacy",)
    assert Entry.objects.count() == entries + 1
    other = phone("post", "/api/outlets", told | {"name": "另一家"})
    assert other.status_code == 409
    assert other.json()["error"]["theirs"] == {"name": "新开药店"}


def test_a_change_needs_the_version_that_was_seen(world, phone):
    one = world.outlets["a1"]
    address, values = f"/api/outlets/{one.pk}", {"hours": "9:00-18:00"}
    changed = phone("patch", address, {"version": one.version, "values": values})
    assert changed.json()["version"] == one.version + 1
    assert changed.json()["name"] == "果园药店"
    stale = phone("patch", address, {"version": one.version, "values": {"hours": "24小时"}})
    assert stale.status_code == 409
    assert stale.json()["error"]["theirs"] == {"hours": "9:00-18:00"}
    assert phone("patch", address, {"values": values}).status_code == 422


def test_a_look_on_the_spot_is_kept(world, phone):
    one = world.outlets["a1"]
    answer = phone("post", f"/api/outlets/{one.pk}/verify", {"version": one.version})
    assert answer.status_code == 200
    assert answer.json()["verified_on"] is not None
    assert Entry.objects.order_by("-number").first().action == "outlet.verify"


def test_nothing_is_written_elsewhere(world, phone):
    entries = Entry.objects.count()
    elsewhere = new(world, area=str(world.town.a2.pk))
    refused = phone("post", "/api/outlets", elsewhere)
    assert refused.status_code in {400, 403}
    foreign = world.outlets["b1"]
    told = {"version": foreign.version, "values": {"name": "改名"}}
    assert phone("patch", f"/api/outlets/{foreign.pk}", told).status_code == 404
    verify = f"/api/outlets/{foreign.pk}/verify"
    assert phone("post", verify, {"version": 1}).status_code == 404
    assert Entry.objects.count() == entries


def test_what_cannot_be_kept_is_told_field_by_field(world, phone):
    answer = phone("post", "/api/outlets", new(world, trades=["没有的业态"], state="开着"))
    assert answer.status_code == 400
    assert set(answer.json()["error"]["fields"]) == {"trades", "state"}
    assert phone("post", "/api/outlets", new(world, verified_by="我")).status_code == 422
    assert phone("post", "/api/outlets", new(world, lon=200)).status_code == 400


def test_a_token_without_the_action_cannot_write(world):
    header = token_for(world.people["worker"], ["outlet.view"])
    assert send(Client(), "post", "/api/outlets", new(world), **header).status_code == 403


def test_an_owner_may_say_when_the_own_shop_is_open_and_no_more(world):
    one, browser = world.outlets["own"], signed_in(world.people["owner"])
    address = f"/api/outlets/{one.pk}"
    name = {"version": one.version, "values": {"name": "改名"}}
    assert send(browser, "patch", address, name).status_code == 403
    hours = {"version": one.version, "values": {"hours": "8:00-18:00"}}
    assert send(browser, "patch", address, hours).status_code == 200


def test_a_session_is_guarded_against_forged_requests(world):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(world.people["worker"])
    answer = send(browser, "post", "/api/outlets", new(world))
    assert answer.status_code == 403
    assert not Outlet.objects.filter(name="新开药店").exists()


@pytest.mark.parametrize("values", [{"name": "\ud800"}, {"note": "a\0b\ud800"}])
def test_half_a_character_is_no_failure(world, values):
    browser, one = signed_in(world.people["district"]), world.outlets["a1"]
    sent = json.dumps({"version": one.version, "values": values})
    answer = browser.patch(f"/api/outlets/{one.pk}", sent, content_type="application/json")
    assert answer.status_code < 500


@pytest.mark.parametrize("reason", ["a\0b", "\ud800"])
def test_a_reason_that_cannot_be_kept_is_refused(world, reason):
    browser, one = signed_in(world.people["district"]), world.outlets["a1"]
    sent = json.dumps({"version": one.version, "values": {"note": "新"}, "reason": reason})
    answer = browser.patch(f"/api/outlets/{one.pk}", sent, content_type="application/json")
    assert answer.status_code == 422
    assert "认不出" in answer.json()["error"]["what"]


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "text/plain"])
def test_a_body_that_is_no_json_is_refused_in_words(world, kind):
    header = token_for(world.people["district"])
    body = '--x\r\nContent-Disposition: form-data; name="name"\r\n\r\ny\r\n--x--\r\n'
    answer = Client().post("/api/outlets", body, content_type=kind, **header)
    assert answer.status_code == 400
    assert "JSON" in answer.json()["error"]["remedy"]
