"""List what could be opened: each trade in each room it fits, and whom it would reach.

An option is one trade in one room; several trades may share a room as long as its floor holds
them (一店多能). What may not stand there is left out here, with the reason, so that the models
only choose among what is allowed.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field

import numpy as np
import numpy.typing as npt
import shapely
from scipy.spatial import cKDTree

from livingcircle._routing.readers import Reader
from livingcircle._rules.mixes import ProhibitedRule
from livingcircle._rules.mixes import SeparationRule
from livingcircle._rules.sizes import SiteAreaRule
from livingcircle._siting.instance import Instance
from livingcircle.assessment import Assessment
from livingcircle.candidates import Candidates
from livingcircle.candidates import doors_near
from livingcircle.candidates import standing_in
from livingcircle.lacking import Asked
from livingcircle.lacking import Lacking
from livingcircle.trades import with_broader

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

# 密云 附件1.1 四 3 设施关联度优先: groups used together by children, old people and adults.
RELATED = (
    frozenset({"children_play", "training", "childcare", "baby_goods"}),
    frozenset({"vegetable", "convenience_store", "supermarket", "training", "elderly_care"}),
    frozenset({"fitness", "sports_goods", "bookshop", "performance_venue", "cinema", "leisure"}),
)
RELATED_METRES = 300.0
UNFIT, DOUBTFUL = "登记的适合业态里没有这一种", "适合业态的写法认不出，未核实"
TOO_CLOSE, NO_COST = "离同类或要避开的网点太近", "估算投入未核实"
BANNED = "配置标准不许设在这里"


@dataclass(frozen=True)
class Terms:
    """Say what an option has to keep to.

    Attributes
    ----------
    separation
        Least metres on foot between outlets of one trade, old and new; a standard may ask more.
    related
        What every related trade within 300 m on foot is worth, in people: it decides between
        sites that serve as many.
    costed
        Whether only rooms with a known cost are offered, for choosing within a budget.
    """

    separation: float = 0.0
    related: float = 1.0
    costed: bool = False


@dataclass(frozen=True)
class Options:
    """Hold what could be opened.

    Attributes
    ----------
    candidates, demand
        Where, and for whom.
    trades
        Trades that are asked for.
    candidate, trade
        Room and trade of each option, as numbers, shape (options,).
    instance
        The same for the models.
    small
        Whether the room is smaller than the standard wants it, shape (options,); the walking
        radius comes before the size (密云 附件1.1 四 2).
    left_out
        How many (room, trade) were left out for which reason.
    """

    candidates: Candidates
    demand: Lacking
    trades: tuple[str, ...]
    candidate: Ints
    trade: Ints
    instance: Instance
    small: Bools
    left_out: Counter[str] = field(default_factory=Counter)

    def __len__(self) -> int:
        """Return how many options there are."""
        return len(self.candidate)

    def trade_of(self, option: int) -> str:
        """Return the trade of an option."""
        return self.trades[int(self.trade[option])]


def list_options(
    assessment: Assessment,
    candidates: Candidates,
    demand: Lacking,
    terms: Terms,
    trades: Sequence[str] = (),
) -> Options:
    """Return every trade in every room it fits.

    Parameters
    ----------
    assessment
        The standard, and the outlets there are.
    candidates, demand
        Where, and for whom.
    terms
        What has to be kept to.
    trades
        Trades that are asked for beside those of the demand, such as to make up a number.
    """
    trades = tuple(dict.fromkeys([*demand.trades, *trades]))
    left_out: Counter[str] = Counter()
    allowed = _allowed(assessment, candidates, trades, terms, left_out)
    place, trade = np.nonzero(allowed)
    pairs = _pairs(candidates, demand, trades, allowed)
    start = np.searchsorted(pairs[0], np.arange(len(place) + 1))
    usual, least = _rooms(assessment, trades)
    room, capacity = _floors(usual, candidates)
    area = np.array([one.area_m2 for one in candidates.spaces], dtype=np.float64)
    cost = np.array([one.cost for one in candidates.spaces], dtype=np.float64)
    instance = Instance(
        start=start,
        rows=pairs[1],
        weight=demand.weight,
        bonus=terms.related * _related(assessment, candidates, trades)[place, trade],
        opening=np.nan_to_num(cost),
        site=place,
        room=room[place, trade],
        capacity=capacity,
        kind=trade,
        apart=_apart(candidates, place, trade, terms.separation, _straight(assessment, trades)),
    )
    small = area[place] < least[trade]
    return Options(candidates, demand, trades, place, trade, instance, small, left_out)


def _allowed(
    assessment: Assessment,
    candidates: Candidates,
    trades: Sequence[str],
    terms: Terms,
    left_out: Counter[str],
) -> Bools:
    """Return which trade may stand in which room, shape (candidates, trades)."""
    said = {True: 1, False: 0, None: -1}
    fits = [[said[space.fits((trade,))] for trade in trades] for space in candidates.spaces]
    answers = np.array(fits, dtype=np.int8).reshape(len(candidates), len(trades))
    allowed = answers == said[True]
    left_out[UNFIT] += int((answers == said[False]).sum())
    left_out[DOUBTFUL] += int((answers == said[None]).sum())
    if terms.costed:
        unknown = np.array([np.isnan(one.cost) for one in candidates.spaces], dtype=np.bool_)
        left_out[NO_COST] += int((allowed & unknown[:, None]).sum())
        allowed &= ~unknown[:, None]
    banned = _banned(assessment, candidates, trades)
    left_out[BANNED] += int((allowed & banned).sum())
    allowed &= ~banned
    close = _too_close(assessment, candidates, trades, terms)
    left_out[TOO_CLOSE] += int((allowed & close).sum())
    return np.asarray(allowed & ~close, dtype=np.bool_)


def _banned(assessment: Assessment, candidates: Candidates, trades: Sequence[str]) -> Bools:
    """Return which trades the standard forbids where each room stands."""
    banned = np.zeros((len(candidates), len(trades)), dtype=np.bool_)
    facts = list(zip(assessment.rows.units, assessment.facts, strict=True))
    for one in assessment.standard.requirements:
        if not isinstance(one.rule, ProhibitedRule):
            continue
        barred = [not set(one.trades).isdisjoint(with_broader((t,))) for t in trades]
        for unit, fact in facts:
            if unit.level == one.level and one.applies.test(fact)[0]:
                here = standing_in(unit, candidates)[:, None]
                banned |= here & np.array(barred, dtype=np.bool_)
    return banned


def _too_close(
    assessment: Assessment, candidates: Candidates, trades: Sequence[str], terms: Terms
) -> Bools:
    """Return where an outlet of a trade would stand too close to one there is."""
    close = np.zeros((len(candidates), len(trades)), dtype=np.bool_)
    held = open_trades(assessment)
    if terms.separation > 0:
        _, _, place, outlet = candidates.places_within(terms.separation)
        for number, trade in enumerate(trades):
            rivals = np.array([trade in one for one in held], dtype=np.bool_)
            close[place[rivals[outlet]], number] = True
    outlets = assessment.district.outlets.geometry.to_numpy()
    shops = assessment.situation.grid.project_pairs(shapely.get_coordinates(outlets))
    for number, trade in enumerate(trades):
        for rule in _separations(assessment, trade):
            kept_from = frozenset(rule.to or (trade,))
            rivals = np.array([bool(kept_from & one) for one in held], dtype=np.bool_)
            if rivals.any():
                metres, _ = cKDTree(shops[rivals]).query(candidates.xy)
                close[:, number] |= metres < rule.metres
    return close


def open_trades(assessment: Assessment) -> list[frozenset[str]]:
    """Return the trades of each outlet that is open; none of one that is not."""
    table = assessment.district.outlet_trades
    held = {str(one): frozenset(rows) for one, rows in table.groupby("outlet_id")["trade"]}
    outlets = assessment.district.outlets
    return [
        held.get(str(one), frozenset()) if status == "open" else frozenset()
        for one, status in outlets["status"].items()
    ]


def _separations(assessment: Assessment, trade: str) -> list[SeparationRule]:
    """Return what the standard says about keeping outlets of a trade apart, in straight lines."""
    broader = frozenset(with_broader((trade,)))
    return [
        one.rule
        for one in assessment.standard.requirements
        if isinstance(one.rule, SeparationRule) and broader.intersection(one.trades)
    ]


def _straight(assessment: Assessment, trades: Sequence[str]) -> list[tuple[int, int, float]]:
    """Return which trades the standard keeps how many metres apart, in straight lines."""
    found = []
    for one, trade in enumerate(trades):
        for rule in _separations(assessment, trade):
            kept_from = frozenset(rule.to or (trade,))
            found += [
                (one, other, rule.metres)
                for other, name in enumerate(trades)
                if kept_from.intersection(with_broader((name,)))
            ]
    return found


def _apart(
    candidates: Candidates,
    place: Ints,
    trade: Ints,
    walked: float,
    straight: Sequence[tuple[int, int, float]],
) -> Ints:
    """Return pairs of options that stand too close: of one trade on foot, by rule straight."""
    kinds = int(trade.max(initial=-1)) + 1
    number = np.full((len(candidates), max(kinds, 1)), -1, dtype=np.int64)
    number[place, trade] = np.arange(len(place))
    close = [np.empty((0, 2), dtype=np.int64)]
    if walked > 0:
        one, other, _, _ = candidates.places_within(walked)
        close += [np.stack([number[one, k], number[other, k]], axis=1) for k in range(kinds)]
    tree = cKDTree(candidates.xy)
    for first, second, metres in straight:
        if first >= kinds or second >= kinds:
            continue
        # A rule keeps them no less than its metres apart; one room holds both or one of them.
        near = tree.query_pairs(np.nextafter(metres, 0.0), output_type="ndarray").astype(np.int64)
        same = np.repeat(np.arange(len(candidates))[:, None], 2, axis=1)
        both = np.concatenate([near, near[:, ::-1], *([same] if first != second else [])])
        close.append(np.stack([number[both[:, 0], first], number[both[:, 1], second]], axis=1))
    pairs = np.sort(np.concatenate(close), axis=1)
    return np.unique(pairs[(pairs >= 0).all(axis=1)], axis=0).reshape(-1, 2)


def _pairs(
    candidates: Candidates, demand: Lacking, trades: Sequence[str], allowed: Bools
) -> tuple[Ints, Ints]:
    """Return option and row of everything that can be reached, in that order, each once."""
    number = np.cumsum(allowed.ravel()).reshape(allowed.shape) - 1
    doors = len(candidates.situation.doors)
    row_of = demand.row_of(doors)
    near = Near(candidates.reader, (doors, len(candidates)), demand.asked)
    options, rows = [], []
    for service, one in enumerate(demand.asked):
        place, door = near.within(one)
        row = row_of[service, door]
        fits = (row >= 0) & _large_enough(candidates, one)[place]
        place, row = place[fits], row[fits]
        for kind, trade in enumerate(trades):
            if set(one.trades).isdisjoint(with_broader((trade,))):
                continue
            here = allowed[place, kind]
            options.append(number[place[here], kind])
            rows.append(row[here])
    none = np.empty(0, dtype=np.int64)
    option, row = (np.concatenate([none, *part]) for part in (options, rows))
    order = np.lexsort((row, option))
    return option[order], row[order]


def _large_enough(candidates: Candidates, one: Asked) -> Bools:
    """Return which rooms are as large as a requirement wants what answers it to be."""
    low, high = one.requirement.where.area
    area = np.array([space.area_m2 for space in candidates.spaces], dtype=np.float64)
    fits = np.ones(len(area), dtype=np.bool_)
    if low is not None:
        fits &= area >= low
    if high is not None:
        fits &= area <= high
    return fits


class Near:
    """Answer which doors are near which place, every list searched once.

    Parameters
    ----------
    reader
        What leads to the places.
    counts
        How many doors and places there are.
    asked
        How near is near.
    """

    def __init__(self, reader: Reader, counts: tuple[int, int], asked: Sequence[Asked]) -> None:
        self._doors, places = counts
        metres = [one.metres for one in asked if np.isfinite(one.metres)]
        minutes = [one.minutes for one in asked if np.isfinite(one.minutes)]
        self._metres = doors_near(reader, places, max(metres), "metres") if metres else None
        self._minutes = doors_near(reader, places, max(minutes), "minutes") if minutes else None

    def within(self, one: Asked) -> tuple[Ints, Ints]:
        """Return place and door of everything as near as a service asks, by place."""
        keys: list[Ints] = []
        for found, limit in ((self._metres, one.metres), (self._minutes, one.minutes)):
            if found is not None and np.isfinite(limit):
                start, door, length = found
                place = np.repeat(np.arange(len(start) - 1), np.diff(start))
                keys.append((place * self._doors + door)[length <= limit])
        both = keys[0] if len(keys) == 1 else np.intersect1d(keys[0], keys[1])
        return np.divmod(both, max(self._doors, 1))


def usual_rooms(assessment: Assessment, trades: Sequence[str]) -> Floats:
    """Return the square metres trades usually take; NaN where nobody knows."""
    return _rooms(assessment, trades)[0]


def _rooms(assessment: Assessment, trades: Sequence[str]) -> tuple[Floats, Floats]:
    """Return the square metres a trade usually takes, and those the standard asks; NaN unknown.

    What it usually takes is the middle of the outlets there are, but not less than is asked.
    """
    outlets = assessment.district.outlets
    held = open_trades(assessment)
    area = outlets["area_m2"].to_numpy(dtype=np.float64)
    usual, least = (np.full(len(trades), np.nan) for _ in range(2))
    for number, trade in enumerate(trades):
        some = area[np.array([trade in one for one in held], dtype=np.bool_)]
        some = some[~np.isnan(some)]
        ends = [
            low
            for one in assessment.standard.requirements
            if isinstance(one.rule, SiteAreaRule) and trade in one.trades
            for low, _ in one.rule.ranges
            if low is not None
        ]
        least[number] = min(ends, default=np.nan)
        usual[number] = np.median(some) if len(some) else np.nan
    return np.fmax(usual, least), least


def _floors(usual: Floats, candidates: Candidates) -> tuple[Floats, Floats]:
    """Return the room each trade takes in each space, and the floor of each space.

    One trade alone may have a room that is too small for it (radius before size). A space whose
    floor is unknown, and a trade whose need is unknown, are not shared.
    """
    area = np.array([one.area_m2 for one in candidates.spaces], dtype=np.float64)
    floor = np.where(np.isnan(area), 1.0, area)
    wanted = np.broadcast_to(usual, (len(candidates), len(usual)))
    room = np.where(np.isnan(wanted) | np.isnan(area)[:, None], floor[:, None], wanted)
    return np.minimum(room, floor[:, None]), floor


def _related(assessment: Assessment, candidates: Candidates, trades: Sequence[str]) -> Floats:
    """Return how many related trades have an outlet near, shape (candidates, trades)."""
    held = open_trades(assessment)
    _, _, place, outlet = candidates.places_within(RELATED_METRES)
    around: list[set[str]] = [set() for _ in range(len(candidates))]
    for one, other in zip(place.tolist(), outlet.tolist(), strict=True):
        around[one] |= held[other]
    groups = [frozenset().union(*(g for g in RELATED if trade in g)) - {trade} for trade in trades]
    return np.array(
        [[len(group & here) for group in groups] for here in around], dtype=np.float64
    ).reshape(len(candidates), len(trades))
