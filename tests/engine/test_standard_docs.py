"""Hold the two pages on writing a standard against the code that reads one."""

import re
from pathlib import Path

import pytest

from livingcircle._rules.applies import AgeTrigger
from livingcircle._rules.applies import Applies
from livingcircle._rules.conditions import Where
from livingcircle._rules.counts import PER
from livingcircle._rules.counts import QUANTITIES
from livingcircle._rules.counts import TIERS
from livingcircle._rules.defaults import LEVELS
from livingcircle._rules.defaults import Defaults
from livingcircle._rules.facts import AGES
from livingcircle._rules.fields import Fields
from livingcircle._rules.packs import parse_pack
from livingcircle._rules.reaches import MODES
from livingcircle._rules.shapes import SHAPES
from livingcircle._rules.sizes import MEASURES

DOCS = Path(__file__).parents[2] / "docs"
REFERENCE = (DOCS / "reference" / "standard-format.md").read_text("utf-8")
HOW_TO = (DOCS / "how-to" / "write-a-standard.md").read_text("utf-8")


def keys_read(parse, *more):
    """Return every key that a reader asks an empty table for."""
    fields = Fields({}, "", [])
    parse(fields, *more)
    return fields.asked


def chapter(shape):
    """Return what the reference says of one shape of rule."""
    found = re.search(rf"^### `{shape}` .*?(?=^##)", REFERENCE, re.MULTILINE | re.DOTALL)
    assert found, f"no chapter on {shape}"
    return found[0]


def documented(keys, text):
    return [key for key in keys if not re.search(rf"`{key}[` ]", text)]


@pytest.mark.parametrize("shape", SHAPES)
def test_every_key_of_every_rule_is_in_its_chapter(shape):
    keys = keys_read(SHAPES[shape].parse, Defaults.parse(Fields({}, "", [])))
    assert documented(keys, chapter(shape)) == []


def test_every_condition_is_in_the_reference():
    conditions = [
        *keys_read(Where.parse),
        *keys_read(Applies.parse, {}, {}),
        *keys_read(AgeTrigger.parse),
        *keys_read(Defaults.parse),
    ]
    words = [*AGES, *MODES, *PER, *QUANTITIES, *TIERS, *LEVELS, *MEASURES]
    assert documented(conditions + words, REFERENCE) == []


def test_every_general_key_is_in_the_reference():
    strange = (
        "[standard]\nmore = 1\n[[trade]]\nmore = 1\n[[requirement]]\nrule = 'text'\nmore = 1\n"
    )
    told = " ".join(str(one) for one in parse_pack(strange.encode(), "")[1])
    offered = [
        key for line in re.findall(r"可用的键有：([^。]+)", told) for key in line.split("、")
    ]
    assert {"issuer", "tier", "clause", "each"} <= set(offered)
    assert documented(offered, REFERENCE) == []


def test_the_example_of_the_how_to_is_a_sound_pack_that_says_its_own_text():
    pack = "\n".join(re.findall(r"```toml\n(.*?)```", HOW_TO, re.DOTALL))
    standard, problems = parse_pack(pack.encode(), "linjiang.toml")
    assert [str(one) for one in problems] == []
    said = {one.id: one.describe() for one in standard.requirements}
    assert said["count_vegetable"] == "每个社区不少于2个菜市场（菜店）"
    assert said["count_convenience"] == "社区每1,000户不少于1个便利店（向上取整，至少1个）"
    assert said["share_enhanced"].endswith("占比不少于20%，适用于生活圈类型为老城区住宅")
    assert (
        said["targets"]
        == "全区：到2024-12-31累计不少于60个，到2025-12-31累计不少于100个，可以超额完成"
    )
    assert said["village_shop"] == (
        "每个社区不少于1个便利店或流动售货点，1个便利店可由2个流动售货点代替，移动和临时供给也计入，"
        "适用于社区类别为村"
    )
    assert said["grade"].startswith("生活圈分级：基础型须达到“5万人以下设1处药店")
    for one in standard.requirements:
        assert one.text in HOW_TO
