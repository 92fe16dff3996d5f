"""Say what could be done without a new room: move an outlet, widen its offer, share its floor.

A plan with no money still has these: an outlet that stands where others do too may move to where
none is; one that opens too late or is too small for a requirement may come up to it; and some
trades can be taken in by a shop that is already there (一店多能).
"""

from collections.abc import Collection
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from livingcircle.assessment import Assessment
from livingcircle.candidates import Candidates
from livingcircle.lacking import Asked
from livingcircle.lacking import Lacking
from livingcircle.lacking import Weights
from livingcircle.lacking import find_lacking
from livingcircle.reach import is_plain
from livingcircle.site_options import Near
from livingcircle.site_options import open_trades

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

MOST_EACH = 5  # of each service
# Trades that need a counter or a machine only, so that a shop can take them in.
TAKEN_IN = frozenset(
    {"parcel_point", "water_vending", "vending_machine", "laundry", "repair", "housekeeping",
     "photo_print", "breakfast", "recycling"}
)  # fmt: skip
HOSTS = frozenset(
    {"convenience_store", "supermarket", "restaurant", "fast_food_chain", "property_service"}
)
MOVE_COLUMNS = [
    "requirement_id", "trade_name", "outlet_id", "outlet_name", "space_id", "space_name",
    "gains", "loses", "people",
]  # fmt: skip
RAISE_COLUMNS = ["requirement_id", "trade_name", "outlet_id", "outlet_name", "needs", "people"]


@dataclass(frozen=True)
class Advice:
    """Hold what could be done without a new room.

    Attributes
    ----------
    moves
        Outlets that could move, one at a time: ``gains`` are people newly served, ``loses`` those
        whom nobody else serves near the old place, ``people`` the difference; best first.
    raises
        Outlets that are there but do not meet a requirement's conditions, such as its hours, and
        the people it would serve if they did.
    taken_in
        Shops that could take a trade in as well, and the people it would newly serve.
    modelled, usual
        How many doors that lack something have an unknown number of people; each counts as many
        as the usual one.
    """

    moves: pd.DataFrame
    raises: pd.DataFrame
    taken_in: pd.DataFrame
    modelled: int
    usual: float


def advise(
    assessment: Assessment, candidates: Candidates | None, trades: Sequence[str] = ()
) -> Advice:
    """Return what moving, widening and sharing alone would do.

    Parameters
    ----------
    assessment
        Who lacks what, and what there is.
    candidates
        Rooms to move to; None where there are none.
    trades
        Trades to look at; all that must be within reach without any.
    """
    demand = find_lacking(assessment, trades, Weights(0.0, 0.0, urgency=False))
    shops = _Shops(assessment, demand)
    moves = [] if candidates is None else _moves(assessment, candidates, demand, shops)
    return Advice(
        moves=_best(moves, MOVE_COLUMNS),
        raises=_best(_raises(assessment, demand, shops), RAISE_COLUMNS),
        taken_in=_best(_taken_in(assessment, demand, shops), RAISE_COLUMNS),
        modelled=demand.modelled,
        usual=demand.usual,
    )


class _Shops:
    """Hold the outlets there are, and which doors are near which of them."""

    def __init__(self, assessment: Assessment, demand: Lacking) -> None:
        outlets = assessment.district.outlets
        counts = len(assessment.situation.doors), len(outlets)
        self.near = Near(assessment.situation.reader, counts, demand.asked)
        self.ids = outlets.index.to_numpy(dtype=object)
        self.names = outlets["name"].to_numpy(dtype=object)
        belt = outlets.index.isin(assessment.district.belt)
        fixed = (outlets["status"] == "open") & (outlets["supply"] == "fixed")
        self.own: Bools = fixed.to_numpy(dtype=np.bool_) & ~belt
        self.held = open_trades(assessment)

    def holding(self, trades: Collection[str]) -> Bools:
        """Return which of the district's open outlets hold any of some trades."""
        held = [not one.isdisjoint(trades) for one in self.held]
        found: Bools = self.own & np.array(held, dtype=np.bool_)
        return found

    def told(self, outlet: int) -> dict[str, str]:
        """Return the id and the name of an outlet."""
        return {"outlet_id": str(self.ids[outlet]), "outlet_name": str(self.names[outlet])}


def _offering(assessment: Assessment, one: Asked) -> Bools:
    """Return which outlets answer a service."""
    supply = assessment.supply
    columns = [supply.needs.index(need) for need in one.needs]
    return np.asarray(supply.offers[:, columns].any(axis=1))


def _moves(
    assessment: Assessment, candidates: Candidates, demand: Lacking, shops: _Shops
) -> list[dict[str, object]]:
    """Return the best room for each outlet that could move to the good of more people.

    Only this outlet moves, and only one that serves in one way: another trade would move along.
    Who is near nobody else's, and near the new place too, is kept.
    """
    doors = len(assessment.situation.doors)
    residents = assessment.situation.doors["residents"].to_numpy(dtype=np.float64)
    people = np.where(np.isnan(residents), demand.usual, residents)
    to = Near(candidates.reader, (doors, len(candidates)), demand.asked)
    single = _single(assessment)
    rows = []
    for service, one in enumerate(demand.asked):
        outlet, door = shops.near.within(one)
        answers = _offering(assessment, one)
        outlet, door = outlet[answers[outlet]], door[answers[outlet]]
        alone = np.bincount(door, minlength=doors)[door] == 1
        outlet, door = outlet[alone], door[alone]
        loses = np.bincount(outlet, people[door], minlength=len(shops.ids))
        only = np.full(doors, -1, dtype=np.int64)
        only[door] = outlet
        place, near = to.within(one)
        fits = {
            trade: np.array([bool(s.fits((trade,))) for s in candidates.spaces], dtype=np.bool_)
            for trade in one.trades
        }
        lacking = np.zeros(doors, dtype=np.bool_)
        lacking[demand.door[demand.service == service]] = True
        gains = np.bincount(place, people[near] * lacking[near], minlength=len(candidates))
        kept = _kept(place, only[near], people[near], len(candidates))
        for who in np.flatnonzero(answers & shops.own & single).tolist():
            room = np.logical_or.reduce([fits[t] for t in one.trades if t in shops.held[who]])
            net = np.where(room, gains - loses[who] + kept.get(who, 0.0), 0.0)
            best = int(net.argmax()) if len(net) else -1
            if best >= 0 and net[best] > 0:
                space = candidates.spaces[best]
                rows.append(
                    _service(one)
                    | shops.told(who)
                    | {
                        "space_id": space.space_id,
                        "space_name": space.name,
                        "gains": float(gains[best]),
                        "loses": float(gains[best] - net[best]),
                        "people": float(net[best]),
                    }
                )
    return rows


def _single(assessment: Assessment) -> Bools:
    """Return which outlets answer one trade only of all that the standard speaks of."""
    supply, trades = assessment.supply, set(assessment.needs.trades)
    columns = [n for n, need in enumerate(supply.needs) if need in trades]
    return np.asarray(supply.offers[:, columns].sum(axis=1) <= 1)


def _kept(place: Ints, only: Ints, people: Floats, count: int) -> dict[int, Floats]:
    """Return, for each outlet, the people it alone serves who are near each candidate too."""
    some = only >= 0
    place, only, people = place[some], only[some], people[some]
    found: dict[int, Floats] = {}
    order = np.argsort(only, kind="stable")
    outlets, begin = np.unique(only[order], return_index=True)
    bundles = np.split(order, begin[1:])
    # Nothing splits into one empty part.
    for outlet, mine in zip(outlets.tolist(), bundles, strict=False):
        kept = np.bincount(place[mine], people[mine], minlength=count)
        found[outlet] = kept.astype(np.float64)
    return found


def _raises(assessment: Assessment, demand: Lacking, shops: _Shops) -> list[dict[str, object]]:
    """Return outlets that would answer a service if they met its conditions."""
    rows = []
    for service, one in enumerate(demand.asked):
        if is_plain(one.requirement):
            continue
        short = shops.holding(one.trades) & ~_offering(assessment, one)
        needs = "、".join(one.requirement.where.words())
        rows += [
            _service(one) | shops.told(outlet) | {"needs": needs, "people": people}
            for outlet, people in _newly(demand, service, one, shops, short)
        ]
    return rows


def _taken_in(assessment: Assessment, demand: Lacking, shops: _Shops) -> list[dict[str, object]]:
    """Return shops that could take a trade in as well."""
    rows = []
    for service, one in enumerate(demand.asked):
        for trade in sorted(TAKEN_IN.intersection(one.trades)):
            hosts = shops.holding(HOSTS) & ~shops.holding((trade,))
            name = assessment.standard.name_of(trade)
            rows += [
                _service(one) | shops.told(outlet) | {"needs": f"叠加{name}", "people": people}
                for outlet, people in _newly(demand, service, one, shops, hosts)
            ]
    return rows


def _newly(
    demand: Lacking, service: int, one: Asked, shops: _Shops, some: Bools
) -> list[tuple[int, float]]:
    """Return the people each of some outlets would newly serve."""
    outlet, door = shops.near.within(one)
    here = some[outlet]
    outlet, door = outlet[here], door[here]
    rows = np.flatnonzero(demand.service == service)
    weight = np.zeros(int(max(door.max(initial=-1), demand.door[rows].max(initial=-1))) + 1)
    known = demand.people[rows]
    weight[demand.door[rows]] = np.where(np.isnan(known), demand.usual, known)
    sums = np.bincount(outlet, weight[door], minlength=1)
    return [(int(which), float(sums[which])) for which in np.flatnonzero(sums > 0)]


def _service(one: Asked) -> dict[str, object]:
    return {"requirement_id": one.requirement.id, "trade_name": one.name}


def _best(rows: list[dict[str, object]], columns: list[str]) -> pd.DataFrame:
    """Return the best few rows of each service, most people first."""
    table = pd.DataFrame(rows, columns=columns)
    if "space_id" in columns:
        # Many outlets could move to the best room; one of them is enough to tell.
        table = table.sort_values(["people", "outlet_id"], ascending=[False, True])
        table = table.drop_duplicates(["requirement_id", "space_id"])
    table = table.sort_values(
        ["people", "requirement_id", "outlet_id"], ascending=[False, True, True], kind="stable"
    )
    return table.groupby("requirement_id", sort=False).head(MOST_EACH).reset_index(drop=True)
