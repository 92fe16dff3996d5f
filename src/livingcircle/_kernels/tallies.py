"""Count what pairs of outlet and door come to, for doors and for units."""

import numpy as np

from livingcircle._kernels.base import FAR
from livingcircle._kernels.base import Ints
from livingcircle._kernels.base import Lengths
from livingcircle._kernels.base import Small
from livingcircle._kernels.base import fast


@fast
def tally(
    pairs: tuple[Small, Small, Lengths],
    offers: tuple[Ints, Ints],
    radii: tuple[Lengths, Lengths],
    circles: tuple[Ints, Ints],
    half: tuple[int, int],
    into: tuple[Small, Small, Lengths, Small],
) -> None:
    """Count the outlets of each need within both ends of its radius, door by door.

    Parameters
    ----------
    pairs
        Outlet, door, length; outlets in order.
    offers
        By outlet: start, need it answers.
    radii
        Near and far end of each need's radius.
    circles
        Circle of each door and of each outlet, -1 for none.
    half
        Only doors whose number has this remainder by this divisor: threads share the work.
    into
        Counts within the near and the far end, least length inside the door's own circle and
        whose it is, each of shape (doors, needs); changed in place.
    """
    outlet_of, door_of, length_of = pairs
    start, need_of = offers
    good, far = radii
    door_circle, outlet_circle = circles
    remainder, divisor = half
    within_good, within_far, circle_length, circle_outlet = into
    for i in range(len(outlet_of)):
        door = door_of[i]
        if door % divisor != remainder:
            continue
        outlet, length = outlet_of[i], length_of[i]
        inside = door_circle[door] >= 0 and door_circle[door] == outlet_circle[outlet]
        for k in range(start[outlet], start[outlet + 1]):
            need = need_of[k]
            if length <= far[need]:
                within_far[door, need] += 1
                if length <= good[need]:
                    within_good[door, need] += 1
            if inside and length < circle_length[door, need]:
                circle_length[door, need] = length
                circle_outlet[door, need] = outlet


@fast
def least_by_unit(
    pairs: tuple[Small, Small, Lengths],
    unit_of: Ints,
    units: int,
) -> tuple[Small, Small, Lengths]:
    """Return, for each outlet and each unit its pairs lead to, the least length.

    Parameters
    ----------
    pairs
        Outlet, door, length; outlets in order.
    unit_of
        Unit of each door, -1 for none.
    units
        How many units there are.
    """
    outlet_of, door_of, length_of = pairs
    least = np.full(units, FAR, dtype=np.uint32)
    seen = [np.int32(0) for _ in range(0)]
    outlets = [np.int32(0) for _ in range(0)]
    names = [np.int32(0) for _ in range(0)]
    lengths = [np.uint32(0) for _ in range(0)]
    for i in range(len(outlet_of)):
        unit = unit_of[door_of[i]]
        if unit >= 0:
            if least[unit] == FAR:
                seen.append(np.int32(unit))
            least[unit] = min(least[unit], length_of[i])
        if i + 1 == len(outlet_of) or outlet_of[i + 1] != outlet_of[i]:
            for unit in seen:
                outlets.append(outlet_of[i])
                names.append(unit)
                lengths.append(least[unit])
                least[unit] = FAR
            seen.clear()
    return np.array(outlets), np.array(names), np.array(lengths)
