"""Choose greedily and improve by exchanges, in machine code.

A model is read as the tuple :attr:`Model.arrays`; what is chosen so far is a tuple of arrays that
kernels change in place (:func:`nothing_chosen`). Numbers are exact (see ``model.exact``): gains
that look alike are alike, and of those the option with the lowest number is taken.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from livingcircle._kernels.base import fast
from livingcircle._kernels.base import inner
from livingcircle._siting.instance import Bools
from livingcircle._siting.instance import Floats
from livingcircle._siting.instance import Ints
from livingcircle._siting.model import Arrays

State = tuple[Any, ...]
Lots = npt.NDArray[np.uint64]


@fast
def nothing_chosen(model: Arrays) -> State:
    """Return a state in which nothing is chosen.

    It holds: how often each row is still short, below 0 where it is covered more often than it
    needs; the sum of the numbers of those who cover it; whether each option is chosen; the chosen,
    how many; what each would take along; what is used of each limit; options open at each site;
    what open sites take of each limit by site; worth; two rows of cells to count in; and which
    options are to be looked at again.
    """
    options, rows = len(model[0]) - 1, len(model[4])
    return (
        model[5].copy(), np.zeros(rows, np.int64), np.zeros(options, np.bool_),
        np.zeros(options, np.int64), np.zeros(1, np.int64), np.zeros(options, np.float64),
        np.zeros(len(model[10]), np.float64), np.zeros(len(model[12]), np.int64),
        np.zeros(len(model[14]), np.float64), np.zeros(1, np.float64),
        np.zeros(options, np.float64), np.zeros(len(model[10]), np.float64),
        np.ones(options, np.bool_),
    )  # fmt: skip


@inner
def gain_of(model: Arrays, state: State, option: int) -> float:
    """Return what an option adds."""
    start, rows, weight, short = model[0], model[1], model[4], state[0]
    gain = model[6][option]
    for row in rows[start[option] : start[option + 1]]:
        if short[row] > 0:
            gain += weight[row]
    return float(gain)


@inner
def _share(model: Arrays, state: State, row: int, change: float, tally: Floats) -> None:
    """Add to the tally of all chosen that cover a row."""
    back, options, need = model[2], model[3], model[5]
    short, owner, chosen = state[:3]
    if need[row] - short[row] == 1:
        tally[owner[row]] += change
        return
    for option in options[back[row] : back[row + 1]]:
        if chosen[option]:
            tally[option] += change


@inner
def _mark(model: Arrays, state: State, row: int) -> None:
    """Let all that cover a row be looked at again."""
    back, options = model[2], model[3]
    for option in options[back[row] : back[row + 1]]:
        state[12][option] = True


@fast
def add(model: Arrays, state: State, option: int) -> None:
    """Choose an option."""
    start, rows, weight = model[0], model[1], model[4]
    short, owner, chosen, picked, count, loss = state[:6]
    state[9][0] += gain_of(model, state, option)
    loss[option] = 0.0
    for row in rows[start[option] : start[option + 1]]:
        if short[row] == 0:
            _share(model, state, row, -weight[row], loss)
        if 0 <= short[row] <= 1:
            _mark(model, state, row)
        short[row] -= 1
        owner[row] += option
        if short[row] >= 0:
            loss[option] += weight[row]
    chosen[option] = True
    picked[count[0]] = option
    count[0] += 1
    _take(model, state, option, 1.0)


@fast
def remove(model: Arrays, state: State, option: int) -> None:
    """Let go of an option."""
    start, rows, weight = model[0], model[1], model[4]
    short, owner, chosen, picked, count, loss = state[:6]
    state[9][0] -= loss[option] + model[6][option]
    chosen[option] = False
    for row in rows[start[option] : start[option + 1]]:
        short[row] += 1
        owner[row] -= option
        if short[row] == 0:
            _share(model, state, row, weight[row], loss)
        if 0 <= short[row] <= 1:
            _mark(model, state, row)
    at = 0
    while picked[at] != option:
        at += 1
    count[0] -= 1
    picked[at] = picked[count[0]]
    _take(model, state, option, -1.0)


@inner
def _take(model: Arrays, state: State, option: int, sign: float) -> None:
    """Use up what an option takes, or give it back."""
    begin, row, amount = model[7:10]
    site, opened, toll = model[11], model[12], model[13]
    used, at_site, paid = state[6:9]
    for k in range(begin[option], begin[option + 1]):
        used[row[k]] += sign * amount[k]
    place = site[option]
    before = at_site[place] > 0
    at_site[place] += int(sign)
    if not opened[place]:
        for limit in range(len(paid)):
            paid[limit] += toll[limit, place] * (int(at_site[place] > 0) - int(before))


@inner
def blocked(model: Arrays, state: State, option: int) -> int:
    """Return how many limits an option would break; by how much stands in the last cells."""
    begin, row, amount, limit = model[7:11]
    used, lacking = state[6], state[11]
    many = 0
    for k in range(begin[option], begin[option + 1]):
        over = used[row[k]] + amount[k] - limit[row[k]]
        if over > 0:
            lacking[row[k]] = over
            many += 1
    if _site_is_new(model, state, option):
        for one in range(len(state[8])):
            many += int(_too_dear(model, state, option, one, 0.0))
    return many


@inner
def _site_is_new(model: Arrays, state: State, option: int) -> bool:
    place = model[11][option]
    return not model[12][place] and state[7][place] == 0


@inner
def _too_dear(model: Arrays, state: State, option: int, limit: int, freed: float) -> bool:
    """Return whether opening the site of an option breaks a limit by site, once some is freed."""
    toll, most = model[13], model[14]
    return bool(state[8][limit] - freed + toll[limit, model[11][option]] > most[limit])


@inner
def _unblock(model: Arrays, state: State, option: int) -> None:
    begin, row = model[7:9]
    for k in range(begin[option], begin[option + 1]):
        state[11][row[k]] = 0.0


@inner
def _makes_room(model: Arrays, state: State, leaving: int, option: int, many: int) -> bool:
    """Return whether an option breaks no limit once another leaves."""
    begin, row, amount = model[7:10]
    site, opened, toll = model[11], model[12], model[13]
    lacking = state[11]
    for k in range(begin[leaving], begin[leaving + 1]):
        if lacking[row[k]] > 0 and amount[k] >= lacking[row[k]]:
            many -= 1
    if _site_is_new(model, state, option):
        place = site[leaving]
        closes = not opened[place] and state[7][place] == 1
        for one in range(len(state[8])):
            freed = toll[one, place] if closes else 0.0
            dear = _too_dear(model, state, option, one, 0.0)
            many -= int(dear and not _too_dear(model, state, option, one, freed))
    return many == 0


@inner
def overlaps(model: Arrays, state: State, option: int) -> float:
    """Return what an option adds; what it would save of each chosen stands in the cells."""
    start, rows, weight = model[0], model[1], model[4]
    short, picked, count, saved = state[0], state[3], state[4], state[10]
    for at in range(count[0]):
        saved[picked[at]] = 0.0
    gain = model[6][option]
    for row in rows[start[option] : start[option + 1]]:
        if short[row] > 0:
            gain += weight[row]
        elif short[row] == 0:
            _share(model, state, row, weight[row], saved)
    return float(gain)


@inner
def best_leaving(model: Arrays, state: State, option: int) -> tuple[int, float]:
    """Return whom an option would best replace, -1 for nobody, and what that adds."""
    worth = model[6]
    picked, count, loss, saved = state[3], state[4], state[5], state[10]
    many = blocked(model, state, option)
    gain = overlaps(model, state, option)
    best, most = -1, -np.inf
    for at in range(count[0]):
        one = picked[at]
        change = gain - loss[one] - worth[one] + saved[one]
        better = change > most or (change == most and one < best)
        if better and (many == 0 or _makes_room(model, state, one, option, many)):
            best, most = one, change
    _unblock(model, state, option)
    return best, most


@inner
def may_join(model: Arrays, state: State, option: int) -> bool:
    """Return whether an option can be added within the limits."""
    many = blocked(model, state, option)
    _unblock(model, state, option)
    return many == 0


@fast
def choose_greedily(model: Arrays, state: State, among: Bools, ratio: Floats, most: int) -> Floats:
    """Add what adds most, one after the other, and return what each adds.

    Parameters
    ----------
    among
        Which options may be taken; those that cannot join are struck off.
    ratio
        What a gain is divided by: 1, or a price.
    most
        So many at most.
    """
    options = len(among)
    promise = np.empty(options, np.float64)
    for one in range(options):
        promise[one] = gain_of(model, state, one) / ratio[one]
    fresh = np.zeros(options, np.int64)
    gains = np.zeros(min(options, most), np.float64)
    for step in range(len(gains)):
        while True:
            best = -1
            for one in range(options):
                if among[one] and (best < 0 or promise[one] > promise[best]):
                    best = one
            if best < 0 or promise[best] <= 0:
                return gains[:step]
            if fresh[best] == step:
                if may_join(model, state, best):
                    break
                among[best] = False
                continue
            promise[best] = gain_of(model, state, best) / ratio[best]
            fresh[best] = step
        before = state[9][0]
        add(model, state, best)
        among[best] = False
        gains[step] = state[9][0] - before
    return gains


@fast
def exchange(model: Arrays, state: State, among: Bools) -> int:
    """Drop, add and exchange single options until none that is marked adds; return how often."""
    worth, chosen, loss, marked = model[6], state[2], state[5], state[12]
    moves, before = 0, -1
    while moves > before:
        before = moves
        for one in range(len(among)):
            if not marked[one]:
                continue
            marked[one] = False
            if chosen[one]:
                if loss[one] + worth[one] < 0:
                    remove(model, state, one)
                    moves += 1
            elif among[one]:
                leaving, change = best_leaving(model, state, one)
                gain = gain_of(model, state, one)
                if gain > 0 and gain >= change and may_join(model, state, one):
                    add(model, state, one)
                    moves += 1
                elif change > 0:
                    remove(model, state, leaving)
                    add(model, state, one)
                    moves += 1
    return moves


@inner
def draw(lots: Lots, end: int) -> int:
    """Return a number below an end, drawn by xorshift."""
    x = lots[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    lots[0] = x
    return int((x >> np.uint64(11)) % np.uint64(end))


@fast
def become(model: Arrays, state: State, wanted: Ints) -> None:
    """Let go of all that is not wanted, and choose all that is."""
    chosen, picked, count = state[2:5]
    stays = np.zeros(len(chosen), np.bool_)
    stays[wanted] = True
    for at in range(count[0] - 1, -1, -1):
        if not stays[picked[at]]:
            remove(model, state, picked[at])
    for one in wanted:
        if not chosen[one]:
            add(model, state, one)


@inner
def kick(model: Arrays, state: State, among: Bools, lots: Lots, strength: int) -> None:
    """Put in an option drawn by lot, let its nearest go, and fill up by lot."""
    options = len(among)
    picked, count, saved = state[3], state[4], state[10]
    new = draw(lots, options)
    if state[2][new] or not among[new]:
        return
    overlaps(model, state, new)
    for _ in range(min(strength, count[0])):
        nearest = picked[0]
        for at in range(1, count[0]):
            if saved[picked[at]] > saved[nearest]:
                nearest = picked[at]
        if saved[nearest] <= 0:
            nearest = picked[draw(lots, count[0])]
        remove(model, state, nearest)
    if may_join(model, state, new):
        add(model, state, new)
    for _ in range(4 * strength):
        one = draw(lots, options)
        free = among[one] and not state[2][one] and may_join(model, state, one)
        if free and gain_of(model, state, one) > 0:
            add(model, state, one)


@fast
def improve(
    model: Arrays, state: State, among: Bools, lots: Lots, rounds: int, strength: int
) -> int:
    """Kick and exchange so often, keeping the best; return in how many rounds it grew."""
    grown = 0
    for _ in range(rounds):
        before = state[9][0]
        kept = state[3][: state[4][0]].copy()
        kick(model, state, among, lots, 1 + draw(lots, strength))
        exchange(model, state, among)
        if state[9][0] < before:
            become(model, state, kept)
            state[12][:] = False
        grown += int(state[9][0] > before)
    return grown


@fast
def settle(model: Arrays, state: State) -> None:
    """Exchange each chosen option for the lowest number that is just as good, as long as any is."""
    worth, saved = model[6], state[10]
    chosen, picked, count, loss = state[2:6]
    moved = True
    while moved:
        moved = False
        for one in range(len(chosen)):
            if chosen[one]:
                continue
            many = blocked(model, state, one)
            gain = overlaps(model, state, one)
            leaving = -1
            for at in range(count[0]):
                other = picked[at]
                alike = gain - loss[other] - worth[other] + saved[other] == 0
                fits = many == 0 or _makes_room(model, state, other, one, many)
                if alike and fits and other > max(one, leaving):
                    leaving = other
            _unblock(model, state, one)
            if leaving >= 0:
                remove(model, state, leaving)
                add(model, state, one)
                moved = True


@fast
def exchanges(model: Arrays, state: State) -> tuple[Ints, Floats]:
    """Return for every option that is not chosen whom it would best replace, and what that adds."""
    options = len(state[2])
    leaving, change = np.full(options, -1), np.full(options, -np.inf)
    for one in range(options):
        if not state[2][one]:
            leaving[one], change[one] = best_leaving(model, state, one)
    return leaving, change
