"""Hold the trades to the words that plans, ledgers and maps really use."""

import importlib
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livingcircle.errors import InputError
from livingcircle.trades import TRADES
from livingcircle.trades import from_gbt4754
from livingcircle.trades import from_osm_tags
from livingcircle.trades import from_shop_name
from livingcircle.trades import from_vendor
from livingcircle.trades import match_names
from livingcircle.trades import suggest
from livingcircle.trades import trade_name
from livingcircle.trades import with_broader

ROOT = Path(__file__).parents[2]
BASIC = {
    "vegetable": "菜篮子", "convenience_store": "便利店", "supermarket": "社区超市",
    "breakfast": "早餐店", "pharmacy": "药店", "hairdresser": "理发店", "laundry": "洗染店",
    "housekeeping": "家政服务点", "repair": "小修小补点", "parcel_point": "末端配送",
    "photo_print": "照相文印店", "water_vending": "自助取水机", "bank": "银行网点",
    "property_service": "物业服务点", "restaurant": "大众餐饮店",
    "service_centre": "社区便民商业服务综合体",
}  # fmt: skip
ENHANCED = (
    "florist optician stationery sports_goods electronics cosmetics_jewellery baby_goods clothing "
    "vending_machine smart_store bakery specialty_restaurant fast_food_chain cold_drinks_dessert "
    "community_canteen elderly_care private_clinic wellness_therapy fitness cinema bookshop "
    "performance_venue chess_cards tea_coffee children_play leisure childcare beauty_body "
    "pet_service training travel_service hotel finance_insurance car_wash car_repair"
)
OTHERS = (
    "wet_market fresh_store general_supermarket recycling postal fishing_tackle outdoor_gear "
    "local_produce health_station"
)


def test_the_catalogue_has_every_trade_of_the_plans():
    assert {code: trade_name(code) for code in BASIC} == BASIC
    assert len(ENHANCED.split()) == 35
    assert {*ENHANCED.split(), *OTHERS.split()} <= set(TRADES)
    assert len({trade.name for trade in TRADES.values()}) == len(TRADES)


def test_broader_trades_exist_and_end():
    for trade in TRADES.values():
        assert trade.broader == "" or trade.broader in TRADES
        assert with_broader([trade.code])[0] == trade.code
    assert with_broader(["wet_market", "bank"]) == ("wet_market", "vegetable", "bank")
    assert with_broader(["general_supermarket"]) == ("general_supermarket", "supermarket")


def test_no_word_means_two_trades():
    for trade in TRADES.values():
        for word in (trade.code, trade.name, *trade.aliases):
            assert match_names(word).codes == (trade.code,), word


def test_the_catalogue_cannot_be_changed():
    with pytest.raises(TypeError):
        TRADES["x"] = TRADES["bank"]


def test_an_unknown_code_is_told_with_the_nearest():
    with pytest.raises(InputError, match="业态目录里没有代码“pharmcy”。是不是“pharmacy”？"):
        trade_name("pharmcy")


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        # 商办流通函〔2021〕247号
        ("便利店", "convenience_store"), ("综合超市", "general_supermarket"),
        ("菜市场", "wet_market"), ("生鲜超市（菜店）", "fresh_store"), ("早餐店", "breakfast"),
        ("洗染店", "laundry"), ("美容美发店", "hairdresser"), ("照相文印店", "photo_print"),
        ("家政服务点", "housekeeping"), ("维修点", "repair"), ("药店", "pharmacy"),
        ("邮政快递综合服务点（快递公共取送点）", "parcel_point"),
        ("再生资源回收点", "recycling"), ("社区养老服务机构", "elderly_care"),
        ("特色餐饮店", "specialty_restaurant"), ("蛋糕烘焙店", "bakery"),
        ("新式书店", "bookshop"), ("运动健身房", "fitness"), ("幼儿托管点", "childcare"),
        ("培训教育点", "training"), ("旅游服务点", "travel_service"),
        ("保健养生店", "wellness_therapy"), ("鲜花礼品店", "florist"),
        ("茶艺咖啡馆", "tea_coffee"), ("宠物服务站", "pet_service"),
        # 北京八项基本便民服务功能
        ("蔬菜零售", "vegetable"), ("便利店(社区超市)", "convenience_store"),
        ("早餐", "breakfast"), ("家政", "housekeeping"), ("美发美容", "hairdresser"),
        ("末端配送(快递柜)", "parcel_point"), ("便民维修", "repair"), ("洗染", "laundry"),
        ("超市便利店", "convenience_store"), ("餐饮(早餐)", "breakfast"),
        ("农村便民店", "convenience_store"), ("养老康护", "elderly_care"),
        # 青岛 2022
        ("标准化农贸市场", "wet_market"), ("智能快件箱", "parcel_point"),
        ("再生资源回收", "recycling"), ("新型书店", "bookshop"), ("健康养生", "wellness_therapy"),
        ("社区居家养老服务站", "elderly_care"), ("幼儿寄托所", "childcare"),
        ("社区医疗服务站", "health_station"), ("大众餐饮店", "restaurant"),
        # 西城十分钟
        ("百姓生活服务中心", "service_centre"), ("第三空间", "third_space"),
        ("茶艺咖啡", "tea_coffee"), ("蛋糕烘焙", "bakery"), ("洗衣", "laundry"),
        # 密云 附件1.1, with its own brackets
        ("婴幼儿、儿童用品店", "baby_goods"), ("早餐（点）", "breakfast"),
        ("银行网点（含取款机）", "bank"), ("托育机构（含托育点）", "childcare"),
        ("社区养老服务机构（含社区养老院、为老服务中心、日间照料中心等）", "elderly_care"),
        ("户外运动装备（滑雪、骑行、露营、徒步、穿越）店", "outdoor_gear"),
        ("培训教育点（非学科类）", "training"), ("大众餐饮店（有外卖服务）", "restaurant"),
        # typing
        ("７－１１", "convenience_store"), ("ＡＴＭ", "bank"), (" 药 店 ", "pharmacy"),
        ("pharmacy", "pharmacy"), ("3、药店", "pharmacy"), ("理发等", "hairdresser"),
    ],
)  # fmt: skip
def test_words_of_plans_and_ledgers_are_known(written, codes):
    match = match_names(written)
    assert match.codes == tuple(codes.split())
    assert match.unmatched == ()


@pytest.mark.parametrize(
    "written",
    [
        "便利店、药店", "便利店，药店", "便利店,药店", "便利店；药店", "便利店;药店", "便利店/药店",
        "便利店／药店", "便利店+药店", "便利店＋药店", "便利店|药店", "便利店｜药店", "便利店&药店",
        "便利店\n药店", "便利店 药店", "便利店　药店", "便利店\t药店", "便利店\\药店",
        "便利店。药店", "便利店·药店", "便利店•药店", "便利店-药店", "便利店—药店",
        "【便利店】【药店】",
        "①便利店②药店", "1.便利店 2.药店", "1、便利店2、药店", "（1）便利店（2）药店",
        "便利店和药店", "便利店兼营药店", "便利店（含药店）", "便利店（一店多能：药店）",
        "便利店、、药店、", "便利店、药店、便利店",
    ],
)  # fmt: skip
def test_one_shop_with_several_trades_is_split_at_any_separator(written):
    match = match_names(written)
    assert match.codes == ("convenience_store", "pharmacy")
    assert match.unmatched == ()


def test_brackets_explain_or_add():
    assert match_names("社区超市、生鲜超市（菜店）").codes == ("supermarket", "fresh_store")
    assert match_names("便利店 生鲜超市（菜店）").codes == ("convenience_store", "fresh_store")
    assert match_names("超市（24小时）").codes == ("supermarket",)
    assert match_names("超市（含早餐、快递）").codes == ("supermarket", "breakfast", "parcel_point")


def test_words_not_known_stay_for_review_with_suggestions():
    match = match_names("农药店、火箭发射、早点部 药店")
    assert match.codes == ("pharmacy",)
    assert match.unmatched == ("农药店", "火箭发射", "早点部")
    assert match.suggestions["早点部"][0] == "早餐店"
    assert match.suggestions["火箭发射"] == ()
    assert suggest("") == ()
    assert match_names("").unmatched == match_names("、，").unmatched == ()


@given(
    st.lists(st.sampled_from(sorted(TRADES)), unique=True, max_size=6), st.sampled_from("、；/+")
)
def test_names_joined_are_names_found(codes, separator):
    written = separator.join(trade_name(code) for code in codes)
    assert match_names(written).codes == tuple(codes)


@given(st.text(max_size=40))
def test_any_text_is_answered(text):
    match = match_names(text)
    assert set(match.suggestions) == set(match.unmatched)
    assert set(match.codes) <= set(TRADES)
    assert set(from_shop_name(text)) <= set(TRADES)


@pytest.mark.parametrize(
    ("tags", "codes"),
    [
        ({"shop": "convenience"}, "convenience_store"),
        ({"amenity": "fast_food", "name": "某某"}, "restaurant"),
        ({"amenity": "fast_food", "brand": "肯德基"}, "restaurant fast_food_chain"),
        ({"amenity": "restaurant", "breakfast": "yes"}, "breakfast restaurant"),
        ({"amenity": "cafe", "cuisine": "coffee_shop;breakfast"}, "breakfast tea_coffee"),
        ({"amenity": "bank", "atm": "yes"}, "bank"),
        ({"amenity": "vending_machine", "vending": "drinking_water"}, "water_vending"),
        ({"amenity": "vending_machine"}, ""),
        ({"shop": "bakery;convenience"}, "convenience_store bakery"),
        ({"shop": "clothes", "automated": "yes"}, "clothing smart_store"),
        ({"shop": "no", "automated": "yes"}, ""),
        ({"shop": "yes", "name": "百姓大药房"}, "pharmacy"),
        ({"shop": "clothes", "name": "大药房"}, "clothing"),
        ({"building": "yes", "name": "大药房"}, ""),
        ({}, ""),
    ],
)
def test_openstreetmap_tags_prove_trades(tags, codes):
    assert from_osm_tags(tags) == tuple(codes.split())


def test_openstreetmap_tags_are_read_fast():
    """Three milliseconds an object made an hour of a province; roads must cost next to nothing."""
    tags = {"highway": "residential", "name": "中山路", "oneway": "yes", "surface": "asphalt"}
    start = time.process_time()
    for _ in range(2000):
        from_osm_tags(tags)
    assert (time.process_time() - start) / 2000 < 3e-4


@pytest.mark.parametrize(
    ("code", "codes"),
    [
        ("5213", "convenience_store"), ("F5213", "convenience_store"), ("5212", "supermarket"),
        ("8040", "hairdresser"), ("8191", "repair"), ("5243", "bookshop"), ("6020", "parcel_point"),
        ("5223", "vegetable"), ("8521", "elderly_care"), ("7020", "property_service"),
        ("5251", "pharmacy"), ("0111", ""), ("", ""),
    ],
)  # fmt: skip
def test_industry_classes_give_a_first_guess(code, codes):
    assert from_gbt4754(code) == tuple(codes.split())


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("百姓大药房", "pharmacy"), ("百姓农药店", ""), ("宠物药房", "pet_service"),
        ("蓝天理发行", "hairdresser"), ("理发学校", ""), ("美容美发学校", "training"),
        ("中国建设银行", "bank"), ("建设银行家属院", ""), ("银行学校", ""),
        ("张记理发店(邮局店)", "hairdresser"), ("老王家(药店)", "pharmacy"),
        ("农业银行对面小卖部", "convenience_store"), ("菜鸟驿站(理发店旁)", "parcel_point"),
        ("华润超市停车场", ""), ("生鲜超市", "fresh_store"), ("烟酒超市", "tobacco_alcohol"),
        ("中国邮政储蓄银行", "bank"), ("中国邮政", "postal"), ("密云区第二小学", ""),
        ("顺丰快递", "parcel_point"), ("野生动物管理站", ""), ("某某银行自行车租赁点", ""),
        ("自助售水机", "water_vending"), ("洗车行", "car_wash"),
        ("", ""),
    ],
)  # fmt: skip
def test_shop_names_tell_trades_and_not_their_neighbours(name, codes):
    assert from_shop_name(name) == tuple(codes.split())


def test_vendor_categories_go_first_and_no_outlet_stays_none():
    assert from_vendor("医疗;药店", "某某堂") == ("pharmacy",)
    assert from_vendor("购物;便利店", "某某便利店") == ("convenience_store",)
    assert from_vendor("交通设施;停车场", "华润超市停车场") == ()
    assert from_vendor("购物;商铺", "老百姓大药房") == ("pharmacy",)
    assert from_vendor("", "") == ()


def test_the_glossary_holds_the_catalogue_of_today(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    make_glossary = importlib.import_module("make_glossary")
    page = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    assert page == make_glossary.glossary(page)
    assert page.count("\n| ") > len(TRADES)
    assert all(f"| `{code}` |" in page for code in TRADES)
