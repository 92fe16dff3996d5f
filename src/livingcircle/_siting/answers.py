"""Hold how long an answer may take, how far it has come, and the answer with its proof."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from typing import Literal

from livingcircle._siting.instance import Floats
from livingcircle._siting.instance import Ints

Status = Literal["proven", "time", "stopped"]
# A value and a bound so near, as a share, are the same: nearer no solver of floats can come.
SAME = 1e-7


@dataclass(frozen=True)
class Progress:
    """Say how far a solver has come.

    Attributes
    ----------
    stage
        What it is doing, in Chinese, for the reader.
    seconds
        Since it began.
    value, bound
        Best answer so far, and what no answer can beat.
    """

    stage: str
    seconds: float
    value: float
    bound: float


@dataclass(frozen=True)
class Effort:
    """Say how hard to try.

    Attributes
    ----------
    seconds
        Time limit; the answer found by then is returned and says so.
    seed
        For everything drawn by lot.
    gap
        Difference of value and bound, as a share of the value, that is good enough.
    progress
        Told now and then how far it has come.
    stop
        Asked now and then whether to stop.
    """

    seconds: float = 60.0
    seed: int = 0
    gap: float = 0.0
    progress: Callable[[Progress], None] | None = None
    stop: Callable[[], bool] | None = None


@dataclass
class Clock:
    """Watch the time of one answer, and whether somebody wants it stopped."""

    effort: Effort
    begun: float = field(default_factory=time.perf_counter)
    stopped: bool = False

    @property
    def seconds(self) -> float:
        """Return the seconds since the beginning."""
        return time.perf_counter() - self.begun

    @property
    def left(self) -> float:
        """Return the seconds that are left."""
        return max(0.0, self.effort.seconds - self.seconds)

    def over(self) -> bool:
        """Return whether to stop now: the time is over, or somebody said so."""
        if not self.stopped and self.effort.stop is not None:
            self.stopped = bool(self.effort.stop())
        return self.stopped or self.left <= 0

    def part(self, share: float) -> "Clock":
        """Return a clock that is over after a share of the time left, and stops with this one."""
        return _Part(
            replace(self.effort, seconds=self.seconds + share * self.left), self.begun, whole=self
        )

    def tell(self, stage: str, value: float, bound: float) -> None:
        """Tell whoever wants to know how far it has come."""
        if self.effort.progress is not None:
            self.effort.progress(Progress(stage, self.seconds, value, bound))

    def status(self, *, proven: bool) -> Status:
        """Return how an answer ended."""
        if proven:
            return "proven"
        return "stopped" if self.stopped else "time"


@dataclass
class _Part(Clock):
    """Watch a part of the time of another clock."""

    whole: Clock | None = None

    def over(self) -> bool:
        """Return whether to stop now; asked of the whole, so that it knows as well."""
        return (self.whole is not None and self.whole.over()) or self.left <= 0


@dataclass(frozen=True)
class Choice:
    """Hold what was chosen, what it is worth, and what no choice could be worth more than.

    Attributes
    ----------
    chosen
        Options in the order in which they add most; fixed ones are not among them, shape (k,).
    gains
        What each adds to those before it: the marginal curve, shape (k,).
    value
        What all are worth: people covered and bonuses; or, for ``cover_all``, how many options or
        how much money.
    bound
        No choice within the limits is worth more; or, for ``cover_all``, takes less.
    status
        ``"proven"`` where value and bound are within the wanted gap (or ``SAME``); else why it
        ended.
    seconds, seed
        Time it took; what lots were drawn with.
    how
        Which methods gave value and bound, in Chinese.
    covered
        By how many options, fixed ones included, each row is covered, shape (rows,).
    shortfall
        How many more each row would need, shape (rows,).
    unmet, unmet_bound
        Weight that is still short, each row as often as it is short; and the least it can be.
    """

    chosen: Ints
    gains: Floats
    value: float
    bound: float
    status: Status
    seconds: float
    seed: int
    how: str
    covered: Ints
    shortfall: Ints
    unmet: float = 0.0
    unmet_bound: float = 0.0

    @property
    def gap(self) -> float:
        """Return how far value and bound are apart, as a share of the value."""
        apart = abs(self.bound - self.value)
        return 0.0 if apart == 0 else float(apart / abs(self.value)) if self.value else float("inf")


@dataclass(frozen=True)
class Swaps:
    """Hold plans that were close: one option of the choice exchanged for another.

    Attributes
    ----------
    out, into
        Option that leaves, and option that comes instead, shape (k,).
    loss
        What the exchange loses, in people and bonuses; 0 for plans just as good, shape (k,).
    """

    out: Ints
    into: Ints
    loss: Floats
