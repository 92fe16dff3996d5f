"""Follow files from upload to record and back: matching, refusing, accepting, undoing."""

import datetime as dt
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from livingcircle_platform.accounts.models import Role
from livingcircle_platform.audit import chain
from livingcircle_platform.audit.models import Entry
from livingcircle_platform.core.models import Job
from livingcircle_platform.errors import BusyError
from livingcircle_platform.errors import ConflictError
from livingcircle_platform.errors import NotAllowedError
from livingcircle_platform.errors import RefusedError
from livingcircle_platform.imports.actions import asking
from livingcircle_platform.imports.actions import deciding
from livingcircle_platform.imports.models import Batch
from livingcircle_platform.imports.models import ColumnMapping
from livingcircle_platform.registry.models import Outlet
from livingcircle_platform.registry.models import ServiceCentre
from livingcircle_platform.registry.models import Space
from livingcircle_platform.territory.models import Source
from tests.platform import make
from tests.platform.imports.conftest import place
from tests.platform.imports.conftest import row
from tests.platform.imports.conftest import sheet

pytestmark = pytest.mark.django_db(transaction=True)
ID = uuid.UUID(int=7)
TWO = (row("A-1", "果园药店", phone="12345"), row("A-2", "巷口小吃", "早餐店", column=2))


def verdicts(batch):
    return {one.row: (one.key, one.verdict) for one in batch.rows.all()}


def accepted(batch, clerk):
    return deciding.accept(batch, acting_user=clerk, seen=batch.version)


def test_rows_are_staged_in_their_communities_and_written_once(bring, clerk, town):
    batch = bring(sheet(*TWO, row("A-3", "")))
    assert batch.state == Batch.State.STAGED
    assert batch.counts == {"new": 2, "refused": 1}
    assert verdicts(batch) == {2: ("A-1", "new"), 3: ("A-2", "new"), 4: ("", "refused")}
    refused = batch.rows.get(row=4)
    assert refused.problems == ["“网点名称”列：没有填网点名称。补填后重新导入。"]
    assert refused.values["网点编号"] == "A-3"
    assert Outlet.objects.count() == 0
    done = accepted(batch, clerk)
    assert (done.state, done.summary["written"]) == ("accepted", 2)
    assert deciding.accept(done, acting_user=clerk, seen=1).summary["written"] == 2
    shops = {one.code: (one.area, one.trades, one.source.title) for one in Outlet.objects.all()}
    assert shops == {
        "A-1": (town.a1, ("pharmacy",), "网点.csv"), "A-2": (town.b1, ("breakfast",), "网点.csv")
    }  # fmt: skip
    assert Entry.objects.filter(action="batch.accept").count() == 1
    assert list(chain.verify()) == []


def test_the_same_file_again_changes_nothing(bring, clerk):
    accepted(bring(sheet(*TWO)), clerk)
    again = bring(sheet(*TWO))
    assert again.counts == {"same": 2}
    assert accepted(again, clerk).summary["written"] == 0
    assert set(Outlet.objects.values_list("version", flat=True)) == {1}


def test_a_change_shows_both_values_and_undo_puts_the_old_one_back(bring, clerk):
    accepted(bring(sheet(*TWO)), clerk)
    batch = bring(sheet(row("A-1", "果园大药房", phone="12345"), TWO[1]))
    assert batch.counts == {"changed": 1, "same": 1}
    told = batch.rows.get(key="A-1")
    assert (told.before["name"], told.values["name"]) == ("果园药店", "果园大药房")
    batch = accepted(batch, clerk)
    assert Outlet.objects.get(code="A-1").name == "果园大药房"
    assert deciding.undo(batch, acting_user=clerk, reason="写错了") == (1, [])
    one = Outlet.objects.get(code="A-1")
    assert (one.name, one.version, one.source.batches.get().pk == batch.pk) == (
        "果园药店",
        3,
        False,
    )
    assert Entry.objects.get(action="batch.undo").reason == "写错了"


def test_what_a_file_does_not_say_is_left_as_it_is(bring, clerk):
    accepted(bring(sheet(*TWO)), clerk)
    Outlet.objects.filter(code="A-1").update(state="closed", chain=True)
    header = "网点编号,网点名称,业态,经度,纬度,联系电话"
    batch = accepted(bring(sheet(row("A-1", "果园药店新"), header=header)), clerk)
    one = Outlet.objects.get(code="A-1")
    assert batch.summary["written"] == 1
    assert (one.name, one.phone, one.state, one.chain) == ("果园药店新", "12345", "closed", True)
    assert Outlet.objects.present().count() == 2  # a row that is missing removes nothing


def test_strange_hours_and_days_to_come_are_told_and_kept(bring, clerk):
    header = "网点编号,网点名称,业态,经度,纬度,联系电话,营业时间,核实日期"
    lines = (
        row("A-1", "果园药店") + ",看店主心情,2020-05-01",
        row("A-2", "果园早餐") + ",06:00-10:00,2999-01-01",
        row("A-3", "果园便利店") + ",周一至周五8:00-20:00,2020-05",
    )
    batch = bring(sheet(*lines, header=header))
    told = {one.key: " ".join(one.problems) for one in batch.rows.all()}
    assert "看不懂营业时间“看店主心情”" in told["A-1"]
    assert "在今天之后" in told["A-2"]
    assert told["A-3"].startswith("“核实日期”列（2020-05）：只写到月，按当月第一天入库")
    accepted(batch, clerk)
    assert Outlet.objects.get(code="A-1").hours == "看店主心情"
    assert str(Outlet.objects.get(code="A-2").verified_on) == "2999-01-01"
    assert str(Outlet.objects.get(code="A-3").verified_on) == "2020-05-01"


def test_a_month_leaves_a_day_of_it_alone(bring, clerk):
    header = "网点编号,网点名称,业态,经度,纬度,联系电话,核实日期"
    accepted(bring(sheet(row("A-1", "果园药店") + ",2020-05-17", header=header)), clerk)
    again = bring(sheet(row("A-1", "果园药店") + ",2020-05", header=header))
    assert again.counts == {"same": 1, "remarks": 1}
    later = accepted(bring(sheet(row("A-1", "果园药店") + ",2020-06", header=header)), clerk)
    assert later.counts == {"changed": 1, "remarks": 1}
    assert str(Outlet.objects.get(code="A-1").verified_on) == "2020-06-01"


def test_a_lease_of_a_month_ends_with_it(bring, clerk):
    header = "空间编号,空间名称,空间类型,面积,经度,纬度,租约到期"
    lon, lat = place(0)
    line = f"K-1,旧锅炉房,闲置,80,{lon:.6f},{lat:.6f},2027-02"
    batch = bring(sheet(line, header=header, name="空间.csv"), table="spaces")
    assert "按当月最后一天入库" in " ".join(batch.rows.get().problems)
    accepted(batch, clerk)
    assert str(Space.objects.get().lease_end) == "2027-02-28"


def test_made_numbers_are_never_matched_but_names_at_the_place_are(bring, clerk):
    header = "网点名称,业态,经度,纬度"
    bare = [line.split(",", 1)[1].rsplit(",", 1)[0] for line in TWO]
    first = accepted(bring(sheet(*bare, header=header)), clerk)
    assert "没有编号" in first.summary["notes"][0]
    near, far = (
        row("", "果园药店", "药店、维修点", east=0.0052),
        row("", "巷口小吃", column=2, east=0.006),
    )
    lines = [line.split(",", 1)[1].rsplit(",", 1)[0] for line in (far, near)]
    second = bring(sheet(*lines, header=header))
    # 0.0002° are 17 m, 0.001° are 85 m; rows 2 and 3 have changed places besides.
    assert {one.values["name"]: one.verdict for one in second.rows.all()} == {
        "果园药店": "changed", "巷口小吃": "new"
    }  # fmt: skip
    accepted(second, clerk)
    codes = list(Outlet.objects.values_list("code", flat=True))
    assert len(set(codes)) == len(codes) == 3


def test_a_row_somebody_changed_meanwhile_is_not_overwritten(bring, clerk):
    accepted(bring(sheet(*TWO)), clerk)
    batch = bring(sheet(row("A-1", "新名"), row("A-2", "另名", column=2)))
    Outlet.objects.filter(code="A-1").update(version=2, note="别人改的")
    done = accepted(batch, clerk)
    assert done.summary["written"] == 1
    assert "有人改过" in done.rows.get(key="A-1").problems[0]
    assert set(Outlet.objects.values_list("name", flat=True)) == {"果园药店", "另名"}


def test_two_batches_of_one_file_put_no_outlet_in_twice(bring, clerk):
    first, second = bring(sheet(*TWO)), bring(sheet(*TWO, row("A-3", "新店")))
    accepted(first, clerk)
    done = accepted(second, clerk)
    assert done.summary["written"] == 1
    assert verdicts(done) == {2: ("A-1", "refused"), 3: ("A-2", "refused"), 4: ("A-3", "new")}
    assert "有了这个编号" in done.rows.get(key="A-1").problems[0]
    assert sorted(one.code for one in Outlet.objects.all()) == ["A-1", "A-2", "A-3"]


def test_the_history_names_the_batch_and_claims_no_day_before_it(bring, clerk, client):
    accepted(bring(sheet(*TWO)), clerk)
    long_ago = timezone.now() - dt.timedelta(days=9)
    Outlet.objects.update(created_at=long_ago)
    Source.objects.update(created_at=long_ago)
    batch = accepted(bring(sheet(row("A-1", "果园大药房", phone="12345"), TWO[1])), clerk)
    client.force_login(clerk)
    today = timezone.localdate()
    told = {}
    for one in Outlet.objects.all():
        for ago in (0, 5, 20):
            asked = {"on": (today - dt.timedelta(days=ago)).isoformat()}
            page = client.get(reverse("registry:outlet_history", args=[one.pk]), asked)
            linked = reverse("imports:batch", args=[batch.pk]) in page.content.decode()
            told[one.code, ago] = (linked, bool(page.context["then"]), page.context["unknown"])
    assert told == {
        ("A-1", 0): (True, True, False), ("A-1", 5): (True, False, True),
        ("A-1", 20): (True, False, False), ("A-2", 0): (False, True, False),
        ("A-2", 5): (False, True, False), ("A-2", 20): (False, False, False),
    }  # fmt: skip


def test_undo_leaves_alone_what_was_changed_since(bring, clerk):
    batch = accepted(bring(sheet(*TWO)), clerk)
    Outlet.objects.filter(code="A-2").update(version=2)
    count, left = deciding.undo(batch, acting_user=clerk, reason="导错了")
    assert (count, [one.key for one in left]) == (1, ["A-2"])
    assert [one.code for one in Outlet.objects.present()] == ["A-2"]
    with pytest.raises(BusyError):
        deciding.undo(batch, acting_user=clerk, reason="再来")


def test_undo_wants_a_reason(bring, clerk):
    with pytest.raises(RefusedError, match="原因"):
        deciding.undo(accepted(bring(sheet(*TWO)), clerk), acting_user=clerk, reason="  ")


def test_a_street_brings_in_its_own_outlets_only(bring, clerk, town):
    accepted(bring(sheet(*TWO)), clerk)
    street = make.user("a", ("subdistrict", town.a))
    batch = bring(
        sheet(row("A-2", "抢来的"), row("N-1", "在别处", column=3), row("N-2", "在本街")),
        area=town.a, by=street,
    )  # fmt: skip
    assert dict(verdicts(batch).values()) == {
        "A-2": "refused", "N-1": "refused", "N-2": "new"
    }  # fmt: skip
    assert "以外已有一条" in batch.rows.get(key="A-2").problems[0]
    with pytest.raises(NotAllowedError):
        bring(sheet(*TWO), area=town.district, by=street)


def test_a_community_worker_uploads_and_somebody_else_accepts(bring, town):
    worker = make.user("w", ("community", town.a1))
    batch = bring(sheet(row("A-1", "果园药店")), area=town.a1, by=worker)
    assert batch.counts == {"new": 1}
    with pytest.raises(NotAllowedError):
        accepted(batch, worker)


def test_the_same_form_twice_is_one_batch(town, clerk, work):
    def send(content):
        made = Batch(pk=ID, table="outlets", area=town.district)
        return asking.upload(made, [content], acting_user=clerk)

    first, second = send(sheet(*TWO)), send(sheet(*TWO))
    assert first.pk == second.pk
    assert (Batch.objects.count(), Job.objects.count()) == (1, 1)
    work()
    assert send(sheet(*TWO)).state != Batch.State.UPLOADED
    with pytest.raises(ConflictError):
        send(sheet(TWO[0]))


def test_the_same_form_many_times_at_once_is_one_batch(town, clerk):
    def send(_):
        made = Batch(pk=ID, table="outlets", area=town.district)
        try:
            return asking.upload(made, [sheet(*TWO)], acting_user=clerk).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=6) as threads:
        assert set(threads.map(send, range(6))) == {ID}
    assert (Batch.objects.count(), Job.objects.count()) == (1, 1)
    assert Entry.objects.filter(action="batch.add").count() == 1


def test_strange_headers_are_asked_about_and_remembered(bring, clerk, work):
    header = "字号,做什么,东,北"
    lines = [",".join(line.split(",")[1:5]) for line in TWO]
    batch = bring(sheet(*lines, header=header))
    assert (batch.state, batch.summary["asks"]) == ("mapping", "columns")
    assert batch.summary["preview"][0][0] == "果园药店"
    columns = {"字号": "name", "做什么": "trades", "东": "lon", "北": "lat"}
    asking.answer(batch, {"columns": columns}, acting_user=clerk, seen=batch.version)
    work()
    batch.refresh_from_db()
    assert (batch.state, batch.counts["new"]) == ("staged", 2)
    assert ColumnMapping.objects.get().columns == columns


def test_an_unsaid_coordinate_system_is_asked_for(bring):
    batch = bring(sheet(*TWO), coordinates="")
    assert (batch.state, batch.summary["asks"]) == ("mapping", "coordinates")


def test_a_file_that_cannot_be_read_says_why_and_writes_nothing(bring):
    batch = bring(sheet(name="网点.pdf"))
    assert batch.state == "refused"
    assert "不是" in batch.problem
    assert batch.rows.count() == 0


def test_a_batch_read_anew_cannot_be_accepted_from_an_old_page(bring, clerk, work):
    batch = bring(sheet(*TWO))
    old = batch.version
    asking.answer(batch, {"coordinates": "GCJ-02"}, acting_user=clerk, seen=old)
    work()
    with pytest.raises(ConflictError, match="又读过一次"):
        deciding.accept(batch, acting_user=clerk, seen=old)


def test_a_discarded_batch_leaves_nothing_behind(bring, clerk):
    batch = bring(sheet(*TWO))
    deciding.discard(batch, acting_user=clerk)
    batch.refresh_from_db()
    assert (batch.state, batch.rows.count()) == ("discarded", 0)
    with pytest.raises(BusyError):
        accepted(batch, clerk)


def test_a_centre_comes_with_its_shops_and_goes_with_them(bring, clerk):
    header = "网点编号,网点名称,业态,经度,纬度,联系电话,所属综合体编号"
    lines = (f"{TWO[0]},Z-1", f"{TWO[1]},Z-1")
    batch = accepted(bring(sheet(*lines, header=header)), clerk)
    centre = ServiceCentre.objects.get(code="Z-1")
    assert centre.outlets.count() == 2
    deciding.undo(batch, acting_user=clerk, reason="导错了")
    assert not ServiceCentre.objects.present().exists()


def test_a_part_of_a_district_does_not_replace_what_lies_under_the_whole(town):
    """An extract brought for its shops holds the streets and doors of everybody as well."""
    street = make.user("street", (Role.SUBDISTRICT, town.a))
    files = [{"name": "x.osm.pbf", "bytes": 1, "sha256": "0" * 64}]
    batch = Batch.objects.create(table="outlets", area=town.a, files=files, state="staged")
    with pytest.raises(RefusedError, match="不能放在"):
        asking.take_also(batch, "doors", acting_user=street)
    doors = Batch.objects.create(table="doors", area=town.a, files=files, state="staged")
    with pytest.raises(RefusedError, match="不能放在"):
        deciding.accept(doors, acting_user=street, seen=doors.version)
    assert Batch.objects.count() == 2
