"""Choose where to add what: 补什么, 如何补, with proof of how good the choice is.

Existing outlets stay where they are. New ones go into the rooms of the space ledger, several
trades at once where the floor holds them, so that as many people as possible who lack something
no longer do (:func:`site_most`), or so that every circle meets its standard with as few new
outlets as can be (:func:`site_fewest`). The models are written down in
``docs/explanation/siting-models.md``.
"""

import time
from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from livingcircle._siting.answers import Choice
from livingcircle._siting.answers import Effort
from livingcircle._siting.answers import Progress
from livingcircle._siting.close import alternatives
from livingcircle._siting.every import cover_all
from livingcircle._siting.instance import Instance
from livingcircle._siting.instance import Limits
from livingcircle._siting.most import cover_most
from livingcircle.assessment import Assessment
from livingcircle.candidates import Candidates
from livingcircle.errors import SitingError
from livingcircle.lacking import Lacking
from livingcircle.lacking import Weights
from livingcircle.lacking import find_lacking
from livingcircle.shortage import Shortages
from livingcircle.shortage import find_shortages
from livingcircle.site_marginals import CLOSE_PLANS
from livingcircle.site_marginals import Closest
from livingcircle.site_marginals import by_shop
from livingcircle.site_marginals import closest_plans
from livingcircle.site_marginals import exchanged
from livingcircle.site_marginals import first_covering
from livingcircle.site_marginals import further_shops
from livingcircle.site_marginals import in_order
from livingcircle.site_marginals import people_by_shop
from livingcircle.site_options import Options
from livingcircle.site_options import Terms
from livingcircle.site_options import list_options

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

LEAST_SECONDS = 0.5  # that a model gets when the time is over already


@dataclass(frozen=True)
class Wish:
    """Say what is wanted of new sites.

    Attributes
    ----------
    trades
        Codes of trades; without any, all that must be within reach.
    count
        Most new shops; one shop may take several trades (一店多能 counts once).
    budget
        Most money, in 万元; only rooms with a known cost are offered then.
    weights, terms
        How people count, and what options have to keep to.
    least_people
        A further shop that would newly serve fewer people than this is not proposed.
    seconds, gap, seed
        How long to look for better answers, what gap is good enough, and what lots are drawn with.
    progress, stop
        Told how far it has come; asked whether to stop.
    """

    trades: tuple[str, ...] = ()
    count: int | None = None
    budget: float | None = None
    weights: Weights = field(default_factory=Weights)
    terms: Terms = field(default_factory=Terms)
    least_people: float = 1.0
    seconds: float = 30.0
    gap: float = 0.0
    seed: int = 0
    progress: Callable[[Progress], None] | None = None
    stop: Callable[[], bool] | None = None

    @property
    def effort(self) -> Effort:
        """Return how hard the models are to try."""
        return Effort(self.seconds, self.seed, self.gap, self.progress, self.stop)


@dataclass(frozen=True)
class SitePlan:
    """Hold where to add what, and how good that is.

    Attributes
    ----------
    question
        ``"most"`` or ``"fewest"``.
    assessment, options
        What was lacking, and what could have been chosen.
    choice
        What was chosen, with value, bound and gap; weighted people, or a number of trades placed.
    order
        The options that are opened, shop by shop, the shop that adds most first; those that serve
        nobody new and make up no number are left out, shape (k,).
    gains
        What each shop adds to those before it, in weighted people, shape (shops,).
    served
        The option, in this order, that first covers each row of demand; -1 for none, shape
        (rows,).
    further
        What one more shop after the plan, and one more after that, would add at best.
    close
        Plans that were close.
    shortages
        Numbers that are short, and whether the plan makes them up; none for ``"most"``.
    stopped
        Why no more were added, in a sentence, or ``""``.
    """

    question: str
    wish: Wish
    assessment: Assessment
    options: Options
    choice: Choice
    order: Ints
    gains: Floats
    served: Ints
    further: Floats
    close: tuple[Closest, ...]
    shortages: Shortages
    stopped: str = ""

    @property
    def sites(self) -> Ints:
        """Return the candidates that are opened, in the order of the plan."""
        return in_order(self.options.candidate[self.order])

    @cached_property
    def rows_of(self) -> Mapping[int, Ints]:
        """Return the rows of demand that each opened option is the first to cover."""
        order = np.argsort(self.served, kind="stable")
        options, begin = np.unique(self.served[order], return_index=True)
        parts = np.split(order, begin[1:])
        found = dict(zip(options.tolist(), parts, strict=False))
        none = np.empty(0, dtype=np.int64)
        return {one: found.get(one, none) for one in self.order.tolist()}

    @property
    def reachable(self) -> Bools:
        """Return which rows of demand any option could cover, shape (rows,)."""
        return _reachable(self.options.instance)[: len(self.options.demand)]


def sharing(wish: Wish) -> Callable[[], Effort]:
    """Return how hard the next model is to try: all models of a question share its time."""
    until = time.perf_counter() + wish.seconds
    return lambda: replace(wish.effort, seconds=max(until - time.perf_counter(), LEAST_SECONDS))


def site_most(assessment: Assessment, candidates: Candidates, wish: Wish) -> SitePlan:
    """Return the sites that newly serve most people, for a number of shops or a budget.

    Parameters
    ----------
    assessment
        Who lacks what.
    candidates
        Rooms, from :func:`livingcircle.candidates.ledger_candidates` or along streets.
    wish
        Trades, number or budget, and the rest.

    Raises
    ------
    SitingError
        If neither a number nor a budget is given, a trade has no walking radius, or nothing that
        lacks can be reached from any candidate.
    """
    if wish.count is None and wish.budget is None:
        remedy = "写明最多新设几处（--count），或预算多少万元（--budget）"
        raise SitingError("没有说要设多少", remedy=remedy)
    demand = find_lacking(assessment, wish.trades, wish.weights)
    _refuse_idle(demand)
    options = _options(assessment, candidates, demand, wish)
    _refuse_hopeless(options)
    effort = sharing(wish)
    choice, stopped = _until_too_few(options, wish, effort)
    order, gains = by_shop(options, choice.chosen, len(demand))
    return SitePlan(
        question="most",
        wish=wish,
        assessment=assessment,
        options=options,
        choice=choice,
        order=order,
        gains=gains,
        served=first_covering(options.instance, order)[: len(demand)],
        further=further_shops(options, order, effort),
        close=closest_plans(options, order, wish.budget, effort),
        shortages=Shortages.none(),
        stopped=stopped,
    )


def site_fewest(assessment: Assessment, candidates: Candidates, wish: Wish) -> SitePlan:
    """Return the fewest trades to place so that every unit meets its standard on number and radius.

    A room that takes two trades counts twice here. What no candidate, or no budget, can mend is
    told by how much it stays short; the rest is solved all the same. Everybody who lacks is to be
    served, also where the standard asks for a share of them only, and a number is made up inside
    its unit, also where the standard counts what is near outside: at most as many are needed.

    Raises
    ------
    SitingError
        If a trade is named of which the standard asks nothing.
    """
    demand = find_lacking(assessment, wish.trades, wish.weights)
    shortages = find_shortages(assessment, wish.trades)
    if not shortages.all:
        _refuse_idle(demand)
    options = _options(assessment, candidates, demand, wish, shortages.trades)
    instance, need = shortages.join(options.instance, options, candidates)
    options = replace(options, instance=instance)
    _refuse_hopeless(options)
    limits = Limits(sites=wish.count, opening=wish.budget)
    choice = cover_all(instance, need, wish.effort, limits)
    order, gains = by_shop(options, choice.chosen, len(demand))
    return SitePlan(
        question="fewest",
        wish=wish,
        assessment=assessment,
        options=options,
        choice=choice,
        order=order,
        gains=gains,
        served=first_covering(instance, order)[: len(demand)],
        further=np.empty(0),
        close=exchanged(alternatives(instance, limits, choice, CLOSE_PLANS, need)),
        shortages=shortages.after(choice.shortfall[len(demand) :]),
    )


def _until_too_few(
    options: Options, wish: Wish, effort: Callable[[], Effort]
) -> tuple[Choice, str]:
    """Return the best choice in which every shop newly serves enough people, and why it stops.

    The number of shops is taken down one at a time: the best few are not the first of the best
    many.
    """
    limits, stopped = Limits(sites=wish.count, opening=wish.budget), ""
    while True:
        choice = cover_most(options.instance, limits, effort())
        worth = people_by_shop(options, choice.chosen)
        least = min(worth, default=wish.least_people)
        if least >= wish.least_people or not worth:
            return choice, stopped
        fewer = len(worth) - 1
        stopped = (
            f"第{fewer + 1}处只能新服务{least:,.0f}人，少于{wish.least_people:g}人，"
            f"所以只设{fewer}处"
        )
        limits = replace(limits, sites=fewer)


def _options(
    assessment: Assessment,
    candidates: Candidates,
    demand: Lacking,
    wish: Wish,
    more: tuple[str, ...] = (),
) -> Options:
    """Return what could be opened."""
    terms = replace(wish.terms, costed=wish.terms.costed or wish.budget is not None)
    options = list_options(assessment, candidates, demand, terms, more)
    if len(options) == 0:
        told = "；".join(f"{many}项{why}" for why, many in options.left_out.items() if many)
        what = f"没有一个候选空间可以设所要的业态（{told or '没有缺的业态'}）"
        remedy = "核对空间台账的适合业态，或改用沿街位置（--frontage）"
        raise SitingError(what, where="选址", remedy=remedy)
    return options


def _refuse_idle(demand: Lacking) -> None:
    """Raise where nobody surely lacks anything: there is nothing to choose for."""
    if len(demand):
        return
    names = "、".join(dict.fromkeys(one.name for one in demand.asked))
    if not names:
        what = "这个配置标准没有规定必须步行可达的业态，不知道为谁选址"
        raise SitingError(what, where="选址", remedy="用 --trade 写明业态，或换一个标准")
    doubtful = int(demand.unknown_doors.max(initial=0))
    if doubtful > 0:
        what = f"没有居民确认缺{names}，但有{doubtful:,}个楼门没有核实"
        remedy = "补齐网点台账并在 district.toml 写明 complete_for，核实以后再选址"
        raise SitingError(what, where="选址", remedy=remedy)
    what = f"没有居民缺{names}，不需要为他们选址"
    raise SitingError(what, where="选址", remedy="换一种业态")


def _refuse_hopeless(options: Options) -> None:
    """Raise where nothing that lacks is near any candidate."""
    if len(options.instance.weight) and len(options.instance.rows) == 0:
        names = "、".join(dict.fromkeys(one.name for one in options.demand.asked))
        what = f"所有候选空间都离缺{names}的楼门太远"
        remedy = "在缺的地方补登空间，或改用沿街位置（--frontage）"
        raise SitingError(what, where="选址", remedy=remedy)


def _reachable(instance: Instance) -> Bools:
    """Return which rows any option covers."""
    can = np.zeros(instance.demand, dtype=np.bool_)
    can[instance.rows] = True
    return can
