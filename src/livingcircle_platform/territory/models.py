"""Keep areas and their dated profiles, circles as versioned sets, and the files under the map."""

import datetime as dt
from typing import Any

from django.db import models
from django.db.models import Q

from livingcircle_platform.core.geometry import GeometryField
from livingcircle_platform.core.geometry import SpatialIndex
from livingcircle_platform.core.records import Record
from livingcircle_platform.territory import policies


class AreaQuerySet(models.QuerySet["Area"]):
    """Ask for areas."""

    def visible_to(self, user: Any) -> "AreaQuerySet":  # noqa: ANN401
        """Return what a person may see."""
        return policies.AREAS.visible(self.filter(removed_at=None), user)

    def under(self, area: "Area") -> "AreaQuerySet":
        """Return an area and everything under it."""
        return self.filter(path__startswith=area.path, removed_at=None)


class Area(Record):
    """Name a city, district, 街道 (乡镇) or community (村), and what it lies in.

    ``path`` strings together the ids from the city down, so that "everything under" is one prefix.
    """

    class Level(models.TextChoices):
        """Say what kind of area it is."""

        CITY = "city", "市"
        DISTRICT = "district", "区（县）"
        SUBDISTRICT = "subdistrict", "街道（乡镇）"
        COMMUNITY = "community", "社区（村）"

    class Kind(models.TextChoices):
        """Tell a community from a village."""

        COMMUNITY = "community", "社区"
        VILLAGE = "village", "村"

    level = models.CharField("层级", max_length=12, choices=Level)
    code = models.CharField("编号", max_length=40)
    name = models.CharField("名称", max_length=100)
    kind = models.CharField("类别", max_length=10, choices=Kind, blank=True)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    path = models.CharField(max_length=200, editable=False, db_index=True)
    boundary = GeometryField("边界", null=True, blank=True)
    # Of a district: what its circles are held against, and who walks in them.
    standard = models.CharField("配置标准", max_length=60, blank=True)
    walker = models.CharField("步行者", max_length=20, blank=True)

    objects = AreaQuerySet.as_manager()
    derived = ("path",)

    class Meta:
        ordering = ["code", "name"]
        indexes = [SpatialIndex(fields=["boundary"], name="area_boundary")]
        constraints = [
            models.UniqueConstraint(
                fields=["parent", "code"], condition=Q(removed_at=None), name="one_area_code"
            )
        ]

    def __str__(self) -> str:
        """Return the name."""
        return self.name

    @property
    def audit_area(self) -> "Area | None":
        """Return the area itself: whoever looks after it may read its history."""
        return self if self._state.adding is False else self.parent

    def tidy(self) -> None:
        """Make the path from the parent's."""
        self.path = f"{self.parent.path if self.parent else '/'}{self.pk.hex[:12]}/"

    def paths_above(self) -> list[str]:
        """Return the paths of everything this lies in, itself included."""
        parts = self.path.strip("/").split("/")
        return ["/" + "/".join(parts[:many]) + "/" for many in range(1, len(parts) + 1)]

    def above(self, level: Any) -> "Area | None":  # noqa: ANN401 - a level
        """Return the area of a level that this one lies in, itself included."""
        area: Area | None = self
        while area is not None and area.level != level:
            area = area.parent
        return area

    @property
    def district(self) -> "Area | None":
        """Return the district this lies in."""
        return self.above(Area.Level.DISTRICT)


class Source(Record):
    """Name where rows came from: how far to believe them, whose they are, what they are full for.

    ``complete_for`` lists the trades for which the source is a full list, so that a missing row
    means a missing outlet; ``listed`` says so of every trade in it, ``none`` of none.
    """

    class Status(models.TextChoices):
        """Say how far rows may be believed; shown wherever they show."""

        REAL = "real", "真实"
        MODELLED = "modelled", "模型推算"
        DERIVED = "derived", "推导"
        MADE_UP = "made_up", "虚构"

    district = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="sources")
    title = models.CharField("标题", max_length=200)
    file = models.CharField("文件", max_length=200, blank=True)
    status = models.CharField("可信程度", max_length=10, choices=Status, default=Status.REAL)
    date = models.CharField("数据日期", max_length=20, blank=True)
    licence = models.CharField("许可", max_length=200, blank=True)
    note = models.TextField("说明", blank=True)
    complete_for = models.JSONField("哪些业态是全的", default=list, blank=True)

    class Meta:
        ordering = ["title"]

    def __str__(self) -> str:
        """Return the title."""
        return self.title

    @property
    def audit_area(self) -> Area:
        """Return the district."""
        return self.district


class AreaProfile(Record):
    """Tell who lives in a community as of one day; a newer profile overwrites none."""

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="profiles")
    as_of = models.DateField("截至")
    population = models.FloatField("常住人口", null=True, blank=True)
    year = models.PositiveSmallIntegerField("人口年份", null=True, blank=True)
    age_0_3 = models.FloatField("0–3岁", null=True, blank=True)
    age_60_plus = models.FloatField("60岁及以上", null=True, blank=True)
    age_65_plus = models.FloatField("65岁及以上", null=True, blank=True)
    age_80_plus = models.FloatField("80岁及以上", null=True, blank=True)
    households = models.FloatField("户数", null=True, blank=True)
    dwellings = models.FloatField("住宅套数", null=True, blank=True)
    floor_area_m2 = models.FloatField("总建筑面积（平方米）", null=True, blank=True)
    built_year = models.PositiveSmallIntegerField("建成年份", null=True, blank=True)
    zone = models.CharField("区位", max_length=40, blank=True)
    source = models.ForeignKey(
        Source, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        verbose_name="来源",
    )  # fmt: skip

    class Meta:
        ordering = ["-as_of", "-created_at"]

    # What a person reads and writes of it, in this order.
    FIGURES = (
        "population", "year", "age_0_3", "age_60_plus", "age_65_plus", "age_80_plus", "households",
        "dwellings", "floor_area_m2", "built_year", "zone",
    )  # fmt: skip

    def __str__(self) -> str:
        """Return area and day."""
        return f"{self.area} {self.as_of}"

    @property
    def audit_area(self) -> Area:
        """Return the area it is about."""
        return self.area


class CircleSetQuerySet(models.QuerySet["CircleSet"]):
    """Ask for versions of the circles."""

    def visible_to(self, user: Any) -> "CircleSetQuerySet":  # noqa: ANN401
        """Return versions of districts that a person works in, above, or anywhere inside."""
        inside = policies.districts_touched(user, "circle-set.view", "district")
        return self.filter(inside, removed_at=None)

    def as_of(self, day: dt.date) -> "CircleSetQuerySet":
        """Return the versions in force on a day."""
        ended = Q(in_force_until=None) | Q(in_force_until__gt=day)
        return self.filter(ended, in_force_from__lte=day, removed_at=None)


class CircleSet(Record):
    """Hold one version of all circles of a district; an adopted version never changes again."""

    class State(models.TextChoices):
        """Say whether a version is being drawn, in force, or past."""

        DRAFT = "draft", "草稿"
        ADOPTED = "adopted", "现行"
        REPLACED = "replaced", "已被替代"

    district = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="circle_sets")
    number = models.PositiveIntegerField("版本")
    title = models.CharField("名称", max_length=100, blank=True)
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT)
    made_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="successors"
    )
    in_force_from = models.DateField("启用日期", null=True, blank=True)
    in_force_until = models.DateField("停用日期", null=True, blank=True)
    reason = models.TextField("划分说明", blank=True)
    source = models.ForeignKey(
        Source, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        verbose_name="来源",
    )  # fmt: skip
    # What the drawing desk did, step by step: enough to draw the same circles again.
    steps = models.JSONField(default=list, blank=True)
    settings = models.JSONField(default=dict, blank=True)

    objects = CircleSetQuerySet.as_manager()
    derived = ("steps", "settings")

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["district", "number"], name="one_circle_set_number"),
            models.UniqueConstraint(
                fields=["district"], condition=Q(state="adopted"), name="one_adopted_circle_set"
            ),
        ]

    def __str__(self) -> str:
        """Return district and version."""
        return f"{self.district} 圈层第{self.number}版"

    @property
    def audit_area(self) -> Area:
        """Return the district."""
        return self.district


class CircleQuerySet(models.QuerySet["Circle"]):
    """Ask for circles."""

    def visible_to(self, user: Any) -> "CircleQuerySet":  # noqa: ANN401
        """Return circles with a member community, or of a district, that a person may see."""
        return policies.visible_circles(self, user)


class Circle(Record):
    """Hold one 一刻钟便民生活圈 in one version of its district's circles.

    ``code`` stays the same from version to version while the circle lives on; ``parents`` names the
    codes it came from when it was merged or split.
    """

    class Kind(models.TextChoices):
        """Name the kinds of 密云 附件1.2; a standard may bring its own."""

        OLD_TOWN = "old_town", "老城区住宅"
        COMMERCIAL_CULTURAL = "commercial_cultural", "商业文化"
        NEW_RESIDENTIAL = "new_residential", "新兴住宅"
        URBAN_FRINGE = "urban_fringe", "城乡结合部"

    class Subtype(models.TextChoices):
        """Name the subtypes of 新兴住宅 in 密云 附件1.2."""

        TECHNOLOGY = "technology", "科技产业"
        UNIVERSITY = "university", "高校"

    class Formation(models.TextChoices):
        """Say how the circle came to be."""

        MERGED = "merged", "合并"
        SPLIT = "split", "拆分"
        SINGLE = "single", "独立"

    circle_set = models.ForeignKey(CircleSet, on_delete=models.CASCADE, related_name="circles")
    code = models.CharField("编号", max_length=40)
    name = models.CharField("名称", max_length=100)
    kind = models.CharField("类型", max_length=40, blank=True)
    subtype = models.CharField("亚类", max_length=40, blank=True)
    formation = models.CharField("划分方式", max_length=10, choices=Formation, blank=True)
    boundary = GeometryField("边界", null=True, blank=True)
    # Whether somebody drew the boundary, or it follows from the members.
    is_drawn = models.BooleanField(default=False)
    parents = models.JSONField(default=list, blank=True)
    # As the bureau stated them; figures of a run stand beside, never in their place.
    population = models.FloatField("人口（填报）", null=True, blank=True)
    households = models.FloatField("户数（填报）", null=True, blank=True)
    dwellings = models.FloatField("住宅套数（填报）", null=True, blank=True)
    planned_year = models.PositiveSmallIntegerField("计划建成年份", null=True, blank=True)
    # The six fields of 密云 附件1.2.
    resident_profile = models.TextField("人群画像", blank=True)
    trade_completeness = models.TextField("社区业态完备度", blank=True)
    built_profile = models.TextField("社区画像", blank=True)
    location_resources = models.TextField("区位资源", blank=True)
    openness = models.TextField("社区开放度", blank=True)
    cooperation = models.TextField("社区协同度", blank=True)
    # Area, people, density, walk and crossings as the drawing desk measured them, with every rule
    # that is broken; nothing where no desk had the circle.
    figures = models.JSONField(default=dict, blank=True)

    SIX_FIELDS = (
        "resident_profile", "trade_completeness", "built_profile", "location_resources",
        "openness", "cooperation",
    )  # fmt: skip

    objects = CircleQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        indexes = [SpatialIndex(fields=["boundary"], name="circle_boundary")]
        constraints = [
            models.UniqueConstraint(fields=["circle_set", "code"], name="one_circle_code")
        ]

    def __str__(self) -> str:
        """Return the name."""
        return self.name

    @property
    def audit_area(self) -> Area:
        """Return the district."""
        return self.circle_set.district

    @property
    def kind_title(self) -> str:
        """Return the kind in Chinese; a standard's own kinds are Chinese already."""
        return dict(self.Kind.choices).get(self.kind, self.kind) or "未定"

    @property
    def subtype_title(self) -> str:
        """Return the subtype in Chinese."""
        return dict(self.Subtype.choices).get(self.subtype, self.subtype)

    @property
    def six(self) -> list[tuple[str, str]]:
        """Return title and words of the six fields of 密云 附件1.2."""
        meta = self._meta
        return [(str(meta.get_field(name).verbose_name), getattr(self, name))
                for name in self.SIX_FIELDS]  # fmt: skip

    @property
    def broken(self) -> list[dict[str, Any]]:
        """Return the rules it breaks, the hard ones first."""
        order = ("hard", "soft", "info")
        return sorted(self.figures.get("broken", ()), key=lambda one: order.index(one["severity"]))


class CircleMember(models.Model):
    """Put a community, or part of one, into a circle."""

    circle = models.ForeignKey(Circle, on_delete=models.CASCADE, related_name="members")
    community = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="circle_members")
    part = models.BooleanField("只含一部分", default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["circle", "community"], name="one_circle_member")
        ]


class BaseFile(Record):
    """Keep one file of base data under its checksum: streets, doors, gates, barriers, extent.

    A newer file replaces an older one; the older stays, because runs point at it.
    """

    class Section(models.TextChoices):
        """Name the tables that stay in files, as district.toml names them."""

        ROADS = "roads", "道路（OSM 提取或线图层）"
        JUNCTIONS = "junctions", "路口"
        DOORS = "doors", "楼门与人口"
        ENTRANCES = "entrances", "出入口"
        GATES = "gates", "小区门"
        BARRIERS = "barriers", "阻隔"
        EXTENT = "extent", "数据范围"
        OUTLETS = "outlets", "地图上的网点（OSM 提取）"
        REPORTS = "reports", "上报事项"

    district = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="base_files")
    section = models.CharField("内容", max_length=12, choices=Section)
    name = models.CharField("文件名", max_length=150)
    sha256 = models.CharField(max_length=64)
    bytes = models.PositiveBigIntegerField(default=0)
    title = models.CharField("标题", max_length=200, blank=True)
    status = models.CharField("可信程度", max_length=10, default="real")
    date = models.CharField("数据日期", max_length=20, blank=True)
    licence = models.CharField("许可", max_length=200, blank=True)
    coordinates = models.CharField("坐标系", max_length=40, blank=True)
    # Anything else that district.toml says of the file: sheet, columns, complete_for, note …
    description = models.JSONField(default=dict, blank=True)
    replaced_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["section", "-created_at"]

    def __str__(self) -> str:
        """Return what it holds."""
        return f"{self.get_section_display()}：{self.title or self.name}"

    @property
    def audit_area(self) -> Area:
        """Return the district."""
        return self.district
