"""Word what to do about a requirement that is not met, each shape of rule in its own way."""

import math
from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import replace
from typing import Final
from typing import Self

from livingcircle._rules.counts import CountRule
from livingcircle._rules.counts import LadderRule
from livingcircle._rules.defaults import LEVELS
from livingcircle._rules.gradings import ChildrenShareRule
from livingcircle._rules.gradings import GradeRule
from livingcircle._rules.mixes import CompositeRule
from livingcircle._rules.mixes import ProhibitedRule
from livingcircle._rules.mixes import SeparationRule
from livingcircle._rules.mixes import VarietyRule
from livingcircle._rules.plans import GradeShareRule
from livingcircle._rules.plans import QualitativeRule
from livingcircle._rules.plans import TargetRule
from livingcircle._rules.reaches import ReachRule
from livingcircle._rules.requirement import Requirement
from livingcircle._rules.sizes import RATES
from livingcircle._rules.sizes import AreaRule
from livingcircle._rules.sizes import FloorShareRule
from livingcircle._rules.sizes import MeasureRule
from livingcircle._rules.sizes import ShareRule
from livingcircle._rules.sizes import SiteAreaRule
from livingcircle._rules.wording import measured_words
from livingcircle._rules.wording import number_words


@dataclass(frozen=True)
class Todo:
    """Say what to do about a gap: adding outlets, taking some away, improving them, or managing.

    ``manage`` is for what no single outlet can mend, such as a target or a confirmation.
    """

    words: str
    adds: bool = False
    fewer: bool = False
    manage: bool = False

    def near_blind_doors(self) -> Self:
        """Return the same, put where residents cannot reach one yet."""
        return replace(self, words=f"{self.words}，优先布在够不着的楼门附近") if self.adds else self


@dataclass(frozen=True)
class Missed:
    """Hold the numbers of a finding that is not met; NaN where there is none."""

    required: float = math.nan
    found: float = math.nan
    shortfall: float = math.nan
    unit: str = ""
    reason: str = ""
    surplus: float = math.nan

    @property
    def short(self) -> bool:
        """Tell whether something is short, not too much."""
        return self.shortfall > 0

    @property
    def too_much(self) -> float:
        """Return how much more there is than allowed; 0 where that is not the matter."""
        over = self.surplus if self.surplus > 0 else self.found - self.required
        return over if over > 0 and not self.short else 0.0


def remedy(one: Requirement, missed: Missed) -> Todo:
    """Return what to do about a requirement that is not met: ``增设药店1个``."""
    return _REMEDIES[type(one.rule)](one, missed)


def _such(one: Requirement) -> str:
    """Return the outlets asked for with their conditions: ``24小时营业的药店``."""
    words = one.where.words()
    return f"{'、'.join(words)}的{one.name}" if words else one.name


def _outlets(one: Requirement, missed: Missed) -> Todo:
    """Word a number of outlets that is too small or too large."""
    if missed.short:
        number = math.ceil(round(missed.shortfall, 6))
        if one.every and len(one.trades) > 1:
            return Todo(f"补齐{_such(one)}，共缺{number}个", adds=True)
        return Todo(f"增设{_such(one)}{number}个", adds=True)
    if missed.too_much:
        return Todo(f"{_such(one)}减少{number_words(missed.too_much)}个", fewer=True)
    return Todo(f"补上{_such(one)}", adds=True)


def _reach(one: Requirement, missed: Missed) -> Todo:
    """Word outlets that are too far."""
    del missed
    return Todo(f"在够不着的楼门附近增设{_such(one)}", adds=True)


def _variety(one: Requirement, missed: Missed) -> Todo:
    """Word too few kinds."""
    return Todo(f"在{_such(one)}中增加{number_words(missed.shortfall)}{missed.unit}", adds=True)


def _prohibited(one: Requirement, missed: Missed) -> Todo:
    """Word what must not be there."""
    return Todo(f"调整迁出不得设置的{_such(one)}{number_words(missed.found)}个", fewer=True)


def _separation(one: Requirement, missed: Missed) -> Todo:
    """Word outlets that stand too close."""
    rule = one.rule
    assert isinstance(rule, SeparationRule)  # noqa: S101 - chosen by the table
    close = f"相距不足{number_words(rule.metres)}米的{_such(one)}"
    close = f"与{rule.to_name}{close}" if rule.to else close
    return Todo(f"把{close}错开，现最近{measured_words(missed.found)}米", fewer=True)


def _sites(one: Requirement, missed: Missed) -> Todo:
    """Word sites that do not have the size, or the parts, they should."""
    what = "业态构成、面积" if isinstance(one.rule, CompositeRule) else "面积"
    return Todo(f"使{number_words(missed.shortfall)}处{_such(one)}的{what}达到规定")


def _area(one: Requirement, missed: Missed) -> Todo:
    """Word floor area."""
    if missed.short:
        return Todo(f"{_such(one)}建筑面积增加{measured_words(missed.shortfall)}平方米")
    return Todo(f"{_such(one)}建筑面积减少{measured_words(missed.too_much)}平方米", fewer=True)


def _shifted(rate: str, missed: Missed) -> Todo:
    """Word a percentage that has to shift."""
    if missed.short:
        return Todo(f"{rate}提高{missed.shortfall:.1f}个百分点")
    return Todo(f"{rate}降低{missed.too_much:.1f}个百分点", fewer=True)


def _managed(todo: Todo) -> Todo:
    return Todo(todo.words, manage=True)


def _floor_share(one: Requirement, missed: Missed) -> Todo:
    """Word the share of floor area."""
    return _shifted(f"{_such(one)}建筑面积占比", missed)


def _share(one: Requirement, missed: Missed) -> Todo:
    """Word the share of some outlets by the name of the rate."""
    rule = one.rule
    assert isinstance(rule, ShareRule)  # noqa: S101
    rate, whose = rule.rate(), ""
    if one.trades or one.where.words():
        whose = f"{_such(one)}{'的' if rate in RATES.values() else '中'}"
    return _shifted(f"{whose}{rate}", missed)


def _measure(one: Requirement, missed: Missed) -> Todo:
    """Word a measured number."""
    rule = one.rule
    assert isinstance(rule, MeasureRule)  # noqa: S101
    if rule.unit == "%":
        way = "提高" if missed.found < missed.required else "降低"
        now = measured_words(missed.found)
        points = f"{missed.shortfall if missed.short else missed.too_much:.1f}个百分点"
        return Todo(f"{rule.label}{way}{points}，现为{now}%", manage=True)
    bound = "不少于" if missed.found < missed.required else "不多于"
    now, goal = measured_words(missed.found), number_words(missed.required)
    words = f"把{rule.label}从{now}{rule.unit}调到{bound}{goal}{rule.unit}"
    return Todo(words, manage=True)


def _grade_share(one: Requirement, missed: Missed) -> Todo:
    """Word the share of graded units."""
    rule = one.rule
    assert isinstance(rule, GradeShareRule)  # noqa: S101
    below = "社区" if one.level == "circle" else "生活圈"
    return _managed(_shifted(f"{rule.grade_name}及以上的{below}占比", missed))


def _children_share(one: Requirement, missed: Missed) -> Todo:
    """Word the share of units below."""
    rule = one.rule
    assert isinstance(rule, ChildrenShareRule)  # noqa: S101
    who = LEVELS.get(rule.below, "单元")
    return _managed(_shifted(f"达到“{rule.words}”的{who}占比", missed))


def _target(one: Requirement, missed: Missed) -> Todo:
    """Word a dated target."""
    rule = one.rule
    assert isinstance(rule, TargetRule)  # noqa: S101
    return Todo(f"再完成{number_words(missed.shortfall)}{rule.unit}", manage=True)


def _grade(one: Requirement, missed: Missed) -> Todo:
    """Word a grade that is not reached."""
    del one
    return Todo(f"逐项补齐：{missed.reason}", manage=True)


def _confirmed(one: Requirement, missed: Missed) -> Todo:
    """Word what a person has to see to."""
    del missed
    rule = one.rule
    assert isinstance(rule, QualitativeRule)  # noqa: S101
    return Todo(f"落实“{one.title or rule.question or one.text or one.id}”", manage=True)


_REMEDIES: Final[Mapping[type, Callable[[Requirement, Missed], Todo]]] = {
    CountRule: _outlets,
    LadderRule: _outlets,
    ReachRule: _reach,
    VarietyRule: _variety,
    ProhibitedRule: _prohibited,
    SeparationRule: _separation,
    CompositeRule: _sites,
    SiteAreaRule: _sites,
    AreaRule: _area,
    FloorShareRule: _floor_share,
    ShareRule: _share,
    MeasureRule: _measure,
    GradeShareRule: _grade_share,
    ChildrenShareRule: _children_share,
    TargetRule: _target,
    GradeRule: _grade,
    QualitativeRule: _confirmed,
}
