"""Measure what a standard asks for and what the eight functions ask for, side by side and once."""

from livingcircle import edits
from livingcircle.measuring import FUNCTIONS
from livingcircle.measuring import answering
from livingcircle.measuring import list_asked
from livingcircle.measuring import measure_asked
from livingcircle.memory import Memory
from livingcircle.shops import list_shops
from livingcircle.situation import lay_out
from livingcircle.walkers import WALKERS
from tests.factories.district import draw_district
from tests.factories.standards import reach
from tests.factories.standards import write_standard

STANDARD = write_standard(reach("pharmacy"))
TOWN = draw_district([(300, 0, ["pharmacy"]), (900, 0, ["repair"])], [(50, 0, 10)])


def measured(district, memory):
    """Return what has to be measured, and the distances."""
    situation = lay_out(district, WALKERS["standard"], memory=memory)
    shops = list_shops(situation, memory)
    asked = list_asked(situation, STANDARD, None, memory)
    supply = answering(shops, asked, memory)
    return asked, measure_asked(situation, shops, supply, asked, memory)


def test_the_eight_functions_are_measured_beside_the_standard():
    (needs, own), access = measured(TOWN, Memory())
    assert needs.names == ("pharmacy",)
    assert all(name.startswith(f"{FUNCTIONS}|") for name in own.names)
    assert access.needs == (*needs.names, *own.names)
    assert access.to("pharmacy").metres.tolist() == [250.0]


def test_what_nobody_touched_is_not_measured_again():
    memory = Memory()
    _, before = measured(TOWN, memory)
    _, again = measured(TOWN, memory)
    assert again is before
    _, after = measured(edits.change_outlet(TOWN, "o0", {"status": "closed"}), memory)
    assert after.to("pharmacy") is not before.to("pharmacy")
    untouched = next(name for name in before.needs if name.endswith("|repair"))
    assert after.to(untouched) is before.to(untouched)
