"""Keep one entry for every write, each chained to the one before by its hash."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from livingcircle_platform.core.fields import PlainJSONField


class EntryQuerySet(models.QuerySet["Entry"]):
    """Ask for entries."""

    def visible_to(self, user: Any) -> "EntryQuerySet":  # noqa: ANN401 - users live in a room above
        """Return what happened in the areas a person may look into."""
        scope = user.scope("audit.view")
        return self.none() if scope.is_empty else self.filter(scope.where("area"))


class Entry(models.Model):
    """Tell one write: who, what, before, after, why, where, and the hash of the entry before.

    ``number`` runs without gaps. Nobody changes an entry; whoever does anyway is found by
    :func:`livingcircle_platform.audit.chain.verify`.
    """

    number = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    actor_name = models.CharField(max_length=150)  # as it was on that day
    action = models.CharField(max_length=60, db_index=True)  # outlet.change, import.accept, …
    kind = models.CharField(max_length=40)
    object_id = models.CharField(max_length=64)
    object_name = models.CharField(max_length=200)
    area = models.ForeignKey(
        "territory.Area", null=True, on_delete=models.PROTECT, related_name="+"
    )
    before = PlainJSONField(null=True)
    after = PlainJSONField(null=True)
    reason = models.TextField(blank=True)
    undoes = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="undone_by"
    )
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        indexes = [models.Index(fields=["kind", "object_id"]), models.Index(fields=["area", "at"])]

    def __str__(self) -> str:
        """Return number and action."""
        return f"{self.number} {self.action}"


class Head(models.Model):
    """Remember the end of the chain; its one row is locked by whoever adds an entry."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)


class Verification(models.Model):
    """Remember one check of the whole chain: when, by whom, up to where, and what was found."""

    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="verifications"
    )
    number = models.PositiveBigIntegerField()
    hash = models.CharField(max_length=64)
    printed = models.CharField(max_length=64, blank=True)  # the head on some export, if given
    findings = PlainJSONField(default=list)
    seconds = models.FloatField()

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        """Return the day and what was found."""
        return f"{self.at:%Y-%m-%d %H:%M} {'有问题' if self.findings else '完整'}"
