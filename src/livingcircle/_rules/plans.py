"""Define the shapes of rule about plans: dated targets, grades, evidence, and plain text."""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import ClassVar
from typing import Self

from livingcircle._rules.defaults import LEVELS
from livingcircle._rules.defaults import Defaults
from livingcircle._rules.defaults import Rounding
from livingcircle._rules.fields import Fields
from livingcircle._rules.wording import number_words
from livingcircle._rules.wording import percent_words
from livingcircle._rules.wording import slack_words


@dataclass(frozen=True)
class GradeShareRule:
    """Ask for the share of the units below that are at a grade or better."""

    name: ClassVar[str] = "grade_share"
    family: ClassVar[str] = "count"
    needs_trades: ClassVar[bool] = False
    grade: str
    grade_name: str
    least: float
    tolerance: float

    @classmethod
    def parse(cls, fields: Fields, defaults: Defaults) -> Self:
        """Read ``grade``, ``least`` (a fraction of one) and ``tolerance``."""
        labels = dict(defaults.grades)
        grade = fields.choice("grade", labels)
        return cls(
            grade,
            labels.get(grade, grade),
            fields.number("least", required=True, most=1.0) or 0.0,
            fields.number("tolerance", defaults.tolerance, most=1.0) or 0.0,
        )

    def describe(self, subject: str, level: str) -> str:
        """Say the share."""
        del subject
        below = "社区" if level == "circle" else "生活圈"
        share = "全部" if self.least >= 1 else f"不少于{percent_words(self.least)}的"
        reached = f"达到{self.grade_name}及以上{slack_words(self.tolerance)}"
        return f"{LEVELS[level]}{share}{below}{reached}"


@dataclass(frozen=True)
class Milestone:
    """Ask for a cumulative number by a day."""

    by: date
    least: float


@dataclass(frozen=True)
class TargetRule:
    """Ask for cumulative numbers by dates; doing more than asked is never a fault."""

    name: ClassVar[str] = "target"
    family: ClassVar[str] = "count"
    needs_trades: ClassVar[bool] = False
    milestones: tuple[Milestone, ...]
    unit: str

    @classmethod
    def parse(cls, fields: Fields, defaults: Defaults) -> Self:
        """Read ``total`` and ``steps``, each with ``least``, ``added`` or ``share``."""
        total = fields.number("total")
        milestones: list[Milestone] = []
        for row in fields.tables("steps"):
            before = milestones[-1].least if milestones else 0.0
            milestone = _milestone(row, total, before, defaults.rounding)
            if milestone is not None:
                milestones.append(milestone)
        if not milestones and not fields.has("steps"):
            fields.report("缺少“steps”", "写出各期目标，例如 [{ by = 2024-12-31, least = 60 }]")
        days = [one.by for one in milestones]
        if days != sorted(set(days)):
            fields.report("“steps”的日期没有从早到晚排列", "按日期先后排列各期目标")
        for earlier, later in pairwise(milestones):
            if later.least < earlier.least:
                low, high = number_words(later.least), number_words(earlier.least)
                fields.report(
                    f"到{later.by}的累计数{low}比前一期的{high}还少",
                    "累计数写 least；只写这一期新增的，用 added",
                )
        return cls(tuple(milestones), fields.text("unit", "个"))

    def describe(self, subject: str, level: str) -> str:
        """Say each milestone."""
        del subject
        words = [
            f"到{one.by.isoformat()}累计不少于{number_words(one.least)}{self.unit}"
            for one in self.milestones
        ]
        return f"{LEVELS[level]}：{'，'.join(words)}，可以超额完成"


def _milestone(
    row: Fields, total: float | None, before: float, rounding: Rounding
) -> Milestone | None:
    by = row.day("by")
    least, added = row.number("least"), row.number("added")
    share = row.number("share", most=1.0)
    row.close()
    if by is None:
        if not row.has("by"):
            row.report("缺少“by”", "写到哪一天为止，例如 by = 2024-12-31")
        return None
    if sum(one is not None for one in (least, added, share)) > 1:
        row.report("一期写了几个目标数", "least（累计）、added（当期新增）、share（比例）只写一个")
    if least is not None:
        return Milestone(by, least)
    if added is not None:
        return Milestone(by, before + added)
    if share is not None and total is not None:
        return Milestone(by, Rounding.whole(share * total, rounding.mode))
    if not any(row.has(key) for key in ("least", "added")):
        row.report(
            "没有写目标数",
            "写 least（累计）、added（当期新增），或 share（比例，同时在要求中写 total）",
        )
    return None


@dataclass(frozen=True)
class QualitativeRule:
    """Ask for something a person confirms, with the evidence that proves it."""

    name: ClassVar[str] = "qualitative"
    family: ClassVar[str] = "size"
    needs_trades: ClassVar[bool] = False
    evidence: str
    question: str

    @classmethod
    def parse(cls, fields: Fields, defaults: Defaults) -> Self:
        """Read ``question`` and ``evidence``."""
        del defaults
        return cls(fields.text("evidence", "书面说明"), fields.text("question", ""))

    def describe(self, subject: str, level: str) -> str:
        """Say what is confirmed and how."""
        del subject
        asked = self.question or "是否做到原文所述"
        return f"{LEVELS[level]}逐项确认：{asked}（佐证：{self.evidence}）"


@dataclass(frozen=True)
class TextRule:
    """Keep a sentence of the plan that is not judged, so that nothing of it is lost."""

    name: ClassVar[str] = "text"
    family: ClassVar[str] = "size"
    needs_trades: ClassVar[bool] = False

    @classmethod
    def parse(cls, fields: Fields, defaults: Defaults) -> Self:
        """Read nothing beyond the text."""
        del fields, defaults
        return cls()

    def describe(self, subject: str, level: str) -> str:
        """Say that the sentence is kept only."""
        del subject, level
        return "保留原文，不作判定"
