"""Draw a street on which sites are chosen: doors, shops and empty rooms along one line."""

from datetime import date

import shapely

import livingcircle as lc
from livingcircle.candidates import ledger_candidates
from tests.factories.district import draw_district
from tests.factories.district import table
from tests.factories.standards import reach
from tests.factories.standards import write_standard

DAY = date(2026, 6, 30)
ALL = ("pharmacy", "laundry", "breakfast", "convenience_store", "supermarket", "vegetable")
PHARMACY, LAUNDRY = reach("pharmacy"), reach("laundry")
STORE = reach("convenience_store", "supermarket")


def draw_spaces(*places):
    """Return rooms of (x, columns) on the street, named s0, s1, ….

    Without columns they are empty, of 100 m², for any trade.
    """
    usual = {"kind": "腾退空间", "area_m2": 100.0, "occupancy": "空置", "suitable_trades": "",
             "excluded_trades": "", "lease_end": "", "approval_path": ""}  # fmt: skip
    rows = [usual | {"name": f"空间{n}"} | dict(more) for n, (_, more) in enumerate(places)]
    points = [shapely.Point(x, 5) for x, _ in places]
    return table("spaces", rows, points, [f"s{n}" for n in range(len(places))])


def assess_street(doors, *, spaces=(), outlets=(), rules=(PHARMACY,), complete=ALL, **layers):
    """Return the assessment of a street.

    Doors are (x, residents), outlets (x, trades), both with further columns at will; rooms x or
    (x, columns).
    """
    rooms = [one if isinstance(one, tuple) else (one, {}) for one in spaces]
    district = draw_district(
        outlets=[(one[0], 10, *one[1:]) for one in outlets],
        doors=[(one[0], 10, *one[1:]) for one in doors],
        complete=complete,
        spaces=draw_spaces(*rooms) if rooms else draw_spaces(),
        **layers,
    )
    return lc.assess(district, write_standard(*rules), on=DAY)


def rooms_of(assessment, **how):
    """Return the rooms of the ledger as candidates."""
    return ledger_candidates(assessment.situation, str(DAY), **how)
