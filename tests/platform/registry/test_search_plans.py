"""Check that whichever way a search goes, it finds the same."""

import pytest
from django.core.cache import caches
from django.db import connection

from livingcircle_platform.registry.models import Outlet
from livingcircle_platform.registry.search import common_grams
from tests.platform import make


@pytest.fixture
def street(town):
    """Make a street where every shop but two is a 便利店, and look at it as PostgreSQL does."""
    for number in range(60):
        make.outlet(town.a1, f"福顺便利店{number}")
    make.outlet(town.a1, "康乐药房")
    make.outlet(town.a1, "便宜药店")
    caches["moment"].clear()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    yield
    caches["moment"].clear()


@pytest.mark.parametrize(
    "needle", ["店", "药", "便利店", "便利", "药店", "康乐药房", "yaodian", "fs", "1", "没有", ""]
)
def test_the_first_rows_are_those_of_the_whole_answer(street, needle):
    rows = Outlet.objects.order_by("pk")
    soon = list(rows.filter(line__finds_soon=needle)[:20].values_list("pk", flat=True))
    assert soon == list(rows.filter(line__finds=needle)[:20].values_list("pk", flat=True))


def test_pieces_that_most_lines_hold_are_common(street):
    if connection.vendor != "postgresql":
        pytest.skip("only PostgreSQL keeps such figures")
    common = common_grams("registry_outlet")
    assert {"店", "便", "便利", "利店"} <= common
    assert not {"康乐", "宜药"} & common
    sql = str(Outlet.objects.filter(line__finds_soon="便利").query)
    assert "lc_grams" not in sql
    assert "lc_grams" in str(Outlet.objects.filter(line__finds="便利").query)
    assert "lc_grams" in str(Outlet.objects.filter(line__finds_soon="没有").query)
