"""Find the nearest of many kinds of source from everywhere, in one pass up and one down."""

import numpy as np

from livingcircle._kernels.base import HALF
from livingcircle._kernels.base import LANES
from livingcircle._kernels.base import NOTHING
from livingcircle._kernels.base import Ints
from livingcircle._kernels.base import Lengths
from livingcircle._kernels.base import Owned
from livingcircle._kernels.base import Small
from livingcircle._kernels.base import fast


@fast
def seed(lane_of: Ints, rank_of: Ints, source_of: Owned, block: int, near: Owned) -> None:
    """Fill one block of lanes with nothing but its sources; of several at one place the least.

    Parameters
    ----------
    lane_of, rank_of, source_of
        Lane, rank of the node, and length with owner of each way into a source, of all blocks.
    block
        Which block of ``LANES`` lanes.
    near
        Changed in place, shape (nodes, width).
    """
    near[:] = NOTHING
    for i in range(len(lane_of)):
        if lane_of[i] // LANES == block:
            v, lane = rank_of[i], lane_of[i] % LANES
            near[v, lane] = min(near[v, lane], source_of[i])


@fast
def sweep_nearest(start: Ints, to: Small, out: Lengths, back: Lengths, near: Lengths) -> None:
    """Turn lengths at sources into the least length to any source, for all lanes at once.

    Parameters
    ----------
    start, to, out, back
        Lists of higher neighbours with the length to them and from them.
    near
        Length from each node to a source standing there, else ``FAR``; changed in place, shape
        (nodes, lanes).
    """
    # Unsigned numbers and a number of lanes known only at run time let the compiler use the
    # widest instructions: four times as fast as signed ones and a constant.
    lanes, count = np.uint64(near.shape[1]), np.uint64(near.shape[0])
    for v in range(count):
        for e in range(np.uint64(start[v]), np.uint64(start[v + np.uint64(1)])):
            x, w = np.uint64(to[e]), back[e]
            for lane in range(lanes):
                here, there = np.uint32(near[v, lane] + w), near[x, lane]
                near[x, lane] = min(there, here)
    for i in range(count):
        u = count - np.uint64(1) - np.uint64(i)
        for e in range(np.uint64(start[u]), np.uint64(start[u + np.uint64(1)])):
            x, w = np.uint64(to[e]), out[e]
            for lane in range(lanes):
                here, there = np.uint32(near[x, lane] + w), near[u, lane]
                near[u, lane] = min(there, here)


@fast
def sweep_owner(start: Ints, to: Small, out: Lengths, back: Lengths, near: Owned) -> None:
    """Do as :func:`sweep_nearest`, and carry along whose source it is; of equals the lowest.

    ``near`` holds lengths with their owners, ``NOTHING`` where there is no source.
    """
    lanes, count = np.uint64(near.shape[1]), np.uint64(near.shape[0])
    for v in range(count):
        for e in range(np.uint64(start[v]), np.uint64(start[v + np.uint64(1)])):
            x, w = np.uint64(to[e]), np.uint64(back[e]) << HALF
            for lane in range(lanes):
                here, there = near[v, lane] + w, near[x, lane]
                near[x, lane] = min(there, here)
    for i in range(count):
        u = count - np.uint64(1) - np.uint64(i)
        for e in range(np.uint64(start[u]), np.uint64(start[u + np.uint64(1)])):
            x, w = np.uint64(to[e]), np.uint64(out[e]) << HALF
            for lane in range(lanes):
                here, there = near[x, lane] + w, near[u, lane]
                near[u, lane] = min(there, here)


@fast
def read_doors(links: tuple[Ints, Small, Lengths], near: Owned, found: Owned) -> None:
    """Read the least length of every door off the nodes it opens onto; of equals the lowest owner.

    Parameters
    ----------
    links
        By door: start, rank of the node, length from the door to the node.
    near
        Length and owner at each node, shape (nodes, lanes).
    found
        Changed in place where less is found, shape (doors, lanes).
    """
    start, node_of, length_of = links
    lanes = np.uint64(near.shape[1])
    for door in range(np.uint64(len(start) - 1)):
        for k in range(start[door], start[door + np.uint64(1)]):
            v, w = np.uint64(node_of[k]), np.uint64(length_of[k]) << HALF
            for lane in range(lanes):
                here, there = near[v, lane] + w, found[door, lane]
                found[door, lane] = min(there, here)


@fast
def read_direct(
    direct: tuple[Ints, Small, Lengths], offers: tuple[Ints, Ints], found: Owned
) -> None:
    """Shorten lengths where door and outlet stand on one segment.

    Parameters
    ----------
    direct
        By outlet: start, door, length between the two.
    offers
        By outlet: start, lane it is a source of.
    found
        Changed in place, shape (doors, lanes).
    """
    start, door_of, length_of = direct
    first, lane_of = offers
    for outlet in range(len(start) - 1):
        for k in range(start[outlet], start[outlet + 1]):
            door = door_of[k]
            here = (np.uint64(length_of[k]) << HALF) | np.uint64(outlet)
            for i in range(first[outlet], first[outlet + 1]):
                found[door, lane_of[i]] = min(found[door, lane_of[i]], here)
