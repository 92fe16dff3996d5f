"""Hand out the ground under the maps."""

import re
import uuid
from collections.abc import Iterator
from pathlib import Path

from django.http import FileResponse
from django.http import HttpRequest
from django.http import HttpResponse
from django.http import StreamingHttpResponse

from livingcircle_platform.errors import MissingError
from livingcircle_platform.territory.ground import path_of
from livingcircle_platform.territory.models import Area
from livingcircle_platform.territory.policies import districts_touched

_RANGE = re.compile(r"bytes=(\d+)-(\d*)$")
_PIECE = 64 * 1024


def basemap(request: HttpRequest, district_id: uuid.UUID) -> HttpResponse | StreamingHttpResponse:
    """Hand out the vector ground of a district, or the piece of it that a map asks for."""
    touched = districts_touched(request.user, "area.view", "")
    districts = Area.objects.filter(touched, pk=district_id, level=Area.Level.DISTRICT)
    path = path_of(district_id)
    if not districts.exists() or not path.is_file():
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


def _piece(path: Path, first: int, last: int) -> Iterator[bytes]:
    with path.open("rb") as stream:
        stream.seek(first)
        left = last - first + 1
        while left > 0 and (chunk := stream.read(min(_PIECE, left))):
            left -= len(chunk)
            yield chunk
