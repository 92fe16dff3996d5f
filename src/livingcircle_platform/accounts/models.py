"""Keep users, what role each has in which area, and the tokens their programs use."""

import hashlib
import secrets
import uuid
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone

from livingcircle_platform.accounts.matrix import rules
from livingcircle_platform.accounts.roles import Role
from livingcircle_platform.accounts.scope import Scope
from livingcircle_platform.accounts.scope import scope_of
from livingcircle_platform.audit.head import while_nobody_writes
from livingcircle_platform.core.fields import CodesField
from livingcircle_platform.core.records import Record
from livingcircle_platform.core.spelling import line_of


class UserQuerySet(models.QuerySet["User"]):
    """Ask for people."""

    def visible_to(self, user: "User") -> "UserQuerySet":
        """Return whoever has, or had, a role in an area that a person looks after."""
        scope = user.scope("user.view")
        if scope.is_empty:
            return self.none()
        inside = Membership.objects.filter(scope.where("area")).values("user")
        return self.filter(pk__in=inside)


class Users(UserManager.from_queryset(UserQuerySet)):  # type: ignore[misc] # made when it runs
    """Make people and ask for them."""

    use_in_migrations = False


class User(AbstractUser):
    """Know somebody who signs in; a phone number is never needed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    first_name = None
    last_name = None
    display_name = models.CharField("姓名或岗位", max_length=60, blank=True)
    made_up = models.BooleanField(default=False, editable=False)  # a demonstration account
    line = models.TextField(blank=True, editable=False)  # the names to search in, with pinyin

    objects = Users()
    token_actions: frozenset[str] | None = None  # of the token that somebody came with

    def save(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as Django's own
        """Keep the line to search in beside the names it is made of."""
        self.line = line_of([self.display_name, self.username])
        named = kwargs.get("update_fields")
        if named is not None:
            kwargs["update_fields"] = {*named, "line"}
        super().save(*args, **kwargs)

    def __str__(self) -> str:
        """Return the name that others see."""
        return self.display_name or self.username

    def get_full_name(self) -> str:
        """Return the name that others see."""
        return str(self)

    def memberships_now(self) -> list["Membership"]:
        """Return what this person is today, read once for each request."""
        if not self.is_active:
            return []
        if not hasattr(self, "_memberships_now"):
            self._memberships_now = Membership.objects.held_now(self)
        return self._memberships_now

    def scope(self, action: str) -> Scope:
        """Return where this person may do something."""
        return scope_of(self, action)

    def home(self) -> Any:  # noqa: ANN401 - the room of areas lies above
        """Return the area that what a person does for himself is told under."""
        held = self.memberships_now()
        return held[0].area if held else None


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Ask who is what."""

    def in_force(self) -> "MembershipQuerySet":
        """Return memberships that hold today."""
        today = timezone.localdate()
        return self.filter(removed_at=None).filter(Q(until=None) | Q(until__gte=today))

    def held_now(self, user: User) -> list["Membership"]:
        """Return what somebody is today; whatever changes it leaves an entry in the record."""
        rows = self.in_force().filter(user=user).select_related("area").defer("area__boundary")
        return while_nobody_writes(f"held-{user.pk}", lambda: list(rows))


class Membership(Record):
    """Give somebody a role in an area and everything under it, perhaps until a day."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships"
    )
    role = models.CharField("角色", max_length=12, choices=Role)
    area = models.ForeignKey(
        "territory.Area", on_delete=models.PROTECT, related_name="memberships", verbose_name="范围"
    )
    until = models.DateField("有效期至", null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "area"],
                condition=Q(removed_at=None),
                name="one_membership",
                violation_error_message="这个人已经有这个角色",
            )
        ]

    def __str__(self) -> str:
        """Return role and area."""
        return f"{self.get_role_display()}·{self.area}"

    @property
    def audit_area(self) -> object:
        """Return the area an entry about this belongs to."""
        return self.area


def make_secret(prefix: str = "") -> tuple[str, str]:
    """Return a new secret, shown once, and the hash that is kept."""
    secret = f"{prefix}{secrets.token_urlsafe(32)}"
    return secret, digest_of(secret)


def digest_of(secret: str) -> str:
    """Return the hash of a secret; the secret is long and random, so one round is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


class SecretQuerySet(models.QuerySet[Any]):
    """Ask for what somebody holds a secret of."""

    def holding(self, secret: str) -> Any:  # noqa: ANN401 - a token or a link
        """Return what a secret opens today, or nothing."""
        rows = self.filter(
            digest=digest_of(secret), removed_at=None, until__gte=timezone.localdate(),
            user__is_active=True,
        )  # fmt: skip
        return rows.select_related("user").first()

    def kept_by(self, user: Any) -> "SecretQuerySet":  # noqa: ANN401
        """Return what belongs to a person and was not taken back."""
        return self.filter(user=user, removed_at=None).order_by("-created_at")


class Token(Record):
    """Let a program act for somebody, limited to some actions; only its hash is kept."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="tokens"
    )
    name = models.CharField("用途", max_length=60)
    actions = CodesField("允许的操作")  # actions of the authorisation table
    digest = models.CharField(max_length=64, unique=True, editable=False)
    until = models.DateField("有效期至")
    used_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = SecretQuerySet.as_manager()
    derived = ("digest", "used_at")

    def __str__(self) -> str:
        """Return what it is for."""
        return self.name

    @property
    def titles(self) -> list[str]:
        """Return what it allows, in words."""
        return [rules()[action].title for action in self.actions if action in rules()]

    @property
    def audit_area(self) -> Any:  # noqa: ANN401
        """Return the area an entry about this belongs to."""
        return self.user.home()


class ShareLink(Record):
    """Let whoever holds the address see one page as its maker sees it, until a day."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="share_links"
    )
    path = models.CharField("页面", max_length=500)
    title = models.CharField("标题", max_length=120)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    until = models.DateField("有效期至")

    objects = SecretQuerySet.as_manager()
    derived = ("digest",)

    def __str__(self) -> str:
        """Return what is shared."""
        return self.title

    @property
    def audit_area(self) -> Any:  # noqa: ANN401
        """Return the area an entry about this belongs to."""
        return self.user.home()
