"""Hold what a judgement came to, before it is put into words."""

from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import replace
from typing import Final
from typing import Self

from livingcircle.verdicts import LACKING
from livingcircle.verdicts import NOT_APPLICABLE
from livingcircle.verdicts import SERVED
from livingcircle.verdicts import UNKNOWN

# Shares are compared with this slack, so that 3 of 10 is 30 %.
SLACK: Final = 1e-9


@dataclass(frozen=True)
class Outcome:
    """Hold a verdict with its numbers; None where there is no number."""

    verdict: str
    required: float | None = None
    found: float | None = None
    found_strict: float | None = None
    found_shared: float | None = None
    shortfall: float | None = None
    surplus: float | None = None
    unit: str = ""
    numbers: str = ""
    reason: str = ""

    def being(self, verdict: str, reason: str = "") -> Self:
        """Return the same numbers with another verdict and its reason."""
        return replace(self, verdict=verdict, reason=reason)

    def saying(self, numbers: str) -> Self:
        """Return the same outcome with other words for its numbers."""
        return replace(self, numbers=numbers)


def compare(low: float, high: float, least: float) -> str:
    """Return the verdict when the truth lies in ``low``–``high`` and ``least`` is asked."""
    if low >= least - SLACK:
        return SERVED
    return LACKING if high < least - SLACK else UNKNOWN


def between(low: float, high: float, span: tuple[float | None, float | None]) -> str:
    """Return the verdict when the truth lies between ``low`` and ``high`` and a range is asked."""
    least, most = span
    answers = [SERVED if least is None else compare(low, high, least)]
    answers.append(SERVED if most is None else compare(-high, -low, -most))
    return worst(answers)


def worst(verdicts: Iterable[str]) -> str:
    """Return the verdict that decides where several must all be met."""
    seen = set(verdicts)
    return next((one for one in (LACKING, UNKNOWN, SERVED) if one in seen), NOT_APPLICABLE)
