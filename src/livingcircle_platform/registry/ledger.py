"""Describe the columns of each ledger once: what they hold, and what can be done with them.

Pages, filters, sorting, editing in place and export all read these descriptions; the models stay
ordinary classes with real columns.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import Any

from livingcircle_platform.accounts.policies import Policy
from livingcircle_platform.registry import policies
from livingcircle_platform.registry.models import Kept
from livingcircle_platform.registry.models import Merchant
from livingcircle_platform.registry.models import MobileService
from livingcircle_platform.registry.models import Outlet
from livingcircle_platform.registry.models import ServiceCentre
from livingcircle_platform.registry.models import Space
from livingcircle_platform.territory.models import Source


class Kind(StrEnum):
    """Say what a column holds."""

    TEXT = "text"
    LONG = "long"
    NUMBER = "number"
    DATE = "date"
    YESNO = "yesno"
    CHOICE = "choice"
    TRADES = "trades"
    AREA = "area"
    LINK = "link"


@dataclass(frozen=True)
class Column:
    """Describe one column.

    Attributes
    ----------
    name
        The model's field.
    title
        Its heading, in Chinese.
    kind
        What it holds.
    editable
        Whether people write it; the others are written by their own steps.
    shown
        Whether the page shows it unless asked otherwise.
    main
        Whether the card on a phone shows it.
    bulk
        Whether it can be set for many rows at once.
    required
        Whether it may not be left empty.
    choices
        Pairs of code and word.
    model
        What a link leads to.
    least, most
        Ends of a number.
    path
        Where the database finds it, if not under its name.
    hint
        How it is written, for the form.
    """

    name: str
    title: str
    kind: Kind = Kind.TEXT
    editable: bool = True
    shown: bool = False
    main: bool = False
    bulk: bool = False
    required: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    model: type[Kept] | None = None
    least: float | None = None
    most: float | None = None
    path: str = ""
    hint: str = ""

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """Return the words of the choices by code."""
        return dict(self.choices)

    @property
    def lookup(self) -> str:
        """Return where the database finds it."""
        by_kind = {Kind.AREA: f"{self.name}__code", Kind.LINK: f"{self.name}__name"}
        return self.path or by_kind.get(self.kind, self.name)


@dataclass(frozen=True)
class Ledger:
    """Describe one ledger.

    Attributes
    ----------
    slug
        Start of its route names: ``outlet_list``, ``outlet_page`` …
    address
        Its part of the address.
    title, one, lead
        Its name, the name of one row, and what it is for.
    model, policy
        Its records and who may do what with them.
    columns
        Left to right.
    """

    slug: str
    address: str
    title: str
    one: str
    lead: str
    model: type[Kept]
    policy: Policy
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column | None:
        """Return a column by its name."""
        return next((one for one in self.columns if one.name == name), None)

    @property
    def editable(self) -> frozenset[str]:
        """Return the names of the columns people write."""
        return frozenset(one.name for one in self.columns if one.editable)

    @property
    def links(self) -> list[str]:
        """Return the names of the columns that lead to other records."""
        return [one.name for one in self.columns if one.kind in {Kind.AREA, Kind.LINK}]

    @property
    def related(self) -> list[str]:
        """Return what to read along with the rows."""
        return ["area__parent", "source", *(name for name in self.links if name != "area")]


_NAME = Column("name", "名称", shown=True, main=True, required=True)
_CODE = Column("code", "编号", shown=True, required=True)
_AREA = Column("area", "所属社区", Kind.AREA, shown=True, main=True, required=True, bulk=True)
_ADDRESS = Column("address", "地址", shown=True, main=True)
_LON = Column("lon", "经度", Kind.NUMBER, least=-180, most=180)
_LAT = Column("lat", "纬度", Kind.NUMBER, least=-90, most=90)
_MERCHANT = Column("merchant", "经营主体", Kind.LINK, model=Merchant)
_CREDIT = Column("credit_code", "统一社会信用代码")
_LAST = (
    # Rows get their source when they are imported, and their status from it.
    Column("source", "来源", editable=False, path="source__title"),
    Column("status_of_source", "可信程度", Kind.CHOICE, editable=False, shown=True,
           choices=tuple(Source.Status.choices), path="source__status"),
    Column("note", "备注", Kind.LONG),
)  # fmt: skip
_PHONE = Column("phone", "联系电话", shown=True, main=True)
_HOURS = Column(
    "hours", "营业时间", shown=True, bulk=True,
    hint="写成“07:00-22:00”或“周一至周五 08:00-20:00”；看不懂的写法也照样保留，但说不出何时开门",
)  # fmt: skip


def _yesno(name: str, title: str, *, shown: bool = False) -> Column:
    return Column(name, title, Kind.YESNO, shown=shown, bulk=True)


def _choice(name: str, title: str, choices: Any, **more: Any) -> Column:  # noqa: ANN401
    return Column(name, title, Kind.CHOICE, choices=tuple(choices), **more)


_OUTLETS = Ledger(
    "outlet", "outlets", "网点台账", "网点", "每一家实体店一行；一店多能只算一家",
    Outlet, policies.OUTLETS,
    (
        _NAME, _CODE, _AREA,
        Column("trades", "业态", Kind.TRADES, shown=True, main=True, bulk=True),
        _choice("state", "状态", Outlet.State.choices, shown=True, main=True, bulk=True,
                required=True),
        _ADDRESS, _PHONE, _HOURS,
        _yesno("chain", "是否连锁", shown=True),
        Column("brand", "品牌", bulk=True),
        _yesno("online", "是否入驻线上平台", shown=True),
        _yesno("same_day_online", "线上当日服务"),
        _yesno("quality_brand", "是否优质品牌"),
        _yesno("step_free", "无障碍", shown=True),
        Column("area_m2", "建筑面积（平方米）", Kind.NUMBER, shown=True, least=0),
        _choice("supply", "供给方式", Outlet.Supply.choices, bulk=True, required=True),
        _MERCHANT,
        Column("service_centre", "所属综合体", Kind.LINK, model=ServiceCentre, bulk=True),
        _CREDIT, _LON, _LAT,
        Column("verified_on", "核实日期", Kind.DATE, editable=False, shown=True, main=True),
        Column("verified_by", "核实人", editable=False),
        Column("trades_said", "原写的业态", editable=False),
        *_LAST,
    ),
)  # fmt: skip
_MERCHANTS = Ledger(
    "merchant", "merchants", "经营主体", "经营主体", "谁在经营；联系人信息不对外公开",
    Merchant, policies.MERCHANTS,
    (_NAME, _CODE, _AREA, Column("credit_code", "统一社会信用代码", shown=True, main=True),
     Column("contact", "联系人", shown=True), _PHONE, *_LAST),
)  # fmt: skip
_CENTRES = Ledger(
    "service_centre", "service-centres", "便民商业综合体", "综合体",
    "同一屋檐下的多个网点；每个网点仍单独计数",
    ServiceCentre, policies.SERVICE_CENTRES,
    (_NAME, _CODE, _AREA, _choice("form", "形式", ServiceCentre.Form.choices, shown=True,
                                   main=True, bulk=True),
     Column("floor_area_m2", "建筑面积（平方米）", Kind.NUMBER, shown=True, least=0),
     _HOURS, _ADDRESS, _LON, _LAT, *_LAST),
)  # fmt: skip
_MOBILES = Ledger(
    "mobile_service", "mobile-services", "流动服务", "流动服务",
    "直通车、集市、流动摊点；停靠点和时间写在每一条里",
    MobileService, policies.MOBILE_SERVICES,
    (_NAME, _CODE, _AREA, Column("trades", "业态", Kind.TRADES, shown=True, main=True, bulk=True),
     _PHONE, _MERCHANT, *_LAST),
)  # fmt: skip
_SPACES = Ledger(
    "space", "spaces", "空间资源台账", "空间资源", "可以用来补网点的房屋和场地，以及审批走到哪一步",
    Space, policies.SPACES,
    (
        _NAME, _CODE, _AREA,
        Column("kind", "空间类型", shown=True, main=True, bulk=True),
        Column("area_m2", "面积（平方米）", Kind.NUMBER, shown=True, main=True, least=0),
        Column("floor", "楼层", shown=True),
        Column("owner", "产权单位", shown=True, bulk=True),
        Column("occupancy", "使用状态", shown=True, main=True, bulk=True),
        Column("lease_end", "租约到期", Kind.DATE, shown=True, bulk=True),
        Column("suitable_trades", "适合业态", Kind.TRADES, shown=True, bulk=True),
        Column("excluded_trades", "不适合业态", Kind.TRADES, bulk=True),
        Column("cost", "估算投入（万元）", Kind.NUMBER, least=0),
        Column("approval_path", "审批路径", bulk=True),
        _choice("approval", "审批进度", Space.Approval.choices, editable=False, shown=True,
                main=True),
        _ADDRESS, _LON, _LAT, *_LAST,
    ),
)  # fmt: skip

LEDGERS: Mapping[str, Ledger] = MappingProxyType(
    {one.slug: one for one in (_OUTLETS, _MERCHANTS, _CENTRES, _MOBILES, _SPACES)}
)


def ledger_of(model: type[Kept] | Kept) -> Ledger:
    """Return the ledger that a kind of record stands in."""
    name = model._meta.model_name  # noqa: SLF001
    return next(one for one in LEDGERS.values() if one.model._meta.model_name == name)  # noqa: SLF001
