"""Answer what is near a point."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field
from ninja import Query
from ninja import Router

from livingcircle_platform.api.nearest import near as nearest
from livingcircle_platform.api.parameters import MOST
from livingcircle_platform.api.parameters import Asked
from livingcircle_platform.api.parameters import Code
from livingcircle_platform.api.parameters import Latitude
from livingcircle_platform.api.parameters import Longitude
from livingcircle_platform.api.schemas import Near
from livingcircle_platform.api.schemas import outlets_told
from livingcircle_platform.api.schemas import who
from livingcircle_platform.api.service import service
from livingcircle_platform.registry.models import Outlet

router = Router(tags=["附近"])
MEASURED_BY = "直线距离（步行会更远；从楼门出发的步行米数见评估结论）"


class AskedNear(Asked):
    """Say from where, and what for."""

    lon: Longitude = Field(description="经度")
    lat: Latitude = Field(description="纬度")
    trade: Code | None = Field(None, description="业态代码")
    open_now: bool = Field(False, description="只要现在营业的")  # noqa: FBT003 - a default
    most: int = Field(20, ge=1, le=MOST, description="最多几条")


@router.get("/near", response=Near, url_name="near", summary="附近的网点")
def near(request: HttpRequest, asked: Query[AskedNear]) -> Any:  # noqa: ANN401 - ninja reads the schema
    """Return the nearest outlets that trade, by the straight line."""
    rows = Outlet.objects.visible_to(who(request)).filter(state=Outlet.State.OPEN)
    if asked.trade:
        rows = rows.filter(trades__has=asked.trade)
    found = nearest(
        outlets_told(rows), (asked.lon, asked.lat), asked.most, timezone.localtime(),
        only_open=asked.open_now, kind=asked.trade or "",
    )  # fmt: skip
    answer = {
        "measured_by": MEASURED_BY, "within_m": found.within, "hours_unknown": found.unsure,
        "items": found.items,
    }  # fmt: skip
    return service.create_response(request, answer, status=200)
