"""Show what happened, no wider than the area of whoever asks, and check the chain."""

import csv
import io

import openpyxl
import pytest
from django.apps import apps
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from livingcircle_platform.accounts.roles import Role
from livingcircle_platform.audit import actions
from livingcircle_platform.audit import chain
from livingcircle_platform.audit import views
from livingcircle_platform.audit import words
from livingcircle_platform.audit import writing
from livingcircle_platform.audit.models import Entry
from livingcircle_platform.audit.models import Verification
from livingcircle_platform.core import jobs
from livingcircle_platform.core.models import Job
from livingcircle_platform.core.records import Record
from livingcircle_platform.registry.models import Outlet
from tests.platform import make


@pytest.fixture
def told(town, clerk):
    """Return an outlet added and renamed in 甲街道; another was added in the other district."""
    made = Outlet(name="果园药店", code="1", area=town.a1, trades=("pharmacy",))
    writing.add(made, acting_user=clerk, reason="新开")
    writing.change(made, {"name": "新名药店"}, seen=1, acting_user=clerk, reason="换招牌")
    writing.add(Outlet(name="远处的店", code="2", area=town.elsewhere_a1), acting_user=clerk)
    return made


@pytest.fixture
def office(client, town):
    """Return the browser of the city's administrator, who may check the chain."""
    cache.clear()
    client.force_login(make.user("root", (Role.ADMIN, town.city)))
    return client


def page(client, address="/audit/", **asked):
    return client.get(address, asked).content.decode()


def test_entries_are_listed_no_wider_than_the_area(client, told, town):
    for place, seen in ((town.a, {"果园药店"}), (town.elsewhere_a, {"远处的店"}), (town.b, set())):
        who = Client()
        who.force_login(make.user(f"u-{place.code}", (Role.SUBDISTRICT, place)))
        listed = page(who)
        assert {name for name in ("果园药店", "远处的店") if name in listed} == seen
        numbers = {1: place == town.a, 3: place == town.elsewhere_a}
        for number, mine in numbers.items():
            assert (who.get(f"/audit/{number}/").status_code == 200) is mine


@pytest.mark.parametrize(
    ("asked", "numbers"),
    [
        ({"who": "cler"}, {1, 2, 3}), ({"who": "somebody"}, set()), ({"verb": "change"}, {2}),
        ({"kind": "outlet"}, {1, 2, 3}), ({"kind": "space"}, set()), ({"day": "2001-01-01"}, set()),
        ({"day": "not a day"}, {1, 2, 3}), ({"day": "2026-13-45"}, {1, 2, 3}),
    ],
)  # fmt: skip
def test_entries_are_found_by_who_what_and_day(office, told, asked, numbers):
    listed = page(office, **asked)
    assert {number for number in (1, 2, 3) if f'/audit/{number}/"' in listed} == numbers


def test_one_entry_shows_both_sides_under_chinese_titles(office, told):
    shown = page(office, "/audit/2/")
    assert "修改网点：新名药店" in shown
    assert (
        '<th scope="row">名称</th><td class="was">果园药店</td><td class="now">新名药店</td>'
        in shown
    )
    assert "换招牌" in shown
    added = page(office, "/audit/1/")
    assert "甲一社区" in added, "a column that points to an area says its name"


def test_an_export_asks_for_names_once_and_not_for_every_entry(office, told, town, clerk):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            text = office.get("/audit/export/", {"format": "csv"}).content.decode("utf-8-sig")
        return len(queries), text

    asked()  # the first answer of a session also notes the session
    few, _ = asked()
    for number, where in enumerate((town.a1, town.a2, town.b1, town.b2) * 3):
        shop = Outlet(name=f"店{number}", code=f"n{number}", area=where, trades=("pharmacy",))
        writing.add(shop, acting_user=clerk)
    many, text = asked()
    assert many == few
    assert all(text.count(f"：{one.name}；") for one in (town.a1, town.b2))


def test_every_kind_of_record_has_a_chinese_name():
    kinds = {model._meta.model_name for model in apps.get_models() if issubclass(model, Record)}
    missing = kinds - set(words.KINDS)
    assert not missing, f"add to KINDS in audit/words.py: {sorted(missing)}"


def test_an_export_carries_the_head(office, told):
    number, tail = chain.head()
    response = office.get("/audit/export/", {"verb": "change"})
    book = openpyxl.load_workbook(io.BytesIO(response.content))
    rows = [[cell.value for cell in row] for row in book.active.iter_rows()]
    assert rows[1][0] == f"链头：第{number}条，{tail}"
    assert rows[3][:4] == ["序号", "时间", "谁", "做了什么"]
    assert [row[0] for row in rows[4:]] == [2]
    assert rows[4][6:9] == ["名称：果园药店", "名称：新名药店", "换招牌"]
    text = office.get("/audit/export/", {"format": "csv"}).content.decode("utf-8-sig")
    assert tail in text
    assert len(list(csv.reader(io.StringIO(text)))) == 3 + 1 + 3


def test_an_export_is_no_wider_than_the_area(told, town):
    who = Client()
    who.force_login(make.user("east", (Role.DISTRICT, town.district)))
    text = who.get("/audit/export/", {"format": "csv"}).content.decode()
    assert "果园药店" in text
    assert "远处的店" not in text


def test_a_check_is_remembered_with_its_outcome(office, told):
    assert office.post("/audit/verify/").status_code == 302
    assert "完整" in page(office, "/audit/verify/")
    Entry.objects.filter(number=2).update(reason="改写")
    office.post("/audit/verify/", {"printed": chain.head()[1]})
    found = Verification.objects.first()
    assert found.findings == [[2, "内容被改动过"]]
    assert "第2条：内容被改动过" in page(office, "/audit/verify/")


@pytest.mark.parametrize("printed", ["abc", "z" * 64, "1" * 63])
def test_a_head_that_cannot_be_one_is_refused(office, told, printed):
    response = office.post("/audit/verify/", {"printed": printed})
    assert response.status_code == 400
    assert "64个字符" in response.content.decode()
    assert not Verification.objects.exists()


def test_a_long_chain_is_checked_in_the_background(office, told, monkeypatch):
    monkeypatch.setattr(views, "IN_BACKGROUND_FROM", 2)
    response = office.post("/audit/verify/")
    job = Job.objects.get()
    assert response.url == f"/jobs/{job.pk}/"
    assert not Verification.objects.exists()
    jobs.run(jobs.claim("here"), {})
    job.refresh_from_db()
    assert (job.state, job.result) == (Job.State.DONE, "/audit/verify/")
    assert (job.done, job.total) == (3, 3)
    assert Verification.objects.get().findings == []


def test_the_command_says_that_all_is_well(told, capsys):
    head = chain.head()[1]
    call_command("verify_audit", "--head", head)
    out = capsys.readouterr().out
    assert "操作记录完整：共3条" in out
    assert head in out


def test_the_command_ends_with_one_where_something_is_wrong(told, capsys):
    Entry.objects.filter(number=1).update(actor_name="别人")
    with pytest.raises(SystemExit) as caught:
        call_command("verify_audit", "--head", "f" * 64)
    assert caught.value.code == 1
    told_there = capsys.readouterr().err
    assert "第1条：内容被改动过。" in told_there
    assert "导出文件上印的链头 ffffffffffff… 不在记录里。" in told_there


def test_a_check_stands_in_the_record_after_what_it_checked(told, clerk):
    found = actions.verify(acting_user=clerk)
    assert (found.number, found.findings) == (3, [])
    last = Entry.objects.get(number=4)
    assert (last.action, last.object_id, last.actor) == ("audit.verify", str(found.pk), clerk)
    assert words.action_title(last.action) == "核实操作记录"
