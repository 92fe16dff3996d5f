"""Check runs from a pinned folder: rows, files, progress, stopping, the command line's answer."""

import json
from dataclasses import fields

import pytest

from livingcircle._commands.districts import plan
from livingcircle.io.folder import read_district
from livingcircle.results import fresh_folder
from livingcircle.results import write_results
from livingcircle_platform.assessment.errors import Cancelled
from livingcircle_platform.assessment.running import How
from livingcircle_platform.assessment.running import Meter
from livingcircle_platform.assessment.running import Outcome
from livingcircle_platform.assessment.running import run
from livingcircle_platform.assessment.running import write_sheets
from livingcircle_platform.assessment.running import write_sheets_of_circle


def files_of(folder):
    """Return the bytes of every file below a folder."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def test_every_table_has_as_many_rows_as_the_engine_gives(ran_sample):
    made = ran_sample.outcome.run
    pairs = {
        "findings": made.findings, "gaps": made.gaps, "blind_areas": made.blind_areas,
        "coverage": made.coverage, "indices": made.indices, "checks": made.circle_checks,
        "issues": made.issues, "repairs": made.repairs,
    }  # fmt: skip
    for name, table in pairs.items():
        assert len(getattr(ran_sample.outcome, name)) == len(table), name
    assert len(ran_sample.outcome.gaps) > 50


def test_what_nobody_knows_is_none_and_nothing_is_of_numpy(ran_sample):
    for one in fields(Outcome):
        if one.name in {"record", "run"}:
            continue
        for row in getattr(ran_sample.outcome, one.name):
            for value in vars(row).values():
                assert value == value  # noqa: PLR0124 - not a NaN
                assert type(value).__module__ != "numpy"
    assert any(row.required is None for row in ran_sample.outcome.findings)


def test_gaps_say_what_lacks_whom_and_what_to_do(ran_drawn):
    gaps = {
        (one.requirement_id, one.unit_id): one
        for one in ran_drawn.outcome.gaps
        if one.trade == "pharmacy"
    }
    far = gaps["count_pharmacy", "c2"]  # tells of number and reach both
    # Nobody but the 30 behind the last door lives in the east, 1800 m from the only pharmacy.
    assert (far.people, far.nearest_m, far.level) == (30.0, 1800.0, "circle")
    assert far.trade_name == "药店"
    assert far.clause
    assert far.remedy


def test_the_command_line_comes_to_the_same_bytes(ran_drawn, tmp_path):
    """A pinned folder is an ordinary one."""
    asked = plan(ran_drawn.pinned.folder)
    with fresh_folder(tmp_path / "out") as work:
        write_results(asked.run(read_district(asked.folder)), work)
    assert files_of(tmp_path / "out") == files_of(ran_drawn.out)


def test_a_run_may_be_asked_for_otherwise_than_the_folder_says(ran_drawn, tmp_path):
    how = How(standard="beijing_eight", walker="elder", at="20:00")
    made = run(ran_drawn.pinned, tmp_path / "out", how=how)
    told = json.loads((tmp_path / "out" / "run.json").read_text("utf-8"))
    assert (told["standard"], told["walker"]["name"], told["at"]) == (
        "beijing_eight", "elder", "20:00",
    )  # fmt: skip
    assert made.record["standard"] == "beijing_eight"


def test_progress_runs_from_nothing_to_the_whole(ran_drawn, tmp_path):
    told = []
    run(ran_drawn.pinned, tmp_path / "out", progress=lambda *step: told.append(step))
    done = [step[0] for step in told]
    assert done == sorted(done)
    assert (done[0], done[-1]) == (0, 100)
    assert {step[1] for step in told} == {100}


@pytest.mark.parametrize("steps", [1, 14, 20, 25])
def test_a_run_that_is_stopped_leaves_what_stood_there(ran_drawn, tmp_path, steps):
    out = tmp_path / "out"
    run(ran_drawn.pinned, out)
    before = files_of(out)
    asked = iter(range(1000))
    with pytest.raises(Cancelled):
        run(ran_drawn.pinned, out, how=How(at="20:00"), cancelled=lambda: next(asked) >= steps)
    assert files_of(out) == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_meter_stays_within_its_part():
    told = []
    part = Meter(lambda *step: told.append(step)).part(20, 70)
    for done in range(6):
        part(done, 5, "")
    part(0, 0, "nothing to do")
    assert [step[0] for step in told] == [20, 30, 40, 50, 60, 70, 20]


def test_sheets_stand_beside_the_results_and_give_way_with_them(ran_drawn, tmp_path):
    out = tmp_path / "out"
    run(ran_drawn.pinned, out)
    made = write_sheets_of_circle(ran_drawn.outcome.run, "c2", out)
    assert {path.suffix for path in made} == {".pdf", ".png", ".docx"}
    assert all("乙圈" in path.name for path in made)
    run(ran_drawn.pinned, out)  # the next run may take their place
    assert not any(path.exists() for path in made)


def test_all_sheets_hold_those_of_every_circle(ran_drawn, tmp_path):
    every = write_sheets(ran_drawn.outcome.run, tmp_path / "out")
    names = [path.name for path in every]
    assert {"甲圈_一圈一策.docx", "乙圈_一圈一策.docx"} <= set(names)
    assert "一单_缺什么补什么清单.xlsx" in names
