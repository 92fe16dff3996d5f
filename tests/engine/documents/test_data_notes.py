"""Tell in words what a person should look at in the data."""

from types import SimpleNamespace

import pandas as pd
import pytest

from livingcircle.documents._data_notes import REPAIRS
from livingcircle.documents._data_notes import note_sheet
from livingcircle.tables import Issue
from livingcircle.tables import issues_frame


def test_a_report_that_answered_nothing_is_listed(assessed: SimpleNamespace) -> None:
    what = "没有叫“集市”的要求"
    issue = Issue("上报.xlsx", "上报事项", 7, "事项", "集市", "warning", what, "核对事项名称")
    assessed.issues = issues_frame([issue])
    assert list(note_sheet(assessed).rows) == [
        [
            1, "上报.xlsx", "采用但请核对", "工作表“上报事项”，第7行，“事项”列",
            "没有叫“集市”的要求。", "核对事项名称。",
        ]
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["apart", "gate_hours", "outlet_off_street"])
def test_every_kind_of_repair_has_a_word(assessed: SimpleNamespace, kind: str) -> None:
    where = {"place": "footway", "lon": 118.78, "lat": 32.04, "length_m": 9.0}
    assessed.repairs = pd.DataFrame([{"kind": kind, "sentence": "走不到；核对位置", **where}])
    (row,) = note_sheet(assessed).rows
    assert row[1:] == ["道路和大门", REPAIRS[kind], "118.78000，32.04000", "走不到。", "核对位置。"]


def test_nothing_to_look_at_is_said(assessed: SimpleNamespace) -> None:
    assert not note_sheet(assessed).rows
