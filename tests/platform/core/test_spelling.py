"""Hold the spelling of names against the library it is made from."""

from pypinyin import lazy_pinyin
from pypinyin.constants import PHRASES_DICT

from livingcircle_platform.core.spelling import line_of
from livingcircle_platform.core.spelling import spoken

STREET = ["重庆路长安街道12号楼", "中国银行", "理发店行不行", "绿色女子", "欸乃书店", "a座北㐀里"]


def test_every_character_is_spelled_as_the_library_spells_it():
    wrong = [one for one in map(chr, range(0x4E00, 0x9FA6)) if spoken(one)[0] != whole(one)]
    assert wrong == []


def test_phrases_and_names_are_spelled_as_the_library_spells_them():
    names = [*STREET, *list(PHRASES_DICT)[::7]]
    assert [one for one in names if spoken(one)[0] != whole(one)] == []


def test_a_name_is_found_by_its_initials():
    assert spoken("重庆小面") == ("chongqingxiaomian", "cqxm")
    assert spoken("24h") == ("", "")
    assert line_of(["果园（东）店", "果园东店"]) == "果园东店 guoyuandongdian gydd"


def whole(name):
    return "".join(lazy_pinyin(name, errors="ignore"))
