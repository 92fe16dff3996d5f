"""Hold that nothing chosen is a table with its columns and no rows."""

from livingcircle.chosen import GAP_COLUMNS
from livingcircle.chosen import SITE_COLUMNS
from livingcircle.chosen import none_chosen


def test_nothing_chosen_has_every_column():
    none = none_chosen()
    assert len(none) == 0
    assert [*none.places.columns] == [*SITE_COLUMNS, "geometry"]
    assert tuple(none.gaps.columns) == GAP_COLUMNS
    assert none.places.crs == "EPSG:4326"
