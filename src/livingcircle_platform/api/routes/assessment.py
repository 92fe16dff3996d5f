"""Answer for runs and what each found."""

import uuid
from typing import Any
from typing import Literal

from django.http import HttpRequest
from ninja import Field
from ninja import Path
from ninja import Query
from ninja import Router

from livingcircle_platform.api.parameters import AskedById
from livingcircle_platform.api.parameters import AskedByNumber
from livingcircle_platform.api.parameters import Code
from livingcircle_platform.api.parameters import Number
from livingcircle_platform.api.parameters import cut
from livingcircle_platform.api.schemas import BlindAreaOut
from livingcircle_platform.api.schemas import FindingOut
from livingcircle_platform.api.schemas import FindingWholeOut
from livingcircle_platform.api.schemas import GapOut
from livingcircle_platform.api.schemas import IndexOut
from livingcircle_platform.api.schemas import Page
from livingcircle_platform.api.schemas import RunOut
from livingcircle_platform.api.schemas import UnitOut
from livingcircle_platform.api.schemas import who
from livingcircle_platform.assessment.models import BlindArea
from livingcircle_platform.assessment.models import Finding
from livingcircle_platform.assessment.models import Gap
from livingcircle_platform.assessment.models import IndexValue
from livingcircle_platform.assessment.models import Run
from livingcircle_platform.assessment.models import Unit
from livingcircle_platform.errors import MissingError

router = Router(tags=["评估结论"])


class AskedRuns(AskedById):
    """Filter runs."""

    district: uuid.UUID | None = Field(None, description="区")


class AskedUnits(AskedByNumber):
    """Filter units of a run."""

    level: Literal["circle", "community"] | None = Field(None, description="层级")


class AskedOfUnit(AskedByNumber):
    """Filter rows of a run that are about a unit."""

    unit: Code | None = Field(None, description="生活圈或社区的编号")


class AskedGaps(AskedOfUnit):
    """Filter gaps."""

    trade: Code | None = Field(None, description="业态代码")
    urgency: int | None = Field(None, ge=0, le=100, description="紧迫程度")


class AskedFindings(AskedOfUnit):
    """Filter findings."""

    verdict: Literal["served", "lacking", "unknown", "not_applicable"] | None = Field(
        None, description="结论"
    )


class AskedBlindAreas(AskedByNumber):
    """Filter blind areas."""

    trade: Code | None = Field(None, description="业态代码")


@router.get("/runs", response=Page[RunOut], url_name="runs", summary="评估列表")
def runs(request: HttpRequest, asked: Query[AskedRuns]) -> Any:  # noqa: ANN401 - ninja reads the schema
    """List the finished runs of one's districts."""
    rows = Run.objects.visible_to(who(request)).done()
    if asked.district:
        rows = rows.filter(district=asked.district)
    return cut(rows, asked)


@router.get("/runs/{run_id}", response=RunOut, url_name="run", summary="一次评估")
def run(request: HttpRequest, run_id: uuid.UUID) -> Any:  # noqa: ANN401
    """Return a run."""
    return run_of(request, run_id)


@router.get(
    "/runs/{run_id}/units", response=Page[UnitOut], url_name="units", summary="各圈各社区的结论"
)
def units(request: HttpRequest, run_id: uuid.UUID, asked: Query[AskedUnits]) -> Any:  # noqa: ANN401
    """List the circles and communities of a run."""
    rows = Unit.objects.visible_to(who(request), run_of(request, run_id)).defer("boundary")
    return cut(rows.filter(level=asked.level) if asked.level else rows, asked)


@router.get("/runs/{run_id}/gaps", response=Page[GapOut], url_name="gaps", summary="缺口清单")
def gaps(request: HttpRequest, run_id: uuid.UUID, asked: Query[AskedGaps]) -> Any:  # noqa: ANN401
    """List the gaps of a run."""
    rows = _about(Gap.objects.visible_to(who(request), run_of(request, run_id)), asked)
    if asked.trade:
        rows = rows.filter(trade=asked.trade)
    if asked.urgency is not None:
        rows = rows.filter(urgency=asked.urgency)
    return cut(rows, asked)


@router.get(
    "/runs/{run_id}/findings", response=Page[FindingOut], url_name="findings", summary="逐条结论"
)
def findings(request: HttpRequest, run_id: uuid.UUID, asked: Query[AskedFindings]) -> Any:  # noqa: ANN401
    """List the findings of a run, each with its explanation."""
    rows = _about(Finding.objects.visible_to(who(request), run_of(request, run_id)), asked)
    if asked.verdict:
        rows = rows.filter(verdict=asked.verdict)
    return cut(rows.defer("walk", "told"), asked)


@router.get(
    "/runs/{run_id}/findings/{finding_id}",
    response=FindingWholeOut,
    url_name="finding",
    summary="一条结论的来历",
)
def finding(request: HttpRequest, run_id: uuid.UUID, finding_id: Path[Number]) -> Any:  # noqa: ANN401
    """Return a finding with every step of its reasoning."""
    rows = Finding.objects.visible_to(who(request), run_of(request, run_id))
    found = rows.filter(pk=finding_id).select_related("unit").first()
    if found is None:
        raise MissingError("没有这条结论，或不在您的范围内", remedy="从逐条结论里取编号")
    return found


@router.get(
    "/runs/{run_id}/blind-areas",
    response=Page[BlindAreaOut],
    url_name="blind_areas",
    summary="步行服务盲区",
)
def blind_areas(request: HttpRequest, run_id: uuid.UUID, asked: Query[AskedBlindAreas]) -> Any:  # noqa: ANN401
    """List the blind areas of a run."""
    rows = BlindArea.objects.visible_to(who(request), run_of(request, run_id))
    return cut(rows.filter(trade=asked.trade) if asked.trade else rows, asked)


@router.get("/runs/{run_id}/indices", response=Page[IndexOut], url_name="indices", summary="指数")
def indices(request: HttpRequest, run_id: uuid.UUID, asked: Query[AskedOfUnit]) -> Any:  # noqa: ANN401
    """List the rates and indices of a run, each with its formula."""
    return cut(
        _about(IndexValue.objects.visible_to(who(request), run_of(request, run_id)), asked), asked
    )


def run_of(request: HttpRequest, run_id: uuid.UUID) -> Run:
    """Return a finished run that this person may see.

    Raises
    ------
    MissingError
        If there is none.
    """
    found = Run.objects.visible_to(who(request)).done().filter(pk=run_id).first()
    if found is None:
        raise MissingError("没有这次评估，或不在您的范围内", remedy="从评估列表里取编号")
    return found


def _about(rows: Any, asked: AskedOfUnit) -> Any:  # noqa: ANN401 - rows of any kind
    """Return the rows about one unit, or all."""
    rows = rows.select_related("unit").defer("unit__boundary")
    return rows.filter(unit__unit_id=asked.unit) if asked.unit else rows
