"""Hold every address to the authorisation table: each role, each method, each place.

The expected answer is worked out from the table, never from the code that is tested. Rooms that are
added later are covered as soon as their routes stand in ``urls.py``; what a route needs besides its
row in the table is a line in ``things.py``, and the failure says so.
"""

import uuid
from itertools import product

import pytest
from django.core.cache import caches
from django.db import connection
from django.db import transaction
from django.test import Client
from django.urls import reverse

from livingcircle_platform.accounts.matrix import EVERYBODY
from livingcircle_platform.accounts.matrix import SIGNED_IN
from livingcircle_platform.accounts.matrix import Reach
from livingcircle_platform.accounts.matrix import actions_by_route
from livingcircle_platform.accounts.matrix import rules
from livingcircle_platform.accounts.models import Membership
from livingcircle_platform.accounts.models import Token
from livingcircle_platform.accounts.models import User
from livingcircle_platform.accounts.models import make_secret
from livingcircle_platform.accounts.roles import Role
from tests.platform import make
from tests.platform.accounts import things
from tests.platform.accounts.routes import routes

ROUTES, NAMELESS = routes()
METHODS = ("GET", "POST")
# Pages of the sign-in library that nobody needs here: they stay shut.
SHUT = {
    "account_email", "account_email_verification_sent", "account_confirm_email",
    "account_confirm_login_code", "socialaccount_signup", "socialaccount_connections",
}  # fmt: skip
# Tables that looking around may write to.
_BOOKKEEPING = ("django_session", "usersessions_usersession", "SAVEPOINT", "accounts_token")
_WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")
_IN_PLACE = {
    Role.CITY: ("city", None, None, "district", None),
    Role.DISTRICT: ("district", "elsewhere", "city", "a", "elsewhere_a"),
    Role.SUBDISTRICT: ("a", "b", "district", "a1", "elsewhere_a"),
    Role.COMMUNITY: ("a1", "a2", "a", None, "elsewhere_a1"),
}
RELATIONS = ("own", "sibling", "parent", "child", "other")


def places_of(role):
    """Return where things lie, seen from a role: its own area, beside, above, below, elsewhere."""
    names = _IN_PLACE.get(role, ("a", "b", "district", "a1", "elsewhere_a"))
    return [pair for pair in zip(RELATIONS, names, strict=True) if pair[1]]


def cases_of(route):
    """Return every case of a route: who comes how, by which method, for a thing lying where."""
    scoped = any(part in things.THINGS for part in route.parts)
    for method, role in product(METHODS, Role):
        # A method that no row names is refused to everybody, wherever the thing lies.
        named = (method, route.name) in actions_by_route()
        for relation, place in places_of(role):
            if relation == "own" or (scoped and named):
                yield method, role.value, "session", relation, place
        for how in ("token with", "token without", "suspended", "expired") if named else ():
            yield method, role.value, how, "own", places_of(role)[0][1]
    for method in METHODS:
        yield method, "", "anonymous", "own", "a"


def test_there_are_enough_cases_to_mean_something():
    scopes = sum(len(list(cases_of(route))) for route in ROUTES)
    assert scopes >= 5_000, scopes


def test_every_route_stands_in_the_table():
    named = {name for _, name in actions_by_route()}
    missing = {route.name for route in ROUTES} - named - SHUT
    assert not missing, f"add to accounts/authorisation.csv who may open: {sorted(missing)}"


def test_every_row_names_routes_that_exist():
    known = {route.name for route in ROUTES}
    wrong = sorted({name for _, name in actions_by_route()} - known)
    assert not wrong, f"no such route, in accounts/authorisation.csv: {wrong}"
    assert {method for method, _ in actions_by_route()} <= {"GET", "POST", "PUT", "PATCH", "DELETE"}


def test_every_part_of_an_address_can_be_made():
    known = {*things.THINGS, *things.MINE, *things.PLAIN}
    missing = {part: route.name for route in ROUTES for part in route.parts if part not in known}
    assert not missing, (
        f"add to tests/platform/accounts/things.py how to make {missing}: a line in THINGS for a"
        " thing that lies in an area, in MINE for one that belongs to a person, in PLAIN otherwise"
    )


@pytest.fixture
def stage(town):
    """Return the town with one person of each role, by session and by token."""
    for remembered in caches.all():
        remembered.clear()
    return Stage(town)


class Stage:
    """Hold the people who knock, and how each of them comes in."""

    def __init__(self, town):
        self.town = town
        self.users = {role.value: self._user(role) for role in Role}
        self.clients = {}

    def _user(self, role):
        return make.user(f"m-{role.value}", (role, self.place(places_of(role)[0][1])))

    def place(self, name):
        """Return an area by the name the town has for it."""
        return getattr(self.town, name)

    def client(self, role, how, action):
        """Return a client for one who comes in some way, and what to send along."""
        if how == "anonymous":
            return Client(), {}
        user = self.users[role]
        if how.startswith("token"):
            return Client(), {"HTTP_AUTHORIZATION": f"Bearer {self._token(user, how, action)}"}
        if role not in self.clients:
            self.clients[role] = Client()
            self.clients[role].force_login(user)
        return self.clients[role], {}

    def _token(self, user, how, action):
        others = [one for one in rules() if one not in {action, EVERYBODY, SIGNED_IN}]
        # To act on a thing one has to see it, and what it hangs on.
        views = [one for one in rules() if one.endswith(".view")]
        actions = [action, *views] if how == "token with" else others
        if action == SIGNED_IN or action is None:
            actions = others
        secret, digest = make_secret()
        told = {"actions": actions, "until": "2999-01-01", "digest": digest}
        Token.objects.create(user=user, name="t", **told)
        return secret

    def spoil(self, role, how):
        """Suspend somebody, or let the role have ended."""
        if how == "suspended":
            User.objects.filter(pk=self.users[role].pk).update(is_active=False)
        elif how == "expired":
            Membership.objects.filter(user=self.users[role]).update(until=things.ended())

    def address(self, route, area, owner):
        """Return an address with a thing of the area in it, or nothing where there is none."""
        made = {}
        for part in route.parts:
            make_it = things.THINGS.get(part) or things.MINE.get(part)
            place = things.Place(area, owner, made)
            made[part] = make_it(place) if make_it else things.PLAIN[part]
            if made[part] is None:
                return None
        return reverse(route.name, kwargs=made)


def reaches(reach, own, area):
    """Say whether a reach from one area includes another; the table's own words, spelt out."""
    return {
        Reach.NOWHERE: False, Reach.MINE: False, Reach.OWN: own.pk == area.pk,
        Reach.BELOW: area.path.startswith(own.path), Reach.ANY: True,
    }[reach]  # fmt: skip


def sees(route, reach, own, area):
    """Say whether a thing of an area shows; some show from inside their district as well."""
    inside = things.SEEN_FROM_INSIDE.intersection(route.parts) and own.path.startswith(area.path)
    return reaches(reach, own, area) or bool(inside and reach in {Reach.BELOW, Reach.OWN})


def expected(route, method, role, how, own, area):  # noqa: PLR0911 - one line for each rule
    """Return which answers are right: "in", or the refusals allowed."""
    action = actions_by_route().get((method, route.name))
    if action == EVERYBODY:
        return "in"
    if how in {"anonymous", "suspended"}:
        return "sign in"
    if action is None or how == "token without":
        return {403}
    if action == SIGNED_IN:
        return {403} if how.startswith("token") else "in"
    reach = rules()[action].reach[role]
    if how == "expired" or reach == Reach.NOWHERE:
        return {403}
    if not any(part in things.THINGS for part in route.parts) or reaches(reach, own, area):
        return "in"
    view = rules().get(f"{action.rpartition('.')[0]}.view")
    seen = view is not None and sees(route, view.reach[role], own, area)
    if seen and action == view.action:
        return "in"
    return {403} if seen else {404}


def is_right(route, wanted, response):
    """Say whether an answer is one of the right ones."""
    status = response.status_code
    to_sign_in = status == 302 and response.url.startswith(reverse("account_login"))
    if wanted == "sign in":
        return to_sign_in or status == 401
    if wanted == "in" and route.name in things.ANSWER_BY_STATE:
        return status < 500
    if wanted == "in":
        refusals = {401, 403} if route.name in things.ANSWER_404 else {401, 403, 404}
        return status < 500 and status not in refusals and not (
            to_sign_in and actions_by_route().get(("GET", route.name)) != EVERYBODY
        )  # fmt: skip
    return status in wanted


class Watch:
    """Write down what is written to the database besides bookkeeping."""

    def __init__(self):
        self.written = []

    def __call__(self, execute, sql, params, many, context):
        if sql.lstrip().upper().startswith(_WRITES) and not any(one in sql for one in _BOOKKEEPING):
            self.written.append(sql[:80])
        return execute(sql, params, many, context)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_who_may_open(stage, route):
    wrong = [told for case in cases_of(route) if (told := _problem_with(stage, route, case))]
    assert not wrong, "\n".join(wrong)


def _problem_with(stage, route, case):
    """Play one case inside a transaction of its own, and say what is wrong with the answer."""
    method, role, how, relation, name = case
    action = actions_by_route().get((method, route.name))
    own = stage.place(places_of(Role(role))[0][1]) if role else None
    area = stage.place(name)
    told = f"{method} {route.name} as {role or 'nobody'} ({how}), thing in {relation}"
    client, headers = stage.client(role, how, None)
    with transaction.atomic():
        stage.spoil(role, how)
        if how.startswith("token"):
            client, headers = stage.client(role, how, action)
        owner = stage.users[role or "admin"]
        address = stage.address(route, area, owner)
        if address is None:
            transaction.set_rollback(True)
            return ""
        watch = Watch()
        # A map's tiles are shown for three seconds more; here every case begins as a stranger.
        caches["moment"].clear()
        body = things.BODIES.get(route.name, "") if method in {"POST", "PATCH"} else ""
        with connection.execute_wrapper(watch):
            response = client.generic(method, address, body, "application/json", **headers)
        for close in response._resource_closers:  # files; the client closes nothing by itself
            close()
        transaction.set_rollback(True)
    wanted = expected(route, method, role, how, own, area)
    if not is_right(route, wanted, response):
        return f"{told}: {response.status_code}, should be {wanted}"
    if wanted != "in" and watch.written:
        return f"{told}: refused, and yet wrote {watch.written}"
    return ""


def test_addresses_without_a_name_stay_shut(stage):
    assert NAMELESS <= 4, "give every route a name, so that the table can say who may open it"
    client, _ = stage.client("admin", "session", None)
    for path in ("social/login/cancelled/", "social/signup/", "social/connections/"):
        assert client.get(f"/accounts/{path}").status_code == 403


@pytest.mark.parametrize("part", sorted(things.MINE))
def test_what_belongs_to_somebody_else_is_not_there(stage, part):
    """Open things of another person in the same area, with the same role."""
    for route in (one for one in ROUTES if part in one.parts):
        other = make.user(f"other-{uuid.uuid4().hex[:6]}", (Role.DISTRICT, stage.town.district))
        address = stage.address(route, stage.town.district, other)
        client, _ = stage.client("district", "session", None)
        for method in METHODS:
            status = client.generic(method, address).status_code
            named = (method, route.name) in actions_by_route()
            assert status == (404 if named else 403), (method, route.name, status)
