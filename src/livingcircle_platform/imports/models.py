"""Keep uploaded files and what was read from them, until somebody accepts it, and after."""

from typing import Any

from django.db import models

from livingcircle_platform.core.models import Job
from livingcircle_platform.core.records import Record
from livingcircle_platform.imports import policies
from livingcircle_platform.imports.kinds import KINDS
from livingcircle_platform.imports.kinds import Kind
from livingcircle_platform.territory.models import Area
from livingcircle_platform.territory.models import Source


class BatchQuerySet(models.QuerySet["Batch"]):
    """Ask for batches."""

    def visible_to(self, user: Any) -> "BatchQuerySet":  # noqa: ANN401
        """Return what a person may see."""
        return policies.BATCHES.visible(self.filter(removed_at=None), user)


class Batch(Record):
    """Take in one file: uploaded, read into rows, looked at, accepted, perhaps taken back."""

    class State(models.TextChoices):
        """Say how far the file has come."""

        UPLOADED = "uploaded", "已上传"
        READING = "reading", "读取中"
        MAPPING = "mapping", "待补充说明"
        STAGED = "staged", "待确认"
        ACCEPTING = "accepting", "入库中"
        ACCEPTED = "accepted", "已入库"
        UNDONE = "undone", "已撤回"
        REFUSED = "refused", "没有读进来"
        DISCARDED = "discarded", "已丢弃"

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="batches")
    table = models.CharField("内容", max_length=20)
    # Name, checksum and size of each file; several for a shapefile.
    files = models.JSONField(default=list)
    state = models.CharField("状态", max_length=10, choices=State, default=State.UPLOADED)
    coordinates = models.CharField("坐标系", max_length=40, blank=True)
    sheet = models.CharField("工作表或图层", max_length=120, blank=True)
    encoding = models.CharField("文字编码", max_length=20, blank=True)
    columns = models.JSONField("列的对应", default=dict, blank=True)
    title = models.CharField("来源", max_length=200, blank=True)
    status_of_source = models.CharField(
        "可信程度", max_length=10, choices=Source.Status, default=Source.Status.REAL
    )
    date = models.CharField("数据日期", max_length=20, blank=True)
    licence = models.CharField("许可", max_length=200, blank=True)
    complete_for = models.JSONField(default=list, blank=True)
    # Whether a file of base data stands beside those there are, or in their place.
    adds = models.BooleanField("与已有文件并用", default=False)
    # What accepted rows point at as their source.
    source = models.ForeignKey(
        Source, null=True, blank=True, on_delete=models.PROTECT, related_name="batches"
    )
    problem = models.TextField(blank=True)
    # What was read: headers, sheets, preview, doubts about the coordinates, counts.
    summary = models.JSONField(default=dict, blank=True)
    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        """Return the name of the file."""
        return self.files[0]["name"] if self.files else "（没有文件）"

    @property
    def audit_area(self) -> Area:
        """Return where the rows belong."""
        return self.area

    @property
    def district(self) -> Area:
        """Return the district whose record the rows are held against; a city stands for its own."""
        return self.area.district or self.area

    @property
    def kind(self) -> Kind:
        """Return what the file holds."""
        return KINDS[self.table]

    @property
    def counts(self) -> dict[str, int]:
        """Return how many rows there are of each verdict."""
        return self.summary.get("counts", {})

    @property
    def open_doubts(self) -> list[dict[str, Any]]:
        """Return what is in doubt about the coordinates and nobody has settled yet."""
        return [] if self.summary.get("settled") else self.summary.get("doubts", [])

    @property
    def is_stuck(self) -> bool:
        """Say whether a job that should carry it further ended without doing so."""
        waiting = self.state in {self.State.READING, self.State.ACCEPTING}
        return waiting and (self.job is None or self.job.is_over)


class StagedRow(models.Model):
    """Hold one row of a file beside what the record holds now."""

    class Verdict(models.TextChoices):
        """Say what accepting would do with the row."""

        NEW = "new", "新增"
        CHANGED = "changed", "更新"
        SAME = "same", "没有变化"
        REFUSED = "refused", "没有采用"
        SKIPPED = "skipped", "空行或示例"

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="rows")
    row = models.PositiveIntegerField("行号")
    key = models.CharField(max_length=100, blank=True)
    verdict = models.CharField(max_length=10, choices=Verdict)
    values = models.JSONField(default=dict)
    before = models.JSONField(null=True)
    object_id = models.UUIDField(null=True)
    # The version that was compared; accepting leaves alone what was changed since.
    seen = models.PositiveIntegerField(null=True)
    # The version the record had after accepting; undo leaves alone what was changed since.
    version = models.PositiveIntegerField(null=True)
    problems = models.JSONField(default=list)

    class Meta:
        ordering = ["row"]
        indexes = [models.Index(fields=["batch", "verdict", "row"])]


class ColumnMapping(Record):
    """Remember what a bureau's own headers mean, for the next file that looks the same."""

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    table = models.CharField(max_length=20)
    headers = models.CharField(max_length=64)  # checksum of the sorted headers
    columns = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["area", "table", "headers"], name="one_column_mapping")
        ]

    def __str__(self) -> str:
        """Return what it is for."""
        return f"{self.table}的列对应"

    @property
    def audit_area(self) -> Area:
        """Return where it is used."""
        return self.area
