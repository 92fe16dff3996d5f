"""Sign in for real: argon2id, limits with the time to wait, nothing told to strangers."""

import re
import time

import pytest
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.models import SocialLogin
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.hashers import identify_hasher
from django.core.cache import cache
from django.test import Client
from django.test import override_settings
from django.urls import reverse

from livingcircle_platform.accounts.adapters import MfaAdapter
from livingcircle_platform.accounts.adapters import OidcAdapter
from livingcircle_platform.accounts.limits import wait_in_words
from livingcircle_platform.accounts.models import User
from livingcircle_platform.accounts.roles import Role
from livingcircle_platform.errors import RefusedError
from tests.platform import make

LOGIN = "/accounts/login/"
CODE = "/accounts/2fa/authenticate/"
PASSWORD = "桂花树下三只猫 2026"
ARGON2 = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
OIDC = {
    "openid_connect": {
        "APPS": [
            {
                "provider_id": "oidc", "name": "统一身份认证", "client_id": "c", "secret": "s",
                "settings": {"server_url": "https://login.example.cn"},
            }
        ]
    }
}  # fmt: skip


@pytest.fixture(autouse=True)
def _no_tries_before():
    cache.clear()


@pytest.fixture
def wang(town):
    """Return somebody who signs in by password."""
    return make.user("wang", (Role.SUBDISTRICT, town.a), password=PASSWORD)


def enter(client, password=PASSWORD, name="wang", **extra):
    return client.post(LOGIN, {"login": name, "password": password}, **extra)


def said(response):
    return re.sub(r"<[^>]+>", "", response.content.decode())


def test_passwords_are_kept_by_argon2id(town):
    with override_settings(PASSWORD_HASHERS=ARGON2):
        made = make.user("li", password=PASSWORD)
        assert made.password.startswith("argon2$argon2id$")
        assert identify_hasher(made.password).memory_cost >= 19 * 1024  # KiB, as OWASP asks
        assert enter(Client(), name="li").status_code == 302
        assert enter(Client(), "猜的", name="li").status_code == 200


def test_the_house_hashes_by_argon2_first():
    from livingcircle_platform import settings as house  # noqa: PLC0415 - not the tests' own

    assert house.PASSWORD_HASHERS[0] == ARGON2[0]


def test_signing_in_leads_home_with_a_new_session(client, wang):
    client.get(LOGIN)
    client.get("/me/")
    session = client.session
    session["planted"] = True
    session.save()
    before = session.session_key
    response = enter(client)
    assert response.url == "/"
    assert client.session.session_key != before
    assert client.get("/me/").status_code == 200


def test_ten_wrong_passwords_for_one_person_from_anywhere_then_wait(wang):
    for turn in range(10):
        response = enter(Client(REMOTE_ADDR=f"10.0.0.{turn}"), "错的")
        assert "用户名或密码不对" in said(response)
    response = enter(Client(REMOTE_ADDR="10.0.1.1"), "错的")
    assert re.search(r"密码输错的次数太多，(\d+分钟|\d+秒)后再试", said(response))
    assert enter(Client(REMOTE_ADDR="10.0.1.2")).status_code == 200, "even with the right one"


def test_capital_letters_do_not_buy_ten_more_tries(wang):
    for turn in range(10):
        enter(Client(REMOTE_ADDR=f"10.0.0.{turn}"), "错的")
    assert "后再试" in said(enter(Client(REMOTE_ADDR="10.0.1.1"), "错的", name="WANG"))


def test_ten_wrong_passwords_from_one_address_for_anybody_then_wait(wang):
    for turn in range(10):
        enter(Client(), "错的", name=f"nobody{turn}")
    assert "后再试" in said(enter(Client()))
    assert enter(Client(REMOTE_ADDR="10.0.0.1")).status_code == 302, "others are not shut out"


def test_the_wait_ends(wang, monkeypatch):
    for _ in range(10):
        enter(Client(), "错的")
    assert enter(Client()).status_code == 200
    later = time.time() + 301
    monkeypatch.setattr(time, "time", lambda: later)
    assert enter(Client()).status_code == 302


def test_right_passwords_do_not_use_up_tries(wang):
    for _ in range(15):
        assert enter(Client()).status_code == 302


def test_a_made_up_forwarding_address_buys_nothing(wang):
    for turn in range(10):
        enter(Client(), "错的", name=f"n{turn}", HTTP_X_FORWARDED_FOR=f"1.2.3.{turn}")
    assert "后再试" in said(enter(Client(), HTTP_X_FORWARDED_FOR="9.9.9.9"))


@override_settings(ALLAUTH_TRUSTED_PROXY_COUNT=1)
def test_behind_a_proxy_offices_are_told_apart(wang):
    for turn in range(10):
        enter(Client(), "错的", name=f"n{turn}", HTTP_X_FORWARDED_FOR="6.6.6.6, 10.9.9.9")
    assert enter(Client(), HTTP_X_FORWARDED_FOR="10.8.8.8").status_code == 302


def test_strangers_do_not_learn_who_has_an_account(wang):
    known, unknown = (said(enter(Client(), "错的", name=name)) for name in ("wang", "nobody"))
    assert known.replace("wang", "") == unknown.replace("nobody", "")
    posted = [
        Client().post("/accounts/password/reset/", {"email": mail}).status_code
        for mail in ("wang@example.cn", "nobody@example.cn")
    ]
    assert posted == [302, 302]


def test_a_suspended_person_with_the_right_password_stays_out(client, wang):
    User.objects.filter(pk=wang.pk).update(is_active=False)
    response = enter(client)
    assert response.url == reverse("account_inactive")
    assert client.get("/me/").status_code == 302


@pytest.mark.parametrize("evil", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_nobody_is_sent_elsewhere_after_signing_in(client, wang, evil):
    assert client.post(f"{LOGIN}?next={evil}", {"login": "wang", "password": PASSWORD}).url == "/"
    look = client.post("/look/", {"look": "elder", "next": evil})
    assert look.url == "/"


def test_after_signing_in_the_page_asked_for_comes(client, wang):
    asked = client.get("/me/")
    assert asked.url == f"{LOGIN}?next=/me/"
    told = {"login": "wang", "password": PASSWORD, "next": "/me/"}
    assert client.post(LOGIN, told).url == "/me/"


def test_only_a_posted_form_signs_out(client, wang):
    enter(client)
    assert client.get("/accounts/logout/").status_code == 200
    assert client.get("/me/").status_code == 200
    client.post("/accounts/logout/")
    assert client.get("/me/").status_code == 302


def test_a_form_without_its_key_is_refused(wang):
    strict = Client(enforce_csrf_checks=True)
    assert enter(strict).status_code == 403
    strict.force_login(wang)
    response = strict.post("/me/", {"display_name": "换过"})
    assert response.status_code == 403
    assert "没有保存" in said(response)
    wang.refresh_from_db()
    assert wang.display_name == ""


def test_a_bearer_header_does_not_open_a_form_without_its_key(wang):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(wang)
    told = {"display_name": "换过"}
    response = strict.post("/me/", told, HTTP_AUTHORIZATION="Bearer made-up")
    assert response.status_code == 401
    wang.refresh_from_db()
    assert wang.display_name == ""


@pytest.fixture
def second(wang):
    """Return the secret of somebody's second step."""
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(wang, secret)
    return secret


def code_of(secret, shift=0):
    counter = next(iter(totp.yield_hotp_counters_from_time())) + shift
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


def test_the_second_step_stands_between_password_and_pages(client, wang, second):
    assert enter(client).url == CODE
    assert client.get("/me/").status_code == 302
    assert "两步验证" in said(client.get(CODE))
    assert client.post(CODE, {"code": code_of(second)}).status_code == 302
    assert client.get("/me/").status_code == 200


def test_five_wrong_codes_then_wait(client, wang, second):
    enter(client)
    for _ in range(5):
        assert "验证码不对" in said(client.post(CODE, {"code": "000000"}))
    assert re.search(
        r"验证码输错的次数太多，(\d+分钟|\d+秒)后再试", said(client.post(CODE, {"code": "000000"}))
    )
    assert client.post(CODE, {"code": code_of(second)}).status_code == 200, "even the right one"
    other = Client(REMOTE_ADDR="10.0.0.9")
    enter(other)
    assert "后再试" in said(other.post(CODE, {"code": "000000"})), "whichever address it comes from"


def test_a_code_works_once(wang, second):
    code = code_of(second)
    for right in (True, False):
        client = Client()
        enter(client)
        assert (client.post(CODE, {"code": code}).status_code == 302) is right


def test_the_secret_cannot_be_read_from_the_database(wang, second):
    kept = Authenticator.objects.get(user=wang)
    assert second not in str(kept.data)
    assert MfaAdapter().decrypt(kept.data["secret"]) == second
    with override_settings(SECRET_KEY="another"), pytest.raises(RefusedError, match="密钥换过"):
        MfaAdapter().decrypt(kept.data["secret"])


def test_switching_the_second_step_on_shows_a_code_to_scan_and_spare_codes(client, wang):
    enter(client)
    asked = client.get("/accounts/2fa/totp/activate/")
    assert asked.url.startswith("/accounts/reauthenticate/"), (
        "whoever finds the page open stays out"
    )
    page = client.post(asked.url, {"password": PASSWORD}, follow=True)
    assert 'src="data:image/svg+xml;base64,' in page.content.decode()
    secret = page.context["form"].secret
    assert secret in page.content.decode()
    done = client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)}, follow=True)
    codes = re.findall(r"<code>(\d{8})</code>", done.content.decode())
    assert len(codes) == 10
    other = Client()
    enter(other)
    assert other.post(CODE, {"code": codes[0]}).status_code == 302
    again = Client()
    enter(again)
    assert again.post(CODE, {"code": codes[0]}).status_code == 200, "a spare code works once"


def test_other_devices_are_signed_out(wang):
    here, there = Client(HTTP_USER_AGENT="Firefox on Windows"), Client()
    for client in (here, there):
        enter(client)
        client.get("/me/")
    page = here.get("/accounts/sessions/")
    assert "Firefox · Windows 电脑" in page.content.decode()
    assert UserSession.objects.filter(user=wang).count() == 2
    here.post("/accounts/sessions/")
    assert here.get("/me/").status_code == 200
    assert there.get("/me/").status_code == 302


def test_a_new_password_ends_the_other_sessions(wang):
    here, there = Client(), Client()
    for client in (here, there):
        enter(client)
    new = "石榴花开在二楼窗外面"
    told = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert here.post("/accounts/password/change/", told).status_code == 302
    assert here.get("/me/").status_code == 200
    assert there.get("/me/").status_code == 302


def test_using_a_page_twice_writes_the_session_down_once(
    client, wang, django_assert_max_num_queries
):
    enter(client)
    client.get("/accounts/sessions/")
    with django_assert_max_num_queries(8) as asked:
        client.get("/jobs/")
    assert not [one for one in asked if one["sql"].startswith(("INSERT", "UPDATE"))]


def test_without_mail_the_page_says_whom_to_ask(client):
    page = said(client.get("/accounts/password/reset/"))
    assert "这里没有接邮件服务" in page
    with override_settings(CAN_MAIL=True):
        assert "发送链接" in said(client.get("/accounts/password/reset/"))


def test_nobody_makes_an_account_alone(client, db):
    told = {"username": "new", "password1": PASSWORD, "password2": PASSWORD}
    assert "账号由管理员开通" in said(client.post("/accounts/signup/", told))
    assert not User.objects.filter(username="new").exists()


def test_unified_login_appears_only_where_it_is_switched_on(client, db):
    assert settings.SOCIALACCOUNT_PROVIDERS == {}
    assert "统一身份认证" not in said(client.get(LOGIN))
    with override_settings(SOCIALACCOUNT_PROVIDERS=OIDC):
        page = client.get(LOGIN)
        assert "用统一身份认证登录" in said(page)
        assert 'action="/accounts/oidc/oidc/login/' in page.content.decode()


def social(uid, **told):
    account = SocialAccount(provider="oidc", uid=uid, extra_data={"userinfo": {"sub": uid, **told}})
    return SocialLogin(account=account, user=User())


@pytest.fixture
def request_in(rf):
    """Return a request as the login server sends somebody back."""
    with override_settings(SOCIALACCOUNT_PROVIDERS=OIDC):
        request = rf.get("/accounts/oidc/oidc/login/callback/")
        request.user, request.session, request.htmx = User(), {}, False
        yield request


def refused_by_oidc(request, login):
    with pytest.raises(ImmediateHttpResponse) as caught:
        OidcAdapter().pre_social_login(request, login)
    assert caught.value.response.status_code == 403
    return said(caught.value.response)


def test_unified_login_finds_the_account_given(wang, request_in, client):
    login = social("77", preferred_username="wang")
    OidcAdapter().pre_social_login(request_in, login)
    assert SocialAccount.objects.get().user == wang


def test_unified_login_makes_no_account(db, request_in):
    told = refused_by_oidc(request_in, social("77", preferred_username="stranger"))
    assert "没有可以对上的“stranger”账号" in told
    assert User.objects.count() == SocialAccount.objects.count() == 0


def test_unified_login_gives_no_account_to_a_second_person(wang, request_in):
    OidcAdapter().pre_social_login(request_in, social("77", preferred_username="wang"))
    refused_by_oidc(request_in, social("78", preferred_username="wang"))
    assert SocialAccount.objects.get().uid == "77"


def test_unified_login_does_not_open_a_suspended_account(wang, request_in):
    User.objects.update(is_active=False)
    refused_by_oidc(request_in, social("77", preferred_username="wang"))
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "1秒"), (60, "60秒"), (61, "2分钟"), (7200, "120分钟"), (7201, "3小时")],
)
def test_waits_are_said_as_people_say_them(seconds, words):
    assert wait_in_words(seconds) == words
