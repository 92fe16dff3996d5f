"""Spoil a pack in every way a hurried officer may, and read what is told."""

import re
import tomllib

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from livingcircle._rules.packs import parse_pack
from livingcircle._rules.shapes import SHAPES
from livingcircle.errors import StandardError
from livingcircle.standards import load_standard
from livingcircle.standards import validate
from tests.factories.standards import in_toml

SOUND = """\
[standard]
id = "qinghe"
title = "清河市便民生活圈方案"

[defaults]
rounding = "ceil"

[[trade]]
trade = "药店"
tier = "basic"
group = "日常类"

[[requirement]]
id = "count_pharmacy"
rule = "count"
trades = ["药店"]
least = 1
"""


def told(text, label="清河.toml"):
    content = text if isinstance(text, bytes) else text.encode()
    return [str(one) for one in parse_pack(content, label)[1]]


def test_the_pack_to_spoil_is_sound():
    assert told(SOUND) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("least = 1", "leest = 1"), ["配置要求“count_pharmacy”", "leest", "可能想写“least”"]),
        (('["药店"]', '["药殿"]'), ["count_pharmacy", "不认识业态“药殿”"]),
        (('["药店"]', '["药店、飞船店"]'), ["count_pharmacy", "飞船店"]),
        (('trades = ["药店"]\n', ""), ["count_pharmacy", "缺少“trades”"]),
        (('trade = "药店"', 'trade = "月球站"'), ["业态“月球站”", "不认识"]),
        (('trade = "药店"', 'trade = "药店、早餐"'), ["2种业态"]),
        (('tier = "basic"', 'tier = "基本"'), ["tier", "basic（基本保障类）"]),
        (("least = 1", 'least = "一个"'), ["least", "一个", "数字"]),
        (("least = 1", "least = -1"), ["least", "-1", "不小于0"]),
        (("least = 1", "least = 1.5"), ["1.5", "整数"]),
        (("least = 1", "least = inf"), ["least", "inf"]),
        (("least = 1", "least = nan"), ["least", "nan"]),
        (("least = 1", "least = 3\nmost = 2"), ["大于", "核对原文"]),
        (("least = 1", ""), ["least", "至少填写其中一个"]),
        (("least = 1", 'least = 1\nper = "people"'), ["people", "population（人）"]),
        (("least = 1", 'least = 1\nper = "population"'), ["缺少“size”"]),
        (("least = 1", 'least = 1\nper = "population"\nsize = 0'), ["size", "0"]),
        (("least = 1", "least = 1\nsize = 3000"), ["没有写“per”"]),
        (("least = 1", "least = 1\nrounding = 'floor'"), ["用不上“rounding”", "per"]),
        (("least = 1", "least = 1\nminimum = 5"), ["用不上“minimum”", "per"]),
        (
            ("least = 1", "most = 1\nper = 'population'\nsize = 5000\nrounding = 'ceil'"),
            ["上限总是向下取整"],
        ),
        (("least = 1", "least = 1\nweights = { '早餐店' = 0.5 }"), ["早餐店", "trades"]),
        (("least = 1", "least = 1\nweights = { pharmacy = 0.5 }"), ["每种业态都写了折算"]),
        (("least = 1", "least = 1\nweights = { pharmacy = 0 }"), ["写成了0"]),
        (
            ("least = 1", "least = 1\nmatch = 'all'\nweights = { pharmacy = 0.5 }"),
            ["weights", "match"],
        ),
        (
            ('rule = "count"', 'rule = "reach"\nmetres = 300\ndecides = "minutes"'),
            ["“decides”要看“minutes”", "补上“minutes”"],
        ),
        (
            ('rule = "count"', 'rule = "reach"\nminutes = 5\ndecides = "both"'),
            ["“decides”要看“metres”"],
        ),
        (
            (
                'rule = "count"',
                'rule = "ladder"\nsteps = [{ from = 0, least = 2 }, { from = 10000, least = 1 }]',
            ),
            ["到10,000反而从2个减到1个"],
        ),
        (
            (
                'rule = "count"',
                (
                    'rule = "ladder"\n'
                    "steps = [{ from = 0, least = 1, every = 100 }, { from = 500, least = 2 }]"
                ),
            ),
            ["到500反而从5个减到2个"],
        ),
        (('trades = ["药店"]', 'tiers = ["local"]'), ["一种业态也没有", "[[trade]]"]),
        (('rule = "count"', 'rule = "variety"\nkinds = 15'), ["要15种", "只有1种"]),
        (('rule = "count"', 'rule = "variety"\nclasses = 2'), ["要2类", "只有1类", "group"]),
        (
            ('rule = "count"', "rule = 'variety'\nkinds = 1\nas_one = [['药店', '早餐店']]"),
            ["“as_one”里的早餐店"],
        ),
        (('rule = "count"', "rule = 'variety'\nkinds = 1\nas_one = 3"), ["as_one", "几组"]),
        (
            ('rule = "count"', "rule = 'count'\nwhere = { area_min = 100, area_max = 50 }"),
            ["“area_min”（100）大于“area_max”（50）"],
        ),
        (
            ('rule = "count"', "rule = 'composite'\nkinds = { enhanced = 1 }"),
            ["要1种", "品质提升类业态却只有0种"],
        ),
        (
            ('rule = "count"', "rule = 'composite'\nparts = [{ trades = ['药店'], least = 2 }]"),
            ["要2种，药店却只有1种"],
        ),
        (
            ('rule = "count"', "rule = 'share'\nhaving = { tiers = ['enhanced'] }"),
            ["没有一种业态是品质提升类"],
        ),
        (
            (
                'rule = "count"',
                (
                    "rule = 'target'\nsteps = [{ by = 2024-12-31, least = 60 }, "
                    "{ by = 2025-12-31, least = 40 }]"
                ),
            ),
            ["累计数40比前一期的60还少", "added"],
        ),
        (
            (
                'rule = "count"',
                "rule = 'target'\nsteps = [{ by = 2024-12-31, least = 6, added = 2 }]",
            ),
            ["一期写了几个目标数"],
        ),
        (
            ('rule = "count"', 'rule = "count"\napplies = { ages_any = { age = "60_plus" } }'),
            ["ages_any = [{ … }, { … }]"],
        ),
        (("least = 1", "least = 1\nvalid_from = 2024"), ["valid_from", "2025-12-31"]),
        (("least = 1", 'least = 1\nvalid_to = "2024-13-01"'), ["valid_to", "2024-13-01"]),
        (('rule = "count"', 'rule = "counts"'), ["counts", "count（数量）", "text（原文）"]),
        (('rule = "count"\n', ""), ["缺少“rule”"]),
        (('rule = "count"', 'rule = "variety"\nkinds = 1\nmatch = "all"'), ["match", "不起作用"]),
        (('rule = "count"', 'rule = "count"\nlevel = "村"'), ["level", "community（社区）"]),
        (('rule = "count"', 'rule = "count"\nwhere = { area = 5 }'), ["“where”", "area_min"]),
        (('rule = "count"', "rule = 3"), ["rule", "3"]),
        (('rule = "count"', 'rule = "count"\neach = "yes"'), ["each", "true（是）"]),
        (('rule = "count"', 'rule = "count"\ngroups = ["购物类"]'), ["没有类别", "日常类"]),
        (('id = "qinghe"\n', ""), ["standard", "缺少“id”"]),
        (("[standard]", "[standrad]"), ["standrad", "可能想写“standard”"]),
        (("[[trade]]", "[trade]"), ["trade", "[[trade]]"]),
        (("[[requirement]]", "[requirement]"), ["requirement", "[[requirement]]"]),
        (('rounding = "ceil"', 'rounding = "up"'), ["“defaults”", "ceil（向上取整）"]),
        (('rounding = "ceil"', 'sharing = "strict"'), ["“defaults”", "community_sharing"]),
    ],
)
def test_a_mistake_is_told_with_its_place_and_what_would_be_right(change, words):
    spoiled = SOUND.replace(*change)
    assert spoiled != SOUND
    said = told(spoiled)
    assert any(all(word in one for word in words) for one in said), said
    assert all(one.startswith("清河.toml") for one in said)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ["缺少“id”"]),
        ("药店每个社区一个", ["第1行", "引号"]),
        (SOUND + "valid = 2024-02-30\n", ["第18行", "valid = 2024-02-30"]),
        (SOUND + "least = 2\n", ["第18行", "写两次"]),
        ("[standard", ["括号要成对"]),
        ('id = "未完', ["不合 TOML 的写法"]),
        (SOUND.encode("gbk"), ["UTF-8"]),
        (b"\x00\x01\x02", ["不合 TOML 的写法"]),
        ("x = " + "[" * 5000, ["括号嵌套太深"]),
        ("x = " + "9" * 5000, ["不合 TOML 的写法"]),
    ],
)
def test_a_file_that_is_no_toml_is_told_in_one_chinese_sentence(text, words):
    said = told(text)
    assert any(all(word in one for word in words) for one in said), said
    assert not re.search(r"[a-z]{4,} [a-z]{2,}", " ".join(said).replace("standard", ""))


@pytest.mark.parametrize(
    ("rule", "trade"),
    [
        ('rule = "count"\nleast = "1"', "药店"),
        ('rule = "count"\nleast = 1', "药殿"),
        ('rule = "count"\nleast = 1\nper = "老人"\nsize = 1000', "药店"),
        ('rule = "reach"\nmetres = "300米"', "药店"),
        ('rule = "ladder"\nsteps = 3', "药店"),
        ('rule = "target"\nlevel = "全区"\nsteps = [{ by = 2024-12-31, least = "60个" }]', ""),
        ('rule = "variety"\nkinds = "四"', "药店"),
        ('rule = "variety"\nkinds = 2', "药殿"),
    ],
)
def test_a_mistake_has_no_echo(rule, trade):
    head = SOUND[: SOUND.index('rule = "count"')]
    said = told(f"{head}{rule}\n" + (f'trades = ["{trade}"]\n' if trade else ""))
    assert len(said) == 1, said


def test_a_mark_at_the_start_and_windows_lines_are_no_mistake():
    assert told(b"\xef\xbb\xbf" + SOUND.replace("\n", "\r\n").encode()) == []


def test_what_stands_twice_is_told_once():
    row = SOUND[SOUND.index("[[requirement]]") :]
    trade = SOUND[SOUND.index("[[trade]]") : SOUND.index("[[requirement]]")]
    said = told(SOUND + row + trade)
    assert len(said) == 2
    assert "要求编号“count_pharmacy”重复" in said[0]
    assert "药店" in said[1]


def test_a_pack_that_requires_nothing_is_told():
    assert "没有任何配置要求" in told('[standard]\nid = "a"\ntitle = "b"\n')[0]


def test_two_mistakes_are_told_at_once_and_loading_says_how_many(tmp_path):
    path = tmp_path / "清河.toml"
    path.write_text(SOUND.replace("least = 1", "leest = 1"), "utf-8")
    said = validate(path)
    assert len(said) == 2  # the key nobody knows, and the number that is now missing
    with pytest.raises(StandardError) as refused:
        load_standard(path)
    assert "共2处问题" in str(refused.value)
    assert "清河.toml" in str(refused.value)


@pytest.mark.parametrize("name", ["空", "文件夹"])
def test_a_path_that_is_no_file_is_refused(tmp_path, name):
    (tmp_path / "文件夹").mkdir()
    with pytest.raises(StandardError, match="找不到配置标准"):
        validate(tmp_path / name)


WRONG = st.one_of(
    st.booleans(),
    st.integers(-3, 10**7),
    st.sampled_from([0.5, "药店", "", "all", "population", "2024-01-01"]),
    st.lists(st.one_of(st.integers(-1, 9), st.sampled_from(["药店", "basic"])), max_size=3),
    st.just([{"least": 1}]),
    st.fixed_dictionaries({}, optional={"basic": st.integers(-1, 3), "least": st.just("x")}),
)
KEYS = st.sampled_from(
    [
        *("trades", "tiers", "groups", "least", "most", "per", "size", "rounding", "minimum"),
        *("steps", "by", "metres", "minutes", "mode", "share", "kinds", "classes", "parts", "to"),
        *("area", "area_of", "ranges", "having", "base", "tolerance", "measure", "unit", "grade"),
        *("total", "question", "evidence", "where", "applies", "each", "match", "level", "id"),
        *("valid_from", "severity", "priority", "sharing", "text", "served_population"),
    ]
)


@settings(max_examples=300)
@given(st.sampled_from(sorted(SHAPES)), st.dictionaries(KEYS, WRONG, max_size=6))
def test_no_value_under_any_key_ever_breaks_the_reader(shape, keys):
    keys = {"id": "r", "rule": shape} | {k: v for k, v in keys.items() if k != "rule"}
    text = SOUND + "[[requirement]]\n" + "".join(f"{k} = {in_toml(v)}\n" for k, v in keys.items())
    tomllib.loads(text)
    standard, problems = parse_pack(text.encode(), "清河.toml")
    assert standard is not None
    if not problems:
        assert standard.describe()
    for one in problems:
        assert str(one).startswith("清河.toml")
        assert str(one).endswith("。")
