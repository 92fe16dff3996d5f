"""Write numbers, percentages and ranges as a sentence of a standard needs them."""

from livingcircle._rules.fields import Span

_WHOLE_FROM = 1000.0


def number_words(value: float) -> str:
    """Write a number with separators and no more digits than it has: ``1,200,000``, ``12.5``."""
    exact = round(value, 6)
    if exact == int(exact):
        return f"{exact:,.0f}"
    return f"{exact:,.6f}".rstrip("0").rstrip(".")


def measured_words(value: float) -> str:
    """Write a measured number as precisely as anybody wants to read it."""
    return number_words(round(value, 0 if abs(value) >= _WHOLE_FROM else 2))


def percent_words(share: float) -> str:
    """Write a fraction of one as a percentage: 0.125 becomes ``12.5%``."""
    return f"{number_words(100 * share)}%"


def span_words(span: Span, unit: str) -> str:
    """Write a range in Chinese: ``不少于50平方米`` or ``1,000–3,000平方米``."""
    low, high = (None if end is None else number_words(end) for end in span)
    if low is None or high is None:
        return f"不多于{high}{unit}" if low is None else f"不少于{low}{unit}"
    return f"{low}{unit}" if low == high else f"{low}–{high}{unit}"


def percent_span_words(span: Span) -> str:
    """Write a range of fractions as percentages; everything is ``为100%``."""
    low, high = (None if end is None else round(100 * end, 6) for end in span)
    if low == 100:  # noqa: PLR2004 - per cent
        return "为100%"
    return span_words((low, high), "%")


def slack_words(tolerance: float) -> str:
    """Say by how much a share may fall short; empty where by nothing."""
    return f"（容差{number_words(100 * tolerance)}个百分点）" if tolerance else ""
