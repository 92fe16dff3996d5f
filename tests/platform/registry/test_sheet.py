"""Ask a ledger: search, filter, sort, edit a cell, save a view; export exactly what is asked."""

import csv
import datetime as dt
import io

import openpyxl
import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from livingcircle_platform.accounts import lending
from livingcircle_platform.accounts.models import Role
from livingcircle_platform.accounts.models import ShareLink
from livingcircle_platform.audit import chain
from livingcircle_platform.core.sheets import LEADS
from livingcircle_platform.core.sheets import guarded
from livingcircle_platform.core.sheets import unguarded
from livingcircle_platform.errors import RefusedError
from livingcircle_platform.registry import actions
from livingcircle_platform.registry.asking import Asked
from livingcircle_platform.registry.exporting import csv_lines
from livingcircle_platform.registry.exporting import xlsx_file
from livingcircle_platform.registry.ledger import LEDGERS
from livingcircle_platform.registry.models import Merchant
from livingcircle_platform.registry.models import Outlet
from livingcircle_platform.registry.models import SavedView
from livingcircle_platform.territory.models import Source
from tests.platform import make
from tests.platform.registry.conftest import kept

OUTLETS = LEDGERS["outlet"]
OK, REFUSED, CONFLICT = 200, 400, 409


@pytest.fixture
def shops(town):
    demo = Source.objects.create(district=town.district, title="演示", status="made_up")
    make.outlet(town.a1, "果园药店", "1", ("pharmacy",), chain=True, area_m2=80, hours="8–20")
    make.outlet(town.a2, "重庆小面", "2", ("repair",), chain=False, phone="69012345")
    make.outlet(
        town.b1, "修鞋摊", "3", ("repair", "pharmacy"), state="closed", area_m2=4.5,
        verified_on=dt.date(2026, 5, 1), merchant=kept(Merchant, town.b1, name="张家"),
    )  # fmt: skip
    make.outlet(town.b2, "Seven便利店", "4", (), source=demo)


def found(user, query):
    return "".join(Asked(OUTLETS, user, QueryDict(query)).rows().values_list("code", flat=True))


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("", "1234"), ("q=药", "1"), ("q=重庆", "2"), ("q=chongqing", "2"), ("q=cqxm", "2"),
        ("q=x", "23"), ("q=ＳＥＶＥＮ", "4"), ("q=69012345", "2"), ("q=%25", ""),
        ("chain=yes", "1"), ("chain=no", "2"), ("chain=unknown", "34"),
        ("state=closed", "3"), ("state=open&state=closed", "1234"),
        ("trades=repair", "23"), ("trades=pharmacy", "13"), ("trades=none", "4"),
        ("area_m2_from=5", "1"), ("area_m2_to=80", "13"), ("area_m2_unknown=1", "24"),
        ("verified_on_from=2026-05-01&verified_on_to=2026-05-01", "3"),
        ("verified_on_unknown=1", "124"), ("merchant=张", "3"), ("hours=8", "1"),
        ("status_of_source=real", "123"), ("status_of_source=made_up", "4"), ("source=演", "4"),
        ("sort=-code", "4321"), ("sort=area_m2", "3124"), ("sort=-area_m2", "1324"),
        ("sort=area", "1234"), ("sort=merchant", "3124"), ("sort=nonsense", "1234"),
        ("chain=unknown&state=open", "4"),
    ],
)  # fmt: skip
def test_filters_search_and_order(shops, clerk, query, codes):
    assert found(clerk, query) == codes


def test_an_area_holds_what_lies_below(shops, town, clerk):
    assert found(clerk, f"area={town.a.pk}") == "12"


@pytest.mark.parametrize(
    "query", ["chain=maybe", "state=x", "area_m2_from=much", "verified_on_to=May", "area=x",
              "area_m2_to=nan"],
)  # fmt: skip
def test_a_filter_that_cannot_be_read_is_never_dropped(shops, clerk, browser, query):
    with pytest.raises(RefusedError, match="筛选条件"):
        found(clerk, query)
    assert browser.get(reverse("registry:outlet_list") + "?" + query).status_code == REFUSED
    address = reverse("registry:outlet_export", args=["csv"])
    assert browser.get(f"{address}?{query}").status_code == REFUSED


def test_nobody_finds_more_than_they_may_see(shops, worker):
    assert found(worker, "") == "1"


def lines_of(asked):
    text = "".join(csv_lines(asked))
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:])))


@pytest.mark.parametrize("query", ["", "q=x", "chain=unknown&sort=-code", "trades=repair"])
def test_an_export_is_exactly_the_filter(shops, clerk, query):
    asked = Asked(OUTLETS, clerk, QueryDict(query))
    head, *rows = lines_of(asked)
    assert "".join(row[head.index("编号")] for row in rows) == found(clerk, query)
    with xlsx_file(asked, "clerk") as file:
        sheet = openpyxl.load_workbook(file).worksheets[0]
        table = [["" if one is None else str(one) for one in row] for row in sheet.values]
    assert [row[:2] for row in table] == [row[:2] for row in [head, *rows]]


def test_an_export_says_what_its_coordinates_are(shops, clerk):
    Outlet.objects.filter(code="2").update(lon=None, lat=None)
    asked = Asked(OUTLETS, clerk, QueryDict("columns=code&columns=lon&columns=lat"))
    head, *rows = lines_of(asked)
    assert head[-1] == "坐标系"
    told = {row[head.index("编号")]: row[-1] for row in rows}
    assert (told["1"], told["2"]) == ("WGS-84", "")
    assert lines_of(Asked(OUTLETS, clerk, QueryDict("columns=code")))[0][-1] != "坐标系"


def test_an_export_leaves_out_what_may_not_be_exported(shops, town):
    both = make.user("both", (Role.COMMUNITY, town.a1), (Role.LEADER, town.district))
    assert len(lines_of(Asked(OUTLETS, both, QueryDict("")))) == 2


def test_an_export_says_where_the_chain_stood(shops, clerk, browser):
    actions.change(Outlet.objects.get(code="1"), {"hours": "早"}, seen=1, acting_user=clerk)
    number, head = chain.head()
    answer = browser.get(reverse("registry:outlet_export", args=["csv"]))
    b"".join(answer.streaming_content)
    assert f"{number}-{head[:12]}" in answer.headers["Content-Disposition"]
    with xlsx_file(Asked(OUTLETS, clerk, QueryDict("chain=yes")), "clerk") as file:
        about = dict(openpyxl.load_workbook(file)["说明"].values)
    assert about["审计链头"] == f"第{number}条 {head}"
    assert (about["行数"], about["筛选"]) == ("1", "是否连锁：是")


# What XML cannot hold never enters a ledger: forms take it out.
TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=30)
LEADING = st.builds(
    str.__add__, st.sampled_from([one for one in LEADS if one.isprintable()]), TEXTS
)


@given(text=st.one_of(TEXTS, LEADING))
@hypothesis_settings(
    max_examples=60, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
def test_no_text_becomes_a_formula(shops, clerk, text):
    Outlet.objects.filter(code="1").update(brand=text)
    asked = Asked(OUTLETS, clerk, QueryDict("chain=yes&columns=code&columns=brand"))
    with xlsx_file(asked, "=1+1") as file:
        book = openpyxl.load_workbook(file)
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds
    assert book.worksheets[0]["C2"].value == text
    cell = lines_of(asked)[1][2]
    assert not cell.startswith(LEADS)
    assert unguarded(cell) == text


@given(text=st.text(max_size=20))
def test_the_guard_comes_off_again(text):
    for one in (text, f"'{text}", f"={text}", f"'={text}"):
        assert unguarded(guarded(one)) == one
        assert not guarded(one).startswith(LEADS)


def post(browser, code, column, value, seen=1):
    shop = Outlet.objects.get(code=code)
    address = reverse("registry:outlet_cell", args=[shop.pk])
    values = {"column": column, "value": value, "seen": seen}
    return browser.post(address, values, headers={"Accept": "application/json"})


def test_a_cell_is_kept(shops, browser):
    told = post(browser, "1", "trades", "药店、维修点").json()
    assert Outlet.objects.get(code="1").trades == ("pharmacy", "repair")
    assert (told["version"], told["cells"]["trades"]["words"]) == (2, "药店、维修点")
    assert told["entry"] == chain.head()[0]


@pytest.mark.parametrize(
    ("column", "value", "kept"),
    [("area_m2", "１２．５", 12.5), ("area_m2", "", None), ("chain", "未核实", None),
     ("chain", "否", False), ("state", "closed", "closed"), ("name", "=1+1", "=1+1")],
)  # fmt: skip
def test_what_is_typed_is_understood(shops, browser, column, value, kept):
    assert post(browser, "1", column, value).status_code == OK
    assert getattr(Outlet.objects.get(code="1"), column) == kept


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [("area_m2", "八十", "不是数字"), ("area_m2", "-1", ""), ("name", "", "名称要填"),
     ("trades", "茶馆", "业态目录里没有“茶馆”"), ("merchant", "无名", "经营主体里没有"),
     ("verified_on", "2026-01-01", "不能在表里改"), ("lon", "nan", "不是数字")],
)  # fmt: skip
def test_what_cannot_be_kept_is_said(shops, browser, unchanged, column, value, said):
    unchanged()
    answer = post(browser, "1", column, value)
    assert answer.status_code == REFUSED
    assert said in answer.json()["error"]["what"]


def test_two_who_edit_a_cell_see_both(shops, browser, unchanged):
    post(browser, "1", "state", "closed")
    unchanged()
    answer = post(browser, "1", "state", "planned", seen=1)
    assert answer.status_code == CONFLICT
    told = answer.json()["error"]
    words = (told["theirs"]["words"], told["yours"]["words"], told["version"])
    assert words == ("停业", "筹建", 2)


def test_the_form_shows_a_conflict_and_then_lets_it_be_settled(shops, browser):
    shop = Outlet.objects.get(code="1")
    address = reverse("registry:outlet_edit", args=[shop.pk])
    fields = browser.get(address).context["form"].initial
    sent = {name: "" if value is None else value for name, value in fields.items()}
    sent |= {"area": str(shop.area_id), "trades": ["pharmacy"], "chain": "yes", "hours": "我的"}
    post(browser, "1", "hours", "对方的")
    answer = browser.post(address, {**sent, "seen": 1})
    assert answer.status_code == CONFLICT
    assert ("营业时间", "对方的", "我的") in answer.context["both"]
    assert browser.post(address, {**sent, "seen": answer.context["seen"]}).status_code == 302
    assert Outlet.objects.get(code="1").hours == "我的"


def test_bulk_by_page(shops, browser):
    ids = [str(pk) for pk in Outlet.objects.values_list("pk", flat=True)]
    address = reverse("registry:outlet_bulk")
    sent = {"id": ids, "column": "state"}
    assert "改成什么" in browser.post(address, sent).content.decode()
    answer = browser.post(address, {**sent, "value": "closed"})
    assert [len(part) for part in answer.context["preview"]] == [3, 1, 0]
    done = {"column": "state", "value": "closed", "rows": answer.context["rows"]}
    answer = browser.post(reverse("registry:outlet_bulk_save"), done)
    page = browser.get(answer.url).content.decode()
    assert "批量改网点的“状态”：3条" in page
    assert set(Outlet.objects.values_list("state", flat=True)) == {"closed"}


def test_a_shared_view_shows_to_those_in_the_area_and_only_its_maker_removes_it(
    town, clerk, street, worker, client
):
    shared = actions.save_view(OUTLETS, "停业的", "?state=closed&page=3&q=", acting_user=street,
                               area=town.a)  # fmt: skip
    own = actions.save_view(OUTLETS, "我的", "chain=yes", acting_user=street)
    assert shared.query == "state=closed"
    far = make.user("far", (Role.COMMUNITY, town.b1))
    assert set(SavedView.objects.visible_to(street)) == {shared, own}
    assert set(SavedView.objects.visible_to(worker)) == {shared}
    assert not SavedView.objects.visible_to(far).exists()
    client.force_login(worker)
    assert client.post(reverse("registry:saved_view_remove", args=[shared.pk])).status_code == 404
    assert SavedView.objects.filter(removed_at=None).count() == 2


def test_nobody_shares_beyond_their_own(town, worker, unchanged):
    unchanged()
    with pytest.raises(RefusedError, match="要有名称"):
        actions.save_view(OUTLETS, " ", "", acting_user=worker)
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("needle", ["😀", "%", "'", "|", "\\"])
def test_a_search_for_signs_finds_nothing(shops, browser, needle):
    page = browser.get("/registry/outlets/", {"q": needle})
    assert page.status_code == 200
    assert page.context["page"].paginator.count == 0


def test_a_bar_is_no_trade(shops, clerk):
    assert asked_rows(clerk, "trades=pharmacy|repair") == 0
    assert Outlet.objects.filter(trades__has="").count() == 0


def asked_rows(user, query):
    """Return how many outlets an address shows somebody."""
    return Asked(LEDGERS["outlet"], user, QueryDict(query)).rows().count()


def test_a_filter_does_not_name_areas_elsewhere(shops, worker, client, town):
    client.force_login(worker)
    page = client.get("/registry/outlets/", {"area": town.elsewhere.pk})
    assert page.status_code == 400
    assert "西区" not in page.content.decode()


@pytest.mark.parametrize(
    ("address", "sent"),
    [
        ("bulk/", {"id": "abc", "column": "state", "value": "open"}),
        ("bulk/save/", {"rows": "abc:1", "column": "state", "value": "open"}),
        ("bulk/save/", {"rows": f"{'0' * 32}:{'9' * 5000}", "column": "state", "value": "open"}),
    ],
)
def test_ids_and_versions_that_are_none_are_refused(shops, browser, address, sent):
    assert browser.post(f"/registry/outlets/{address}", sent).status_code == 400


def test_whoever_holds_a_link_looks_and_is_offered_nothing_else(shops, clerk):
    until = timezone.localdate() + dt.timedelta(days=1)
    link = ShareLink(user=clerk, path="/registry/outlets/", title="看看", until=until)
    secret = lending.make_link(link, acting_user=clerk)
    page = Client().get(f"/s/{secret}/", follow=True).content.decode()
    assert "果园药店" in page
    for control in ("导出 Excel", "批量修改", "新增网点", "存视图", "data-kind", 'name="id"'):
        assert control not in page, control


def test_swapped_coordinates_are_told_as_such(shops, browser):
    one = Outlet.objects.get(code="1")
    sent = {"column": "lat", "value": "116.3", "seen": one.version}
    answer = browser.post(f"/registry/outlets/{one.pk}/cell/", sent)
    assert answer.status_code == 400
    assert "不能大于90，经度和纬度可能填反了" in answer.content.decode()
    assert "。。" not in answer.content.decode()
