"""Name the kinds of parameters that several operations take, each with its limits."""

import datetime as dt
import math
import unicodedata
import uuid
from typing import Annotated
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from ninja import Schema
from pydantic import AfterValidator
from pydantic import Field
from pydantic import ValidationInfo
from pydantic import model_validator

from livingcircle_platform.errors import RefusedError

MOST = 200
_LARGEST = 2**62
_EARLIEST, _LATEST = 1900, 2200


def _clean(text: str) -> str:
    """Refuse signs that no database holds."""
    if any(ord(one) < ord(" ") for one in text):
        raise ValueError("里有看不见的控制符")
    return text.strip()


def _sayable(text: str) -> str:
    """Refuse what no database keeps; a text of several lines is fine."""
    if any(unicodedata.category(one) == "Cs" or one == "\0" for one in text):
        raise ValueError("里有认不出的字符")
    return text


def _moment(when: dt.datetime) -> dt.datetime:
    """Read a time without a zone as Beijing time."""
    if not _EARLIEST <= when.year <= _LATEST:
        raise ValueError(f"年份要在{_EARLIEST}到{_LATEST}之间")
    return timezone.make_aware(when) if when.tzinfo is None else when


def box_of(text: str) -> tuple[float, float, float, float]:
    """Read ``west,south,east,north``."""
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError as error:
        raise ValueError("写成 西,南,东,北 四个数，如 116.3,39.9,116.4,40.0") from error
    if not all(math.isfinite(one) for one in (west, south, east, north)):
        raise ValueError("写成 西,南,东,北 四个数，如 116.3,39.9,116.4,40.0")
    if west > east or south > north:
        raise ValueError("西要小于东，南要小于北")
    return west, south, east, north


Words = Annotated[str, AfterValidator(_clean), Field(max_length=60)]
Said = Annotated[str, AfterValidator(_sayable), Field(max_length=500)]
Code = Annotated[str, AfterValidator(_clean), Field(max_length=80)]
Box = Annotated[str, AfterValidator(box_of), Field(max_length=120)]
Moment = Annotated[dt.datetime, AfterValidator(_moment)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Number = Annotated[int, Field(ge=0, le=_LARGEST)]


class Asked(Schema):
    """Take how many rows to return at once.

    A word that the operation does not know is refused: a filter with a slip in its name would
    otherwise quietly return everything.
    """

    most: int = Field(50, ge=1, le=MOST, description="一次最多几条")

    @model_validator(mode="after")
    def _know_every_word(self, info: ValidationInfo) -> "Asked":
        request = (info.context or {}).get("request")
        unknown = set(request.GET) - set(type(self).model_fields) if request else set()
        if unknown:
            fields = dict.fromkeys(sorted(unknown), "没有这一项")
            raise RefusedError(
                f"参数不对：没有“{'”“'.join(fields)}”这样的参数",
                remedy="核对接口说明里的参数名",
                fields=fields,
            )
        return self


class AskedById(Asked):
    """Go on after the row whose id ended the page before."""

    cursor: uuid.UUID | None = Field(None, description="上一页的 next")


class AskedByNumber(Asked):
    """Go on after the row whose number ended the page before."""

    cursor: Number | None = Field(None, description="上一页的 next")


def cut(rows: QuerySet[Any], asked: AskedById | AskedByNumber) -> dict[str, Any]:
    """Return one page of rows in the order of their ids, and where the next one begins.

    Ids never change, so whoever reads page after page misses nothing and gets nothing twice,
    whatever is written meanwhile.
    """
    if asked.cursor is not None:
        rows = rows.filter(pk__gt=asked.cursor)
    found = list(rows.order_by("pk")[: asked.most + 1])
    items = found[: asked.most]
    if len(found) == len(items):
        return {"items": items, "next": None}
    last = items[-1]
    return {"items": items, "next": last["id"] if isinstance(last, dict) else last.pk}
