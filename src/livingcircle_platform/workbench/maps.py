"""Show gaps on the map beside an equal list, and hand out the ground under it."""

import re
import uuid
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db.models import Sum
from django.http import FileResponse
from django.http import HttpRequest
from django.http import HttpResponse
from django.http import StreamingHttpResponse
from django.shortcuts import render

from livingcircle_platform.assessment.models import BlindArea
from livingcircle_platform.assessment.models import Run
from livingcircle_platform.core.paging import page_of
from livingcircle_platform.errors import MissingError
from livingcircle_platform.territory.models import Area

_RANGE = re.compile(r"bytes=(\d+)-(\d*)$")
_PIECE = 64 * 1024


def gap_map(request: HttpRequest) -> HttpResponse:
    """Show blind areas of one trade on the map, with the same in a list."""
    runs = Run.objects.visible_to(request.user).done().select_related("district")
    run = _asked(request, runs)
    if run is None:
        return render(request, "workbench/gap_map.html", {"run": None})
    rows = BlindArea.objects.visible_to(request.user, run)
    trades = rows.values("trade", "trade_name").annotate(people=Sum("people")).order_by("-people")
    trade = request.GET.get("trade") or (trades[0]["trade"] if trades else "")
    found = rows.filter(trade=trade).defer("shape")
    context = {
        "run": run, "runs": runs[:20], "trades": trades, "trade": trade,
        "page": page_of(request, found), "total": found.aggregate(n=Sum("people"))["n"],
    }  # fmt: skip
    return render(request, "workbench/gap_map.html", context)


def basemap(request: HttpRequest, district_id: uuid.UUID) -> HttpResponse | StreamingHttpResponse:
    """Hand out the vector ground of a district, or the piece of it that a map asks for."""
    district = Area.objects.filter(pk=district_id, level=Area.Level.DISTRICT).first()
    path = basemap_of(district_id)
    if district is None or not _works_in(request, district) or not path.is_file():
        raise MissingError("这个区还没有底图", remedy="导入道路（.osm.pbf）后会自动生成")
    size = path.stat().st_size
    asked = _RANGE.match(request.headers.get("Range", ""))
    if asked is None:
        response: FileResponse | StreamingHttpResponse = FileResponse(path.open("rb"))
    else:
        first = int(asked[1])
        last = min(int(asked[2] or size - 1), size - 1)
        if first > last:
            return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
        response = StreamingHttpResponse(_piece(path, first, last), status=206)
        response.headers["Content-Range"] = f"bytes {first}-{last}/{size}"
        response.headers["Content-Length"] = str(last - first + 1)
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Content-Type"] = "application/vnd.pmtiles"
    response.headers["ETag"] = f'"{path.stat().st_mtime_ns:x}-{size:x}"'
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


def basemap_of(district_id: uuid.UUID) -> Path:
    """Return where the ground of a district lies, or would."""
    return Path(settings.DATA) / "basemaps" / f"{district_id}.pmtiles"


def _works_in(request: HttpRequest, district: Area) -> bool:
    """Say whether a person works in a district, above it, or anywhere inside."""
    return any(
        district.path.startswith(one.area.path) or one.area.path.startswith(district.path)
        for one in request.user.memberships_now()  # type: ignore[union-attr]
    )


def _piece(path: Path, first: int, last: int) -> Iterator[bytes]:
    with path.open("rb") as stream:
        stream.seek(first)
        left = last - first + 1
        while left > 0 and (chunk := stream.read(min(_PIECE, left))):
            left -= len(chunk)
            yield chunk


def _asked(request: HttpRequest, runs: "object") -> Run | None:
    """Return the run that is asked for, else the latest."""
    wanted = request.GET.get("run", "")
    try:
        return runs.filter(pk=uuid.UUID(wanted)).first()  # type: ignore[attr-defined]
    except ValueError:
        return runs.first()  # type: ignore[attr-defined]
