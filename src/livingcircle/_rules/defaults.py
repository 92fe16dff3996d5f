"""Hold the parameters of a standard pack that its plan may leave open, with our defaults.

The reasons for each default are written in ``docs/reference/standard-format.md``.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from typing import Self

from livingcircle._rules.fields import Fields

ROUNDINGS: Final[Mapping[str, str]] = {
    "ceil": "向上取整",
    "floor": "向下取整",
    "round": "四舍五入",
}
SHARINGS: Final[Mapping[str, str]] = {
    "strict": "只计范围内",
    "shared": "只计可达，不论界内界外",
    "strict_or_shared": "范围内或可达均可",
}
RANGE_ENDS: Final[Mapping[str, str]] = {
    "upper": "上限为达标线，下限为良好线",
    "lower": "下限即为达标线",
}
DECIDERS: Final[Mapping[str, str]] = {
    "metres": "步行米数",
    "minutes": "步行分钟数",
    "both": "步行米数和分钟数",
}
BASES: Final[Mapping[str, str]] = {"outlets": "网点数", "trades": "业态数"}
FAMILIES: Final[Mapping[str, str]] = {
    "reach": "服务半径",
    "count": "网点数量",
    "size": "设施规模",
}
LEVELS: Final[Mapping[str, str]] = {
    "community": "社区",
    "circle": "生活圈",
    "subdistrict": "街道（乡镇）",
    "district": "全区",
}
# Other words for the levels; a rule for villages only says so under ``applies``.
LEVEL_WORDS: Final[Mapping[str, str]] = {
    "社区（村）": "community",
    **dict.fromkeys(("街道", "乡镇", "镇", "乡"), "subdistrict"),
    **dict.fromkeys(("区", "市", "全市", "县", "全县"), "district"),
}
GRADES: Final[Mapping[str, str]] = {
    "foundation": "基础型",
    "improved": "提升型",
    "premium": "品质型",
}


def each_unit(level: str) -> str:
    """Write every unit of a level: ``每个生活圈``."""
    return LEVELS[level] if level == "district" else f"每个{LEVELS[level]}"


def in_unit(level: str) -> str:
    """Write the inside of a unit of a level: ``生活圈内``."""
    return LEVELS[level] if level == "district" else f"{LEVELS[level]}内"


# A unit so graded is below the lowest grade; that is known, not open.
BELOW: Final = frozenset({"不达标", "未达标", "不合格", "未达到", "没有达到", "无", "无等级"})


@dataclass(frozen=True)
class Rounding:
    """Turn a fraction of an outlet into a whole number of outlets."""

    mode: str = "ceil"
    minimum: int = 1

    def __call__(self, value: float) -> int:
        """Round one value, never below the minimum."""
        return max(self.minimum, self.whole(value, self.mode))

    @staticmethod
    def whole(value: float, mode: str) -> int:
        """Round one value; nine decimals first, so that 3.0000000000000004 stays three."""
        exact = round(value, 9)
        if mode == "ceil":
            return math.ceil(exact)
        return math.floor(exact if mode == "floor" else exact + 0.5)

    def alternatives(self, value: float) -> str:
        """Write what the other two ways of rounding would ask for; empty where it is the same."""
        asked = {mode: self.whole(value, mode) for mode in ROUNDINGS}
        if len(set(asked.values())) == 1:
            return ""
        others = (mode for mode in ROUNDINGS if mode != self.mode)
        return "，".join(f"{ROUNDINGS[mode]}为{asked[mode]}个" for mode in others)

    def describe(self) -> str:
        """Write the way of rounding in Chinese."""
        at_least = f"，至少{self.minimum}个" if self.minimum else ""
        return ROUNDINGS[self.mode] + at_least


@dataclass(frozen=True)
class Defaults:
    """Hold the pack parameters; each can be overridden in a single requirement.

    Attributes
    ----------
    rounding
        How “每N人不少于1个” becomes whole outlets.
    sharing
        Which outlets count at each level: inside only, or within reach as well.
    range_end
        Which end of a range such as 200–300 m decides.
    decides
        Whether metres or minutes decide when a plan gives both.
    share_base
        Whether shares are of physical outlets or of trades.
    precedence
        Which family of rules goes first among equally urgent gaps.
    count_mobile
        Whether mobile and temporary supply counts like a fixed outlet.
    tolerance
        How far a share may fall short and still pass, as a fraction of one.
    grades
        Grades of a circle from the lowest to the highest, code and name.
    """

    rounding: Rounding
    sharing: Mapping[str, str]
    range_end: str
    decides: str
    share_base: str
    precedence: tuple[str, ...]
    count_mobile: bool
    tolerance: float
    grades: tuple[tuple[str, str], ...]

    @classmethod
    def parse(cls, fields: Fields) -> Self:
        """Read the ``[defaults]`` table; everything in it is optional."""
        defaults = cls(
            rounding=parse_rounding(fields, Rounding()),
            sharing={
                "community": fields.choice("community_sharing", SHARINGS, "strict_or_shared"),
                "circle": fields.choice("circle_sharing", SHARINGS, "strict_or_shared"),
                "subdistrict": fields.choice("subdistrict_sharing", SHARINGS, "strict"),
                "district": fields.choice("district_sharing", SHARINGS, "strict"),
            },
            range_end=fields.choice("range_end", RANGE_ENDS, "upper"),
            decides=fields.choice("decides", DECIDERS, "metres"),
            share_base=fields.choice("share_base", BASES, "outlets"),
            precedence=tuple(dict.fromkeys([*fields.choices("precedence", FAMILIES), *FAMILIES])),
            count_mobile=bool(fields.flag("count_mobile", default=False)),
            tolerance=fields.number("tolerance", 0.0, most=1.0) or 0.0,
            grades=_grades(fields),
        )
        fields.close()
        return defaults

    def describe(self) -> str:
        """Write the parameters in Chinese, one sentence."""
        sharing = "，".join(
            f"{LEVELS[level]}级{SHARINGS[way]}" for level, way in self.sharing.items()
        )
        first = "优先于".join(FAMILIES[family] for family in self.precedence)
        mobile = "计入" if self.count_mobile else "不计入，只列为过渡"
        return (
            f"取整：{self.rounding.describe()}；边界网点：{sharing}；"
            f"区间：{RANGE_ENDS[self.range_end]}；判定用{DECIDERS[self.decides]}；"
            f"占比按{BASES[self.share_base]}计，容差{self.tolerance:g}；"
            f"同样紧急的缺口，{first}；移动和临时供给{mobile}。"
        )

    def grade_rank(self, grade: str) -> int | None:
        """Return the place of a grade in the ladder, counted from 0; ``None`` if unknown.

        Below the lowest is -1: “不达标” is an answer.
        """
        word = _bare(grade)
        for rank, names in enumerate(self.grades):
            if word in map(_bare, names):
                return rank
        return -1 if word in BELOW else None


def _bare(grade: str) -> str:
    """Return a grade without what may be said or left out: ``三星级生活圈`` is ``三星``."""
    return grade.strip().removesuffix("生活圈").removesuffix("级").removesuffix("型")


def parse_rounding(fields: Fields, default: Rounding) -> Rounding:
    """Read ``rounding`` and ``minimum``, falling back on the pack's own."""
    return Rounding(
        fields.choice("rounding", ROUNDINGS, default.mode),
        fields.count("minimum", default.minimum),
    )


def _grades(fields: Fields) -> tuple[tuple[str, str], ...]:
    named = fields.texts("grades")
    return tuple((name, name) for name in named) if named else tuple(GRADES.items())
