"""Read the one table that says which role may do what, where, and by which address.

``authorisation.csv`` has one row for each action, one column for each role, and the routes that
need the action. A cell says how far the role's own area reaches:

``below``  the own area and everything under it
``own``    the own area only
``mine``   only what belongs to the person
``any``    everywhere
``-``      nowhere

An address that no row names is refused: whoever adds a page has to say who may see it.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType

from livingcircle_platform.accounts.roles import Role

TABLE = Path(__file__).with_name("authorisation.csv")
EVERYBODY = "everybody"  # without signing in
SIGNED_IN = "signed-in"  # whoever has an account, whatever the role


class Reach(StrEnum):
    """Say how far a role's own area reaches for an action."""

    NOWHERE = "-"
    MINE = "mine"
    OWN = "own"
    BELOW = "below"
    ANY = "any"


@dataclass(frozen=True)
class Rule:
    """Hold one row: an action, how far it reaches for each role, and its routes.

    Attributes
    ----------
    action
        ``object.verb``; ``everybody`` and ``signed-in`` need no role.
    title
        What it lets somebody do, in Chinese.
    reach
        By role.
    routes
        Pairs of HTTP method and route name.
    """

    action: str
    title: str
    reach: Mapping[str, Reach]
    routes: tuple[tuple[str, str], ...]


@cache
def rules() -> Mapping[str, Rule]:
    """Return every row by its action."""
    with TABLE.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return MappingProxyType({row["action"]: _rule(row) for row in rows})


@cache
def actions_by_route() -> Mapping[tuple[str, str], str]:
    """Return the action that each method of each route needs.

    Raises
    ------
    ValueError
        If two rows name the same one: which of them counts must not depend on their order.
    """
    found: dict[tuple[str, str], str] = {}
    for rule in rules().values():
        for route in rule.routes:
            if route in found:
                raise ValueError(f"{route} stands under {found[route]} and {rule.action}")
            found[route] = rule.action
    return MappingProxyType(found)


def _rule(row: Mapping[str, str]) -> Rule:
    reach = {role: Reach(row[role].strip() or "-") for role in Role.values}
    return Rule(row["action"], row["title"], MappingProxyType(reach), _routes(row["routes"]))


def _routes(text: str) -> tuple[tuple[str, str], ...]:
    """Return the pairs of ``GET,POST some:route; GET other:route``."""
    found = []
    for part in filter(None, (piece.strip() for piece in text.split(";"))):
        methods, _, name = part.partition(" ")
        found += [(method, name.strip()) for method in methods.split(",")]
    return tuple(found)
