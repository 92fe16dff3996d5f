"""Say in words how good a choice is: proven, near its bound, or stopped before either was sure."""

from livingcircle._siting.answers import Choice

ENDED = {"time": "到时限停止，没有证完", "stopped": "中途停止，没有证完"}
ALIKE = 1e-9


def how_good(choice: Choice, bound: str = "上界") -> str:
    """Return how far a choice is from the best, by its status, its bound and what it leaves unmet.

    Parameters
    ----------
    choice
        A choice with its bound.
    bound
        Which side the bound is on: 上界 or 下界.
    """
    near = f"与{bound}的差距{choice.gap:.2%}"
    spare = choice.unmet - choice.unmet_bound
    unsure = spare > ALIKE * max(choice.unmet, 1.0)
    if choice.status != "proven":
        more = "，未满足的可能还能再少" if unsure else ""
        return f"{ENDED[choice.status]}，{near}{more}"
    return "已证明最优" if choice.gap <= ALIKE and not unsure else f"已证明{near}以内"
