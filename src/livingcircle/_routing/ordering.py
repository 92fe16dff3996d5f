"""Order and contract the streets of one walker for metres and minutes, or mend what is there.

The order depends only on where streets lie; a gate that is opened or closed between the same nodes
changes a few arcs, and only the lists above them are found anew.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from livingcircle._kernels.base import FAR
from livingcircle._routing.hierarchy import Hierarchy
from livingcircle._routing.hierarchy import contract
from livingcircle._routing.hierarchy import order_nodes
from livingcircle._routing.hierarchy import repaired
from livingcircle._routing.links import METRICS
from livingcircle._routing.links import UNITS
from livingcircle._routing.links import Arcs
from livingcircle._routing.links import Metric
from livingcircle._routing.links import street_arcs
from livingcircle.network import Network

Ints = npt.NDArray[np.int64]
Hierarchies = Mapping[Metric, Hierarchy]

# Small networks keep every way; on larger ones nobody walks farther than this to a shop.
KEEP_ALL_NODES = 50_000
LONGEST_METRES = 5_000.0
# Where more arcs changed, contracting anew is as quick.
FEW_ARCS = 200


def order_streets(network: Network) -> dict[Metric, Hierarchy]:
    """Return the streets in order, with short cuts, for each metric."""
    plain = street_arcs(network, "metres")
    rank = order_nodes(network.xy, plain.tail, plain.head)
    return {metric: _contracted(network, rank, metric) for metric in METRICS}


def relaid(network: Network, old: Network, before: Mapping[Metric, Any]) -> dict[Metric, Hierarchy]:
    """Return the streets in order after a change; mended where the nodes are the same.

    Parameters
    ----------
    network, old
        The streets now, and those that ``before`` was laid on.
    before
        For each metric something with the ``hierarchy`` as it was.
    """
    if not np.array_equal(network.xy, old.xy):
        return order_streets(network)
    found: dict[Metric, Hierarchy] = {}
    for metric in METRICS:
        was: Hierarchy = before[metric].hierarchy
        now, then = street_arcs(network, metric), street_arcs(old, metric)
        touched = _touched(now, then)
        if len(touched[0]) > FEW_ARCS or was.limit != _limit(network, metric):
            found[metric] = _contracted(network, was.rank, metric)
        elif len(touched[0]):
            found[metric], _ = repaired(was, (now.tail, now.head, now.length), touched)
        else:
            found[metric] = was
    return found


def packed(hierarchies: Hierarchies) -> dict[str, npt.NDArray[Any]]:
    """Return hierarchies as named arrays."""
    return {
        f"{metric} {name}": array
        for metric, one in hierarchies.items()
        for name, array in one.arrays().items()
    }


def unpacked(arrays: Mapping[str, npt.NDArray[Any]]) -> dict[Metric, Hierarchy]:
    """Return the hierarchies whose :func:`packed` arrays these are."""
    return {
        metric: Hierarchy.of(
            {
                name.partition(" ")[2]: array
                for name, array in arrays.items()
                if name.startswith(f"{metric} ")
            }
        )
        for metric in METRICS
    }


def _limit(network: Network, metric: Metric) -> int:
    """Return the length beyond which ways are not kept."""
    longest = LONGEST_METRES if network.node_count > KEEP_ALL_NODES else np.inf
    # Nobody is slower than on stairs all the way, and nobody waits all the time.
    slowest = 2.0 * longest / network.walker.metres_per_minute
    furthest = longest if metric == "metres" else slowest
    return min(int(FAR) - 1, round(min(furthest, 1e6) * UNITS[metric]))


def _contracted(network: Network, rank: Ints, metric: Metric) -> Hierarchy:
    """Return the streets contracted in an order."""
    arcs = street_arcs(network, metric)
    return contract(rank, arcs.tail, arcs.head, arcs.length, _limit(network, metric))


def _touched(now: Arcs, then: Arcs) -> tuple[Ints, Ints]:
    """Return tail and head of the arcs that came, went or changed their length."""
    rows = [np.stack([one.tail, one.head, one.length.astype(np.int64)]) for one in (now, then)]
    both, seen = np.unique(np.concatenate(rows, axis=1), axis=1, return_inverse=True)
    count, first = both.shape[1], rows[0].shape[1]
    many = [np.bincount(part, minlength=count) for part in (seen[:first], seen[first:])]
    changed = both[:, many[0] != many[1]]
    return changed[0], changed[1]
