"""Check a city on the command line: packing, workers, memory, what failed."""

import os
import signal
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context

import geopandas as gpd
import pandas as pd
import pytest
from typer.testing import CliRunner

from livingcircle import cli
from livingcircle._city import memory
from livingcircle._city.description import TABLES
from livingcircle._city.description import CityDistrict
from livingcircle._city.description import Part
from livingcircle._city.memory import Forecast
from livingcircle._city.memory import available_bytes
from livingcircle._city.memory import forecast
from livingcircle._city.memory import size_of
from livingcircle._city.working import finished
from livingcircle._commands import cities as commands
from livingcircle.city import City
from livingcircle.city import assess_city
from livingcircle.errors import AssessmentError
from livingcircle.errors import InputError
from livingcircle.errors import WorkerError
from tests.engine.test_city import write_folder
from tests.factories.city import STANDARD
from tests.factories.city import contents
from tests.factories.city import packed
from tests.factories.city import small_city
from tests.factories.standards import count
from tests.factories.standards import reach
from tests.factories.standards import write_standard


def run(*words):
    """Return what a command prints; a refusal comes through as its own error."""
    result = CliRunner().invoke(cli.app, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_folders_are_packed_and_assessed_by_processes(tmp_path):
    folders = [write_folder(tmp_path / "a", "南区"), write_folder(tmp_path / "b", "北区", 600)]
    city, out = tmp_path / "某市", tmp_path / "out"
    said = run("city", "pack", *folders, "--out", city)
    assert "某市：2个区，带宽2,000米" in said
    assert "南区：楼门2，网点1，街道路段1" in said
    assert said.splitlines()[-2:] == run("city", "show", city).splitlines()[-2:]
    said = run("assess", city, "--out", out, "--workers", 2)
    assert "预计每个进程最多约" in said
    assert "2/2个区。" in said
    assert "4个楼门、300位居民、2家网点" in said
    again = run("assess", city, "--out", out)
    assert "其中2个区早已算好" in again
    assert (out / "tables" / "doors" / "district=北区" / "part-0.parquet").is_file()


def test_districts_whose_residents_nobody_knows_are_named(tmp_path):
    south = write_folder(tmp_path / "a", "南区")
    doors = gpd.read_file(south / "doors.geojson").drop(columns="residents")
    doors.to_file(south / "doors.geojson", driver="GeoJSON")
    folders, city = [south, write_folder(tmp_path / "b", "北区", 600)], tmp_path / "某市"
    run("city", "pack", *folders, "--out", city)
    said = run("assess", city, "--out", tmp_path / "out")
    assert "4个楼门、150位居民、2家网点" in said
    assert "；其中南区居民人数未核实。" in said
    run("city", "pack", south, "--out", tmp_path / "one")
    said = run("assess", tmp_path / "one", "--out", tmp_path / "out1")
    assert "2个楼门、居民人数未核实、1家网点" in said


def test_a_district_packed_twice_is_warned_of(tmp_path):
    folders = [write_folder(tmp_path / "a", "南区"), write_folder(tmp_path / "b", "副本")]
    said = run("city", "pack", *folders, "--out", tmp_path / "某市")
    assert "“南区”和“副本”有2个楼门在同一个位置，居民会算两次" in said


def test_requirements_that_look_alike_are_told_apart():
    gaps = pd.DataFrame(
        {
            "requirement_id": ["count_pharmacy", "reach_pharmacy", "count_bakery"],
            "level": ["circle", "circle", "circle"],
            "trade_name": ["药店", "药店", "面包店"],
        }
    )
    standard = write_standard(count("pharmacy"), reach("pharmacy"), count("bakery"))
    assert commands._labels(gaps, standard) == [
        "药店（生活圈，数量）", "药店（生活圈，服务半径）", "面包店（生活圈）",
    ]  # fmt: skip


def test_a_failed_district_ends_the_command_badly_and_keeps_the_others(tmp_path):
    city = packed(small_city(), tmp_path / "city")
    city.part("doors", "虚构02区").write_bytes(b"PAR1")
    words = ["assess", str(city.folder), "--out", str(tmp_path / "out")]
    words += ["--standard", "beijing_eight"]
    result = CliRunner().invoke(cli.app, words)
    assert result.exit_code != 0
    assert isinstance(result.exception, AssessmentError)
    assert "1个区没有结果：虚构02区" in str(result.exception)
    assert "2/3个区" in result.output
    assert (tmp_path / "out" / "tables" / "gaps" / "district=虚构03区").is_dir()


def test_dead_processes_are_replaced_by_fewer(tmp_path, monkeypatch):
    """Four workers die, then two; one alone finishes, and nothing is done twice."""
    city = packed(small_city(2), tmp_path / "city")
    asked = []

    def dying(_job, executor, _progress, *, again=None):
        asked.append((executor._max_workers, again))
        if len(asked) < 3:
            raise WorkerError("工作进程中途退出")
        return "done"

    monkeypatch.setattr(commands._Job, "on_workers", dying)
    job = commands._Job(city, STANDARD, tmp_path, "standard", "10:00", None, None, again=True)
    assert commands._on_machine(job, 4, print) == "done"
    assert asked == [(4, None), (2, False), (1, False)]


def test_a_process_killed_half_way_changes_no_byte(tmp_path, monkeypatch):
    """One of two real processes is killed when the first district is there."""
    city = packed(small_city(4, doors=8, outlets=5), tmp_path / "city")
    asked, killers = [], []

    def kill_one(pool):
        while not any(finished(tmp_path / "a", one.name) for one in city.districts):
            time.sleep(0.01)
        os.kill(next(iter(pool._processes)), signal.SIGKILL)

    def processes(workers):
        asked.append(workers)
        pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"))
        if workers == 2:
            killers.append(threading.Thread(target=kill_one, args=(pool,)))
            killers[0].start()
        return pool

    monkeypatch.setattr(commands, "_processes", processes)
    monkeypatch.setattr(commands, "load_standard", lambda _: STANDARD)
    wish = commands.CityWish(workers=2)
    done = commands.run_city(city.folder, tmp_path / "a", wish)
    killers[0].join()
    assert asked == [2, 1]
    assert done.kept
    assess_city(city, STANDARD, tmp_path / "b")
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


def test_one_process_that_dies_again_is_told(tmp_path, monkeypatch):
    city = packed(small_city(1), tmp_path / "city")

    def dying(*_args, **_kwargs):
        raise WorkerError("工作进程中途退出")

    monkeypatch.setattr(commands._Job, "on_workers", dying)
    job = commands._Job(city, STANDARD, tmp_path, "standard", "10:00", None, None, again=False)
    with pytest.raises(WorkerError):
        commands._on_machine(job, 1, print)


def spread(rows, groups=()):
    """Return a partition of some rows in a box near the origin of the made-up city."""
    return Part(rows, (116.8, 40.3, 116.81, 40.31), groups)


def test_rows_of_a_belt_are_counted_by_row_groups():
    """Of the neighbour only the row group beside the border may be read."""
    blank = dict.fromkeys(TABLES, Part())
    near, far = (116.811, 40.3, 116.82, 40.31), (117.4, 40.3, 117.5, 40.31)
    here = CityDistrict("甲", blank | {"doors": spread(100), "outlets": spread(30)})
    outlets = Part(80, (116.811, 40.3, 117.5, 40.31), ((30, near), (50, far)))
    there = CityDistrict("乙", blank | {"outlets": outlets})
    city = City("某市", None, (here, there))
    size = size_of(here, city, 2000.0)
    assert (size.doors, size.outlets, size.streets) == (100, 60, 0)
    assert size_of(here, city, 0.0).outlets == 30


def test_memory_is_foretold_from_counts(monkeypatch):
    for name, value in (
        ("START", 1e9),
        ("DOOR_TRADE", 100.0),
        ("OUTLET", 1e3),
        ("STREET", 2e3),
        ("MARGIN", 1.2),
    ):
        monkeypatch.setattr(memory, name, value)
    blank = dict.fromkeys(TABLES, Part())
    big = CityDistrict("大区", blank | {"doors": spread(100_000), "streets": spread(500_000)})
    small = CityDistrict("小区", blank | {"doors": Part(10, (110.0, 30.0, 110.1, 30.1))})
    told = forecast(City("某市", None, (small, big)), 50, 8)
    # 1 GB + 100,000 doors x 50 trades x 100 bytes + 500,000 streets x 2,000 bytes; all of
    # it a fifth more; two districts keep two workers busy.
    assert told.each == pytest.approx(3.0e9)
    assert (told.largest, told.workers) == ("大区", 2)
    assert told.total == pytest.approx(6e9)


def test_workers_that_do_not_fit_are_left_out(capsys):
    roomy = Forecast("大区", 2e9, 4, 20e9)
    assert commands._fitting(roomy, commands.CityWish()) == 4
    assert (
        "每个进程最多约2.0 GB（按最大的“大区”），4个进程共8.0 GB；本机可用20.0 GB"
        in roomy.sentence()
    )
    tight = replace(roomy, available=6e9)
    assert commands._fitting(tight, commands.CityWish()) == 2
    assert "内存只够2个进程，已减到2个" in capsys.readouterr().out
    assert commands._fitting(tight, commands.CityWish(anyway=True)) == 4
    with pytest.raises(InputError, match=r"内存不够评估“大区”：预计要2\.0 GB"):
        commands._fitting(replace(roomy, available=2e9), commands.CityWish())
    unknown = replace(roomy, available=None)
    assert commands._fitting(unknown, commands.CityWish()) == 4
    assert "本机可用不详" in unknown.sentence()


def test_free_memory_is_the_machines_or_the_containers(tmp_path):
    system = tmp_path / "meminfo"
    system.write_text("MemTotal: 9000 kB\nMemAvailable: 8000 kB\n")
    assert available_bytes(system, tmp_path) == 8000 * 1024
    (tmp_path / "memory.max").write_text("max\n")
    (tmp_path / "memory.current").write_text("1000\n")
    assert available_bytes(system, tmp_path) == 8000 * 1024
    (tmp_path / "memory.max").write_text("5000\n")
    assert available_bytes(system, tmp_path) == 4000


def test_what_was_measured_is_there():
    """No row is free, and a process that has read nothing is no small thing."""
    assert memory.START > 1e8
    assert min(memory.DOOR_TRADE, memory.OUTLET, memory.STREET) > 0


def test_a_run_from_the_command_line_is_the_run_of_the_library(tmp_path, monkeypatch):
    city = packed(small_city(2), tmp_path / "city")
    monkeypatch.setattr(commands, "load_standard", lambda _: STANDARD)
    wish = commands.CityWish(workers=1, at="11:00", on="2026-06-30", belt=1200.0)
    commands.run_city(city.folder, tmp_path / "a", wish)
    day = commands.check_day("2026-06-30")
    assess_city(city, STANDARD, tmp_path / "b", at="11:00", on=day, belt=1200.0)
    assert contents(tmp_path / "a") == contents(tmp_path / "b")
