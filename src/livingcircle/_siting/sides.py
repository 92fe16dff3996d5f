"""Write the limits of a model as rows over options and sites, as linear programmes want them."""

from dataclasses import dataclass

import numpy as np

from livingcircle._siting.instance import Floats
from livingcircle._siting.instance import Ints
from livingcircle._siting.model import Model


@dataclass(frozen=True)
class Sides:
    """Hold rows ``values · x ≤ limit`` over columns: the options, then sites that may be opened.

    Attributes
    ----------
    start, row, value
        By column: which rows it stands in, and with what factor.
    limit
        Right-hand side of each row.
    columns
        How many columns there are.
    main
        The row that binds nearly always, -1 where there is none.
    """

    start: Ints
    row: Ints
    value: Floats
    limit: Floats
    columns: int
    main: int

    def by_row(self) -> tuple[Ints, Ints, Floats]:
        """Return the rows: where each begins, its columns and its factors."""
        column = np.repeat(np.arange(self.columns), np.diff(self.start))
        order = np.argsort(self.row, kind="stable")
        counts = np.bincount(self.row, minlength=len(self.limit))
        start = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        return start, column[order], self.value[order]


def sides_of(model: Model) -> Sides:
    """Return the limits of a model as rows.

    Where sites are limited, each closed site is a column of its own: no option without its site,
    no more sites, or money for opening them, than allowed.
    """
    packs = model.packs
    count, rows = model.count, len(packs.limit)
    if len(model.most) == 0:
        return Sides(packs.start, packs.row, packs.amount, packs.limit, count, packs.main)
    closed = np.flatnonzero(~model.opened[model.site])
    sites, site = np.unique(model.site[closed], return_inverse=True)
    link = rows + np.arange(len(closed))
    total = rows + len(closed)
    toll = model.toll[:, sites]
    which, place = np.nonzero(toll)
    column = np.concatenate([
        np.repeat(np.arange(count), np.diff(packs.start)), closed, count + site, count + place
    ])  # fmt: skip
    row = np.concatenate([packs.row, link, link, total + which])
    value = np.concatenate([
        packs.amount, np.ones(len(closed)), -np.ones(len(closed)), toll[which, place]
    ])  # fmt: skip
    limit = np.concatenate([packs.limit, np.zeros(len(closed)), model.most])
    order = np.lexsort((row, column))
    columns = count + len(sites)
    counts = np.bincount(column, minlength=columns)
    start = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return Sides(start, row[order], value[order], limit, columns, packs.main)
