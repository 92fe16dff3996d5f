"""Draw small questions of siting, and answer them the slow way: every choice is tried."""

from itertools import combinations

import numpy as np
from hypothesis import strategies as st

from livingcircle._siting.instance import Instance
from livingcircle._siting.instance import Limits


def question(covers, weight, **more):
    """Return an instance from the rows each option covers."""
    start = np.concatenate([[0], np.cumsum([len(one) for one in covers])]).astype(np.int64)
    rows = np.array([row for one in covers for row in sorted(one)], dtype=np.int64)
    more = {name: np.asarray(value) for name, value in more.items()}
    return Instance(start, rows, np.array(weight, dtype=np.float64), **more)


def permitted(instance, limits, chosen):
    """Return whether a choice keeps to everything; `chosen` without the standing options."""
    chosen = list(chosen)
    every = chosen + np.flatnonzero(instance.fixed).tolist()
    room = np.bincount(instance.site[every], instance.room[every], minlength=len(instance.capacity))
    sites = len(instance.capacity)
    new = np.bincount(instance.site[chosen], instance.room[chosen], minlength=sites)
    mine = set(every)
    fixed_sites = instance.site[instance.fixed]
    new_sites = set(instance.site[chosen].tolist()) - set(fixed_sites.tolist())
    kinds = np.bincount(instance.kind[chosen], minlength=100)
    over_room = (new > 0) & (room > instance.capacity + 1e-9)
    return not (
        (limits.count is not None and len(chosen) > limits.count)
        or (limits.budget is not None and instance.cost[chosen].sum() > limits.budget + 1e-9)
        or (limits.per_kind is not None and np.any(kinds[: len(limits.per_kind)] > limits.per_kind))
        or (limits.sites is not None and len(new_sites) > limits.sites)
        or (limits.opening is not None and _paid(instance, new_sites) > limits.opening + 1e-9)
        or over_room.any()
        or any(a in mine and b in mine and (a in chosen or b in chosen) for a, b in instance.apart)
    )


def _paid(instance, sites):
    """Return what opening some sites takes."""
    return instance.opening[sorted(sites)].sum()


def choices(instance, limits):
    """Yield every choice that keeps to everything."""
    free = np.flatnonzero(~instance.fixed).tolist()
    for size in range(len(free) + 1):
        for chosen in combinations(free, size):
            if permitted(instance, limits, chosen):
                yield np.array(chosen, dtype=np.int64)


def times_covered(instance, chosen):
    """Return how often each row is covered, standing options included."""
    times = np.zeros(instance.demand, dtype=np.int64)
    for one in [*chosen, *np.flatnonzero(instance.fixed)]:
        times[instance.covers(one)] += 1
    return times


def worth(instance, chosen):
    """Return the people a choice covers besides those covered already, and its bonuses."""
    fresh = (times_covered(instance, chosen) > 0) & (times_covered(instance, []) == 0)
    return instance.weight[fresh].sum() + instance.bonus[chosen].sum()


def unmet(instance, need, chosen):
    """Return the weight of need a choice leaves unmet."""
    return instance.weight @ np.maximum(need - times_covered(instance, chosen), 0)


@st.composite
def questions(draw):
    """Draw an instance with limits of every kind."""
    options = draw(st.integers(0, 8))
    rows = draw(st.integers(0, 8))
    some = st.sets(st.integers(0, rows - 1)) if rows else st.just(set())
    covers = [draw(some) for _ in range(options)]
    sites = draw(st.integers(1, 4))
    numbers = st.integers(0, 4)

    def column(one):
        return draw(st.lists(one, min_size=options, max_size=options))

    pair = st.tuples(st.integers(0, max(options - 1, 0)), st.integers(0, max(options - 1, 0)))
    pairs = draw(st.lists(pair, max_size=3)) if options else []
    instance = question(
        covers,
        draw(st.lists(numbers, min_size=rows, max_size=rows)),
        bonus=np.array(column(st.sampled_from([0, 0, 1])), dtype=float),
        cost=np.array(column(st.integers(0, 5)), dtype=float),
        site=np.array(column(st.integers(0, sites - 1)), dtype=np.int64),
        room=np.array(column(st.integers(0, 3)), dtype=float),
        capacity=np.array(
            draw(st.lists(st.sampled_from([2.0, 4.0, np.inf]), min_size=sites, max_size=sites))
        ),
        opening=np.array(draw(st.lists(numbers, min_size=sites, max_size=sites)), dtype=float),
        kind=np.array(column(st.integers(0, 1)), dtype=np.int64),
        apart=np.array(pairs, dtype=np.int64).reshape(-1, 2),
        fixed=np.array(column(st.sampled_from([False] * 5 + [True])), dtype=bool),
    )
    maybe = st.none() | st.integers(0, 4)
    limits = Limits(
        count=draw(maybe),
        budget=draw(st.none() | st.integers(0, 10)),
        per_kind=draw(
            st.none() | st.lists(st.integers(0, 2), min_size=2, max_size=2).map(np.array)
        ),
        sites=draw(maybe),
        opening=draw(maybe),
    )
    return instance, limits
