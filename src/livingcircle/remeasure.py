"""Measure again only what an edit has touched: needs of changed outlets, doors around them.

The distances of an earlier run hold as long as streets and doors are the same. Where some outlets
changed, the nearest outlet of their needs is swept for anew, counts are made anew around their old
and new places only, and every other need keeps the very same arrays.
"""

from collections.abc import Mapping
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from livingcircle._routing.around import Least
from livingcircle._routing.links import METRICS
from livingcircle._routing.links import Metric
from livingcircle._routing.links import listed
from livingcircle._routing.readers import Reader
from livingcircle._routing.readers import StreetReader
from livingcircle._routing.streets import whole
from livingcircle.access import Access
from livingcircle.access import NeedAccess
from livingcircle.access import Supply
from livingcircle.access import Units
from livingcircle.access import counted
from livingcircle.access import ends_of
from livingcircle.access import looked_for
from livingcircle.access import measure
from livingcircle.access import measure_needs
from livingcircle.access import shared_by
from livingcircle.attachment import NO_ENDS
from livingcircle.attachment import Attachment
from livingcircle.memory import Memory

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

# Where more outlets changed, measuring everything anew is as quick.
MANY = 64


@dataclass(frozen=True)
class Inputs:
    """Hold everything distances depend on."""

    reader: Reader
    ends: Attachment
    supply: Supply
    units: Units
    radii: Mapping[str, tuple[float, float]]
    limit: float
    lost: Mapping[int, Floats]

    def some(self, needs: Sequence[int]) -> "Inputs":
        """Return the inputs of some needs only."""
        supply = self.supply
        names = tuple(supply.needs[need] for need in needs)
        lost = {place: self.lost[need] for place, need in enumerate(needs) if need in self.lost}
        columns = (table[:, list(needs)] for table in (supply.offers, supply.maybe, supply.present))
        return replace(self, supply=Supply(names, *columns), lost=lost)

    def measure(self) -> tuple[NeedAccess, ...]:
        """Return the distances, all measured anew."""
        return measure_needs(
            self.reader, self.supply, self.units, self.radii, self.limit, self.lost
        )


def remeasure(
    memory: Memory,
    reader: Reader,
    ends: Attachment | None,
    supply: Supply,
    units: Units,
    radii: Mapping[str, tuple[float, float]],
    lost: Mapping[int, Floats] | None = None,
) -> Access:
    """Return what :func:`livingcircle.access.measure` does, with what a memory holds reused.

    ``ends`` say where entrances of outlets meet the streets, None where there are none.
    """
    now = Inputs(reader, ends or NO_ENDS, supply, units, *ends_of(supply, radii), lost or {})
    kept = memory.last("access")
    changed = None if kept is None else _changed_outlets(kept.inputs[0], now)
    if kept is None or changed is None:
        access = measure(reader, supply, units, radii, lost)
    else:
        columns = _patched(kept.inputs[0], kept.made.columns, now, changed)
        access = Access(supply.needs, reader.method, len(units.door_circle), columns)
        if kept.made.needs == access.needs and _are(kept.made.columns, columns):
            access = kept.made
    memory.keep("access", (now,), access)
    return access


def _are(old: Sequence[object], new: Sequence[object]) -> bool:
    """Return whether two sequences hold the very same objects."""
    return len(old) == len(new) and all(a is b for a, b in zip(old, new, strict=True))


def _changed_outlets(before: Inputs, now: Inputs) -> Ints | None:
    """Return the outlets that stand elsewhere now; None where everything has to be measured.

    Needs may come, go and change their radius; streets, doors and circles may not.
    """
    old, new = before.reader, now.reader
    if not (isinstance(old, StreetReader) and isinstance(new, StreetReader)):
        return None
    doors = [(one.door_circle, one.door_community) for one in (before.units, now.units)]
    alike = all(np.array_equal(a, b) for a, b in zip(*doors, strict=True))
    circle, was = now.units.outlet_circle, before.units.outlet_circle
    if not alike or before.limit != now.limit or len(circle) < len(was):
        return None
    for metric in METRICS:
        ways, others = new.streets[metric], old.streets[metric]
        if ways.hierarchy is not others.hierarchy or ways.doors is not others.doors:
            return None
    added = np.arange(len(was), len(circle))
    moved = _moved(before.ends, now.ends)
    found = np.unique(np.concatenate([moved, np.flatnonzero(circle[: len(was)] != was), added]))
    return found if len(found) <= MANY else None


def _moved(old: Attachment, new: Attachment) -> Ints:
    """Return the outlets whose entrances meet the streets elsewhere."""
    if old is new:
        return np.empty(0, dtype=np.int64)
    both = min(len(old.owner), len(new.owner))
    other = np.zeros(both, dtype=np.bool_)
    for name in ("owner", "segment", "along", "leg"):
        a, b = getattr(old, name)[:both], getattr(new, name)[:both]
        other |= (a != b) & ~((a != a) & (b != b))  # noqa: PLR0124 - no leg where there is no street
    # Off the streets the foot is the place itself.
    other |= (old.foot[:both] != new.foot[:both]).any(axis=1)
    places = [ends.owner[:both][other] for ends in (old, new)]
    return np.concatenate([*places, old.owner[both:], new.owner[both:]])


def _patched(
    before: Inputs, columns: Sequence[NeedAccess], now: Inputs, changed: Ints
) -> tuple[NeedAccess, ...]:
    """Return the distances to every need, those of changed outlets measured again."""
    places = {need: place for place, need in enumerate(before.supply.needs)}
    doubtful = _doubtful(before.supply, now.supply, changed)
    known = [places.get(name, -1) for name in now.supply.needs]
    stale = _touched(before.supply, now.supply, np.array(known), changed, doubtful)
    found: dict[int, NeedAccess] = {}
    touched: dict[int, tuple[int, Ints]] = {}
    fresh = []
    for need, (name, place) in enumerate(zip(now.supply.needs, known, strict=True)):
        outlets = doubtful[stale[:, need]]
        if place < 0 or before.radii[name] != now.radii[name] or len(outlets) > MANY:
            fresh.append(need)
        elif len(outlets):
            touched[need] = place, outlets
        else:
            found[need] = columns[place]
    if fresh:
        found |= dict(zip(fresh, now.some(fresh).measure(), strict=True))
    if touched:
        found |= _retouched(before, columns, now, touched)
    return tuple(found[need] for need in range(len(now.supply.needs)))


def _doubtful(old: Supply, new: Supply, changed: Ints) -> Ints:
    """Return the outlets that stand elsewhere, or perhaps answer some need otherwise.

    Needs are compared place by place: where some came or went, every outlet is in doubt.
    """
    if old is new:
        return changed
    count = len(old.offers)
    if old.needs != new.needs:
        return np.arange(len(new.offers))
    otherwise = np.zeros(len(new.offers), dtype=np.bool_)
    otherwise[count:] = True
    for name in ("offers", "maybe", "present"):
        was, now = getattr(old, name), getattr(new, name)
        if was is not now:
            otherwise[:count] |= (was != now[:count]).any(axis=1)
    return np.union1d(np.flatnonzero(otherwise), changed)


def _touched(old: Supply, new: Supply, places: Ints, changed: Ints, doubtful: Ints) -> Bools:
    """Return which doubtful outlets touch which needs, shape (doubtful, needs).

    They stand elsewhere or answer otherwise than before. ``places`` are those of the needs among
    the old ones, -1 for none.
    """
    known = doubtful[doubtful < len(old.offers)]
    otherwise, involved = (np.zeros((len(doubtful), len(places)), dtype=np.bool_) for _ in range(2))
    for name in ("offers", "maybe", "present"):
        was, now = np.zeros_like(otherwise), getattr(new, name)[doubtful]
        was[: len(known)] = getattr(old, name)[known][:, places] & (places >= 0)
        otherwise |= was != now
        involved |= was | now
    return np.asarray(otherwise | (involved & np.isin(doubtful, changed)[:, None]))


def _retouched(
    before: Inputs,
    columns: Sequence[NeedAccess],
    now: Inputs,
    touched: Mapping[int, tuple[int, Ints]],
) -> dict[int, NeedAccess]:
    """Return the distances to needs some of whose outlets changed."""
    part = now.some(list(touched))
    outlets = np.unique(np.concatenate([some for _, some in touched.values()]))
    known = outlets[outlets < len(before.supply.offers)]
    doors, least = _around(now, outlets)
    doors = np.union1d(doors, _around(before, known)[0])
    nearest = _nearest(part)
    wanted = replace(looked_for(part.supply, part.units, part.radii, part.limit), units=())
    assert isinstance(now.reader, StreetReader)  # noqa: S101 - else nothing is measured again
    (inside, whose), good, within = counted(now.reader.around(wanted, doors))
    far = whole(np.array([now.radii[name][1] for name in part.supply.needs]), "metres")
    shared = [shared_by(one, part.supply.present, far) for one in least]
    found = {}
    for row, (need, (place, mine)) in enumerate(touched.items()):
        old = columns[place]
        counts = {
            "circle_metres": inside[row],
            "circle_outlet": whose[row],
            "count_good": good[row],
            "count_pass": within[row],
        }
        fresh = {
            name: _placed(getattr(old, name), doors, new[doors]) for name, new in counts.items()
        }
        fresh |= {name: values[row] for name, values in nearest.items()}
        for name, pairs in zip(("shared_communities", "shared_circles"), shared, strict=True):
            fresh[name] = _exchanged(getattr(old, name), pairs[row], mine)
        found[need] = _merged(old, {"lost_metres": _lost(part, row)} | fresh)
    return found


def _around(inputs: Inputs, outlets: Ints) -> tuple[Ints, list[Least]]:
    """Return the doors within the limit of some outlets, and how far each is from every unit."""
    bundles = list(inputs.reader.reach(outlets, inputs.limit))
    none = np.empty(0, dtype=np.int64)
    outlet, door, length = (
        np.concatenate([none, *(one[part].astype(np.int64) for one in bundles)])
        for part in range(3)
    )
    units = inputs.units.door_community, inputs.units.door_circle
    return np.unique(door), [_least(outlet, unit[door], length) for unit in units]


def _least(outlet: Ints, unit: Ints, length: Ints) -> Least:
    """Return the least length between each outlet and each unit."""
    inside = unit >= 0
    outlet, unit, length = outlet[inside], unit[inside], length[inside]
    order = np.lexsort((length, unit, outlet))
    outlet, unit, length = outlet[order], unit[order], length[order]
    first = np.ones(len(outlet), dtype=np.bool_)
    first[1:] = (outlet[1:] != outlet[:-1]) | (unit[1:] != unit[:-1])
    return outlet[first], unit[first], length[first].astype(np.uint32)


def _nearest(part: Inputs) -> dict[str, list[npt.NDArray[Any]]]:
    """Return the nearest outlets of some needs, by attribute."""
    doubtful = np.flatnonzero(part.supply.maybe.any(axis=0)).tolist()

    def by(metric: Metric) -> dict[str, list[npt.NDArray[Any]]]:
        length, whose = part.reader.nearest(part.supply.offers, metric)
        maybe = [np.broadcast_to(np.inf, len(length))] * length.shape[1]
        if doubtful:
            far, _ = part.reader.nearest(part.supply.maybe[:, doubtful], metric)
            for place, values in zip(doubtful, np.ascontiguousarray(far.T), strict=True):
                maybe[place] = values
        owner = "outlet" if metric == "metres" else "minutes_outlet"
        return {
            metric: list(np.ascontiguousarray(length.T)),
            owner: list(np.ascontiguousarray(whose.T, dtype=np.int32)),
            f"maybe_{metric}": maybe,
        }

    # A few needs fill one row, which keeps one thread busy.
    with ThreadPoolExecutor(len(METRICS)) as pool:
        metres, minutes = pool.map(by, METRICS)
    return metres | minutes


def _lost(part: Inputs, need: int) -> Floats:
    """Return the straight metres to outlets of a need off the streets."""
    never = np.broadcast_to(np.inf, len(part.units.door_circle))
    return part.lost.get(need, never)


def _placed(old: npt.NDArray[Any], doors: Ints, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return an array with new values at some doors."""
    new = old.copy()
    new[doors] = values
    return new


def _exchanged(pairs: Ints, fresh: Ints, outlets: Ints) -> Ints:
    """Return (unit, outlet) pairs with those of some outlets exchanged, in order."""
    kept = pairs[~np.isin(pairs[:, 1], outlets)]
    both = np.concatenate([kept, fresh[np.isin(fresh[:, 1], outlets)]])
    order, _ = listed(both[:, 0], both[:, 1], int(both[:, 0].max(initial=-1)) + 1)
    return both[order]


def _merged(old: NeedAccess, fresh: Mapping[str, npt.NDArray[Any]]) -> NeedAccess:
    """Return the distances with what changed; the very same object where nothing did."""
    changed = {
        name: values
        for name, values in fresh.items()
        if not np.array_equal(values, getattr(old, name))
    }
    return replace(old, **changed) if changed else old
