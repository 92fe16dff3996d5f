"""Make a model smaller without changing what its best choice is worth.

Rows covered by the same options become one; rows nobody covers go; options that another covers
and undercuts in every respect go; and of rows that must be met, those that others imply.
"""

import numpy as np

from livingcircle._kernels.base import fast
from livingcircle._kernels.base import inner
from livingcircle._siting.instance import Bools
from livingcircle._siting.instance import Ints
from livingcircle._siting.model import Arrays
from livingcircle._siting.model import Model
from livingcircle._siting.model import Small
from livingcircle._siting.model import only
from livingcircle._siting.model import only_rows


def reduced(model: Model) -> Model:
    """Return a model of the same best worth with fewer rows, options and pairs.

    Numbers of options stay known as ``number``; among options that are alike the lowest stays.
    """
    model = only(model, _possible(model))
    model = merged(model)
    if model.hard:
        kept = np.flatnonzero(~_implied(model))
        model = only_rows(model, kept, model.weight[kept])
    model = only(model, ~_beaten(model))
    return merged(model)


def merged(model: Model) -> Model:
    """Return the model with rows of equal options and equal need as one, and useless rows gone."""
    sizes = np.diff(model.back)
    useful = (sizes > 0) & (model.need > 0) & (model.hard | (model.weight > 0))
    rng = np.random.default_rng(0)
    marks = rng.integers(0, 2**63, (2, model.count), dtype=np.uint64)
    ends = [np.concatenate([[np.uint64(0)], np.cumsum(one[model.options])]) for one in marks]
    sums = [end[model.back[1:]] - end[model.back[:-1]] for end in ends]
    rows = np.flatnonzero(useful)
    order = rows[np.lexsort((rows, sums[1][rows], sums[0][rows], sizes[rows], model.need[rows]))]
    first = _groups(model.back, model.options, model.need, order)
    leader = np.maximum.accumulate(np.where(first, np.arange(len(order)), 0))
    weight = np.bincount(leader, model.weight[order], len(order))[first].astype(np.float64)
    merged_rows = order[first]
    ascending = np.argsort(merged_rows, kind="stable")
    return only_rows(model, merged_rows[ascending], weight[ascending])


def _possible(model: Model) -> Bools:
    """Return which options fit within the limits alone, and are of any use."""
    packs = model.packs
    over = np.zeros(model.count, dtype=np.bool_)
    option = np.repeat(np.arange(model.count), np.diff(packs.start))
    limit = packs.limit * (1 + 1e-9) + 1e-9
    over[option[packs.amount > limit[packs.row]]] = True
    for toll, most in zip(model.toll, model.most, strict=True):
        over |= ~model.opened[model.site] & (toll[model.site] > most * (1 + 1e-9) + 1e-9)
    useful = (model.need > 0) & (model.hard | (model.weight > 0))
    reach = np.concatenate([[0], np.cumsum(useful[model.rows])])
    return ~over & ((reach[model.start[1:]] > reach[model.start[:-1]]) | (model.worth > 0))


def _beaten(model: Model) -> Bools:
    """Return which options another one does as well at no higher price in any respect."""
    packs = model.packs
    site = model.site if len(model.most) else np.zeros_like(model.site)
    return _dominated(
        (model.start, model.rows, model.back, model.options),
        (model.need, model.worth, site, model.opened),
        (packs.start, packs.row, packs.amount),
    )


def _implied(model: Model) -> Bools:
    """Return which rows are met whenever another one is: it needs as often, of fewer options."""
    return _follows(model.back, model.options, model.start, model.rows, model.need)


@fast
def _groups(back: Ints, options: Small, need: Small, order: Ints) -> Bools:
    """Return which rows, in an order by likeness, differ from the one before."""
    first = np.ones(len(order), np.bool_)
    for at in range(1, len(order)):
        one, other = order[at - 1], order[at]
        size = back[one + 1] - back[one]
        if size == back[other + 1] - back[other] and need[one] == need[other]:
            same = True
            for k in range(size):
                if options[back[one] + k] != options[back[other] + k]:
                    same = False
                    break
            first[at] = not same
    return first


@inner
def _holds(start: Ints, items: Small, small: int, large: int) -> bool:
    """Return whether one ascending list holds all of another."""
    a, a_end = start[small], start[small + 1]
    b, b_end = start[large], start[large + 1]
    while a < a_end:
        if a_end - a > b_end - b:
            return False
        if items[b] == items[a]:
            a += 1
        elif items[b] > items[a]:
            return False
        b += 1
    return True


@inner
def _rarest(start: Ints, items: Small, back: Ints, one: int) -> int:
    """Return the item of a list that stands in the fewest lists."""
    best = items[start[one]]
    for item in items[start[one] : start[one + 1]]:
        if back[item + 1] - back[item] < back[best + 1] - back[best]:
            best = item
    return int(best)


@inner
def _takes_no_more(packs: Arrays, cheap: int, dear: int) -> bool:
    """Return whether an option takes at most as much of every limit as another."""
    begin, row, amount = packs
    at = begin[dear]
    for k in range(begin[cheap], begin[cheap + 1]):
        while at < begin[dear + 1] and row[at] < row[k]:
            at += 1
        if at == begin[dear + 1] or row[at] != row[k] or amount[at] < amount[k]:
            return False
    return True


@fast
def _dominated(cover: Arrays, about: Arrays, packs: Arrays) -> Bools:
    start, rows, back, options = cover
    need, worth, site, opened = about
    gone = np.zeros(len(start) - 1, np.bool_)
    for one in range(len(gone)):
        if worth[one] > 0 or start[one] == start[one + 1]:
            continue
        single = True
        for row in rows[start[one] : start[one + 1]]:
            single = single and need[row] <= 1
        if not single:
            continue
        rare = _rarest(start, rows, back, one)
        for other in options[back[rare] : back[rare + 1]]:
            if other == one or gone[other] or worth[other] < worth[one]:
                continue
            if site[other] != site[one] and not opened[site[other]]:
                continue
            if not _takes_no_more(packs, other, one) or not _holds(start, rows, one, other):
                continue
            # Of two that are alike in all, the one with the lower number stays.
            alike = worth[other] == worth[one] and _holds(start, rows, other, one)
            if not alike or other < one or not _takes_no_more(packs, one, other):
                gone[one] = True
                break
    return gone


@fast
def _follows(back: Ints, options: Small, start: Ints, rows: Small, need: Small) -> Bools:
    gone = np.zeros(len(back) - 1, np.bool_)
    for strict in range(len(gone)):
        if gone[strict] or back[strict] == back[strict + 1]:
            continue
        rare = _rarest(back, options, start, strict)
        for other in rows[start[rare] : start[rare + 1]]:
            if other == strict or gone[other] or need[other] > need[strict]:
                continue
            if _holds(back, options, strict, other):
                gone[other] = True
    return gone
