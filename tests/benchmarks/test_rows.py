"""Check that rows hold the right ratios and that the page keeps its prose."""

import io
import math
from dataclasses import replace

import pytest
from benchmarks.page import PAGE
from benchmarks.page import fill
from benchmarks.rows import Row
from benchmarks.rows import interleaved
from benchmarks.rows import with_ratios
from benchmarks.runs import RUNNERS
from benchmarks.sheets import rows_sheets
from benchmarks.targets import target
from benchmarks.whole import Run

from benchmarks import estimate
from benchmarks import peers


def test_a_ratio_is_taken_to_the_first_row_of_ours_on_the_same_streets():
    rows = with_ratios([
        Row("W", "a", "本引擎", seconds=2.0),
        Row("W", "a", "本引擎，单线程", seconds=3.0),
        Row("W", "a", "别家", seconds=10.0),
        Row("W", "b", "本引擎", seconds=4.0),
        Row("W", "b", "别家", seconds=10.0),
        Row("V", "a", "别家", seconds=10.0),
    ])  # fmt: skip
    assert [row.ratio for row in rows] == [1.0, 1.5, 5.0, 1.0, 2.5, None]


def test_what_could_not_be_done_stays_as_a_row_with_its_reason():
    rows = with_ratios([Row("W", "a", "本引擎", seconds=2.0), Row("W", "a", "别家", note="装不上")])
    assert rows[1].ratio is None
    (sheet,) = rows_sheets(rows)
    line = dict(zip(sheet.head, sheet.rows[1], strict=True))
    assert line["秒"] == "—"
    assert line["说明"] == "装不上"
    assert line["是本引擎的几倍"] == ""


def test_a_time_limit_is_told_as_at_least():
    rows = [
        Row("W", "a", "本引擎", seconds=2.0),
        Row("W", "a", "别家", seconds=300.0, over=True),
        Row("W", "a", "又一家", seconds=1.0, wrong=3, checked=1000),
    ]
    (sheet,) = rows_sheets(with_ratios(rows))
    lines = [dict(zip(sheet.head, row, strict=True)) for row in sheet.rows]
    assert lines[1]["秒"] == "> 300"
    assert lines[1]["是本引擎的几倍"] == "> 150"
    assert lines[1]["与本引擎不同"] == "没有算完"
    assert lines[2]["与本引擎不同"] == "3 / 1,000"
    assert lines[2]["是本引擎的几倍"] == "0.5"


def test_jobs_take_turns():
    seen = []
    jobs = {"a": lambda: seen.append("a"), "b": lambda: seen.append("b")}
    took = interleaved(jobs, 2)
    assert seen == ["a", "b", "a", "b", "a", "b"]
    assert set(took) == {"a", "b"}


def test_a_stopped_peer_took_at_least_what_it_had_spent():
    stopped = peers.Answer({"build": 10.0, "prepare": 5.0}, stopped="query", spent=85.0)
    assert stopped.seconds(whole=False) == (85.0, True)
    assert stopped.seconds(whole=True) == (100.0, True)
    ended = peers.Answer({"build": 10.0, "query": 2.0})
    assert ended.seconds(whole=False) == (2.0, False)
    assert ended.seconds(whole=True) == (12.0, False)
    (row,) = peers.rows_of("pandana", stopped, {"W": False}, "a", (0, 0))
    assert row.over
    (row,) = peers.rows_of("pandana", peers.Answer(reason="没有"), {"W": False}, "a", (0, 0))
    assert math.isnan(row.seconds)
    assert row.note == "没有"


def test_nothing_is_said_of_a_query_that_had_not_begun():
    building = peers.Answer({}, stopped="build", spent=60.0)
    assert building.seconds(whole=True) == (60.0, True)
    query, whole = peers.rows_of("pandana", building, {"W": False, "V": True}, "a", (0, 0))
    assert math.isnan(query.seconds)
    assert query.note == "到时限还在建图"
    assert (whole.seconds, whole.over) == (60.0, True)


def test_what_a_peer_tells_is_told_apart():
    told = io.StringIO(
        '{"stage": "build", "begun": 5.0}\nnoise\n{"build": 2.5}\n'
        '{"stage": "query", "begun": 8.0}\n'
    )
    assert peers._clock(told) == ({"build": 2.5}, {"stage": "query", "begun": 8.0})


def test_the_page_is_filled_between_its_marks_and_nowhere_else():
    page = "前\n<!-- begin: one -->\n旧\n<!-- end -->\n中\n<!-- begin: two -->\n<!-- end -->\n后\n"
    once = fill(page, {"one": "| 1 |\n", "two": r"\1 新"})
    assert once == (
        "前\n<!-- begin: one -->\n\n| 1 |\n\n<!-- end -->\n中\n"
        "<!-- begin: two -->\n\n\\1 新\n\n<!-- end -->\n后\n"
    )
    assert fill(once, {"one": "| 1 |", "two": r"\1 新"}) == once
    with pytest.raises(ValueError, match="0 places"):
        fill(page, {"three": ""})
    with pytest.raises(ValueError, match="2 places"):
        fill(page + page, {"one": ""})


def test_the_page_has_one_place_for_every_block():
    blocks = dict.fromkeys(["machine", "estimate", *RUNNERS], "数")
    filled = fill(PAGE.read_text("utf-8"), blocks)
    assert filled.count("<!-- begin: ") == filled.count("<!-- end -->") == len(blocks)


def test_targets_are_found_by_the_name_before_the_size():
    assert target("W2 范围内个数（300,000 个节点）", "pandana") == "≥ 80"
    assert target("W1 最近网点", "SciPy csgraph").startswith("≥ 60")
    assert target("W1 最近网点，从边表算起", "SciPy csgraph").startswith("≥ 4")
    assert target("W1 最近网点", "igraph") == ""


def run_of(doors, outlets):
    """Return a run that takes 10 s, 1 ms a door and 2 ms an outlet, and memory likewise."""
    seconds = 10 + 0.001 * doors + 0.002 * outlets
    held = (100_000_000 + 1000 * doors + 2000 * outlets) / 2**20
    stages = (("全部", seconds),)
    return Run(doors, outlets, 50, warm=False, stages=stages, megabytes=held, written=500 * doors)


def test_an_estimate_follows_from_three_runs():
    costs = estimate.costs(run_of(50_000, 10_000), run_of(50_000, 25_000), run_of(25_000, 12_500))
    assert costs.start == pytest.approx(10)
    assert costs.door == pytest.approx(0.001)
    assert costs.outlet == pytest.approx(0.002)
    assert costs.door_bytes == pytest.approx(1000)
    assert costs.written == 500
    place = estimate.Place("城", 4, 100_000, 40_000)
    districts, seconds, peak, written = estimate.estimate(costs, place)
    assert districts == 2
    assert seconds == pytest.approx(2 * 10 + 100 + 80)
    assert peak == pytest.approx(100_000_000 + 50_000_000 + 40_000_000)
    assert written == 50_000_000


def test_what_was_measured_comes_out_again():
    sparse, dense, half = run_of(50_000, 10_000), run_of(50_000, 25_000), run_of(25_000, 12_500)
    longer = replace(sparse, stages=(("全部", 200.0),))  # fewer outlets, more blind areas
    costs = estimate.costs(longer, dense, half)
    assert costs.outlet < 0
    same = estimate.Place("一片", 1, 50_000, 25_000)
    districts, seconds, peak, written = estimate.estimate(costs, same)
    assert (districts, written) == (1, dense.written)
    assert seconds == pytest.approx(dense.seconds)
    assert peak == pytest.approx(dense.megabytes * 2**20)
