"""Find the nearest of many kinds of source from everywhere, in one pass up and one down."""

import numpy as np

from livingcircle._kernels.base import Ints
from livingcircle._kernels.base import Lengths
from livingcircle._kernels.base import Small
from livingcircle._kernels.base import fast


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
def sweep_owner(
    start: Ints,
    to: Small,
    out: Lengths,
    back: Lengths,
    near: Lengths,
    owner: Lengths,
) -> None:
    """Do as :func:`sweep_nearest`, and carry along whose source it is; of equals the lowest.

    ``owner`` has the same shape as ``near``; the largest number where there is no source.
    """
    lanes, count = np.uint64(near.shape[1]), np.uint64(near.shape[0])
    for v in range(count):
        for e in range(np.uint64(start[v]), np.uint64(start[v + np.uint64(1)])):
            x, w = np.uint64(to[e]), back[e]
            for lane in range(lanes):
                here, there = np.uint32(near[v, lane] + w), near[x, lane]
                mine, theirs = owner[v, lane], owner[x, lane]
                closer = (here < there) | ((here == there) & (mine < theirs))
                near[x, lane] = here if closer else there
                owner[x, lane] = mine if closer else theirs
    for i in range(count):
        u = count - np.uint64(1) - np.uint64(i)
        for e in range(np.uint64(start[u]), np.uint64(start[u + np.uint64(1)])):
            x, w = np.uint64(to[e]), out[e]
            for lane in range(lanes):
                here, there = np.uint32(near[x, lane] + w), near[u, lane]
                mine, theirs = owner[x, lane], owner[u, lane]
                closer = (here < there) | ((here == there) & (mine < theirs))
                near[u, lane] = here if closer else there
                owner[u, lane] = mine if closer else theirs


@fast
def read_doors(
    links: tuple[Ints, Ints, Lengths],
    near: Lengths,
    whose: Lengths,
    length: Lengths,
    owner: Lengths,
) -> None:
    """Read the least length of every door off the nodes it opens onto; of equals the lowest owner.

    Parameters
    ----------
    links
        By door: start, rank of the node, length from the door to the node.
    near, whose
        Length and owner at each node, shape (nodes, lanes).
    length, owner
        Changed in place where less is found, shape (doors, lanes).
    """
    start, node_of, length_of = links
    lanes = np.uint64(near.shape[1])
    for door in range(np.uint64(len(start) - 1)):
        for k in range(start[door], start[door + np.uint64(1)]):
            v, w = np.uint64(node_of[k]), length_of[k]
            for lane in range(lanes):
                here, there = np.uint32(near[v, lane] + w), length[door, lane]
                mine, theirs = whose[v, lane], owner[door, lane]
                closer = (here < there) | ((here == there) & (mine < theirs))
                length[door, lane] = here if closer else there
                owner[door, lane] = mine if closer else theirs


@fast
def read_direct(
    direct: tuple[Ints, Small, Lengths],
    offers: tuple[Ints, Ints],
    length: Lengths,
    owner: Lengths,
) -> None:
    """Shorten lengths where door and outlet stand on one segment.

    Parameters
    ----------
    direct
        By outlet: start, door, length between the two.
    offers
        By outlet: start, lane it is a source of.
    length, owner
        Changed in place, shape (doors, lanes).
    """
    start, door_of, length_of = direct
    ostart, lane_of = offers
    for outlet in range(len(start) - 1):
        for k in range(start[outlet], start[outlet + 1]):
            door, here = door_of[k], length_of[k]
            for i in range(ostart[outlet], ostart[outlet + 1]):
                lane = lane_of[i]
                there = length[door, lane]
                if here < there or (here == there and outlet < owner[door, lane]):
                    length[door, lane] = here
                    owner[door, lane] = outlet
