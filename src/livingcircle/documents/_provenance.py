"""Collect what every sheet must carry: data date, standard, run, and the nature of each layer."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import replace
from datetime import UTC
from datetime import date
from datetime import datetime
from typing import Any

from livingcircle.district import Source
from livingcircle.district import Status
from livingcircle.documents._desk import Compared
from livingcircle.documents._wording import NOT_STATED
from livingcircle.reports import parse_day
from livingcircle.tables import TABLES

MADE_UP_WARNING = "含虚构数据，仅供演示，不代表实际情况。"
# Sheets carry no clock: without any date in the data, files are stamped with this day.
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Layer:
    """Say of one layer what it is, how far it may be believed, from when and whose."""

    label: str
    title: str
    status: Status
    date: str
    licence: str
    note: str
    rows: int
    file: str

    @property
    def sentence(self) -> str:
        """Write the layer as one line of small print."""
        parts = [
            self.title,
            f"数据日期{self.date or NOT_STATED}",
            f"许可{self.licence or NOT_STATED}",
        ]
        return f"{self.label}【{self.status.label}】{'；'.join(part for part in parts if part)}"


@dataclass(frozen=True)
class Provenance:
    """Hold the small print of all sheets of one run."""

    district: str
    standard: str
    on: str
    data_date: str
    run_id: str
    walker: str
    layers: tuple[Layer, ...]

    @property
    def day(self) -> date | None:
        """Return the day of the assessment; None where neither the user nor the data name one."""
        return parse_day(self.on)

    @property
    def created(self) -> datetime:
        """Return the day files are stamped with: that of the assessment, never the clock."""
        day = self.day
        return datetime(day.year, day.month, day.day, tzinfo=UTC) if day else EPOCH

    @property
    def dates(self) -> str:
        """Write the day of the assessment and that of the data."""
        return f"评估日期{self.on or NOT_STATED}，数据日期{self.data_date or NOT_STATED}"

    @property
    def line(self) -> str:
        """Write the dates, standard, walker and run on one line."""
        return (
            f"评估日期：{self.on or NOT_STATED}　数据日期：{self.data_date or NOT_STATED}　"
            f"对照标准：{self.standard}　"
            f"步行参数：{self.walker}　运行编号：{self.run_id}"
        )

    @property
    def told_layers(self) -> tuple[Layer, ...]:
        """Return the layers, those of one file and one nature told together."""
        merged: dict[tuple[object, ...], Layer] = {}
        for layer in self.layers:
            key = (layer.status, layer.title, layer.date, layer.licence)
            labels = (
                [*merged[key].label.split("、"), layer.label] if key in merged else [layer.label]
            )
            merged[key] = replace(layer, label="、".join(dict.fromkeys(labels)))
        return tuple(merged.values())

    @property
    def banner(self) -> str:
        """Say in one sentence which layers are real, modelled, derived and made up."""
        groups: list[str] = []
        for status in Status:
            labels = list(dict.fromkeys(x.label for x in self.layers if x.status is status))
            if labels:
                groups.append(f"{status.label}：{'、'.join(labels)}")
        return "；".join(groups) or "各图层的来源未注明"

    @property
    def made_up(self) -> bool:
        """Say whether anything on the sheet is made up, which asks for a louder banner."""
        return any(layer.status is Status.MADE_UP for layer in self.layers)

    @property
    def warning(self) -> str:
        """Return the sentence that stands before the banner when something is made up."""
        return MADE_UP_WARNING if self.made_up else ""


def provenance(assessed: Compared) -> Provenance:
    """Read the small print off an assessment."""
    run = assessed.run
    layers = tuple(_layer(source) for source in assessed.district.sources)
    return Provenance(
        district=assessed.district.name,
        standard=standard_title(assessed.standard.title),
        on=str(run["on"]),
        data_date=str(run["data_date"]),
        run_id=run_id(run),
        walker=walker_line(run),
        layers=(*layers, *_derived(assessed)),
    )


def run_id(run: Mapping[str, Any]) -> str:
    """Return a digest of the run's record: same inputs, same id."""
    record = json.dumps(dict(run), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(record.encode()).hexdigest()[:12]


def standard_title(title: str) -> str:
    """Write the title of a standard in book title marks."""
    return title if title.startswith("《") else f"《{title}》"


def walker_line(run: Mapping[str, Any]) -> str:
    """Write the walking profile as used in the run, and say so where no streets were."""
    straight = "，没有路网，距离按直线×1.3估算" if run["method"] == "straight_line" else ""
    return f"{run['walker_label']}{straight}"


def _layer(source: Source) -> Layer:
    return Layer(
        label=TABLES[source.table].title,
        title=source.title,
        status=source.status,
        date=source.date,
        licence=source.licence,
        note=source.note,
        rows=source.rows,
        file=source.file,
    )


def _derived(assessed: Compared) -> tuple[Layer, ...]:
    if not len(assessed.blind_areas):
        return ()
    area = Layer(
        label="步行服务盲区",
        title="由楼门、道路和网点推算，边界为示意",
        status=Status.DERIVED,
        date=str(assessed.run["data_date"]),
        licence="随所用图层",
        note="",
        rows=len(assessed.blind_areas),
        file="",
    )
    return (area,)
