"""Meet every need with one option fewer, and again one fewer, where options are alike in price.

Row weighting (Gao, Weise and Li 2015): one option too few is chosen; in every step the least
useful leaves and one that covers an unmet row comes; rows that stay unmet weigh more and more.
"""

import numpy as np

from livingcircle._kernels.base import fast
from livingcircle._kernels.base import inner
from livingcircle._siting.instance import Bools
from livingcircle._siting.instance import Ints
from livingcircle._siting.model import Arrays
from livingcircle._siting.model import Model
from livingcircle._siting.model import Small
from livingcircle._siting.search import Lots
from livingcircle._siting.search import draw

WORK = 300_000_000  # cells touched in a phase
MOST_STEPS = 100_000
CHOSEN, FREE = 1, 0


def descends(model: Model) -> bool:
    """Return whether fewer options is all that is asked of a model."""
    alike = model.count > 0 and float(np.ptp(model.worth)) == 0
    return model.hard and alike and len(model.packs.limit) == 0 and len(model.most) == 0


def steps_of(model: Model) -> int:
    """Return how many steps make a phase: fewer where lists are long."""
    pairs = len(model.rows)
    touched = 2 * pairs / max(model.count, 1) * pairs / max(len(model.weight), 1)
    return int(min(MOST_STEPS, max(200, WORK / max(touched, 1))))


@fast
def beginning(model: Arrays, chosen: Bools) -> tuple[Small, Ints, Ints, Ints, Ints, Ints, Bools]:
    """Return the state of a search that begins from a choice.

    It holds: how short each row is; its weight; what each option would add or take along; when it
    last moved; the unmet rows with, last, their number; where each stands among them; and who is
    chosen.
    """
    start, rows, _, _, _, need = model[:6]
    short = need.copy()
    weight = np.ones(len(need), np.int64)
    score, stamp = np.zeros(len(chosen), np.int64), np.zeros(len(chosen), np.int64)
    unmet, place = np.zeros(len(need) + 1, np.int64), np.zeros(len(need), np.int64)
    for option in range(len(chosen)):
        if chosen[option]:
            short[rows[start[option] : start[option + 1]]] -= 1
    for option in range(len(chosen)):
        for row in rows[start[option] : start[option + 1]]:
            score[option] += int(short[row] >= 0 if chosen[option] else short[row] > 0)
    for row in range(len(need)):
        if short[row] > 0:
            place[row] = unmet[-1]
            unmet[unmet[-1]] = row
            unmet[-1] += 1
    return short, weight, score, stamp, unmet, place, chosen.copy()


@inner
def _shift(model: Arrays, state: Arrays, row: int, change: int, who: int) -> None:
    """Change the score of all options on a row that are chosen, or of all that are not."""
    back, options = model[2], model[3]
    score, chosen = state[2], state[6]
    for option in options[back[row] : back[row + 1]]:
        if chosen[option] == who:
            score[option] += change


@inner
def _add(model: Arrays, state: Arrays, option: int, step: int) -> None:
    start, rows = model[0], model[1]
    short, weight, score, stamp, unmet, place, chosen = state
    total = 0
    for row in rows[start[option] : start[option + 1]]:
        if short[row] == 1:
            _shift(model, state, row, -weight[row], FREE)
            last = unmet[unmet[-1] - 1]
            unmet[place[row]] = last
            place[last] = place[row]
            unmet[-1] -= 1
        elif short[row] == 0:
            _shift(model, state, row, -weight[row], CHOSEN)
        short[row] -= 1
        total += weight[row] if short[row] >= 0 else 0
    chosen[option] = True
    score[option], stamp[option] = total, step


@inner
def _remove(model: Arrays, state: Arrays, option: int, step: int) -> None:
    start, rows = model[0], model[1]
    short, weight, score, stamp, unmet, place, chosen = state
    chosen[option] = False
    total = 0
    for row in rows[start[option] : start[option + 1]]:
        short[row] += 1
        if short[row] == 0:
            _shift(model, state, row, weight[row], CHOSEN)
        elif short[row] == 1:
            _shift(model, state, row, weight[row], FREE)
            place[row] = unmet[-1]
            unmet[unmet[-1]] = row
            unmet[-1] += 1
        total += weight[row] if short[row] > 0 else 0
    score[option], stamp[option] = total, step


@inner
def _least_useful(state: Arrays, spared: int) -> int:
    """Return who of the chosen takes least along; of those alike, who has stood longest."""
    score, stamp, chosen = state[2], state[3], state[6]
    least = -1
    for one in range(len(chosen)):
        if chosen[one] and one != spared:
            lower = least < 0 or score[one] < score[least]
            if lower or (score[one] == score[least] and stamp[one] < stamp[least]):
                least = one
    return least


@inner
def _most_useful(model: Arrays, state: Arrays, row: int, spared: int) -> int:
    """Return who would add most of those that cover a row and are not chosen."""
    back, options = model[2], model[3]
    score, stamp, chosen = state[2], state[3], state[6]
    most = -1
    for one in options[back[row] : back[row + 1]]:
        if not chosen[one] and one != spared:
            higher = most < 0 or score[one] > score[most]
            if higher or (score[one] == score[most] and stamp[one] < stamp[most]):
                most = one
    return most


@fast
def descend(model: Arrays, state: Arrays, best: Bools, clockwork: Ints, lots: Lots) -> None:
    """Go so many steps; the smallest choice found is left in ``best``.

    ``clockwork`` holds the number of steps gone before, how many to go, and who came last.
    """
    unmet, chosen = state[4], state[6]
    for _ in range(clockwork[1]):
        clockwork[0] += 1
        step = clockwork[0]
        if unmet[-1] == 0:
            best[:] = chosen
            least = _least_useful(state, -1)
            if least < 0:
                return
            _remove(model, state, least, step)
            continue
        leaving = _least_useful(state, clockwork[2])
        if leaving >= 0:
            _remove(model, state, leaving, step)
        coming = _most_useful(model, state, unmet[draw(lots, unmet[-1])], leaving)
        if coming < 0:
            coming = leaving
        if coming >= 0:
            _add(model, state, coming, step)
        clockwork[2] = coming
        for at in range(unmet[-1]):
            row = unmet[at]
            state[1][row] += 1
            _shift(model, state, row, 1, FREE)
            _shift(model, state, row, 1, CHOSEN)
    if unmet[-1] == 0:
        best[:] = chosen
