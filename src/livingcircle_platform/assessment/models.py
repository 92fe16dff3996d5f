"""Keep runs and what each found: figures, findings with their reasons, gaps, blind areas."""

from typing import Any

from django.db import models

from livingcircle_platform.assessment import policies
from livingcircle_platform.assessment.terms import standard_choices
from livingcircle_platform.assessment.terms import walker_choices
from livingcircle_platform.core.geometry import GeometryField
from livingcircle_platform.core.geometry import SpatialIndex
from livingcircle_platform.core.models import Job
from livingcircle_platform.core.records import Record
from livingcircle_platform.territory.models import Area
from livingcircle_platform.territory.models import CircleSet
from livingcircle_platform.territory.policies import districts_touched

VERDICTS = (
    ("served", "达标"), ("lacking", "缺"), ("unknown", "未核实"), ("not_applicable", "不适用"),
)  # fmt: skip


class RunQuerySet(models.QuerySet["Run"]):
    """Ask for runs."""

    def visible_to(self, user: Any) -> "RunQuerySet":  # noqa: ANN401
        """Return runs of the districts that a person works in or above."""
        return policies.visible_runs(self.filter(removed_at=None), user)

    def done(self) -> "RunQuerySet":
        """Return runs that came to their end."""
        return self.exclude(finished_at=None)


class Run(Record):
    """Assess one district once, from inputs that were pinned when it was asked for.

    Attributes of the answer (``digest``, ``record``, ``summary``) are set when the job is done;
    the tables lie in a folder of the same id and can be made again from the pinned inputs.
    """

    district = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="runs")
    number = models.PositiveIntegerField("次序")
    title = models.CharField("说明", max_length=100, blank=True)
    standard = models.CharField("配置标准", max_length=60)
    walker = models.CharField("步行者", max_length=20, default="standard")
    at = models.CharField("时刻", max_length=5, default="10:00")
    on = models.DateField("评估日期", null=True, blank=True)
    circle_set = models.ForeignKey(
        CircleSet, null=True, blank=True, on_delete=models.PROTECT, related_name="runs"
    )
    made_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="successors"
    )
    job = models.OneToOneField(
        Job, null=True, blank=True, on_delete=models.PROTECT, related_name="run"
    )
    digest = models.CharField("输入校验和", max_length=64, blank=True)
    audit_head = models.CharField(max_length=64, blank=True)
    record = models.JSONField(default=dict, blank=True)
    summary = models.JSONField(default=dict, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["district", "number"], name="one_run_number")
        ]

    def __str__(self) -> str:
        """Return district and number."""
        return f"{self.district}第{self.number}次评估"

    @property
    def standard_title(self) -> str:
        """Return what the standard is called; one of a bureau's own has only its name."""
        return dict(standard_choices()).get(self.standard, self.standard)

    @property
    def walker_title(self) -> str:
        """Return who walks."""
        return dict(walker_choices()).get(self.walker, self.walker)

    @property
    def audit_area(self) -> Area:
        """Return the district."""
        return self.district


class OfRunQuerySet(models.QuerySet[Any]):
    """Ask for rows of a run."""

    def visible_to(self, user: Any, run: Run) -> "OfRunQuerySet":  # noqa: ANN401
        """Return the rows of one run that lie where a person works."""
        return self.filter(policies.inside(user, self.model.where_field), run=run)


class OfRun(models.Model):
    """Hold one row of a run; it never changes."""

    # The field that holds the paths of the communities a row is about.
    where_field = "paths"

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="+")

    objects = OfRunQuerySet.as_manager()

    class Meta:
        abstract = True


class Unit(OfRun):
    """Tell of a unit: its people, and 有没有, 全不全, 好不好, 美不美."""

    level = models.CharField(max_length=12)
    unit_id = models.CharField(max_length=60)
    name = models.CharField(max_length=100)
    circle_code = models.CharField(max_length=60, blank=True)
    # Paths of the communities inside, apart by spaces: who works in one of them sees the row.
    paths = models.TextField(blank=True)
    population = models.FloatField(null=True)
    area_km2 = models.FloatField(null=True)
    density = models.FloatField(null=True)
    outlets = models.PositiveIntegerField(default=0)
    # Each a count of three answers: met, lacking, unknown, with a reported value and a reason.
    presence = models.JSONField(default=dict)
    completeness = models.JSONField(default=dict)
    quality = models.JSONField(default=dict)
    appearance = models.JSONField(default=dict)
    kind = models.CharField(max_length=40, blank=True)
    boundary = GeometryField(null=True)

    class Meta:
        ordering = ["unit_id"]
        indexes = [
            models.Index(fields=["run", "level", "unit_id"], name="unit_of_run"),
            SpatialIndex(fields=["boundary"], name="unit_boundary"),
        ]

    def __str__(self) -> str:
        """Return the name."""
        return self.name


class Finding(OfRun):
    """Hold the verdict on one requirement for one unit, and why."""

    where_field = "unit__paths"

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="findings")
    requirement_id = models.CharField(max_length=60)
    subject = models.CharField(max_length=200)
    trade = models.CharField(max_length=200, blank=True)
    tier = models.CharField(max_length=20, blank=True)
    severity = models.CharField(max_length=20, blank=True)
    verdict = models.CharField(max_length=16, choices=VERDICTS)
    required = models.FloatField(null=True)
    found = models.FloatField(null=True)
    shortfall = models.FloatField(null=True)
    people = models.FloatField(null=True)
    measured_in = models.CharField(max_length=20, blank=True)
    reason = models.TextField(blank=True)
    explanation = models.TextField(blank=True)
    clause = models.TextField(blank=True)
    # Why, line by line, and the walk that speaks for it: rule, lines, door, outlet, metres …
    told = models.JSONField(default=dict)
    walk = GeometryField(null=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["run", "verdict"], name="finding_of_run")]

    def __str__(self) -> str:
        """Return unit and subject."""
        return f"{self.unit}：{self.subject}"


class Gap(OfRun):
    """Hold one thing that must be there and is not: 缺什么, 补什么, 如何补, who suffers."""

    where_field = "unit__paths"

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="gaps")
    finding = models.ForeignKey(Finding, null=True, on_delete=models.CASCADE, related_name="gaps")
    gap_id = models.CharField(max_length=80)
    circle_code = models.CharField(max_length=60, blank=True)
    circle_name = models.CharField(max_length=100, blank=True)
    trade = models.CharField(max_length=200)
    trade_name = models.CharField(max_length=200)
    tier = models.CharField(max_length=20, blank=True)
    required = models.FloatField(null=True)
    found = models.FloatField(null=True)
    shortfall = models.FloatField(null=True)
    surplus = models.FloatField(null=True)
    measured_in = models.CharField(max_length=20, blank=True)
    people = models.FloatField(null=True)
    elders = models.FloatField(null=True)
    infants = models.FloatField(null=True)
    nearest_m = models.FloatField(null=True)
    urgency = models.PositiveSmallIntegerField()
    reason = models.TextField(blank=True)
    remedy = models.TextField(blank=True)
    measure = models.TextField(blank=True)
    clause = models.TextField(blank=True)

    class Meta:
        ordering = ["urgency", "pk"]
        indexes = [models.Index(fields=["run", "urgency"], name="gap_of_run")]

    def __str__(self) -> str:
        """Return unit and trade."""
        return f"{self.unit}缺{self.trade_name}"


class BlindArea(OfRun):
    """Hold neighbouring doors that are out of walking reach of a trade (步行服务盲区)."""

    blind_area_id = models.CharField(max_length=80)
    circle_code = models.CharField(max_length=60, blank=True)
    circle_name = models.CharField(max_length=100, blank=True)
    communities = models.TextField(blank=True)
    paths = models.TextField(blank=True)
    trade = models.CharField(max_length=200)
    trade_name = models.CharField(max_length=200)
    tier = models.CharField(max_length=20, blank=True)
    radius_m = models.FloatField(null=True)
    doors = models.PositiveIntegerField()
    people = models.FloatField(null=True)
    elders = models.FloatField(null=True)
    infants = models.FloatField(null=True)
    nearest_m = models.FloatField(null=True)
    farthest_m = models.FloatField(null=True)
    nearest_outlet = models.CharField(max_length=60, blank=True)
    nearest_name = models.CharField(max_length=200, blank=True)
    place = models.CharField(max_length=200, blank=True)
    shape = GeometryField(null=True)

    class Meta:
        ordering = ["-people", "pk"]
        indexes = [SpatialIndex(fields=["shape"], name="blind_area_shape")]

    def __str__(self) -> str:
        """Return place and trade."""
        return f"{self.place}够不着{self.trade_name}"


class IndexValue(OfRun):
    """Hold one rate or index of a unit with its formula."""

    where_field = "unit__paths"

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="indices")
    index = models.CharField(max_length=60)
    name = models.CharField(max_length=100)
    value = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    numerator = models.FloatField(null=True)
    denominator = models.FloatField(null=True)
    measured_in = models.CharField(max_length=20, blank=True)
    formula = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        """Return the name."""
        return self.name


class SiteChoiceQuerySet(models.QuerySet["SiteChoice"]):
    """Ask for what was asked of sites."""

    def visible_to(self, user: Any) -> "SiteChoiceQuerySet":  # noqa: ANN401
        """Return the questions about districts in which a person may look at them."""
        touched = districts_touched(user, "site-choice.view", "run__district")
        return self.filter(touched, removed_at=None, run__removed_at=None)


class SiteChoice(Record):
    """Ask where to add what after a run, and keep the answer with its proof."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="site_choices")
    title = models.CharField("说明", max_length=100, blank=True)
    wish = models.JSONField(default=dict)
    job = models.OneToOneField(
        Job, null=True, blank=True, on_delete=models.PROTECT, related_name="site_choice"
    )
    value = models.FloatField(null=True, blank=True)
    bound = models.FloatField(null=True, blank=True)
    gap = models.FloatField(null=True, blank=True)
    people = models.FloatField(null=True, blank=True)
    # Served by circle, the curve, plans that were close, what was left out, the proof.
    answer = models.JSONField(default=dict, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = SiteChoiceQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        """Return what was asked."""
        return self.title or "选址方案"

    @property
    def audit_area(self) -> Area:
        """Return the district."""
        return self.run.district


class SiteOption(models.Model):
    """Hold one trade in one chosen room, and whom it newly serves."""

    choice = models.ForeignKey(SiteChoice, on_delete=models.CASCADE, related_name="options")
    order = models.PositiveIntegerField()
    space_code = models.CharField(max_length=80)
    space_name = models.CharField(max_length=200)
    kind = models.CharField(max_length=60, blank=True)
    area_m2 = models.FloatField(null=True)
    circle_code = models.CharField(max_length=60, blank=True)
    circle_name = models.CharField(max_length=100, blank=True)
    trade = models.CharField(max_length=200)
    trade_name = models.CharField(max_length=200)
    cost = models.FloatField(null=True)
    approval_path = models.CharField(max_length=200, blank=True)
    conditions = models.TextField(blank=True)
    people = models.FloatField(null=True)
    elders = models.FloatField(null=True)
    infants = models.FloatField(null=True)
    place = GeometryField(null=True)

    class Meta:
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        """Return room and trade."""
        return f"{self.space_name}：{self.trade_name}"


class ScenarioQuerySet(models.QuerySet["Scenario"]):
    """Ask for scenarios."""

    def visible_to(self, user: Any) -> "ScenarioQuerySet":  # noqa: ANN401
        """Return the scenarios of districts in which a person may look at them."""
        touched = districts_touched(user, "scenario.view", "run__district")
        return self.filter(touched, removed_at=None, run__removed_at=None)


class Scenario(Record):
    """Keep one 方案 of a few steps, played on a run, and what it would change."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="scenarios")
    title = models.CharField("方案名称", max_length=100)
    steps = models.JSONField(default=list)
    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answer = models.JSONField(default=dict, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = ScenarioQuerySet.as_manager()

    class Meta:
        ordering = ["created_at"]

    def __str__(self) -> str:
        """Return the name."""
        return self.title

    @property
    def audit_area(self) -> Area:
        """Return the district."""
        return self.run.district
