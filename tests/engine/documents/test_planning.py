"""Find spaces for gaps by what trades mean, not by how they are spelt."""

from types import SimpleNamespace

import pytest
import shapely

from livingcircle.documents._spaces import Sites
from tests.engine.documents.conftest import spot
from tests.engine.documents.conftest import table
from tests.factories.standards import write_standard

SHED = "车棚（自行车棚，60平方米，空置）"
NONE_FITS = "台账中没有合适的空间"
DOUBTFUL = "未核实（1处没有登记位置或适合业态不明）"
SPACE = {
    "space_id": "s1", "name": "车棚", "kind": "自行车棚", "area_m2": 60.0, "occupancy": "空置",
    "suitable_trades": "", "excluded_trades": "", "lease_end": "", "geometry": spot(0.5, 0.5),
}  # fmt: skip


def told(assessed: SimpleNamespace, trades: tuple[str, ...], **said: object) -> str:
    """Say what the first gap of the first circle is offered where this space is registered."""
    object.__setattr__(assessed.district, "spaces", table("spaces", [SPACE | said]))
    gaps = assessed.gaps[assessed.gaps["unit_id"] == "c1"].iloc[:1]
    assessed.gaps = gaps.assign(requirement_id="asked")
    one = {"id": "asked", "rule": "count", "least": 1, "level": "circle", "clause": "一"}
    if trades:
        assessed.standard = write_standard(one | {"trades": list(trades), "subject": "某业态"})
    else:
        share = {"id": "asked", "rule": "share", "least": 0.3, "having": {"chain": True}}
        assessed.standard = write_standard(share | {"level": "circle", "clause": "一"})
    return Sites(assessed).fitting(gaps["gap_id"].iloc[0])


@pytest.mark.parametrize(
    ("suitable", "excluded", "trades", "said"),
    [
        ("菜篮子、药店", "", ("pharmacy",), SHED),
        ("大药房", "", ("pharmacy",), SHED),
        ("", "", ("pharmacy",), SHED),
        ("便利店", "", ("convenience_store", "supermarket"), SHED),
        ("菜市场", "", ("vegetable",), SHED),
        ("菜篮子", "", ("wet_market",), NONE_FITS),
        ("", "菜市场", ("vegetable",), SHED),
        ("", "菜篮子", ("wet_market",), NONE_FITS),
        ("", "药店", ("pharmacy",), NONE_FITS),
        ("早餐店", "", ("pharmacy",), NONE_FITS),
        ("", "药店", ("pharmacy", "bank"), SHED),
        ("小型文创", "", ("pharmacy",), DOUBTFUL),
        ("便利店", "", (), "—"),
    ],
)
def test_a_space_fits_by_trade(
    assessed: SimpleNamespace, suitable: str, excluded: str, trades: tuple[str, ...], said: str
) -> None:
    assert told(assessed, trades, suitable_trades=suitable, excluded_trades=excluded) == said


def test_a_space_elsewhere_does_not_fit(assessed: SimpleNamespace) -> None:
    assert told(assessed, ("pharmacy",), geometry=spot(5, 5)) == NONE_FITS


def test_a_space_without_a_place_is_counted(assessed: SimpleNamespace) -> None:
    assert told(assessed, ("pharmacy",), geometry=shapely.Point()) == DOUBTFUL


@pytest.mark.parametrize(
    ("occupancy", "lease_end", "said"),
    [
        ("出租", "2027-06-30", "车棚（自行车棚，60平方米，出租，租约至2027-06-30）"),
        ("出租", "2026-03-31", "车棚（自行车棚，60平方米，出租，租约已于2026-03-31到期，请核实）"),
        ("出租", "", "未核实（1处在用，租约到期日没有登记）"),
        ("", "", "车棚（自行车棚，60平方米，使用状态未核实）"),
    ],
)
def test_a_let_space_is_never_offered_as_free(
    assessed: SimpleNamespace, occupancy: str, lease_end: str, said: str
) -> None:
    assert told(assessed, ("bank",), occupancy=occupancy, lease_end=lease_end) == said


def test_a_space_is_given_once_and_to_the_most_urgent(assessed: SimpleNamespace) -> None:
    sites = Sites(assessed)
    offered = {row.unit_id: sites.fitting(row.gap_id) for row in assessed.gaps.itertuples()}
    shed = "西里车棚（车棚，60平方米，使用状态未核实）"
    assert offered == {
        "c1": shed, "m1": f"{shed}（与果园生活圈药店择一）", "c2": NONE_FITS, "m3": NONE_FITS,
    }  # fmt: skip


def test_missing_register_or_border_is_unknown_not_none(assessed: SimpleNamespace) -> None:
    gap = assessed.gaps.loc[assessed.gaps["unit_id"] == "c1", "gap_id"].iloc[0]
    assessed.circles["geometry"] = None
    assessed.doors["geometry"] = None
    assert Sites(assessed).fitting(gap) == "未核实（没有边界）"
    bare = assessed.district.spaces.iloc[:0]
    object.__setattr__(assessed.district, "spaces", bare)
    assert Sites(assessed).fitting(gap) == "未核实（没有空间资源台账）"
