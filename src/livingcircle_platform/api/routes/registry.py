"""Answer for trades, outlets, rooms to let and merchants."""

import uuid
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from ninja import Field
from ninja import Query
from ninja import Router

from livingcircle_platform.api.parameters import AskedById
from livingcircle_platform.api.parameters import Box
from livingcircle_platform.api.parameters import Code
from livingcircle_platform.api.parameters import Moment
from livingcircle_platform.api.parameters import Words
from livingcircle_platform.api.parameters import cut
from livingcircle_platform.api.schemas import MerchantOut
from livingcircle_platform.api.schemas import OutletOut
from livingcircle_platform.api.schemas import Page
from livingcircle_platform.api.schemas import SpaceOut
from livingcircle_platform.api.schemas import TradeOut
from livingcircle_platform.api.schemas import outlets_told
from livingcircle_platform.api.schemas import who
from livingcircle_platform.api.service import service
from livingcircle_platform.errors import MissingError
from livingcircle_platform.registry.models import Merchant
from livingcircle_platform.registry.models import Outlet
from livingcircle_platform.registry.models import RegistryQuerySet
from livingcircle_platform.registry.models import Space
from livingcircle_platform.registry.models import Trade
from livingcircle_platform.territory.models import Area

router = Router(tags=["台账"])


class AskedKept(AskedById):
    """Filter things of the registry."""

    q: Words = Field("", description="按汉字、拼音或首字母查找，一个字也行")
    area: uuid.UUID | None = Field(None, description="这个行政区和它下面的")
    changed_since: Moment | None = Field(None, description="这个时刻起改过的")


class AskedOutlets(AskedKept):
    """Filter outlets."""

    code: Code | None = Field(None, description="编号")
    trade: Code | None = Field(None, description="业态代码")
    state: Outlet.State | None = Field(None, description="状态")
    bbox: Box | None = Field(None, description="西,南,东,北（经纬度）")


@router.get("/trades", response=list[TradeOut], url_name="trades", summary="业态目录")
def trades(request: HttpRequest) -> Any:  # noqa: ANN401, ARG001 - ninja reads the schema
    """Return the whole catalogue of trades."""
    return Trade.objects.all()


@router.get("/outlets", response=Page[OutletOut], url_name="outlets", summary="网点列表和查找")
def outlets(request: HttpRequest, asked: Query[AskedOutlets]) -> Any:  # noqa: ANN401
    """List or find outlets of one's scope."""
    rows = kept(Outlet.objects.visible_to(who(request)), asked)
    if asked.code:
        rows = rows.filter(code=asked.code)
    if asked.trade:
        rows = rows.filter(trades__has=asked.trade)
    if asked.state:
        rows = rows.filter(state=asked.state)
    if asked.bbox:
        west, south, east, north = asked.bbox  # type: ignore[misc] # read by its validator
        rows = rows.filter(lon__range=(west, east), lat__range=(south, north))
    return service.create_response(request, cut(outlets_told(rows), asked), status=200)


@router.get("/outlets/{outlet_id}", response=OutletOut, url_name="outlet", summary="一个网点")
def outlet(request: HttpRequest, outlet_id: uuid.UUID) -> Any:  # noqa: ANN401
    """Return an outlet."""
    return outlet_of(request, outlet_id)


@router.get("/spaces", response=Page[SpaceOut], url_name="spaces", summary="空间资源")
def spaces(request: HttpRequest, asked: Query[AskedKept]) -> Any:  # noqa: ANN401
    """List or find rooms and sites that could take an outlet."""
    return cut(kept(Space.objects.visible_to(who(request)), asked).select_related("source"), asked)


@router.get("/merchants", response=Page[MerchantOut], url_name="merchants", summary="经营主体")
def merchants(request: HttpRequest, asked: Query[AskedKept]) -> Any:  # noqa: ANN401
    """List or find merchants; who may not see their personal data sees none of them."""
    rows = kept(Merchant.objects.visible_to(who(request)), asked)
    return cut(rows.select_related("source"), asked)


def kept(rows: RegistryQuerySet, asked: AskedKept) -> RegistryQuerySet:
    """Return the rows that the common filters leave."""
    if asked.q:
        rows = rows.filter(line__finds_soon=asked.q)
    if asked.area:
        rows = rows.filter(_inside(asked.area))
    if asked.changed_since:
        rows = rows.filter(changed_at__gte=asked.changed_since)
    return rows


def outlet_of(request: HttpRequest, outlet_id: uuid.UUID) -> Outlet:
    """Return an outlet that this person may see.

    Raises
    ------
    MissingError
        If there is none.
    """
    rows = Outlet.objects.visible_to(who(request)).select_related("source", "area")
    found: Outlet | None = rows.filter(pk=outlet_id).first()
    if found is None:
        raise MissingError("没有这个网点，或不在您的范围内", remedy="从网点列表里取编号")
    return found


def _inside(area_id: uuid.UUID) -> Q:
    """Return the filter on an area and everything under it; the scope is another filter."""
    path = Area.objects.filter(pk=area_id).values_list("path", flat=True).first()
    return Q(area__path__startswith=path) if path else Q(pk__in=[])
