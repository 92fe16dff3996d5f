"""Take what field programs write: a new outlet, a change, a look on the spot.

The same forms read the values and the same actions keep them as on the pages.
"""

import uuid
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from ninja import Field
from ninja import Schema
from pydantic import ConfigDict

from livingcircle_platform.api.parameters import Said
from livingcircle_platform.api.routes.registry import outlet_of
from livingcircle_platform.api.routes.registry import router
from livingcircle_platform.api.schemas import OutletOut
from livingcircle_platform.api.schemas import Refusal
from livingcircle_platform.api.schemas import who
from livingcircle_platform.errors import RefusedError
from livingcircle_platform.registry import actions
from livingcircle_platform.registry.forms import RecordForm
from livingcircle_platform.registry.ledger import LEDGERS
from livingcircle_platform.registry.models import Outlet

_REFUSALS = dict.fromkeys((400, 403, 404, 409, 422), Refusal)
_TAGS = ["写入"]


class OutletValues(Schema):
    """Take the columns of an outlet that people write; one left out is not touched."""

    model_config = ConfigDict(extra="forbid")

    name: str | None = None
    code: str | None = None
    area: uuid.UUID | None = Field(None, description="所属社区的编号")
    trades: list[str] | None = Field(None, description="业态代码或名称")
    state: str | None = None
    address: str | None = None
    phone: str | None = None
    hours: str | None = None
    chain: bool | None = None
    brand: str | None = None
    online: bool | None = None
    same_day_online: bool | None = None
    quality_brand: bool | None = None
    step_free: bool | None = None
    area_m2: float | None = Field(None, allow_inf_nan=False)
    supply: str | None = None
    lon: float | None = Field(None, allow_inf_nan=False)
    lat: float | None = Field(None, allow_inf_nan=False)
    note: str | None = None


class OutletAdded(OutletValues):
    """Take a new outlet; its id is made by whoever sends it."""

    id: uuid.UUID = Field(description="调用方生成的编号；同一条发两次只有一条")
    state: str = "open"
    supply: str = "fixed"


class OutletChanged(Schema):
    """Take a change of an outlet, and which version it was made on."""

    model_config = ConfigDict(extra="forbid")

    version: int = Field(ge=1, le=2**31 - 1, description="改的时候看到的版本")
    values: OutletValues
    reason: Said = Field("", description="为什么改")


class OutletVerified(Schema):
    """Take a look on the spot, and what was found different."""

    model_config = ConfigDict(extra="forbid")

    version: int = Field(ge=1, le=2**31 - 1, description="核实时看到的版本")
    values: OutletValues = Field(OutletValues(), description="现场看到的不同之处")


@router.post(
    "/outlets",
    response={200: OutletOut, **_REFUSALS},
    url_name="outlets",
    summary="新增一个网点",
    tags=_TAGS,
)
def add_outlet(request: HttpRequest, sent: OutletAdded) -> Any:  # noqa: ANN401 - ninja reads the schema
    """Keep a new outlet; sent twice, it is one."""
    names = LEDGERS["outlet"].editable
    told = {**sent.model_dump(exclude={"id"}), "merchant": "", "service_centre": ""}
    record = Outlet(pk=sent.id, **_read(told, names, who(request)))
    return actions.add(record, acting_user=who(request), reason="")


@router.patch(
    "/outlets/{outlet_id}",
    response={200: OutletOut, **_REFUSALS},
    url_name="outlet",
    summary="修改一个网点",
    tags=_TAGS,
)
def change_outlet(request: HttpRequest, outlet_id: uuid.UUID, sent: OutletChanged) -> Any:  # noqa: ANN401
    """Change an outlet that is still at the version that was seen."""
    record = outlet_of(request, outlet_id)
    return actions.change(
        record,
        _given(sent.values, who(request)),
        seen=sent.version,
        acting_user=who(request),
        reason=sent.reason.strip(),
    )


@router.post(
    "/outlets/{outlet_id}/verify",
    response={200: OutletOut, **_REFUSALS},
    url_name="verify_outlet",
    summary="核实一个网点",
    tags=_TAGS,
)
def verify_outlet(request: HttpRequest, outlet_id: uuid.UUID, sent: OutletVerified) -> Any:  # noqa: ANN401
    """Tell that an outlet was looked at today, and what was found."""
    record, values = outlet_of(request, outlet_id), _given(sent.values, who(request))
    return actions.verify(record, seen=sent.version, acting_user=who(request), values=values)


def _given(values: OutletValues, user: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return the columns that were sent, as the pages' own fields read them."""
    told = values.model_dump(exclude_unset=True)
    return _read(told, frozenset(told), user) if told else {}


def _read(told: Mapping[str, Any], names: frozenset[str], user: Any) -> dict[str, Any]:  # noqa: ANN401
    """Read values by the form of the page.

    Raises
    ------
    RefusedError
        With one sentence for each column that cannot be kept.
    """
    form = RecordForm(dict(told), ledger=LEDGERS["outlet"], user=user, names=names)
    if not form.is_valid():
        fields = {name: "；".join(said) for name, said in form.errors.items()}
        titles = {name: str(form.fields[name].label) for name in fields if name in form.fields}
        words = "；".join(f"{titles.get(name, name)}：{said}" for name, said in fields.items())
        raise RefusedError(f"没有保存：{words}", remedy="改好再发一次", fields=fields)
    return dict(form.cleaned_data)
