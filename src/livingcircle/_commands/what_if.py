"""Play scenarios from a sheet, and write them side by side."""

from pathlib import Path

from livingcircle import _report
from livingcircle._commands.districts import Plan
from livingcircle._terminal import err
from livingcircle._terminal import out
from livingcircle._terminal import progress
from livingcircle._terminal import say
from livingcircle.documents.scenario_sheet import FILE_NAME
from livingcircle.documents.scenario_sheet import write_scenarios
from livingcircle.errors import InputError
from livingcircle.io.excel import check_target
from livingcircle.io.excel import read_table
from livingcircle.io.excel import replacing
from livingcircle.io.folder import read_district
from livingcircle.memory import Memory
from livingcircle.scenarios import Scenario
from livingcircle.scenarios import play
from livingcircle.scenarios import read_scenarios
from livingcircle.tables import ERROR
from livingcircle.tables import check as check_table
from livingcircle.tables import issues_frame


def scenario(plan: Plan, sheet: Path, table: Path | None) -> None:
    """Play the scenarios of a sheet on a district."""
    target = table or Path(FILE_NAME)
    check_target(target, inputs=(sheet, plan.folder))
    scenarios = read_sheet(sheet)
    with progress("读取并检查") as step:
        district = read_district(plan.folder, progress=step)
    memory = Memory(plan.prepared)
    with progress("沿街道测算") as step:
        before = plan.run(district, step, memory)
    with progress("逐个方案测算") as step:
        outcomes = play(before, scenarios, memory, step)
    with replacing(target) as draft:
        write_scenarios(outcomes, draft)
    _report.show_outcomes(out, outcomes)
    say(out, f"已写出：{target}")


def read_sheet(sheet: Path) -> list[Scenario]:
    """Return the scenarios of a sheet; one with a bad row is not played by halves.

    Raises
    ------
    InputError
        If a row cannot be read, or there is none.
    """
    cells, name, notes = read_table(sheet, "scenarios")
    checked = check_table("scenarios", cells, file=sheet.name, sheet=name)
    issues = issues_frame([*notes, *checked.issues])
    _report.show_issues(err, issues, where=sheet.name)
    if (issues["severity"] == ERROR).any() or len(checked.bad):
        what = "方案表里有读不懂的行，没有开始测算"
        raise InputError(what, where=sheet.name, remedy="按上面列出的问题改好再运行")
    if len(checked.rows) == 0:
        remedy = "先用 livingcircle template scenarios 写一份"
        raise InputError("方案表里没有一行", where=sheet.name, remedy=remedy)
    return read_scenarios(checked.rows)
