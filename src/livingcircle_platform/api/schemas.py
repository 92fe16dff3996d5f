"""Describe what the operations return, column by column."""

import datetime as dt
import json
import uuid
from typing import Any
from typing import Generic
from typing import TypeVar

import shapely
from django.db.models import Value
from django.db.models.functions import Coalesce
from ninja import Field
from ninja import Schema

from livingcircle_platform.accounts.models import User
from livingcircle_platform.assessment.models import VERDICTS
from livingcircle_platform.assessment.models import BlindArea
from livingcircle_platform.assessment.models import Finding
from livingcircle_platform.assessment.models import Gap
from livingcircle_platform.assessment.models import IndexValue
from livingcircle_platform.territory.models import Area
from livingcircle_platform.territory.models import Circle
from livingcircle_platform.territory.models import Source

Item = TypeVar("Item")
Geometry = dict[str, Any]
_TITLES = dict(VERDICTS)
_GRAIN = 1e-6  # of a degree: about 10 cm


class Page(Schema, Generic[Item]):
    """Hold one page of rows."""

    items: list[Item]
    next: uuid.UUID | int | None = Field(None, description="放进下一次的 cursor；空就是到底了")


class Problem(Schema):
    """Say what happened and what to do."""

    what: str = Field(description="发生了什么")
    remedy: str = Field("", description="怎么办")
    fields: dict[str, str] = Field({}, description="逐项的原因")


class Refusal(Schema):
    """Hold the problem of every answer that is not 2xx."""

    error: Problem


class AreaOut(Schema):
    """Tell of an area."""

    id: uuid.UUID
    level: str = Field(
        description="city 市，district 区，subdistrict 街道（乡镇），community 社区（村）"
    )
    code: str
    name: str
    parent_id: uuid.UUID | None
    standard: str = Field(description="配置标准（只有区写）")
    version: int
    changed_at: dt.datetime


class ProfileOut(Schema):
    """Tell who lives in a community as of a day."""

    as_of: dt.date
    population: float | None
    year: int | None
    age_0_3: float | None
    age_60_plus: float | None
    age_65_plus: float | None
    age_80_plus: float | None
    households: float | None
    dwellings: float | None


class AreaWholeOut(AreaOut):
    """Tell of an area with its border and its people."""

    boundary: Geometry | None
    profile: ProfileOut | None = Field(description="最近一次的人口；没有就是没有填报")

    @staticmethod
    def resolve_boundary(area: Area) -> Geometry | None:
        """Return the border as GeoJSON."""
        return geojson(area.boundary)

    @staticmethod
    def resolve_profile(area: Area) -> Any:  # noqa: ANN401 - a profile or nothing
        """Return the newest profile."""
        return area.profiles.filter(removed_at=None).first()


class CircleOut(Schema):
    """Tell of a circle in one version of its district's circles."""

    id: uuid.UUID
    code: str
    name: str
    kind: str = Field(description="类型代码")
    kind_title: str = Field(description="类型")
    formation: str = Field(description="merged 合并，split 拆分，single 独立")
    district_id: uuid.UUID
    number: int = Field(description="圈层版本")
    in_force_from: dt.date | None
    in_force_until: dt.date | None
    population: float | None = Field(description="填报人口")

    @staticmethod
    def resolve_district_id(circle: Circle) -> uuid.UUID:
        """Return the district of its version."""
        return circle.circle_set.district_id

    @staticmethod
    def resolve_number(circle: Circle) -> int:
        """Return its version."""
        return circle.circle_set.number

    @staticmethod
    def resolve_in_force_from(circle: Circle) -> dt.date | None:
        """Return the first day."""
        return circle.circle_set.in_force_from

    @staticmethod
    def resolve_in_force_until(circle: Circle) -> dt.date | None:
        """Return the day after the last."""
        return circle.circle_set.in_force_until


class CircleWholeOut(CircleOut):
    """Tell of a circle with its border and members."""

    boundary: Geometry | None
    members: list[uuid.UUID] = Field(description="成员社区")

    @staticmethod
    def resolve_boundary(circle: Circle) -> Geometry | None:
        """Return the border as GeoJSON."""
        return geojson(circle.boundary)

    @staticmethod
    def resolve_members(circle: Circle) -> list[uuid.UUID]:
        """Return its communities."""
        return list(circle.members.order_by("community").values_list("community", flat=True))


class TradeOut(Schema):
    """Name one trade of the catalogue."""

    code: str
    name: str
    group: str
    retired_on: dt.date | None


class KeptOut(Schema):
    """Tell what every thing of the registry has."""

    id: uuid.UUID
    code: str
    name: str
    area_id: uuid.UUID
    version: int
    changed_at: dt.datetime
    status_of_source: str = Field(
        description="可信程度：real 真实，modelled 模型推算，derived 推导，made_up 虚构"
    )


class PlacedOut(KeptOut):
    """Tell of a thing at a place."""

    lon: float | None
    lat: float | None
    address: str


class OutletOut(PlacedOut):
    """Tell of an outlet, as everybody may see it who may see it at all."""

    trades: list[str] = Field(description="业态代码；一店多能就不止一个")
    state: str = Field(description="open 营业，closed 停业，planned 筹建，unverified 未核实")
    hours: str = Field(description="营业时间原文")
    phone: str = Field(description="店铺电话")
    area_m2: float | None
    chain: bool | None
    brand: str
    online: bool | None
    quality_brand: bool | None
    supply: str
    same_day_online: bool | None
    step_free: bool | None
    verified_on: dt.date | None


def outlets_told(rows: Any) -> Any:  # noqa: ANN401 - rows of outlets
    """Return outlets as plain columns, with what :class:`OutletOut` tells and nothing more.

    A list of hundreds is read, checked against the schema and written a thousand times an hour;
    reading the columns straight takes a fifth of the time that objects and a second check do.
    """
    real = Value(str(Source.Status.REAL))
    columns = [name for name in OutletOut.model_fields if name != "status_of_source"]
    return rows.values(*columns, status_of_source=Coalesce("source__status", real))


class NearOutletOut(OutletOut):
    """Tell of an outlet and how far it is."""

    distance_m: float = Field(description="直线距离（米），不是步行距离")
    open_now: bool | None = Field(description="现在是否营业；营业时间读不出就是 null")


class Near(Schema):
    """Hold the nearest outlets."""

    measured_by: str = Field(description="距离怎么量的")
    within_m: float = Field(description="这么远（米）以内的都列出来了")
    hours_unknown: int = Field(description="因为营业时间不明没有列出的（只在 open_now 时）")
    items: list[NearOutletOut]


class SpaceOut(PlacedOut):
    """Tell of a room or site that could take an outlet."""

    kind: str
    area_m2: float | None
    floor: str
    owner: str
    occupancy: str
    lease_end: dt.date | None
    suitable_trades: list[str]
    excluded_trades: list[str]
    cost: float | None = Field(description="估算投入（万元）")
    approval: str


class MerchantOut(KeptOut):
    """Tell who runs outlets; contact and phone are personal data."""

    credit_code: str
    contact: str = Field(description="联系人（个人信息）")
    phone: str = Field(description="联系电话（个人信息）")


class RunOut(Schema):
    """Tell of a run, with what it was computed from."""

    id: uuid.UUID
    district_id: uuid.UUID
    number: int
    title: str
    standard: str
    walker: str
    at: str
    on: dt.date | None
    circle_set_id: uuid.UUID | None
    digest: str = Field(description="输入校验和")
    finished_at: dt.datetime | None


class UnitOut(Schema):
    """Tell of a circle or community in a run: 有没有, 全不全, 好不好, 美不美."""

    id: int
    level: str
    unit_id: str
    name: str
    circle_code: str
    population: float | None
    area_km2: float | None
    density: float | None
    outlets: int
    presence: dict[str, Any]
    completeness: dict[str, Any]
    quality: dict[str, Any]
    appearance: dict[str, Any]


class OfUnit(Schema):
    """Name the unit a row of a run is about."""

    id: int
    unit_id: str
    unit_name: str

    @staticmethod
    def resolve_unit_id(row: Finding | Gap | IndexValue) -> str:
        """Return the unit's own number."""
        return row.unit.unit_id

    @staticmethod
    def resolve_unit_name(row: Finding | Gap | IndexValue) -> str:
        """Return the unit's name."""
        return row.unit.name


class GapOut(OfUnit):
    """Tell what is missing, what to add, how, and who suffers."""

    gap_id: str
    finding_id: int | None
    circle_code: str
    circle_name: str
    trade: str
    trade_name: str
    tier: str
    required: float | None
    found: float | None
    shortfall: float | None
    measured_in: str
    people: float | None
    elders: float | None
    infants: float | None
    nearest_m: float | None = Field(description="最近的一家要走多少米")
    urgency: int
    reason: str
    remedy: str
    measure: str
    clause: str


class FindingOut(OfUnit):
    """Tell the verdict on one requirement, and why."""

    requirement_id: str
    subject: str
    trade: str
    verdict: str = Field(
        description="served 达标，lacking 缺，unknown 未核实，not_applicable 不适用"
    )
    verdict_title: str
    required: float | None
    found: float | None
    shortfall: float | None
    people: float | None
    measured_in: str
    reason: str
    explanation: str
    clause: str

    @staticmethod
    def resolve_verdict_title(finding: Finding) -> str:
        """Return the verdict in Chinese."""
        return _TITLES.get(finding.verdict, finding.verdict)


class FindingWholeOut(FindingOut):
    """Tell a verdict with every step of the reasoning, and the walk."""

    told: dict[str, Any] = Field(description="逐条依据：规则、数字、楼门、网点、步行路线")
    walk: Geometry | None = Field(description="步行路线")

    @staticmethod
    def resolve_walk(finding: Finding) -> Geometry | None:
        """Return the walk as GeoJSON."""
        return geojson(finding.walk)


class BlindAreaOut(Schema):
    """Tell of neighbouring doors out of walking reach of a trade."""

    id: int
    blind_area_id: str
    circle_code: str
    circle_name: str
    trade: str
    trade_name: str
    radius_m: float | None
    doors: int
    people: float | None
    elders: float | None
    infants: float | None
    nearest_m: float | None
    farthest_m: float | None
    nearest_name: str
    place: str
    shape: Geometry | None

    @staticmethod
    def resolve_shape(row: BlindArea) -> Geometry | None:
        """Return the outline as GeoJSON."""
        return geojson(row.shape)


class IndexOut(OfUnit):
    """Tell one rate or index with its formula."""

    index: str
    name: str
    value: float | None
    low: float | None
    high: float | None
    numerator: float | None
    denominator: float | None
    measured_in: str
    formula: str


def geojson(shape: Any) -> Geometry | None:  # noqa: ANN401 - a shape or nothing
    """Return a shape as GeoJSON, to about 10 cm."""
    if shape is None:
        return None
    told: Geometry = json.loads(shapely.to_geojson(shapely.set_precision(shape, _GRAIN)))
    return told


def who(request: Any) -> User:  # noqa: ANN401 - the gate let nobody in without a name
    """Return the person who asks."""
    person: User = request.user
    return person
