"""Collect what every sheet must carry: data date, standard, run, and the nature of each layer."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from datetime import datetime
from typing import Any

from livingcircle.district import Source
from livingcircle.district import Status
from livingcircle.documents._assessed import Compared
from livingcircle.documents._wording import number

TABLE_LABELS = {
    "outlets": "商业网点",
    "communities": "社区",
    "circles": "生活圈",
    "doors": "楼门与居民",
    "streets": "道路",
    "roads": "道路",
    "gates": "小区大门",
    "barriers": "河流铁路等屏障",
    "spaces": "空间资源",
    "entrances": "出入口",
    "junctions": "路口",
}
NOT_STATED = "未注明"
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
    standard_id: str
    data_date: str
    run_id: str
    engine: str
    walker: str
    layers: tuple[Layer, ...]

    @property
    def created(self) -> datetime:
        """Return the day files are stamped with: that of the data, never the clock."""
        digits = "".join(c if c.isdigit() else " " for c in self.data_date).split()
        year, month, day = ([int(part) for part in digits[:3]] + [1, 1, 1])[:3]
        try:
            return datetime(year, month, day, tzinfo=UTC) if digits else EPOCH
        except ValueError:
            return EPOCH

    @property
    def line(self) -> str:
        """Write data date, standard and run on one line."""
        return (
            f"数据日期：{self.data_date or NOT_STATED}　对照标准：{self.standard}　"
            f"步行参数：{self.walker}　运行编号：{self.run_id}"
        )

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
    sources = assessed.district.sources
    layers = tuple(_layer(source) for source in sources)
    dates = sorted(source.date for source in sources if source.date)
    return Provenance(
        district=assessed.district.name,
        standard=standard_title(assessed.standard),
        standard_id=str(getattr(assessed.standard, "id", "")),
        data_date=str(run.get("data_date") or (dates[-1] if dates else "")),
        run_id=run_id(run),
        engine=str(_deep(run, "engine") or _deep(run, "livingcircle") or ""),
        walker=walker_line(run),
        layers=(*layers, *_derived(assessed)),
    )


def run_id(run: Mapping[str, Any]) -> str:
    """Return the run's own id, else a digest of its record: same inputs, same id."""
    given = run.get("run_id") or run.get("id")
    if given:
        return str(given)
    record = json.dumps(run, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(record.encode()).hexdigest()[:12]


def standard_title(standard: object) -> str:
    """Write the standard with its document number: ``《…》（…〔2023〕…号）``."""
    title = str(getattr(standard, "title", "") or getattr(standard, "name", "") or standard)
    version = str(getattr(standard, "version", "") or "")
    named = title if title.startswith("《") else f"《{title}》"
    return f"{named}（{version}）" if version else named


def walker_line(run: Mapping[str, Any]) -> str:
    """Write the walking profile as used in the run, and say so where no streets were."""
    label = run.get("walker_label") or _walker(run)
    straight = "，没有路网，距离按直线×1.3估算" if run.get("method") == "straight_line" else ""
    return f"{label}{straight}"


def _walker(run: Mapping[str, Any]) -> str:
    walker = _deep(run, "walker")
    if isinstance(walker, Mapping):
        name = walker.get("label") or walker.get("title") or walker.get("name") or ""
        speed = walker.get("metres_per_minute") or walker.get("speed")
        return f"{name}{number(speed)}米/分钟" if speed else str(name)
    speed = _deep(run, "metres_per_minute") or _deep(run, "speed_m_per_min")
    named = {"standard": "标准步行者", "elder": "老年人", "brisk": "快步", "wheelchair": "轮椅"}
    label = named.get(str(walker), str(walker or ""))
    return f"{label}{number(speed)}米/分钟" if speed else label or NOT_STATED


def _deep(record: Any, key: str) -> Any:  # noqa: ANN401 - a JSON-like record
    if not isinstance(record, Mapping):
        return None
    if key in record:
        return record[key]
    return next((v for part in record.values() if (v := _deep(part, key)) is not None), None)


def _layer(source: Source) -> Layer:
    return Layer(
        label=TABLE_LABELS.get(source.table, source.table),
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
        date=str(assessed.run.get("data_date") or ""),
        licence="随所用图层",
        note="",
        rows=len(assessed.blind_areas),
        file="",
    )
    return (area,)
