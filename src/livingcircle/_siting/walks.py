"""Hold a question of least walking: how far each option is from whom, and how many it can serve."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from livingcircle._siting.answers import Choice
from livingcircle._siting.instance import Bools
from livingcircle._siting.instance import Floats
from livingcircle._siting.instance import Instance
from livingcircle._siting.instance import Ints
from livingcircle.errors import SitingError


@dataclass(frozen=True)
class Walks:
    """Hold how far the people behind each row of demand walk to each option near them.

    Attributes
    ----------
    start, rows, distance
        Which rows are near each option and how far, as in :class:`Instance`; shapes
        (options + 1,), (pairs,), (pairs,).
    weight
        People behind each row, shape (rows,).
    capacity
        People each option can serve, infinite where there is no limit, shape (options,).
    fixed
        Whether an option stands already: open in every answer, and not counted, shape (options,).
    far
        What a person served by nobody is taken to walk; more than any distance.
    """

    start: Ints
    rows: npt.NDArray[np.integer[Any]]
    distance: Floats
    weight: Floats
    capacity: Floats
    fixed: Bools
    far: float

    def __post_init__(self) -> None:
        """Bring all to one type each, and refuse what contradicts."""
        lists = Instance(self.start, self.rows, self.weight, fixed=self.fixed)
        for name in ("start", "rows", "weight", "fixed"):
            object.__setattr__(self, name, getattr(lists, name))
        for name in ("distance", "capacity"):
            given = np.ascontiguousarray(getattr(self, name), dtype=np.float64)
            object.__setattr__(self, name, given)
        holds = (
            len(self.distance) == len(self.rows)
            and len(self.capacity) == lists.options
            and bool(np.all(self.capacity >= 0))
            and bool(np.all((self.distance >= 0) & (self.distance < self.far)))
        )
        if not holds:
            what = "步行距离或服务人口的数目、大小不对"
            raise SitingError(what, where="选址", remedy="距离不能为负，也不能超过“无人服务”的距离")


@dataclass(frozen=True)
class Walking:
    """Hold what was opened, and who walks where.

    Attributes
    ----------
    choice
        What was opened; its value and bound are person-metres, the unserved included at ``far``.
    option, row, people
        Who goes where: people of a row may be split between options, shape (flows,).
    unserved
        People of each row whom nobody near has room for, shape (rows,).
    """

    choice: Choice
    option: Ints
    row: Ints
    people: Floats
    unserved: Floats
