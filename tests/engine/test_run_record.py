"""Tests: a run says what it was made from, and whether its rules were in force."""

from datetime import date

import pytest

from livingcircle.assessment import assess
from livingcircle.standards import load_standard
from tests.factories.district import draw_district


def record(on):
    """Return the run record of a small district assessed by 密云 on a day."""
    return assess(draw_district([], [(500, 0, 10)]), load_standard("miyun_2023"), on=on).run


def test_the_record_names_rules_walker_hour_day_and_sources():
    got = record(date(2024, 6, 1))
    assert (got["standard"], got["at"], got["on"]) == ("miyun_2023", "10:00", "2024-06-01")
    assert len(got["standard_sha256"]) == 64
    assert got["walker"]["metres_per_minute"] == 60.0
    assert [source["file"] for source in got["sources"]] == ["outlets.xlsx"]


@pytest.mark.parametrize(
    ("on", "told"), [(date(2024, 6, 1), ""), (date(2020, 1, 1), "有效期"), (None, "没有评估日期")]
)
def test_a_standard_not_in_force_is_told(on, told):
    notes = record(on)["notes"]
    assert [note for note in notes if "评估日期" in note] == [
        n for n in notes if told and told in n
    ]
