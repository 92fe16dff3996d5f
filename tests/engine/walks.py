"""Measure one district quickly in tests: doors and outlets in, metres and minutes out."""

import numpy as np
import shapely

from livingcircle._routing.graph import assemble
from livingcircle._routing.ordering import order_streets
from livingcircle._routing.readers import StreetReader
from livingcircle._routing.streets import lay_streets
from livingcircle._routing.streets import towards
from livingcircle.attachment import attach
from livingcircle.network import build_network
from livingcircle.walkers import WALKERS
from tests.factories.streets import GRID


def points(places):
    """Return places in metres as points, and whose entrance each is.

    A place is (x, y), or a list of several entrances.
    """
    flat = [
        (i, xy)
        for i, place in enumerate(places)
        for xy in (place if isinstance(place, list) else [place])
    ]
    return (
        np.array([shapely.Point(*xy) for _, xy in flat], dtype=object),
        np.array([i for i, _ in flat], dtype=np.int64),
    )


def walk(streets, doors, outlets, *, walker="standard", compounds=None, **options):
    """Return (network, reader) for hand-drawn streets, doors and outlets."""
    network = build_network(streets, grid=GRID, walker=WALKERS[walker], **options)
    out = attach(network, *points(doors), residents=True)
    into = attach(network, *points(outlets), residents=False)
    names = np.array(compounds or [""] * len(doors), dtype=object)
    return network, StreetReader(_ways(network, out, into, names, len(outlets)))


def _ways(network, out, into, names, count):
    """Return the streets of both metrics with doors and outlets on them."""
    laid = lay_streets(network, order_streets(network), out, names)
    return {metric: towards(way, network, into, count) for metric, way in laid.items()}


def graph_of(network, doors, outlets, compounds=None):
    """Return the graph that walks are told from."""
    out = attach(network, *points(doors), residents=True)
    into = attach(network, *points(outlets), residents=False)
    counts = len(doors), len(outlets)
    names = np.array(compounds or [""] * len(doors), dtype=object)
    streets = _ways(network, out, into, names, len(outlets))
    return assemble(network, out, into, counts, streets["metres"].short_cuts)


def metres(streets, doors, outlets, **options):
    """Return the least metres from each door to any of the outlets, to the decimetre."""
    _, reader = walk(streets, doors, outlets, **options)
    return nearest(reader, len(outlets), "metres")


def minutes(streets, doors, outlets, **options):
    """Return the least minutes from each door to any of the outlets."""
    _, reader = walk(streets, doors, outlets, **options)
    return nearest(reader, len(outlets), "minutes", digits=3)


def nearest(reader, count, metric, digits=1):
    """Return the least distance of each door as a plain list."""
    value, _ = to_any(reader, np.arange(count), count, metric)
    return [float(v) for v in np.round(value, digits)]


def to_any(reader, outlets, count, metric="metres"):
    """Return each door's distance to the nearest of some of ``count`` outlets, and which it is."""
    offers = np.zeros((count, 1), dtype=bool)
    offers[outlets] = True
    value, which = reader.nearest(offers, metric)
    return value[:, 0], which[:, 0]
