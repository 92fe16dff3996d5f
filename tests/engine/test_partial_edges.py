"""Hold partial edges against a twin that walks step by step, and their drawings to shapely."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from livingcircle._kernels.contours import look_up
from livingcircle._kernels.contours import stamp
from livingcircle._routing.bands import CELLS
from livingcircle._routing.bands import as_shapes
from livingcircle._routing.bands import draw_exactly
from livingcircle._routing.bands import draw_on_grid
from livingcircle._routing.links import Links
from livingcircle._routing.partial_edges import Reached
from livingcircle._routing.partial_edges import lay_ground
from livingcircle._routing.partial_edges import place_sources
from livingcircle._routing.partial_edges import reach
from livingcircle._routing.partial_edges import scratch
from livingcircle.attachment import Attachment
from livingcircle.network import Network
from livingcircle.walkers import Walker
from tests.engine.slow_kernels import steps_within
from tests.factories.streets import GRID

# A metre takes a millisecond, so that metres of these networks are whole units of minutes.
FLASH = Walker("flash", "", 60_000.0)
NODES = 7


@st.composite
def networks(draw):
    """Return segments and exits: one-way, parallel, looped, apart, of no length, with waits."""
    node = st.integers(0, NODES - 1)
    wait = st.sampled_from([0, 0, 1, 3])
    way = st.sampled_from([(True, True), (True, True), (True, False), (False, True)])
    one = st.tuples(node, node, st.integers(0, 9), wait, wait, way)
    segments = [(*s[:5], *s[5]) for s in draw(st.lists(one, min_size=1, max_size=14))]
    return segments, draw(st.lists(st.tuples(node, node), max_size=2))


@st.composite
def sources(draw, segments):
    """Return entrances (segment, along, leg) and ways to nodes through own gates."""
    number = st.integers(0, len(segments) - 1)
    share, leg = st.floats(0, 1), st.integers(0, 5)
    doors = draw(st.lists(st.tuples(number, share, leg), min_size=1, max_size=3))
    gates = draw(st.lists(st.tuples(st.integers(0, NODES - 1), st.integers(0, 9)), max_size=2))
    return [(s, round(share * segments[s][2]), leg) for s, share, leg in doors], gates


def network_of(segments, exits, metric):
    """Return drawn segments as a network whose metres or minutes are whole units."""
    table = np.array(segments, dtype=float).reshape(-1, 7)
    count, scale = len(table), 60_000.0
    unit = 1000.0 if metric == "metres" else 1.0
    none = np.zeros(count, dtype=bool)
    lines = [shapely.LineString([(0, i), (s[2] or 1, i)]) for i, s in enumerate(segments)]
    return Network(
        grid=GRID, walker=FLASH, lines=np.array(lines, dtype=object),
        tail=table[:, 0].astype(np.int64), head=table[:, 1].astype(np.int64),
        metres=table[:, 2] / unit, pace=np.full(count, 1 / scale),
        wait_tail=table[:, 3] / scale, wait_head=table[:, 4] / scale,
        forward=table[:, 5] > 0, backward=table[:, 6] > 0, resident_only=none,
        name=np.full(count, ""), xy=np.zeros((NODES, 2)), component=np.zeros(count, dtype=np.int64),
        island=none, gated=none, raised=none, apart=none, shut_in=none,
        exits=np.array(exits, dtype=np.int64).reshape(-1, 2), passes=(),
        barriers=np.empty(0, dtype=object), repairs=None,
    )  # fmt: skip


def reached_steps(network, doors, gates, limits, metric, *, outward):
    """Return the unit steps within each limit, having checked that pieces never overlap."""
    ground = lay_ground(network, metric, outward=outward)
    unit = 1000.0 if metric == "metres" else 1.0
    segment, along, leg = np.array(doors, dtype=np.int64).T
    none = np.zeros(len(doors), dtype=np.int64)
    ends = Attachment(none, segment, along / unit, leg / unit, none, np.zeros((len(doors), 2)))
    node, way = np.array(gates, dtype=np.int64).reshape(-1, 2).T
    short_cuts = Links(np.zeros(len(node), dtype=np.int64), node, way.astype(np.uint32))
    source = place_sources(network, ground, ends, np.zeros((1, 2)), short_cuts, 1)
    best = scratch(ground)
    found = reach(ground, source, 0, np.array(limits, dtype=np.uint32), best)
    assert (best == best[0]).all()
    cells = [(k, s, p) for k, s, low, high, _ in found.pieces.tolist() for p in range(low, high)]
    assert len(cells) == len(set(cells))
    return ground, found, [{c[1:] for c in cells if c[0] == k} for k in range(len(limits))]


@pytest.mark.parametrize("outward", [True, False])
@pytest.mark.parametrize("metric", ["metres", "minutes"])
@settings(max_examples=150)
@given(data=st.data())
def test_partial_edges_are_those_of_the_twin_that_walks_step_by_step(metric, outward, data):
    segments, exits = data.draw(networks())
    doors, gates = data.draw(sources(segments))
    limits = sorted(data.draw(st.sets(st.integers(1, 40), min_size=1, max_size=3)))
    network = network_of(segments, exits, metric)
    _, found, steps = reached_steps(network, doors, gates, limits, metric, outward=outward)
    plain = segments if metric == "minutes" else [(*s[:3], 0, 0, *s[5:]) for s in segments]
    asked = doors + [(None, node, way) for node, way in gates]
    for limit, got in zip(limits, steps, strict=True):
        assert got == steps_within(plain, exits, asked, limit, outward=outward)
    # What was whole at a shorter limit is marked, so that no drawing draws it twice.
    known = {(s, k) for k, s, *_, before in found.pieces.tolist() if before}
    for s, k in known:
        assert {(s, p) for p in range(segments[s][2])} <= steps[k - 1]


def test_a_segment_reached_from_both_ends_keeps_its_gap():
    ring = [(0, 1, 100, 0, 0, 1, 1), (0, 1, 10, 0, 0, 1, 1)]
    network = network_of(ring, [], "metres")
    _, found, _ = reached_steps(network, [(1, 0, 0)], [], [40, 55, 60], "metres", outward=True)
    long = [tuple(row[:4]) for row in found.pieces.tolist() if row[1] == 0]
    # The tail at once, the head after 10: 40 and 30 of 100, then 55 and 45, which meet.
    assert long == [(0, 0, 0, 40), (0, 0, 70, 100), (1, 0, 0, 100), (2, 0, 0, 100)]


def test_whoever_waits_at_a_crossing_has_not_set_foot_on_the_street_behind_it():
    """10 along the first street, 4 of waiting half on each side, then on."""
    segments = [(0, 1, 10, 0, 2, 1, 1), (1, 2, 10, 2, 0, 1, 1)]
    network = network_of(segments, [], "minutes")
    limits = [9, 10, 12, 14, 15, 24]
    _, found, _ = reached_steps(network, [(0, 0, 0)], [], limits, "minutes", outward=True)
    by_limit = [[0] * 2 for _ in limits]
    for k, s, low, high, _ in found.pieces.tolist():
        by_limit[k][s] += high - low
    assert by_limit == [[9, 0], [10, 0], [10, 0], [10, 0], [10, 1], [10, 10]]


def test_pieces_are_drawn_at_their_share_of_the_line():
    segments = [(0, 1, 8, 0, 0, 1, 1)]
    network = network_of(segments, [], "metres")
    # Stated 8, drawn 40 with two bends.
    network.lines[0] = shapely.LineString([(0, 0), (10, 0), (10, 20), (20, 20)])
    ground, found, _ = reached_steps(network, [(0, 3, 0)], [], [1, 2, 9], "metres", outward=True)
    assert [line.wkt for k in range(3) for line in found.lines(k)] == [
        "LINESTRING (10 0, 10 10)",
        "LINESTRING (5 0, 10 0, 10 15)",
        "LINESTRING (0 0, 10 0, 10 20, 20 20)",
    ]
    assert found.metres(ground, 3).tolist() == [0.002, 0.004, 0.008]


def test_what_is_a_point_long_is_not_drawn():
    network = network_of([(0, 1, 0, 0, 0, 1, 1)], [], "metres")
    _, found, steps = reached_steps(network, [(0, 0, 3)], [], [5], "metres", outward=True)
    assert steps == [set()]
    assert found.leg_limit.tolist() == [0]


@st.composite
def drawings(draw):
    """Return lines in metres, each with the first of three limits it lies within."""
    place = st.tuples(st.integers(-150, 150), st.integers(-150, 150))
    line = st.lists(place, min_size=2, max_size=4, unique=True)
    lines = draw(st.lists(line, min_size=1, max_size=8))
    limit = draw(st.lists(st.integers(0, 2), min_size=len(lines), max_size=len(lines)))
    return [np.array(line, dtype=float) for line in lines], limit


def reached_of(lines, limit):
    """Return lines as if they had been walked; every limit holds those of the ones before."""
    rows = [(k, i, 0, 1, k > first) for k in range(3)
            for i, first in enumerate(limit) if first <= k]  # fmt: skip
    mine = [lines[i] for _, i, *_ in rows]
    starts = np.concatenate([[0], np.cumsum([len(line) for line in mine])]).astype(np.int64)
    points = np.concatenate([*mine, np.empty((0, 2))])
    pieces = np.array(rows, dtype=np.int64).reshape(-1, 5)
    return Reached(pieces, points, starts, np.empty((0, 2, 2)), np.empty(0, dtype=np.int64))


@settings(max_examples=80)
@given(drawings())
def test_the_fast_drawing_lies_within_a_cell_of_the_exact_one(drawn):
    margin = 30.0
    cell = margin / CELLS
    reached = reached_of(*drawn)
    rings = draw_on_grid(reached, 3, margin)
    fast = as_shapes(rings, np.concatenate([one.points for one in rings]))
    exact = draw_exactly(reached, 3, margin)
    assert shapely.is_valid(fast).all()
    for k in range(3):
        streets = shapely.union_all(reached.lines(k))
        assert streets.difference(fast[k]).is_empty
        assert fast[k].difference(shapely.buffer(streets, margin + cell)).is_empty
        assert shapely.buffer(streets, margin - cell).difference(fast[k]).area < 0.01
        assert k == 0 or fast[k - 1].difference(fast[k]).area < 1e-6
        assert exact[k].area == pytest.approx(shapely.buffer(streets, margin).area, rel=1e-3)


@settings(max_examples=40)
@given(drawings())
def test_distances_on_the_grid_are_those_to_the_lines(drawn):
    lines = [line / 10 + 20 for line in drawn[0]]
    starts = np.concatenate([[0], np.cumsum([len(line) for line in lines])])
    field = np.full((40, 40), 36, dtype=np.float32)
    frame = np.array([40, -1, 40, -1])
    stamp(field, (np.concatenate(lines), starts), np.arange(len(lines)), 5.0, frame)
    y, x = np.divmod(np.arange(1600), 40)
    streets = shapely.union_all([shapely.LineString(line) for line in lines])
    far = shapely.distance(shapely.points(x, y), streets).reshape(40, 40)
    near = far < 4.999
    assert np.abs(np.sqrt(field)[near] - far[near]).max(initial=0.0) < 1e-3
    assert (field[far > 6.001] == 36).all()
    rows, columns = np.nonzero(near)
    assert len(rows) == 0 or (frame[0] <= rows.min() and frame[1] >= rows.max())
    assert len(rows) == 0 or (frame[2] <= columns.min() and frame[3] >= columns.max())


def test_a_drawing_in_the_hole_of_another_keeps_out_of_its_polygon():
    ring = shapely.Point(0, 0).buffer(100).exterior
    lines = [np.array(ring.coords), np.array([[-5.0, 0.0], [5.0, 0.0]])]
    rings = draw_on_grid(reached_of(lines, [0, 0]), 3, 15.0)[0]
    (shape,) = as_shapes([rings], rings.points)
    assert sorted(len(part.interiors) for part in shape.geoms) == [0, 1]
    assert shape.is_valid
    assert shape.area == pytest.approx(
        shapely.buffer(shapely.MultiLineString(lines), 15).area, rel=0.02
    )


def test_specks_are_no_holes():
    """Two bows 34 apart at most leave a hole of a metre or two between margins of 15."""
    bows = [np.array([[-40.0, 0.0], [0.0, s * 17.0], [40.0, 0.0]]) for s in (1, -1)]
    rings = draw_on_grid(reached_of(bows, [0, 0]), 3, 15.0)[0]
    assert len(draw_exactly(reached_of(bows, [0, 0]), 3, 15.0)[0].geoms[0].interiors) == 1
    assert rings.polygon_sizes.tolist() == [1]


def test_nothing_reached_is_an_empty_drawing():
    rings = draw_on_grid(reached_of([], []), 3, 25.0)
    assert all(shape.is_empty for shape in as_shapes(rings, np.empty((0, 2))))
    assert all(shape.is_empty for shape in draw_exactly(reached_of([], []), 3, 25.0))


def test_a_lattice_is_read_as_straight_between_its_nodes():
    x, y = np.meshgrid(np.arange(4.0), np.arange(3.0))
    lattice = np.stack([2 * x + y, x * y], axis=2)
    points = np.array([[10.0, 20.0], [13.0, 26.0], [25.0, 34.0]])
    found = look_up(points, np.array([10.0, 20.0]), 10.0, lattice)
    assert found == pytest.approx(np.array([[0.0, 0.0], [1.2, 0.18], [4.4, 2.1]]))
