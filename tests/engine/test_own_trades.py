"""Let a pack name trades its own way, and add trades that the catalogue does not have."""

import pytest

import livingcircle as lc
from livingcircle._rules.fitting import fit
from livingcircle._rules.packs import parse_pack
from livingcircle.documents._assessed import trade_label
from livingcircle.explain import explain_verdict
from livingcircle.io.folder import read_district
from tests.factories.district import draw_district

HEAD = '[standard]\nid = "city"\ntitle = "某市方案"\n'
STUDY = """\
[[trade]]
trade = "shared_study"
name = "共享自习室"
aliases = ["夜读屋"]
tier = "enhanced"
"""
COUNT = '[[requirement]]\nid = "study"\nrule = "count"\ntrades = ["共享自习室"]\nleast = 1\n'
REACH = '[[requirement]]\nid = "near"\nrule = "reach"\ntrades = ["shared_study"]\nmetres = 500\n'


def pack(*rows):
    standard, problems = parse_pack((HEAD + "".join(rows)).encode(), "city.toml")
    assert [str(one) for one in problems] == []
    return standard


def told(*rows):
    return [str(one) for one in parse_pack((HEAD + "".join(rows)).encode(), "city.toml")[1]]


def row(trade, name="", **more):
    keys = {"trade": trade, "tier": "basic"} | ({"name": name} if name else {}) | more
    return "[[trade]]\n" + "".join(f'{key} = "{value}"\n' for key, value in keys.items())


def asked(name):
    return f'[[requirement]]\nid = "R"\nrule = "count"\ntrades = ["{name}"]\nleast = 1\n'


@pytest.mark.parametrize(
    ("trade", "name", "code"),
    [
        ("便利店", "社区超市（便利店）", "convenience_store"),
        ("便利店", "百姓超市", "convenience_store"),
        ("社区食堂", "社区食堂（早餐店）", "community_canteen"),
        ("菜市场", "菜篮子", "wet_market"),
    ],
)
def test_what_the_pack_calls_a_trade_goes_before_the_catalogue(trade, name, code):
    standard = pack(row(trade, name), asked(name))
    assert standard.requirements[0].trades == (code,)
    assert standard.requirements[0].describe() == f"每个生活圈不少于1个{name}"


def test_a_list_in_one_text_is_read_word_by_word():
    standard = pack(row("便利店", "百姓超市"), row("药店"), asked("百姓超市、药店"))
    assert standard.requirements[0].trades == ("convenience_store", "pharmacy")


def test_other_keys_know_the_packs_names_too():
    away = (
        '[[requirement]]\nid = "R"\nrule = "separation"\ntrades = ["花店"]\nto = ["共享自习室"]\n'
    )
    standard = pack(STUDY, away + "metres = 50\n")
    assert standard.requirements[0].describe() == "生活圈内花店与共享自习室的直线间距不小于50米"


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([row("月球站"), asked("药店")], ["不认识业态“月球站”", "[[trade]] 另立"]),
        ([row("pharmcy"), asked("药店")], ["pharmcy", "可能想写“pharmacy”"]),
        ([row("pharmcy", "药店"), asked("药店")], ["“药店”已经是目录里的业态", "pharmacy"]),
        ([row("shared_study"), asked("药店")], ["补上中文名称“name”"]),
        ([row("药店", broader="便利店"), asked("药店")], ["目录里的业态不用写“broader”"]),
        ([row("shared_study", "共享自习室", broader="火星站"), asked("药店")], ["火星站"]),
        ([STUDY, STUDY, COUNT], ["业态“共享自习室”（shared_study）写了不止一次"]),
    ],
)
def test_a_trade_that_cannot_be_meant_is_told_once(rows, words):
    said = told(*rows)
    assert len(said) == 1, said
    assert all(word in said[0] for word in words), said


def ledger(tmp_path, *trades):
    """Return a district read from a ledger that lists these trades, complete for what it lists."""
    (tmp_path / "district.toml").write_text(
        '[district]\nname = "甲区"\ncoordinates = "WGS-84"\n[[outlets]]\nfile = "o.csv"\n'
        '[[circles]]\nfile = "c.csv"\n',
        encoding="utf-8",
    )
    rows = "".join(f"店{n},{trade},118.8,32.{n}\n" for n, trade in enumerate(trades))
    (tmp_path / "o.csv").write_text("名称,业态,经度,纬度\n" + rows, encoding="utf-8")
    (tmp_path / "c.csv").write_text("生活圈名称,覆盖社区\n甲圈,甲社区\n", encoding="utf-8")
    return read_district(tmp_path)


def test_a_word_of_the_ledger_becomes_the_packs_own_trade(tmp_path):
    district = ledger(tmp_path, "共享自习室、便利店", "夜读屋", "飞船店", "共享客厅")
    assert "不认识业态“夜读屋”" in " ".join(district.issues["problem"])
    fitted = fit(district, pack(STUDY, COUNT))
    pairs = fitted.outlet_trades.to_numpy().tolist()
    assert [trade for _, trade in pairs] == [
        *("convenience_store", "shared_study", "shared_study", "third_space"),
    ]
    assert "shared_study" in fitted.complete_trades()
    assert fitted.issues["value"].tolist().count("飞船店") == 1
    assert "夜读屋" not in " ".join(fitted.issues["value"])


def test_a_ledger_is_not_complete_for_a_trade_that_never_occurs_in_it(tmp_path):
    district = ledger(tmp_path, "便利店")
    assert "shared_study" not in fit(district, pack(STUDY, COUNT)).complete_trades()


def test_a_wider_trade_is_served_as_well(tmp_path):
    own = STUDY.replace('tier = "enhanced"', 'broader = "第三空间"\ntier = "enhanced"')
    fitted = fit(ledger(tmp_path, "共享自习室"), pack(own, COUNT))
    assert fitted.outlet_trades["trade"].tolist() == ["shared_study", "third_space"]


def test_a_trade_of_ones_own_is_measured_judged_and_explained():
    rows = [(100, 0, [], {"trades": "共享自习室"})]
    district = draw_district(rows, [(150, 0, 100), (1800, 0, 50)], complete=["third_space"])
    assessment = lc.assess(district, pack(STUDY, COUNT, REACH))
    found = assessment.findings.set_index(["requirement_id", "unit_id"])["verdict"]
    assert found["study", "c1"] == found["near", "c1"] == "served"
    assert found["study", "c2"] == found["near", "c2"] == "lacking"
    assert set(assessment.gaps["trade_name"]) == {"共享自习室"}
    assert trade_label(assessment, "shared_study") == "共享自习室"
    assert trade_label(assessment, "pharmacy") == "药店"
    assert "共享自习室" in explain_verdict(assessment, "楼0", "夜读屋")[0]
    assert "共享自习室" in explain_verdict(assessment, "甲圈", "共享自习室")[0]
