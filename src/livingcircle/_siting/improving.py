"""Find a good choice and good prices side by side, in steps that do not depend on the clock.

Both are kernels that let go of the interpreter, so each runs in a thread of its own. They meet
after every phase; a phase has a fixed number of rounds and steps, so that the same
question gives the same choice on any machine, unless the time is over.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from dataclasses import field

import numpy as np

from livingcircle._siting.answers import SAME
from livingcircle._siting.answers import Clock
from livingcircle._siting.descent import beginning
from livingcircle._siting.descent import descend
from livingcircle._siting.descent import descends
from livingcircle._siting.descent import steps_of
from livingcircle._siting.dual import Pricing
from livingcircle._siting.instance import Floats
from livingcircle._siting.instance import Ints
from livingcircle._siting.model import Model
from livingcircle._siting.search import Lots
from livingcircle._siting.search import State
from livingcircle._siting.search import become
from livingcircle._siting.search import choose_greedily
from livingcircle._siting.search import exchange
from livingcircle._siting.search import improve
from livingcircle._siting.search import nothing_chosen
from livingcircle._siting.search import settle

# Rounds of kicks and steps of prices in each phase.
PHASES = ((20, 100), (40, 100), (40, 200), (60, 200), (80, 200))
STRENGTH = 4  # at most so many options are let go in a kick
SLICES = 20  # looks at the clock in a phase of a descent
BUNDLE = 5  # rounds between two looks at the clock
_WHOLE = 1e-6  # a bound on whole numbers may be off by so much of itself
_MULTIPLIER, _START = 0x9E3779B97F4A7C15, 88172645463325252
ALL = np.iinfo(np.int64).max


@dataclass
class Best:
    """Hold the best choice of a model so far, and the bound.

    Attributes
    ----------
    model
        The model.
    grain
        All values are multiples of this; 0 where nothing is known.
    chosen, value
        Options, ascending, and what they are worth.
    bound
        No choice is worth more.
    ways
        How value and bound were found, in Chinese.
    """

    model: Model
    grain: float
    chosen: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    value: float = -np.inf
    bound: float = np.inf
    ways: tuple[str, str] = ("贪心", "")

    @property
    def offset(self) -> float:
        """Return what kernels count too much: where needs must be met, meeting them is worth 0."""
        return float(self.model.weight @ self.model.need) if self.model.hard else 0.0

    def worth_of(self, state: State) -> float:
        """Return what a state is worth; far below anything else where hard needs are unmet."""
        return float(state[9][0]) - self.offset

    def tell(self, clock: Clock, stage: str, value: float = -np.inf, bound: float = np.inf) -> None:
        """Tell how far it has come; where needs must be met, in what it takes to meet them."""
        value, bound = max(value, self.value), min(bound, self.bound)
        sign = -1.0 if self.model.hard else 1.0
        clock.tell(stage, sign * value, sign * bound)

    def take(self, chosen: Ints, value: float, way: str) -> None:
        """Keep a choice if it is better."""
        if value > self.value:
            self.chosen, self.value = np.sort(chosen), value
            self.ways = (way, self.ways[1])

    def lower(self, bound: float, way: str) -> None:
        """Keep a bound if it is lower; whole numbers have whole bounds."""
        if self.grain and np.isfinite(bound):
            # What rounding may hide is less than half a step, or whole bounds would never be met.
            slip = min(_WHOLE * max(1.0, abs(bound)), self.grain / 2)
            bound = np.floor((bound + slip) / self.grain) * self.grain
        bound = max(bound, self.value)
        if bound < self.bound:
            self.bound = float(bound)
            self.ways = (self.ways[0], way)

    def enough(self, gap: float) -> bool:
        """Return whether value and bound are near enough."""
        return self.bound - self.value <= max(gap, SAME) * abs(self.value)


@dataclass
class Improver:
    """Improve a choice of a model, a phase at a time."""

    model: Model
    state: State
    lots: Lots
    way = "贪心、交换、重启"

    def run(self, rounds: int, clock: Clock) -> None:
        """Go so many rounds further, as long as there is time."""
        among = np.ones(self.model.count, dtype=np.bool_)
        for _ in range(0, rounds, BUNDLE):
            if clock.over():
                break
            improve(self.model.arrays, self.state, among, self.lots, BUNDLE, STRENGTH)


@dataclass
class Descent(Improver):
    """Find a choice of fewer and fewer options."""

    way = "贪心、逐个减少"

    def __post_init__(self) -> None:
        """Begin from the choice so far."""
        chosen = self.state[2].copy()
        self.steps = steps_of(self.model)
        self.fewest, self.moving = chosen, beginning(self.model.arrays, chosen)
        self.clockwork = np.array([0, max(1, self.steps // SLICES), -1])

    def run(self, rounds: int, clock: Clock) -> None:
        """Go some steps further, however many rounds are asked for, as long as there is time."""
        del rounds
        arrays = self.model.arrays
        for _ in range(SLICES):
            if clock.over():
                break
            descend(arrays, self.moving, self.fewest, self.clockwork, self.lots)
        become(arrays, self.state, np.flatnonzero(self.fewest))


def start(best: Best, prices: Floats | None = None) -> None:
    """Choose greedily, by gain and where there are prices by gain for money, and exchange."""
    model = best.model
    ratios = [np.ones(model.count)]
    if prices is not None and prices.max(initial=0.0) > 0:
        ratios.append(np.maximum(prices, 1e-9 * prices.max()))
    for ratio in ratios:
        state = nothing_chosen(model.arrays)
        among = np.ones(model.count, dtype=np.bool_)
        choose_greedily(model.arrays, state, among.copy(), ratio, ALL)
        exchange(model.arrays, state, among)
        best.take(picked(state), best.worth_of(state), "贪心、交换")


def refine(best: Best, clock: Clock, stage: str) -> Pricing:
    """Improve the choice and the prices until they meet, or all phases are over."""
    effort, model = clock.effort, best.model
    pricing = Pricing(model)
    best.lower(pricing.best.bound, "对偶价格")
    mark = (effort.seed * _MULTIPLIER + _START) % 2**64
    lots = np.array([mark or _START], dtype=np.uint64)
    state = nothing_chosen(model.arrays)
    become(model.arrays, state, best.chosen)
    state[12][:] = False
    improver = (Descent if descends(model) else Improver)(model, state, lots)
    with ThreadPoolExecutor(2) as pool:
        for rounds, steps in PHASES:
            if best.enough(effort.gap) or clock.over() or model.count == 0:
                break
            enough = best.value + effort.gap * abs(best.value)
            found = pool.submit(pricing.look, steps, enough, clock)
            grown = pool.submit(improver.run, rounds, clock)
            grown.result()
            best.take(picked(state), best.worth_of(state), improver.way)
            best.lower(found.result().bound, "对偶价格")
            best.tell(clock, stage)
    return pricing


def tidy(best: Best) -> None:
    """Exchange options for others just as good with lower numbers."""
    model = best.model
    state = nothing_chosen(model.arrays)
    become(model.arrays, state, best.chosen)
    settle(model.arrays, state)
    best.chosen = np.sort(picked(state))


def picked(state: State) -> Ints:
    """Return the options chosen in a state, in the order in which they came."""
    chosen: Ints = state[3][: state[4][0]].copy()
    return chosen
