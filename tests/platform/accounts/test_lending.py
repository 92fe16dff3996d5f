"""Lend rights by token and link: the same answers as by session, and nothing more."""

import datetime as dt
import json
import uuid

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import get_resolver
from django.urls import reverse
from django.utils import timezone

from livingcircle_platform.accounts.matrix import SIGNED_IN
from livingcircle_platform.accounts.matrix import actions_by_route
from livingcircle_platform.accounts.models import Membership
from livingcircle_platform.accounts.models import ShareLink
from livingcircle_platform.accounts.models import Token
from livingcircle_platform.accounts.models import User
from livingcircle_platform.audit.models import Entry
from tests.platform import make
from tests.platform.accounts.routes import routes

ROUTES, _ = routes()
SOON = timezone.localdate() + dt.timedelta(days=7)


@pytest.fixture(autouse=True)
def _no_cache():
    cache.clear()


def make_token(client, *actions, **more):
    told = {"id": uuid.uuid4(), "name": "同步", "actions": actions, "until": SOON, **more}
    return client.post("/me/tokens/new/", told)


def bearer(secret):
    return {"HTTP_AUTHORIZATION": f"Bearer {secret}"}


def test_a_token_is_shown_once_and_only_its_hash_is_kept(browser):
    secret = make_token(browser, "audit.view").context["secret"]
    kept = Token.objects.get()
    assert secret not in str(Token.objects.values().get())
    assert secret not in str(list(Entry.objects.values()))
    assert secret not in browser.get("/me/").content.decode()
    assert kept.actions == ("audit.view",)


def test_a_token_does_what_it_was_given_and_no_more(browser):
    secret = make_token(browser, "audit.view").context["secret"]
    program = Client()
    assert program.get("/audit/", **bearer(secret)).status_code == 200
    assert program.get("/audit/export/", **bearer(secret)).status_code == 403
    assert browser.get("/audit/export/").status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        "/me/",
        "/me/tokens/new/",
        "/me/data/",
        "/accounts/password/change/",
        "/accounts/2fa/",
        "/accounts/sessions/",
    ],
)
def test_a_token_cannot_touch_the_account_it_came_from(browser, address):
    secret = make_token(browser, "audit.view").context["secret"]
    assert Client().get(address, **bearer(secret)).status_code == 403


def test_a_token_cannot_make_a_token(browser):
    secret = make_token(browser, "audit.view").context["secret"]
    told = {"id": uuid.uuid4(), "name": "更多", "actions": ["audit.export"], "until": SOON}
    assert Client().post("/me/tokens/new/", told, **bearer(secret)).status_code == 403
    assert Token.objects.count() == 1


def test_nobody_lends_what_he_does_not_have(browser):
    page = make_token(browser, "user.invite")
    assert "只能选您自己能做的" in page.content.decode()
    assert not Token.objects.exists()


def test_a_token_sent_twice_is_one_and_its_secret_is_not_shown_again(browser):
    told = {"id": uuid.uuid4(), "name": "同步", "actions": ["audit.view"], "until": SOON}
    assert browser.post("/me/tokens/new/", told).status_code == 200
    again = browser.post("/me/tokens/new/", told)
    assert again.status_code == 409
    assert Token.objects.count() == 1


@pytest.mark.parametrize("days", [-1, 400])
def test_a_token_ends_within_a_year(browser, days):
    make_token(browser, "audit.view", until=timezone.localdate() + dt.timedelta(days=days))
    assert not Token.objects.exists()


def test_a_token_taken_back_is_dead_at_once(browser):
    secret = make_token(browser, "audit.view").context["secret"]
    token = Token.objects.get()
    stranger = Client()
    stranger.force_login(make.user("stranger"))
    assert stranger.post(f"/me/tokens/{token.pk}/take-back/").status_code == 404
    assert Client().get("/audit/", **bearer(secret)).status_code == 200
    browser.post(f"/me/tokens/{token.pk}/take-back/")
    assert Client().get("/audit/", **bearer(secret)).status_code == 401


def test_a_token_follows_its_owner(browser, clerk, town):
    secret = make_token(browser, "audit.view").context["secret"]
    Membership.objects.update(until=timezone.localdate() - dt.timedelta(days=1))
    assert Client().get("/audit/", **bearer(secret)).status_code == 403
    Membership.objects.update(until=None)
    assert Client().get("/audit/", **bearer(secret)).status_code == 200
    User.objects.filter(pk=clerk.pk).update(is_active=False)
    assert Client().get("/audit/", **bearer(secret)).status_code == 401


def test_a_token_that_does_not_hold_is_never_taken_for_a_session(browser):
    response = browser.get("/", **bearer("made-up"))
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"


def test_using_a_token_often_writes_once(browser, django_assert_max_num_queries):
    secret = make_token(browser, "audit.view").context["secret"]
    Client().get("/audit/", **bearer(secret))
    assert Token.objects.get().used_at is not None
    with django_assert_max_num_queries(20) as asked:
        Client().get("/audit/", **bearer(secret))
    assert not [one for one in asked if one["sql"].startswith("UPDATE")]


def share(client, address="/?from=test", **more):
    told = {"id": uuid.uuid4(), "path": address, "title": "东区总览", "until": SOON, **more}
    return client.post("/me/links/new/", told)


def body(response):
    """Return what a page says inside its frame."""
    return response.content.decode().partition('<main id="main"')[2]


def test_a_link_shows_the_page_its_maker_sees_without_the_menus(browser):
    address = share(browser).context["address"]
    guest = Client().get(address)
    assert guest.status_code == 200
    assert body(guest) == body(browser.get("/?from=test"))
    page = guest.content.decode()
    assert "主菜单" not in page
    assert "clerk分享的页面“东区总览”，只能查看" in page
    assert guest.headers["Cache-Control"] == "private, no-store"
    assert guest.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert not guest.cookies


LISTS = [
    route
    for route in ROUTES
    if not route.parts and route.name.partition(":")[0] not in {"accounts", "audit", "core"}
    and ("GET", route.name) in actions_by_route() and ":" in route.name
]  # fmt: skip


@pytest.mark.parametrize("route", LISTS, ids=lambda route: route.name)
def test_session_token_and_link_give_the_same_answer(browser, clerk, town, route):
    """Ask for every list and export of every room in three ways."""
    make.outlet(town.a1)
    address = reverse(route.name)
    action = actions_by_route()["GET", route.name]
    here = browser.get(address)
    if here.status_code != 200:
        assert share(browser, address).status_code in {400, 200}
        return
    answers = [Client().get(share(browser, address).context["address"])]
    if action != SIGNED_IN:
        secret = make_token(browser, action).context["secret"]
        answers.append(Client().get(address, **bearer(secret)))
    for one in answers:
        assert one.status_code == here.status_code
        assert one.headers["Content-Type"] == here.headers["Content-Type"]
        if one.headers["Content-Type"].startswith(("text/csv", "application/json")):
            assert one.content == here.content


def test_a_link_leaves_its_visitor_who_he_is(browser, town):
    address = share(browser).context["address"]
    visitor = Client()
    visitor.force_login(make.user("visitor"))
    visitor.get("/me/")
    assert "clerk分享的页面" in visitor.get(address).content.decode()
    assert "visitor" in visitor.get("/me/").content.decode()


def test_a_link_is_only_for_looking(browser):
    address = share(browser).context["address"]
    before = Entry.objects.count()
    for method in ("post", "put", "patch", "delete"):
        assert getattr(Client(), method)(address).status_code in {302, 403}
        assert getattr(browser, method)(address).status_code == 403
    assert Entry.objects.count() == before


@pytest.mark.parametrize(
    "address",
    ["/me/", "/users/", "/audit/", "/audit/verify/", "/jobs/", "/accounts/sessions/", "/health/",
     "/nowhere/", "https://evil.example/", "//evil.example/", "javascript:alert(1)", ""],
)  # fmt: skip
def test_pages_about_people_and_what_they_did_are_never_shared(browser, address):
    assert share(browser, address).status_code in {200, 400}
    assert browser.get("/me/links/new/", {"path": address}).status_code == 400
    assert not ShareLink.objects.exists()


def test_a_link_taken_back_ended_or_of_a_closed_account_says_so(browser, clerk):
    address = share(browser).context["address"]
    link = ShareLink.objects.get()
    for spoilt in (
        {"until": timezone.localdate() - dt.timedelta(days=1)},
        {"removed_at": timezone.now()},
    ):
        ShareLink.objects.update(until=SOON, removed_at=None)
        assert Client().get(address).status_code == 200
        ShareLink.objects.update(**spoilt)
        gone = Client().get(address)
        assert gone.status_code == 404
        assert "已经收回或过期" in gone.content.decode()
    ShareLink.objects.update(until=SOON, removed_at=None)
    User.objects.filter(pk=clerk.pk).update(is_active=False)
    assert Client().get(address).status_code == 404
    User.objects.filter(pk=clerk.pk).update(is_active=True)
    browser.post(f"/me/links/{link.pk}/take-back/")
    assert Client().get(address).status_code == 404
    assert Entry.objects.filter(action="sharelink.remove").count() == 1


def test_a_shared_page_cannot_write_even_if_its_view_would(browser, clerk, monkeypatch):
    address = share(browser).context["address"]

    def careless(request):
        with connection.cursor() as cursor:
            cursor.execute("UPDATE accounts_user SET display_name = 'x'")

    for one in get_resolver().url_patterns[0].url_patterns:
        if one.name == "home":
            monkeypatch.setattr(one, "callback", careless)
    response = Client().get(address)
    assert response.status_code == 403
    clerk.refresh_from_db()
    assert clerk.display_name == ""


def test_everything_kept_about_a_person_is_handed_out(browser, clerk, town):
    secret = make_token(browser, "audit.view").context["secret"]
    share(browser)
    response = browser.get("/me/data/")
    assert response.headers["Content-Disposition"].startswith("attachment")
    told = json.loads(response.content)
    assert told["about"] == "clerk"
    tables = told["tables"]
    assert tables["账号"][0]["username"] == "clerk"
    assert tables["accounts.Membership.user"][0]["area_id"] == str(town.district.pk)
    assert [one["name"] for one in tables["accounts.Token.user"]] == ["同步"]
    assert sorted(one["action"] for one in tables["audit.Entry.actor"]) == [
        "sharelink.add",
        "token.add",
    ]
    text = response.content.decode()
    assert secret not in text
    for hidden in (clerk.password, Token.objects.get().digest, ShareLink.objects.get().digest):
        assert hidden not in text
