"""Check what a run is asked with when little is said."""

import uuid

import pytest

from livingcircle_platform.assessment.forms import RunForm


@pytest.mark.parametrize(
    ("of_district", "said", "walker"),
    [("elder", "", "elder"), ("elder", "brisk", "brisk"), ("", "", "standard")],
)
def test_a_run_walks_as_the_district_says_unless_told_otherwise(
    town, clerk, of_district, said, walker
):
    town.district.walker = of_district
    town.district.save()
    sent = {"id": uuid.uuid4(), "district": town.district.pk, "at": "10:00", "walker": said}
    form = RunForm(sent, user=clerk)
    assert form.is_valid(), form.errors
    assert form.run().walker == walker
