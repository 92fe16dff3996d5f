"""Define the shapes of rule that rest on other requirements: grades, and shares of units below."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import replace
from typing import ClassVar
from typing import Self

from livingcircle._rules.defaults import LEVELS
from livingcircle._rules.defaults import Defaults
from livingcircle._rules.fields import Fields
from livingcircle._rules.wording import percent_words
from livingcircle._rules.wording import slack_words


@dataclass(frozen=True)
class GradeStep:
    """Say which requirements must be met for a grade, beside those of the grades below it."""

    grade: str
    grade_name: str
    requires: tuple[str, ...]

    @classmethod
    def parse(cls, fields: Fields, labels: Mapping[str, str]) -> Self:
        """Read ``{ grade = "三星", requires = ["basic_15", "quality_20"] }``."""
        grade, requires = fields.choice("grade", labels), fields.texts("requires")
        if not requires and not fields.has("requires"):
            fields.report("缺少“requires”", '写达到哪几条要求，例如 requires = ["basic_15"]')
        fields.close()
        return cls(grade, labels.get(grade, grade), requires)


@dataclass(frozen=True)
class GradeRule:
    """Give a unit the highest grade whose requirements, and those of all below, are met.

    ``words`` say what each requirement asks; they are filled in when the whole pack is read.
    """

    name: ClassVar[str] = "grade"
    family: ClassVar[str] = "count"
    needs_trades: ClassVar[bool] = False
    steps: tuple[GradeStep, ...]
    words: tuple[tuple[str, str], ...] = ()

    @classmethod
    def parse(cls, fields: Fields, defaults: Defaults) -> Self:
        """Read ``grades = [{ grade = …, requires = [ … ] }, …]``, the lowest first."""
        labels = dict(defaults.grades)
        steps = tuple(GradeStep.parse(row, labels) for row in fields.tables("grades"))
        if not steps and not fields.has("grades"):
            remedy = '从低到高写出各级，例如 grades = [{ grade = "三星", requires = ["basic_15"] }]'
            fields.report("缺少“grades”", remedy)
        ranks = [defaults.grade_rank(step.grade) for step in steps]
        known = [rank for rank in ranks if rank is not None]
        if len(known) == len(ranks) and known != sorted(set(known)):
            fields.report(
                "“grades”没有从低到高排列", "按 [defaults] 的“grades”从低到高写，不要重复"
            )
        return cls(steps)

    @property
    def needs(self) -> tuple[str, ...]:
        """Return the ids of the requirements it rests on."""
        return tuple(dict.fromkeys(name for step in self.steps for name in step.requires))

    def naming(self, words: Mapping[str, str]) -> Self:
        """Return the rule with the words of what it rests on."""
        return replace(self, words=tuple((name, words.get(name, name)) for name in self.needs))

    def describe(self, subject: str, level: str) -> str:
        """Say what each grade asks for."""
        del subject
        called = dict(self.words)
        steps = [
            f"{step.grade_name}{'须' if number == 0 else '还须'}达到"
            + "、".join(f"“{called.get(name, name)}”" for name in step.requires)
            for number, step in enumerate(self.steps)
        ]
        return f"{LEVELS[level]}分级：{'；'.join(steps)}"


@dataclass(frozen=True)
class ChildrenShareRule:
    """Ask for the share of the units below that meet a requirement."""

    name: ClassVar[str] = "children_share"
    family: ClassVar[str] = "count"
    needs_trades: ClassVar[bool] = False
    requirement: str
    least: float
    tolerance: float
    below: str = ""
    words: str = ""

    @classmethod
    def parse(cls, fields: Fields, defaults: Defaults) -> Self:
        """Read ``requirement``, ``least`` (a fraction of one) and ``tolerance``."""
        return cls(
            fields.text("requirement"),
            fields.number("least", required=True, most=1.0) or 0.0,
            fields.number("tolerance", defaults.tolerance, most=1.0) or 0.0,
        )

    @property
    def needs(self) -> tuple[str, ...]:
        """Return the ids of the requirements it rests on."""
        return (self.requirement,) if self.requirement else ()

    def naming(self, words: Mapping[str, str], below: str) -> Self:
        """Return the rule with the words and the level of what it rests on."""
        said = words.get(self.requirement, self.requirement)
        return replace(self, words=said, below=below)

    def describe(self, subject: str, level: str) -> str:
        """Say the share."""
        del subject
        share = "全部" if self.least >= 1 else f"不少于{percent_words(self.least)}的"
        who = LEVELS.get(self.below, "下级单元")
        return f"{LEVELS[level]}{share}{who}达到“{self.words}”{slack_words(self.tolerance)}"
