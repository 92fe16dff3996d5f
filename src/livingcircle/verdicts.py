"""Name the answers every question gets, and the words readers know them by.

Unknown (未核实) and not applicable (不适用) are answers of their own: nothing unknown ever turns
into lacking (没有) on its way to a ranking.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

SERVED: Final = "served"
LACKING: Final = "lacking"
UNKNOWN: Final = "unknown"
NOT_APPLICABLE: Final = "not_applicable"
VERDICTS: Final = (SERVED, LACKING, UNKNOWN, NOT_APPLICABLE)
# Millions of answers are kept as their place in this order.
CODES: Final[Mapping[str, int]] = MappingProxyType({word: n for n, word in enumerate(VERDICTS)})

# What readers see: of a unit and a requirement, and of a door and a trade.
UNIT_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {SERVED: "达标", LACKING: "不达标", UNKNOWN: "未核实", NOT_APPLICABLE: "不适用"}
)
DOOR_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {SERVED: "已覆盖", LACKING: "没有", UNKNOWN: "未核实", NOT_APPLICABLE: "不适用"}
)
