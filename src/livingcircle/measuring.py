"""Say what has to be measured for a standard and for the eight functions, and measure it once."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import numpy.typing as npt

from livingcircle.access import Access
from livingcircle.access import Supply
from livingcircle.access import Units
from livingcircle.access import metres_to_lost
from livingcircle.memory import Memory
from livingcircle.reach import Needs
from livingcircle.reach import list_needs
from livingcircle.reach import supply_of
from livingcircle.remeasure import remeasure
from livingcircle.shops import Shops
from livingcircle.situation import Situation
from livingcircle.standards import Standard
from livingcircle.standards import load_standard

Floats = npt.NDArray[np.float64]

# 便利性指数 is defined on Beijing's eight functions, whatever standard is assessed.
FUNCTIONS = "beijing_eight"


def eight_functions(memory: Memory) -> Standard:
    """Return the standard of the eight basic functions."""
    return memory.recall("functions", (), lambda: load_standard(FUNCTIONS))


def list_asked(
    situation: Situation, standard: Standard, day: date | None, memory: Memory
) -> tuple[Needs, Needs]:
    """Return what has to be measured for the standard, and for the eight functions."""
    walker, functions = situation.walker, eight_functions(memory)
    return (
        memory.recall(
            "needs", (standard, walker, day), lambda: list_needs(situation, standard, on=day)
        ),
        memory.recall(
            "needs of functions",
            (functions, walker, day),
            lambda: list_needs(situation, functions, on=day, prefix=f"{FUNCTIONS}|"),
        ),
    )


def answering(shops: Shops, asked: Sequence[Needs], memory: Memory) -> Supply:
    """Return who answers everything that some standards want measured."""
    supplies = tuple(
        supply_of(shops, needs, memory, key=f"supply {place}") for place, needs in enumerate(asked)
    )
    return memory.recall("supply", supplies, lambda: _together(supplies))


def _together(supplies: Sequence[Supply]) -> Supply:
    """Return several supplies side by side."""
    return Supply(
        tuple(name for one in supplies for name in one.needs),
        np.hstack([one.offers for one in supplies]),
        np.hstack([one.maybe for one in supplies]),
        np.hstack([one.present for one in supplies]),
    )


def measure_asked(
    situation: Situation, shops: Shops, supply: Supply, asked: Sequence[Needs], memory: Memory
) -> Access:
    """Return the distances of every door to every need."""
    members = situation.members
    numbers = Units(members.door_circle, members.outlet_circle, members.door_community)
    radii = {need: ends for needs in asked for need, ends in needs.radii.items()}
    lost = _lost(situation, shops, supply)
    ends = situation.outlet_ends
    return remeasure(memory, situation.reader, ends, supply, numbers, radii, lost)


def _lost(situation: Situation, shops: Shops, supply: Supply) -> dict[int, Floats]:
    """Return how far outlets that no street leads to are; nothing where there are no streets."""
    if not situation.off_street.any():
        return {}
    doors = situation.grid.project_pairs(situation.door_places)
    return metres_to_lost(doors, shops.places, situation.off_street, supply)
