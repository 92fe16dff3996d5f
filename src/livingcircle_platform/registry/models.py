"""Keep what there is: outlets and who runs them, centres, mobile services, and rooms to let."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from livingcircle_platform.core.fields import CodesField
from livingcircle_platform.core.records import Record
from livingcircle_platform.core.spelling import line_of
from livingcircle_platform.registry import policies
from livingcircle_platform.registry.search import SearchField
from livingcircle_platform.territory.models import Area
from livingcircle_platform.territory.models import Source


class Trade(models.Model):
    """Name one 业态 of the catalogue; codes are never used again for something else."""

    code = models.CharField("代码", max_length=60, primary_key=True)
    name = models.CharField("业态", max_length=60)
    group = models.CharField("类别", max_length=40, blank=True)
    place = models.PositiveSmallIntegerField(default=0)
    retired_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["place", "code"]

    def __str__(self) -> str:
        """Return the name."""
        return self.name


class RegistryQuerySet(models.QuerySet[Any]):
    """Ask for records that lie in an area."""

    def present(self) -> "RegistryQuerySet":
        """Return what was not removed."""
        return self.filter(removed_at=None)

    def visible_to(self, user: Any) -> "RegistryQuerySet":  # noqa: ANN401
        """Return what a person may see."""
        return policies.policy_of(self.model).visible(self.present(), user)

    def in_district(self, district: Area) -> "RegistryQuerySet":
        """Return what lies in a district."""
        return self.present().filter(area__path__startswith=district.path)


class Kept(Record):
    """Keep one thing of the registry in an area, findable by its names."""

    area = models.ForeignKey(
        Area, on_delete=models.PROTECT, related_name="+", verbose_name="所属社区（街道、区）"
    )
    code = models.CharField("编号", max_length=60)
    name = models.CharField("名称", max_length=200)
    note = models.TextField("备注", blank=True)
    source = models.ForeignKey(
        Source, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        verbose_name="来源",
    )  # fmt: skip
    line: Any = SearchField()

    objects = RegistryQuerySet.as_manager()
    derived: tuple[str, ...] = ("line",)

    class Meta:
        abstract = True
        ordering = ["code"]

    def __str__(self) -> str:
        """Return the name."""
        return self.name

    @property
    def audit_area(self) -> Area:
        """Return where it lies."""
        return self.area

    @property
    def status_of_source(self) -> str:
        """Return how far it may be believed; what was entered here by hand is real."""
        return str(self.source.status if self.source else Source.Status.REAL)

    def names(self) -> list[str]:
        """Return the words it can be found by."""
        return [self.name, self.code]

    def tidy(self) -> None:
        """Write out the line to search in."""
        self.line = line_of(self.names())


class Placed(Kept):
    """Keep something that stands at one place, in longitude and latitude."""

    lon = models.FloatField("经度", null=True, blank=True)
    lat = models.FloatField("纬度", null=True, blank=True)
    address = models.CharField("地址", max_length=300, blank=True)

    class Meta(Kept.Meta):
        abstract = True


class Merchant(Kept):
    """Name who runs outlets; personal data is kept apart from the public data of the shop."""

    credit_code = models.CharField("统一社会信用代码", max_length=18, blank=True)
    contact = models.CharField("联系人", max_length=60, blank=True)
    phone = models.CharField("联系电话", max_length=40, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT,
        related_name="merchants", verbose_name="账号",
    )  # fmt: skip


class ServiceCentre(Placed):
    """Name a 社区便民商业服务综合体: outlets under one roof, each still counted by itself."""

    class Form(models.TextChoices):
        """Say how it is laid out (密云 附件1.1 三)."""

        CLUSTERED = "clustered", "集聚式"
        NEIGHBOURHOOD = "neighbourhood", "街坊式"

    form = models.CharField("形式", max_length=14, choices=Form, blank=True)
    floor_area_m2 = models.FloatField("建筑面积（平方米）", null=True, blank=True)
    hours = models.CharField("营业时间", max_length=100, blank=True)


class Outlet(Placed):
    """Keep one physical shop, whatever number of trades it has (密云 附件1.1 一)."""

    class State(models.TextChoices):
        """Say whether it trades."""

        OPEN = "open", "营业"
        CLOSED = "closed", "停业"
        PLANNED = "planned", "筹建"
        UNVERIFIED = "unverified", "未核实"

    class Supply(models.TextChoices):
        """Say how it serves."""

        FIXED = "fixed", "固定"
        MOBILE = "mobile", "移动"
        TEMPORARY = "temporary", "临时"
        ONLINE = "online", "线上"

    trades = CodesField("业态")
    trades_said = models.CharField("原写的业态", max_length=200, blank=True)
    state = models.CharField("状态", max_length=12, choices=State, default=State.OPEN)
    hours = models.CharField("营业时间", max_length=100, blank=True)
    phone = models.CharField("联系电话", max_length=60, blank=True)
    area_m2 = models.FloatField("建筑面积（平方米）", null=True, blank=True)
    chain = models.BooleanField("是否连锁", null=True, blank=True)
    brand = models.CharField("品牌", max_length=60, blank=True)
    online = models.BooleanField("是否入驻线上平台", null=True, blank=True)
    quality_brand = models.BooleanField("是否优质品牌", null=True, blank=True)
    supply = models.CharField("供给方式", max_length=10, choices=Supply, default=Supply.FIXED)
    same_day_online = models.BooleanField("线上当日服务", null=True, blank=True)
    step_free = models.BooleanField("无障碍", null=True, blank=True)
    credit_code = models.CharField("统一社会信用代码", max_length=18, blank=True)
    merchant = models.ForeignKey(
        Merchant, null=True, blank=True, on_delete=models.PROTECT, related_name="outlets",
        verbose_name="经营主体",
    )  # fmt: skip
    service_centre = models.ForeignKey(
        ServiceCentre, null=True, blank=True, on_delete=models.PROTECT, related_name="outlets",
        verbose_name="所属综合体",
    )  # fmt: skip
    verified_on = models.DateField("核实日期", null=True, blank=True)
    verified_by = models.CharField("核实人", max_length=60, blank=True)
    # The same day as a number, so that every database can reckon its age.
    verified_day = models.PositiveIntegerField(null=True, blank=True, editable=False)
    # How many people's verdicts hang on this outlet, from the latest run; not known before one.
    influence = models.FloatField(null=True, blank=True, editable=False)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged",
        editable=False,
    )  # fmt: skip

    derived = ("line", "influence", "verified_day")

    class Meta(Placed.Meta):
        indexes = [
            models.Index(fields=["lon", "lat"], name="outlet_place"),
            models.Index(fields=["area", "code"], name="outlet_area"),
            # Whole answers from an index: rows are wide, and counting must not read them. Only what
            # is there stands in it: PostgreSQL takes no order from behind a column that is null.
            models.Index(
                fields=["code", "id", "area"], name="outlet_code", condition=Q(removed_at=None)
            ),
            models.Index(
                fields=["area", "state", "verified_day", "influence", "code", "id"],
                name="outlet_queue",
                condition=Q(removed_at=None),
            ),
            models.Index(fields=["verified_on"], name="outlet_verified"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(lon=None, lat=None) | Q(lon__range=(-180, 180), lat__range=(-90, 90)),
                name="outlet_on_earth",
                violation_error_message="经度要在-180到180之间，纬度要在-90到90之间，而且两个都填或都不填。",
            )
        ]

    def names(self) -> list[str]:
        """Return the words it can be found by."""
        return [self.name, self.brand, self.code, self.address, self.phone]

    def tidy(self) -> None:
        """Write out the line to search in, and the day of the last look as a number."""
        super().tidy()
        self.verified_day = self.verified_on.toordinal() if self.verified_on else None


class Entrance(Record):
    """Add a further entrance to an outlet."""

    outlet = models.ForeignKey(Outlet, on_delete=models.PROTECT, related_name="entrances")
    lon = models.FloatField("经度")
    lat = models.FloatField("纬度")
    step_free = models.BooleanField("无障碍", null=True, blank=True)

    def __str__(self) -> str:
        """Return whose entrance it is."""
        return f"{self.outlet}的出入口"

    @property
    def audit_area(self) -> Area:
        """Return where the outlet lies."""
        return self.outlet.area


class Photo(Record):
    """Keep a photograph, made anew from its pixels without what was hidden in the file."""

    outlet = models.ForeignKey(
        Outlet, null=True, blank=True, on_delete=models.PROTECT, related_name="photos"
    )
    space = models.ForeignKey(
        "Space", null=True, blank=True, on_delete=models.PROTECT, related_name="photos"
    )
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    caption = models.CharField("说明", max_length=100, blank=True)
    taken_on = models.DateField("拍摄日期", null=True, blank=True)

    def __str__(self) -> str:
        """Return what it shows."""
        return self.caption or f"{self.outlet or self.space}的照片"

    @property
    def audit_area(self) -> Area:
        """Return where it was taken."""
        shown = self.outlet or self.space
        return shown.area  # type: ignore[union-attr]


class MobileService(Kept):
    """Name a service that comes on wheels or sets up a stall (直通车、集市)."""

    trades = CodesField("业态")
    merchant = models.ForeignKey(
        Merchant, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        verbose_name="经营主体",
    )  # fmt: skip
    phone = models.CharField("联系电话", max_length=60, blank=True)


class MobileStop(Record):
    """Say where and when a mobile service stops."""

    service = models.ForeignKey(MobileService, on_delete=models.PROTECT, related_name="stops")
    place = models.CharField("地点", max_length=100)
    weekdays = CodesField("星期")  # 1 Monday … 7 Sunday
    begins = models.TimeField("开始")
    ends = models.TimeField("结束")
    lon = models.FloatField("经度")
    lat = models.FloatField("纬度")

    class Meta:
        ordering = ["begins"]

    def __str__(self) -> str:
        """Return service and place."""
        return f"{self.service}·{self.place}"

    @property
    def audit_area(self) -> Area:
        """Return where the service belongs."""
        return self.service.area


class Space(Placed):
    """Keep a room or site that could take an outlet, and how its use is approved."""

    class Approval(models.TextChoices):
        """Say how far the approval is; without a title it takes two letters (北京二十条 12)."""

        NOT_ASKED = "not_asked", "未申请"
        ASKED = "asked", "已申请"
        SUBDISTRICT_AGREED = "subdistrict_agreed", "街道已出具意见"
        DISTRICT_AGREED = "district_agreed", "区级已同意"
        REFUSED = "refused", "未同意"

    kind = models.CharField("空间类型", max_length=40, blank=True)
    area_m2 = models.FloatField("面积（平方米）", null=True, blank=True)
    floor = models.CharField("楼层", max_length=20, blank=True)
    owner = models.CharField("产权单位", max_length=100, blank=True)
    occupancy = models.CharField("使用状态", max_length=40, blank=True)
    lease_end = models.DateField("租约到期", null=True, blank=True)
    suitable_trades = CodesField("适合业态")
    excluded_trades = CodesField("不适合业态")
    cost = models.FloatField("估算投入（万元）", null=True, blank=True)
    approval_path = models.CharField("审批路径", max_length=200, blank=True)
    approval = models.CharField(
        "审批进度", max_length=20, choices=Approval, default=Approval.NOT_ASKED, editable=False
    )

    def names(self) -> list[str]:
        """Return the words it can be found by."""
        return [self.name, self.code, self.address, self.kind, self.owner]


class ApprovalStep(Record):
    """Tell one step of a room's approval: who decided what, by which letter."""

    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="steps")
    approval = models.CharField("结果", max_length=20, choices=Space.Approval)
    document = models.CharField("文号", max_length=100, blank=True)
    on = models.DateField("日期")
    note = models.TextField("说明", blank=True)

    class Meta:
        ordering = ["created_at"]

    def __str__(self) -> str:
        """Return the step."""
        return f"{self.space}：{self.get_approval_display()}"

    @property
    def audit_area(self) -> Area:
        """Return where the room lies."""
        return self.space.area


class Merge(Record):
    """Remember that two entries were one shop, so that the merge can be taken back."""

    kept = models.ForeignKey(Outlet, on_delete=models.PROTECT, related_name="merges")
    gone = models.ForeignKey(Outlet, on_delete=models.PROTECT, related_name="+")
    kept_before = models.JSONField()
    undone_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        """Return both names."""
        return f"{self.gone}并入{self.kept}"

    @property
    def audit_area(self) -> Area:
        """Return where the kept one lies."""
        return self.kept.area


class Different(Record):
    """Remember that two entries that look alike are two shops, so that nobody asks again."""

    first = models.ForeignKey(Outlet, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(Outlet, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["first", "second"], name="one_different")]

    def __str__(self) -> str:
        """Return both names."""
        return f"{self.first}与{self.second}不是同一家"

    @property
    def audit_area(self) -> Area:
        """Return where the first lies."""
        return self.first.area


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    """Ask for saved views."""

    def visible_to(self, user: Any) -> "SavedViewQuerySet":  # noqa: ANN401
        """Return a person's own views, and those shared in an area around the person's."""
        paths = {path for one in user.memberships_now() for path in one.area.paths_above()}
        shared = Q(area__path__in=paths)
        return self.filter(Q(user=user) | shared, removed_at=None)


class SavedView(Record):
    """Keep a filter of a ledger under a name; shared ones show to everybody in the area."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="saved_views"
    )
    ledger = models.CharField(max_length=20)
    title = models.CharField("名称", max_length=40)
    query = models.CharField(max_length=1000)
    area = models.ForeignKey(
        Area, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = SavedViewQuerySet.as_manager()

    def __str__(self) -> str:
        """Return the name."""
        return self.title

    @property
    def audit_area(self) -> Area | None:
        """Return where it is shared."""
        return self.area
