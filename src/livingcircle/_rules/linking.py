"""Tie requirements to those they rest on, once all of a pack are read."""

from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from livingcircle._rules.defaults import LEVELS
from livingcircle._rules.fields import Fields
from livingcircle._rules.fields import problem
from livingcircle._rules.gradings import ChildrenShareRule
from livingcircle._rules.gradings import GradeRule
from livingcircle._rules.plans import TextRule
from livingcircle._rules.requirement import Requirement

# Who belongs to whom: a share is of units further down.
_UP: Final = {"community": 0, "circle": 1, "subdistrict": 2, "district": 3}
_BELOW: Final = ("community", "circle")


def link(requirements: Sequence[Requirement], top: Fields) -> list[Requirement]:
    """Return the requirements, those that rest on others with the words of these."""
    return [_linked(one, requirements, top) for one in requirements]


def _linked(one: Requirement, requirements: Sequence[Requirement], top: Fields) -> Requirement:
    rule = one.rule
    if not isinstance(rule, GradeRule | ChildrenShareRule):
        return one
    meant = {name: [r for r in requirements if r.stands_for(name)] for name in rule.needs}
    where = f"{top.where}，配置要求“{one.id}”"
    for name, found in meant.items():
        told = _refusal(one, name, found)
        if told:
            top.problems.append(problem(told[0], where, told[1]))
    words = {name: _words(found) for name, found in meant.items()}
    if isinstance(rule, GradeRule):
        return replace(one, rule=rule.naming(words))
    levels = [found.level for found in meant.get(rule.requirement, ())]
    return replace(one, rule=rule.naming(words, levels[0] if levels else ""))


def _refusal(one: Requirement, name: str, found: Sequence[Requirement]) -> tuple[str, str] | None:
    """Return what is wrong with resting on some requirements, and what to do; None if nothing."""
    if not found:
        return f"没有要求“{name}”", "写这份标准里另一条要求的编号“id”"
    if any(isinstance(other.rule, TextRule | GradeRule) or other is one for other in found):
        return f"要求“{name}”自己没有达标与否的结论", "写一条能判定的要求"
    level = found[0].level
    if isinstance(one.rule, GradeRule) and level != one.level:
        what = f"要求“{name}”是对{LEVELS[level]}的，这条是对{LEVELS[one.level]}的"
        return what, "两条写同一层级；对下级的要求先用 children_share 写成占比"
    below = level in _BELOW and _UP[level] < _UP[one.level]
    if isinstance(one.rule, ChildrenShareRule) and not below:
        what = f"要求“{name}”是对{LEVELS[level]}的，不在{LEVELS[one.level]}之下"
        return what, "写对社区或生活圈的要求，这一条写到更高的层级"
    return None


def _words(found: Iterable[Requirement]) -> str:
    """Return what some requirements ask for, in the pack's words."""
    said = dict.fromkeys(one.title or one.text or one.describe() for one in found)
    return "；".join(said)
