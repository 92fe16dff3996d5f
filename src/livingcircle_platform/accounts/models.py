"""Keep users, what role each has in which area, and the tokens their programs use."""

import hashlib
import secrets
import uuid

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils import timezone

from livingcircle_platform.core.fields import CodesField
from livingcircle_platform.core.records import Record


class Role(models.TextChoices):
    """Name what somebody is in an area."""

    CITY = "city", "市级管理"
    DISTRICT = "district", "区级管理"
    SUBDISTRICT = "subdistrict", "街道（乡镇）"
    COMMUNITY = "community", "社区工作者"
    PLANNER = "planner", "社区规划师"
    MERCHANT = "merchant", "商户"
    RESIDENT = "resident", "居民"
    LEADER = "leader", "领导（只看）"
    ADMIN = "admin", "系统管理员"


class User(AbstractUser):
    """Know somebody who signs in; a phone number is never needed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    first_name = None
    last_name = None
    display_name = models.CharField("姓名或岗位", max_length=60, blank=True)
    made_up = models.BooleanField(default=False, editable=False)  # a demonstration account

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
            rows = Membership.objects.in_force().filter(user=self).select_related("area")
            self._memberships_now = list(rows)
        return self._memberships_now


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Ask who is what."""

    def in_force(self) -> "MembershipQuerySet":
        """Return memberships that hold today."""
        today = timezone.localdate()
        return self.filter(removed_at=None).filter(Q(until=None) | Q(until__gte=today))


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
                fields=["user", "role", "area"], condition=Q(removed_at=None), name="one_membership"
            )
        ]

    def __str__(self) -> str:
        """Return role and area."""
        return f"{self.get_role_display()}·{self.area}"

    @property
    def audit_area(self) -> object:
        """Return the area an entry about this belongs to."""
        return self.area


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

    derived = ("digest", "used_at")

    def __str__(self) -> str:
        """Return what it is for."""
        return self.name

    @staticmethod
    def make_secret() -> tuple[str, str]:
        """Return a new secret, shown once, and the hash that is kept."""
        secret = f"lc_{secrets.token_urlsafe(32)}"
        return secret, Token.digest_of(secret)

    @staticmethod
    def digest_of(secret: str) -> str:
        """Return the hash of a secret; the secret is long and random, so one round is enough."""
        return hashlib.sha256(secret.encode()).hexdigest()


class ShareLink(Record):
    """Let whoever holds the address see one page as its maker sees it, until a day."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="share_links"
    )
    path = models.CharField(max_length=500)
    title = models.CharField(max_length=120)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    until = models.DateField("有效期至")

    derived = ("digest",)

    def __str__(self) -> str:
        """Return what is shared."""
        return self.title
