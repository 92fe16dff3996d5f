"""Let administrators look after accounts inside, and nobody raise himself."""

import datetime as dt
import uuid

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from livingcircle_platform.accounts import actions
from livingcircle_platform.accounts.models import Membership
from livingcircle_platform.accounts.models import User
from livingcircle_platform.accounts.roles import Role
from livingcircle_platform.audit.models import Entry
from livingcircle_platform.errors import MissingError
from livingcircle_platform.errors import NotAllowedError
from tests.platform import make
from tests.platform.api.conftest import token_for


@pytest.fixture
def admin(town):
    """Return the district's administrator."""
    return make.user("admin", (Role.ADMIN, town.district))


@pytest.fixture
def office(client, admin):
    """Return the administrator's browser."""
    cache.clear()
    client.force_login(admin)
    return client


@pytest.fixture
def wang(town):
    """Return somebody of a 街道 in the district."""
    made = make.user("wang", (Role.SUBDISTRICT, town.a))
    made.display_name = "甲街道王老师"
    made.save()
    return made


def state():
    """Return everything that a refusal must leave as it was."""
    return (
        list(User.objects.order_by("pk").values()),
        list(Membership.objects.order_by("pk").values()),
        Entry.objects.count(),
        Authenticator.objects.count(),
    )


def asked(role, area, **more):
    return {"id": uuid.uuid4(), "role": role.value, "area": area.pk, "until": "", **more}


def invited(office, role, area, name="new", **more):
    told = asked(role, area, username=name, display_name="新来的", **more)
    return office.post("/users/invite/", told)


def test_an_account_is_found_by_characters_pinyin_and_initials(office, wang):
    for needle in ("王老师", "wanglaoshi", "wls", "WANG"):
        assert "甲街道王老师" in office.get("/users/", {"q": needle}).content.decode()
    assert "没有找到账号" in office.get("/users/", {"q": "张三"}).content.decode()


def test_only_accounts_inside_are_listed(office, wang, town):
    make.user("stranger", (Role.SUBDISTRICT, town.elsewhere_a))
    page = office.get("/users/").content.decode()
    assert "wang" in page
    assert "stranger" not in page


def test_the_city_sees_every_account(client, wang, town):
    make.user("stranger", (Role.SUBDISTRICT, town.elsewhere_a))
    client.force_login(make.user("city", (Role.ADMIN, town.city)))
    page = client.get("/users/").content.decode()
    assert "wang" in page
    assert "stranger" in page


def test_an_invited_person_sets_the_password_by_a_link_that_works_once(office, town):
    response = invited(office, Role.COMMUNITY, town.a1)
    address = response.context["address"]
    made = User.objects.get(username="new")
    assert not made.has_usable_password()
    held = Membership.objects.get(user=made)
    assert (held.role, held.area, held.until) == (Role.COMMUNITY, town.a1, None)
    assert [entry.action for entry in Entry.objects.order_by("number")] == [
        "user.add", "membership.add", "user.reset",
    ]  # fmt: skip
    guest = Client()
    page = guest.get(address, follow=True)
    assert "设置密码" in page.content.decode()
    told = {"password1": "三棵石榴两棵柿子树", "password2": "三棵石榴两棵柿子树"}
    assert "太短" in guest.post(page.redirect_chain[-1][0], told).content.decode()
    told = {name: f"{value}都结果" for name, value in told.items()}
    assert guest.post(page.redirect_chain[-1][0], told).status_code == 302
    assert "不能用了" in Client().get(address, follow=True).content.decode()
    login = {"login": "new", "password": told["password1"]}
    assert Client().post("/accounts/login/", login).status_code == 302


def test_the_same_invitation_twice_is_one_account(office, town):
    invited(office, Role.COMMUNITY, town.a1)
    before = state()
    response = invited(office, Role.COMMUNITY, town.a1, name="NEW")
    assert "已经有人用" in response.content.decode()
    assert state() == before


@pytest.mark.parametrize(
    ("role", "place"),
    [
        (Role.CITY, "city"), (Role.ADMIN, "city"), (Role.ADMIN, "elsewhere"),
        (Role.SUBDISTRICT, "elsewhere_a"), (Role.CITY, "district"), (Role.DISTRICT, "a"),
        (Role.COMMUNITY, "a"), (Role.SUBDISTRICT, "a1"),
    ],
)  # fmt: skip
def test_no_role_is_given_outside_or_at_another_level(office, wang, town, role, place):
    before = state()
    told = asked(role, getattr(town, place))
    assert office.post(f"/users/{wang.pk}/roles/", told).status_code == 200
    assert invited(office, role, getattr(town, place)).status_code == 200
    assert state() == before


@pytest.mark.parametrize("role", [Role.ADMIN, Role.DISTRICT])
def test_nobody_raises_himself(office, admin, town, role):
    before = state()
    told = asked(role, town.district)
    assert office.post(f"/users/{admin.pk}/roles/", told).status_code == 403
    held = admin.memberships_now()[0]
    for more in ({"until": "2999-01-01"}, {"take": "on"}):
        assert office.post(f"/roles/{held.pk}/", {"version": 1, **more}).status_code == 403
    for step in ("suspend", "password-link", "second-step"):
        assert office.post(f"/users/{admin.pk}/{step}/", {"reason": "试"}).status_code == 403
    assert state() == before


def test_other_fields_are_not_taken(office, wang, town):
    extra = {
        "is_superuser": "on", "is_staff": "on", "user": str(wang.pk), "password": "x",
        "is_active": "", "removed_at": "2020-01-01", "version": "9", "made_up": "on",
    }  # fmt: skip
    invited(office, Role.COMMUNITY, town.a1, **extra)
    made = User.objects.get(username="new")
    assert (made.is_superuser, made.is_staff, made.is_active, made.made_up) == (
        False,
        False,
        True,
        False,
    )
    held = Membership.objects.get(area=town.a1)
    assert (held.user, held.version, held.removed_at) == (made, 1, None)
    office.post("/me/", {"display_name": "管理员", "is_superuser": "on", "username": "root"})
    admin = User.objects.get(username="admin")
    assert (admin.is_superuser, admin.display_name) == (False, "管理员")


@pytest.mark.parametrize("step", ["suspend", "resume", "password-link", "second-step"])
def test_an_account_with_a_role_outside_cannot_be_taken_over(office, wang, town, step):
    Membership.objects.create(user=wang, role=Role.ADMIN, area=town.elsewhere)
    before = state()
    response = office.post(f"/users/{wang.pk}/{step}/", {"reason": "试"})
    assert response.status_code == 403
    assert "范围以外还有角色" in response.content.decode()
    assert state() == before


def test_a_page_does_not_name_roles_outside(office, wang, town):
    Membership.objects.create(user=wang, role=Role.LEADER, area=town.elsewhere)
    page = office.get(f"/users/{wang.pk}/").content.decode()
    assert "在您的范围以外还有1个角色" in page
    assert '<td data-label="范围">西区</td>' not in page


def test_people_elsewhere_are_not_there(office, town):
    other = make.user("other", (Role.SUBDISTRICT, town.elsewhere_a))
    held = other.memberships_now()[0]
    before = state()
    assert office.get(f"/users/{other.pk}/").status_code == 404
    for path in (
        f"/users/{other.pk}/suspend/",
        f"/users/{other.pk}/password-link/",
        f"/roles/{held.pk}/",
    ):
        told = {"reason": "试", "version": 1, "take": "on"}
        assert office.post(path, told).status_code == 404
    assert state() == before


def test_suspending_ends_every_session_and_token_at_once(office, wang):
    there = Client()
    there.force_login(wang)
    there.get("/me/")
    assert UserSession.objects.filter(user=wang).count() == 1
    assert office.post(f"/users/{wang.pk}/suspend/", {"reason": ""}).status_code == 400
    assert there.get("/me/").status_code == 200
    office.post(f"/users/{wang.pk}/suspend/", {"reason": "调离"})
    assert there.get("/me/").status_code == 302
    assert UserSession.objects.filter(user=wang).count() == 0
    told = Entry.objects.order_by("-number")[0]
    assert (told.action, told.reason, told.after) == ("user.suspend", "调离", {"is_active": False})
    assert told.area == wang.memberships.get().area
    office.post(f"/users/{wang.pk}/resume/", {"reason": "调回"})
    wang.refresh_from_db()
    assert wang.is_active


def test_a_role_ends_on_its_day(office, wang, town):
    held = Membership.objects.get(user=wang)
    office.post(f"/roles/{held.pk}/", {"version": 1, "until": timezone.localdate().isoformat()})
    assert [one.area for one in User.objects.get(pk=wang.pk).memberships_now()] == [town.a]
    Membership.objects.update(until=timezone.localdate() - dt.timedelta(days=1))
    assert User.objects.get(pk=wang.pk).memberships_now() == []


def test_a_role_changed_meanwhile_is_not_overwritten(office, wang):
    held = Membership.objects.get(user=wang)
    office.post(f"/roles/{held.pk}/", {"version": 1, "until": "2998-01-01"})
    before = state()
    response = office.post(f"/roles/{held.pk}/", {"version": 1, "until": "2999-01-01"})
    assert response.status_code == 409
    assert state() == before


def test_a_role_taken_back_is_gone_at_once(office, wang):
    there = Client()
    there.force_login(wang)
    assert there.get("/audit/").status_code == 200
    held = Membership.objects.get(user=wang)
    office.post(f"/roles/{held.pk}/", {"version": 1, "take": "on"})
    assert there.get("/audit/").status_code == 403


def test_somebody_who_lost_the_phone_gets_in_again(office, wang):
    assert office.post(f"/users/{wang.pk}/second-step/").status_code == 400
    Authenticator.objects.create(user=wang, type=Authenticator.Type.TOTP, data={})
    office.post(f"/users/{wang.pk}/second-step/")
    assert not Authenticator.objects.exists()
    assert Entry.objects.get().action == "user.drop-second-step"


def test_what_somebody_may_do_is_read_from_the_table(office, wang):
    page = office.get(f"/users/{wang.pk}/").content.decode()
    assert "看操作记录<small>甲街道及以下</small>" in page
    assert "新建账号<small>" not in page


def test_a_city_manager_without_the_administrators_role_only_looks(client, wang, town):
    client.force_login(make.user("boss", (Role.CITY, town.city)))
    assert client.get(f"/users/{wang.pk}/").status_code == 200
    before = state()
    assert client.post(f"/users/{wang.pk}/suspend/", {"reason": "试"}).status_code == 403
    assert state() == before


def test_actions_refuse_by_themselves(wang, clerk, town):
    """Ask the actions as a program would, past the gate and the forms."""
    before = state()
    given = Membership(user=wang, role=Role.ADMIN, area=town.district)
    for refused in (
        lambda: actions.invite("x1", "x", given, acting_user=clerk),
        lambda: actions.make_password_link(wang, acting_user=clerk),
        lambda: actions.suspend(wang, reason="", acting_user=clerk),
    ):
        with pytest.raises((NotAllowedError, MissingError)):
            refused()
    assert state() == before


def test_only_roles_of_levels_inside_are_offered(office):
    page = office.get("/users/invite/").content.decode()
    assert "区级管理" in page
    assert "市级管理" not in page


def test_a_password_set_anew_takes_back_what_was_lent(wang, office, town):
    admin = make.user("chief", (Role.ADMIN, town.city))
    header = token_for(wang)
    assert Client().get("/api/outlets", **header).status_code == 200
    address = actions.make_password_link(wang, acting_user=admin)
    guest = Client()
    page = guest.get(address, follow=True)
    told = dict.fromkeys(("password1", "password2"), "三棵石榴两棵柿子树都结果")
    assert guest.post(page.redirect_chain[-1][0], told).status_code == 302
    assert Client().get("/api/outlets", **header).status_code == 401
    assert Entry.objects.filter(action="token.remove", actor=wang).count() == 1
