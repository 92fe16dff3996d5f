"""Make the facts of one unit by hand, a shop at a time."""

import pandas as pd

from livingcircle._rules.facts import UnitFacts
from livingcircle._rules.facts import read_register
from livingcircle.findings import judge
from tests.factories.standards import write_standard


def shop(*trades, **more):
    """Return one shop; what is not given nobody has reported."""
    return {"trades": frozenset(trades)} | more


def shops(*rows, prefix="甲"):
    """Return a table of shops, named 甲1, 甲2, …."""
    names = [f"{prefix}{number}" for number in range(1, len(rows) + 1)]
    index = pd.Index(names, name="outlet_id", dtype=object)
    return pd.DataFrame(list(rows), index=index, columns=None if rows else ["trades"])


def unit(*inside, outside=(), known=(), level="circle", **more):
    """Return the facts of a unit with shops inside and, within its reach, outside.

    Every shop outside is within reach; of those inside, each is unless ``far`` is true.
    """
    near = [{k: v for k, v in row.items() if k != "far"} for row in inside]
    here, there = shops(*near), shops(*outside, prefix="乙")
    shared = {}
    rows = [*zip(here.index, inside, strict=True), *zip(there.index, outside, strict=True)]
    for name, row in rows:
        for trade in row["trades"]:
            shared.setdefault(trade, set()).update([] if row.get("far") else [name])
    register = read_register(pd.concat([here, there]))
    return UnitFacts(
        level=level,
        unit_id="U",
        unit_name="甲单元",
        circle_id="C",
        inside={name: register[name] for name in here.index if name in register},
        register=register,
        shared={trade: frozenset(names) for trade, names in shared.items()},
        known_trades=frozenset(known),
        **more,
    )


def judged(requirement, facts, **standard):
    """Return the finding on one requirement written as a dict."""
    pack = write_standard({"id": "R", "clause": "一"} | requirement, **standard)
    return judge(pack.requirements[0], facts, pack)
