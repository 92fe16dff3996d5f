"""Draw small networks, and hang doors and outlets on them."""

import numpy as np
from hypothesis import strategies as st

from livingcircle._kernels.base import FAR
from livingcircle._routing.hierarchy import contract
from livingcircle._routing.hierarchy import order_nodes
from livingcircle._routing.links import Direct
from livingcircle._routing.links import Links
from livingcircle._routing.links import Places
from livingcircle._routing.streets import DoorLists
from livingcircle._routing.streets import Streets

ALL = int(FAR) - 1
DOORS, OUTLETS = 5, 6


@st.composite
def networks(draw):
    """Return (xy, arcs): one-way and parallel arcs, loops, islands, zero lengths, one place."""
    count = draw(st.integers(1, 24))
    places = st.tuples(st.integers(0, 6), st.integers(0, 6))
    xy = np.array(draw(st.lists(places, min_size=count, max_size=count)), dtype=float)
    node = st.integers(0, count - 1)
    arcs = draw(st.lists(st.tuples(node, node, st.integers(0, 900)), max_size=70))
    return xy, arcs


def hierarchy_of(xy, arcs, limit=ALL):
    """Return the hierarchy of a drawn network."""
    table = np.array(arcs, dtype=np.int64).reshape(-1, 3)
    tail, head, length = table.T.copy()
    rank = order_nodes(xy, tail, head)
    assert sorted(rank) == list(range(len(xy)))
    return contract(rank, tail, head, length.astype(np.uint32), limit)


def grid(side):
    """Return (xy, tail, head) of a square grid of streets."""
    ids = np.arange(side * side).reshape(side, side)
    tail = np.concatenate([ids[:-1].ravel(), ids[:, :-1].ravel()])
    head = np.concatenate([ids[1:].ravel(), ids[:, 1:].ravel()])
    return np.stack(np.divmod(np.arange(side * side), side), axis=1) * 80.0, tail, head


def alike(one, other):
    """Return whether two hierarchies are equal field by field, types too."""
    names = "rank", "start", "to", "out", "back"
    pairs = [(getattr(one, name), getattr(other, name)) for name in names]
    return one.limit == other.limit and all(
        a.dtype == b.dtype and a.tolist() == b.tolist() for a, b in pairs
    )


@st.composite
def towns(draw):
    """Return (xy, arcs, doors, outlets, direct): a network with places on it, few or none."""
    xy, arcs = draw(networks())
    node, few = st.integers(0, len(xy) - 1), st.integers(0, 200)
    door, outlet = st.integers(0, DOORS - 1), st.integers(0, OUTLETS - 1)
    doors = draw(st.lists(st.tuples(door, node, few), max_size=9))
    outlets = draw(st.lists(st.tuples(outlet, node, few), max_size=9))
    direct = draw(st.lists(st.tuples(door, outlet, few), max_size=4))
    return xy, arcs, doors, outlets, direct


def streets_of(xy, arcs, doors, outlets, direct):
    """Return the streets of a drawn town."""
    none = Links(*(np.empty(0, dtype=kind) for kind in (np.int64, np.int64, np.uint32)))
    made = hierarchy_of(xy, arcs)
    ends = _rows(Links, doors), _rows(Links, outlets), _rows(Direct, direct)
    nowhere = Places(none.place, none.place, none.length, none.length, none.length)
    lists = DoorLists(made, ends[0], DOORS, nowhere)
    return Streets("metres", made, *ends, none, (DOORS, OUTLETS), lists)


def _rows(kind, rows):
    table = np.array(rows, dtype=np.int64).reshape(-1, 3)
    return kind(table[:, 0], table[:, 1], table[:, 2].astype(np.uint32))
