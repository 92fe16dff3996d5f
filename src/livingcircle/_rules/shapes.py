"""List every shape of rule a pack may name, and which general keys mean something to each."""

from collections.abc import Mapping
from typing import Final

from livingcircle._rules.counts import CountRule
from livingcircle._rules.counts import LadderRule
from livingcircle._rules.counts import Rule
from livingcircle._rules.gradings import ChildrenShareRule
from livingcircle._rules.gradings import GradeRule
from livingcircle._rules.mixes import CompositeRule
from livingcircle._rules.mixes import ProhibitedRule
from livingcircle._rules.mixes import SeparationRule
from livingcircle._rules.mixes import VarietyRule
from livingcircle._rules.plans import GradeShareRule
from livingcircle._rules.plans import QualitativeRule
from livingcircle._rules.plans import TargetRule
from livingcircle._rules.plans import TextRule
from livingcircle._rules.reaches import ReachRule
from livingcircle._rules.sizes import AreaRule
from livingcircle._rules.sizes import FloorShareRule
from livingcircle._rules.sizes import MeasureRule
from livingcircle._rules.sizes import ShareRule
from livingcircle._rules.sizes import SiteAreaRule

SHAPES: Final[Mapping[str, type[Rule]]] = {
    shape.name: shape
    for shape in (
        CountRule,
        LadderRule,
        ReachRule,
        VarietyRule,
        ProhibitedRule,
        SeparationRule,
        CompositeRule,
        AreaRule,
        SiteAreaRule,
        FloorShareRule,
        ShareRule,
        MeasureRule,
        GradeRule,
        GradeShareRule,
        ChildrenShareRule,
        TargetRule,
        QualitativeRule,
        TextRule,
    )
}
SHAPE_NAMES: Final[Mapping[str, str]] = {
    "count": "数量",
    "ladder": "分档数量",
    "reach": "服务半径",
    "variety": "种类数",
    "prohibited": "禁设",
    "separation": "间距",
    "composite": "综合体",
    "area": "千人面积",
    "site_area": "单处面积",
    "floor_share": "面积占比",
    "share": "占比",
    "measure": "指标",
    "grade": "分级",
    "grade_share": "达级占比",
    "children_share": "下级占比",
    "target": "分期目标",
    "qualitative": "人工确认",
    "text": "原文",
}
_ABOUT_OUTLETS: Final = frozenset(SHAPES) - {
    "measure",
    "grade",
    "grade_share",
    "children_share",
    "target",
    "qualitative",
    "text",
}
MEANT_FOR: Final[Mapping[str, frozenset[str]]] = {
    "match": frozenset({"count", "ladder", "reach"}),
    "sharing": frozenset({"count", "ladder", "variety"}),
    "online_substitute": frozenset({"count", "ladder"}),
    "weights": frozenset({"count", "ladder"}),
    "count_mobile": _ABOUT_OUTLETS - {"prohibited"},
    "where": _ABOUT_OUTLETS,
}
"""Which shapes a general key changes; written elsewhere it would be dropped silently."""
