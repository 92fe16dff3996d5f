"""Tell allauth how this house works: accounts are given, and OIDC finds the account given."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest

from livingcircle_platform.accounts.models import User
from livingcircle_platform.core.pages import problem_page
from livingcircle_platform.errors import NotAllowedError


class AccountAdapter(DefaultAccountAdapter):
    """Let accounts be made by administrators only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Say no: an account comes with a role in an area, which an administrator gives."""
        return False


class MfaAdapter(DefaultMFAAdapter):
    """Name accounts in authenticator apps."""

    def get_totp_label(self, user: User) -> str:
        """Return the name shown beside the code."""
        return user.username


class OidcAdapter(DefaultSocialAccountAdapter):
    """Connect a unified government login to the account an administrator made for it."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:  # noqa: ANN401, ARG002
        """Say no: an unknown person gets no account by signing in elsewhere."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:  # noqa: ANN401
        """Find the account by the user name the login server gives, or say whom to ask."""
        if sociallogin.is_existing:
            return
        name = sociallogin.account.extra_data.get("preferred_username", "")
        known = User.objects.filter(username=name, is_active=True).first() if name else None
        if known is not None:
            sociallogin.connect(request, known)
            return
        refused = NotAllowedError(
            f"统一身份认证通过了，但这里还没有“{name or '这个'}”账号",
            remedy="请本区管理员先建好同名账号",
        )
        raise ImmediateHttpResponse(problem_page(request, refused))
