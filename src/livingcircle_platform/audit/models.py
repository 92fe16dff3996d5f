"""Keep one entry for every write, each chained to the one before by its hash."""

from django.conf import settings
from django.db import models

from livingcircle_platform.core.fields import PlainJSONField


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
