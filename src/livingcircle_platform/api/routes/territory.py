"""Answer for areas, their people, and circles as of a day."""

import datetime as dt
import uuid
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field
from ninja import Query
from ninja import Router

from livingcircle_platform.api.parameters import AskedById
from livingcircle_platform.api.parameters import Code
from livingcircle_platform.api.parameters import cut
from livingcircle_platform.api.schemas import AreaOut
from livingcircle_platform.api.schemas import AreaWholeOut
from livingcircle_platform.api.schemas import CircleOut
from livingcircle_platform.api.schemas import CircleWholeOut
from livingcircle_platform.api.schemas import Page
from livingcircle_platform.api.schemas import who
from livingcircle_platform.errors import MissingError
from livingcircle_platform.territory.models import Area
from livingcircle_platform.territory.models import Circle
from livingcircle_platform.territory.models import CircleSet

router = Router(tags=["行政区和生活圈"])
_EARLIEST, _LATEST = dt.date(1900, 1, 1), dt.date(2200, 1, 1)


class AskedAreas(AskedById):
    """Filter areas."""

    level: Area.Level | None = Field(None, description="层级")
    parent: uuid.UUID | None = Field(None, description="上一级")
    code: Code | None = Field(None, description="编号")


class AskedCircles(AskedById):
    """Filter circles."""

    as_of: dt.date | None = Field(
        None, ge=_EARLIEST, le=_LATEST, description="哪一天有效的圈层；不写是今天"
    )
    district: uuid.UUID | None = Field(None, description="区")


@router.get("/areas", response=Page[AreaOut], url_name="areas", summary="行政区列表")
def areas(request: HttpRequest, asked: Query[AskedAreas]) -> Any:  # noqa: ANN401 - ninja reads the schema
    """List the areas of one's scope."""
    rows = Area.objects.visible_to(who(request)).defer("boundary")
    if asked.level:
        rows = rows.filter(level=asked.level)
    if asked.parent:
        rows = rows.filter(parent=asked.parent)
    if asked.code:
        rows = rows.filter(code=asked.code)
    return cut(rows, asked)


@router.get("/areas/{area_id}", response=AreaWholeOut, url_name="area", summary="一个行政区")
def area(request: HttpRequest, area_id: uuid.UUID) -> Any:  # noqa: ANN401
    """Return an area with its border and its people."""
    found = Area.objects.visible_to(who(request)).filter(pk=area_id).first()
    if found is None:
        raise MissingError("没有这个行政区，或不在您的范围内", remedy="从行政区列表里取编号")
    return found


@router.get("/circles", response=Page[CircleOut], url_name="circles", summary="生活圈列表")
def circles(request: HttpRequest, asked: Query[AskedCircles]) -> Any:  # noqa: ANN401
    """List the circles in force on a day."""
    sets = CircleSet.objects.as_of(asked.as_of or timezone.localdate())
    if asked.district:
        sets = sets.filter(district=asked.district)
    rows = Circle.objects.visible_to(who(request)).filter(circle_set__in=sets)
    return cut(rows.select_related("circle_set").defer("boundary"), asked)


@router.get(
    "/circles/{circle_id}", response=CircleWholeOut, url_name="circle", summary="一个生活圈"
)
def circle(request: HttpRequest, circle_id: uuid.UUID) -> Any:  # noqa: ANN401
    """Return a circle with its border and members."""
    rows = Circle.objects.visible_to(who(request)).select_related("circle_set")
    found = rows.filter(pk=circle_id).first()
    if found is None:
        raise MissingError("没有这个生活圈，或不在您的范围内", remedy="从生活圈列表里取编号")
    return found
