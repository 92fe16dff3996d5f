"""Lesson 11: places rot, dictionaries drift, remote services change your answer.

Paid for in StreetComplete (#2074, #6023), Every Door (#563), KoboToolbox (kpi #2089: removing a
choice shifted data), spopt (#446: the published example broke when the router moved) and r5r
(#570: no internet, no run). Checking visits are not built yet; runs and codes already hold still.
"""

import hashlib
import socket
from dataclasses import replace
from pathlib import Path

import pytest

import livingcircle
from livingcircle.assessment import assess
from livingcircle.io.folder import read_district
from livingcircle.standards import load_standard
from livingcircle.trades import TRADES
from livingcircle.trades import match_names
from tests.factories.district import draw_district
from tests.factories.standards import reach
from tests.factories.standards import write_standard

SHOP = [(150, 0, ["pharmacy"])]
PACKAGE = Path(livingcircle.__file__).parent
# Codes that went out with the first version; a code may be retired, never given another meaning.
FIRST_CODES = {
    "vegetable": "菜篮子",
    "convenience_store": "便利店",
    "supermarket": "社区超市",
    "breakfast": "早餐店",
    "pharmacy": "药店",
    "hairdresser": "理发店",
    "laundry": "洗染店",
    "housekeeping": "家政服务点",
    "repair": "小修小补点",
    "parcel_point": "末端配送",
    "photo_print": "照相文印店",
    "water_vending": "自助取水机",
    "bank": "银行网点",
    "property_service": "物业服务点",
    "restaurant": "大众餐饮店",
    "service_centre": "社区便民商业服务综合体",
}


def test_lesson_11_old_codes_keep_their_meaning():
    """A removed choice shifted every later answer by one (kpi #2089, critical)."""
    assert {code: TRADES[code].name for code in FIRST_CODES} == FIRST_CODES
    assert all(match_names(name).codes[0] == code for code, name in FIRST_CODES.items())


def test_lesson_11_a_run_pins_its_inputs_rules_walker_and_code(tmp_path):
    """The published example could not be run again: nobody knew on what it had run."""
    (tmp_path / "doors.csv").write_text(
        "楼门编号,居住人口,经度,纬度\nd1,20,118.80,32.04\n", "utf-8"
    )
    shops = "网点编号,网点名称,业态,经度,纬度\no1,康民药店,药店,118.801,32.04\n"
    (tmp_path / "shops.csv").write_text(shops, "utf-8")
    (tmp_path / "district.toml").write_text(
        '[district]\nname = "小区"\nstandard = "miyun_2023"\ncoordinates = "WGS-84"\n'
        '[[doors]]\nfile = "doors.csv"\nstatus = "real"\ntitle = "楼门"\n'
        '[[outlets]]\nfile = "shops.csv"\nstatus = "real"\ntitle = "网点"\n',
        "utf-8",
    )
    read = read_district(tmp_path)
    district = replace(draw_district(SHOP, [(100, 0, 10)]), sources=read.sources)
    run = assess(district, load_standard("qingdao_2022")).run
    pinned = {source["file"]: source["sha256"] for source in run["sources"]}
    assert pinned["shops.csv"] == hashlib.sha256(shops.encode()).hexdigest()
    pack = (PACKAGE / "standards" / "qingdao_2022.toml").read_bytes()
    assert run["standard_sha256"] == hashlib.sha256(pack).hexdigest()
    assert run["engine"] == livingcircle.__version__
    assert (run["walker"]["name"], run["at"]) == ("standard", "10:00")


def test_lesson_11_nothing_is_fetched_to_answer(monkeypatch):
    """No internet, no run (r5r #163, #570): here a run that so much as opens a socket fails."""

    def refuse(*_args, **_kwargs):
        pytest.fail("a run asked for the network")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    district = draw_district(SHOP, [(100, 0, 10)], complete=["pharmacy"])
    assert len(assess(district, write_standard(reach("pharmacy"))).access) > 0


@pytest.mark.parametrize(
    ("status", "verdict"),
    [("open", "served"), ("closed", "lacking"), ("planned", "lacking"), ("unverified", "unknown")],
)
def test_lesson_11_closed_and_unconfirmed_shops_serve_nobody(status, verdict):
    """“Open” while long closed (servicemap #534): unconfirmed is a question, not a shop."""
    shop = [(150, 0, ["pharmacy"], {"status": status})]
    district = draw_district(shop, [(100, 0, 10)], complete=["pharmacy"])
    row = assess(district, write_standard(reach("pharmacy"))).access.iloc[0]
    assert row["verdict"] == verdict
