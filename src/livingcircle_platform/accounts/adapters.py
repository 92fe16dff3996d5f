"""Tell allauth how this house works: accounts are given, and OIDC finds the account given."""

import base64
import hashlib
import io
from typing import Any

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount
from cryptography.fernet import Fernet
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from livingcircle_platform.accounts import limits
from livingcircle_platform.accounts.models import User
from livingcircle_platform.core.pages import problem_page
from livingcircle_platform.errors import NotAllowedError
from livingcircle_platform.errors import RefusedError

_TOO_OFTEN = frozenset({"too_many_login_attempts", "rate_limited"})


class AccountAdapter(DefaultAccountAdapter):
    """Let accounts be made by administrators only, and say in plain words what went wrong."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": "用户名或密码不对。核对大小写后再试，或找本区管理员重设密码",
        "incorrect_password": "密码不对，核对大小写后再试",
        "enter_current_password": "现在的密码不对，核对大小写后再试",
        "incorrect_code": "验证码不对。用手机上现在显示的6位数字再试；手机时间不准也会对不上",
        "invalid_password_reset": "这个链接已经用过或过期，找本区管理员要新的",
        "unknown_email": "没有账号登记过这个邮箱，找本区管理员重设密码",
        "account_inactive": "这个账号已停用，需要恢复找本区管理员",
    }  # fmt: skip

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Say no: an account comes with a role in an area, which an administrator gives."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:  # noqa: ANN401
        """Count a try, and refuse it where there were too many wrong ones.

        Raises
        ------
        ValidationError
            With how long to wait.
        """
        key = f"login-{str(credentials.get('username', '')).casefold()}"
        self._login_failed_rl_usage = ratelimit.consume(
            request, app=limits.APP, action="login_failed", config=limits.PASSWORDS, key=key
        )
        if not self._login_failed_rl_usage:
            wait = limits.seconds_to_wait(request, "login_failed", key=key, config=limits.PASSWORDS)
            raise _too_often("密码", wait)

    def validation_error(self, code: str, *args: Any) -> ValidationError:  # noqa: ANN401
        """Return an error in plain words; for too many codes, with how long to wait."""
        if code in _TOO_OFTEN:
            key = f"mfa-auth-user-{_signing_in(context.request)}"
            wait = limits.seconds_to_wait(context.request, "login_failed", key=key)
            return _too_often("验证码", wait)
        return super().validation_error(code, *args)


def _too_often(what: str, wait: int) -> ValidationError:
    words = limits.wait_in_words(wait)
    return ValidationError(
        f"{what}输错的次数太多，{words}后再试。忘了可以找本区管理员重设", code="too_often"
    )


def _signing_in(request: HttpRequest) -> object:
    """Return the id of whoever is between password and code, or signed in already."""
    stage = getattr(request, "_login_stage", None)
    return stage.login.user.pk if stage else request.user.pk


class MfaAdapter(DefaultMFAAdapter):
    """Name accounts in authenticator apps, and keep their secrets unreadable in the database."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": AccountAdapter.error_messages["incorrect_code"],
        "cannot_delete_authenticator": "这个账号不能关闭两步验证",
        "cannot_generate_recovery_codes": "先打开两步验证，再生成备用码",
    }

    def get_totp_label(self, user: User) -> str:
        """Return the name shown beside the code."""
        return user.username

    def build_totp_svg(self, url: str) -> str:
        """Draw the code that authenticator apps scan."""
        drawn = io.BytesIO()
        segno.make(url, error="m").save(drawn, kind="svg", scale=5, border=3, light="#fff")
        return drawn.getvalue().decode()

    def encrypt(self, text: str) -> str:
        """Return a secret as it is kept."""
        return _locked().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return a kept secret.

        Raises
        ------
        RefusedError
            If it was kept under another secret key.
        """
        try:
            return _locked().decrypt(encrypted_text.encode()).decode()
        except InvalidToken as error:
            raise RefusedError(
                "服务器的密钥换过，原来的两步验证认不出来", remedy="找管理员解除两步验证后重新绑定"
            ) from error


def _locked() -> Fernet:
    """Return the lock made from the platform's own secret key."""
    key = hashlib.sha256(b"second step " + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


class OidcAdapter(DefaultSocialAccountAdapter):
    """Connect a unified government login to the account an administrator made for it."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:  # noqa: ANN401, ARG002
        """Say no: an unknown person gets no account by signing in elsewhere."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:  # noqa: ANN401
        """Find the account by the user name the login server gives, or say whom to ask.

        An account that is tied to somebody's login already is not given to a second person, even
        if the login server hands the same name out again.
        """
        if sociallogin.is_existing:
            return
        told = sociallogin.account.get_provider_account().get_user_data() or {}
        name = str(told.get("preferred_username") or "")
        known = User.objects.filter(username=name, is_active=True).first() if name else None
        if known is not None and not SocialAccount.objects.filter(user=known).exists():
            sociallogin.connect(request, known)
            return
        refused = NotAllowedError(
            f"统一身份认证通过了，但这里没有可以对上的“{name or '这个'}”账号",
            remedy="请本区管理员先建好同名账号",
        )
        raise ImmediateHttpResponse(problem_page(request, refused))
