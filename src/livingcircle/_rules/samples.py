"""Say how sure a share measured on a sample of people is."""

import math
from typing import Final

# The two-sided 95 % point of the normal distribution.
Z95: Final = 1.959963984540054


def wilson(successes: float, n: float, z: float = Z95) -> tuple[float, float]:
    """Return Wilson's interval for a share measured on a sample, in 0–1.

    Parameters
    ----------
    successes, n
        How many said yes, and how many were asked.

    Returns
    -------
    Lower and upper end; (0, 1) when nobody was asked.
    """
    if n <= 0:
        return 0.0, 1.0
    share = successes / n
    centre = share + z * z / (2 * n)
    spread = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return (max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale))


def sample_words(share: float, n: int, least: float | None) -> str:
    """Write the interval of a share of a sample, and whether it leaves open what is asked."""
    low, high = wilson(share * n, n)
    open_still = least is not None and low < least <= high
    doubt = "，样本还不足以断定" if open_still else ""
    return f"（抽样{n:,}人，95%区间{100 * low:.1f}%–{100 * high:.1f}%{doubt}）"
