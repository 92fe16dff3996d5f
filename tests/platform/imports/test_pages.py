"""Open the pages as people of different roles do, and send what the forms send."""

import io
import uuid

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from livingcircle_platform.errors import RefusedError
from livingcircle_platform.imports.kinds import KINDS
from livingcircle_platform.imports.models import Batch
from livingcircle_platform.imports.received import received
from livingcircle_platform.imports.received import tidy_name
from livingcircle_platform.registry.models import Outlet
from tests.platform import make
from tests.platform.imports.conftest import row
from tests.platform.imports.conftest import sheet

pytestmark = pytest.mark.django_db(transaction=True)
TWO = (row("A-1", "果园药店"), row("A-2", "巷口小吃", "早餐店", column=2))


def page(name, batch=None, **query):
    return reverse(f"imports:{name}", args=[batch.pk] if batch else None, query=query)


def form(town, *files, **told):
    return {
        "id": uuid.uuid4(), "table": "outlets", "area": town.district.pk, "files": files,
        "coordinates": "WGS-84", "complete": "none", "status_of_source": "real", **told,
    }  # fmt: skip


def test_from_an_empty_list_to_the_record_and_back(browser, town, work):
    assert "还没有导入过文件" in browser.get(page("batches")).content.decode()
    answer = browser.post(page("upload"), form(town, sheet(*TWO, row("A-3", "")), title="普查"))
    batch = Batch.objects.get()
    assert answer.url == page("batch", batch)
    assert "job-bar" in browser.get(answer.url).content.decode()
    work()
    shown = browser.get(answer.url).content.decode()
    assert "确认入库（新增 2，更新 0）" in shown
    assert "没有填网点名称" in browser.get(page("batch", batch, show="refused")).content.decode()
    batch.refresh_from_db()
    browser.post(page("accept", batch), {"version": batch.version})
    shown = browser.get(answer.url).content.decode()
    assert "写入 <b>2</b> 条" in shown
    assert "撤回整批" in shown
    assert browser.post(page("undo", batch), {"reason": ""}).status_code == 400
    browser.post(page("undo", batch), {"reason": "导错了"})
    assert "整批撤回，2 条恢复到入库前" in browser.get(answer.url).content.decode()
    assert not Outlet.objects.present().exists()
    assert "普查" in browser.get(page("batches")).content.decode()


def test_a_change_is_shown_before_and_after_in_words(browser, town, work, bring, clerk):
    for line in (TWO[0], row("A-1", "果园药店", "便利店、维修点", phone="010-12345678")):
        batch = bring(sheet(line))
        browser.post(page("accept", batch), {"version": batch.version})
    shown = browser.get(page("batch", batch, show="changed")).content.decode()
    assert "<del>药店</del>" in shown
    assert "<ins>便利店、维修点</ins>" in shown
    assert "<del>（空）</del>" in shown


def test_headers_are_chosen_on_a_page_and_offered_the_next_time(browser, town, work):
    file = [",".join(line.split(",")[1:5]) for line in TWO]
    browser.post(page("upload"), form(town, sheet(*file, header="字号,做什么,东,北")))
    work()
    batch = Batch.objects.get()
    shown = browser.get(page("batch", batch))
    assert shown.context["form"]["column_0"].initial == ""
    chosen = {"version": batch.version, "coordinates": "WGS-84", "column_0": "name"}
    twice = browser.post(page("columns", batch), {**chosen, "column_1": "name"})
    assert "两列对应了同一项" in twice.content.decode()
    browser.post(
        page("columns", batch),
        {**chosen, "column_1": "trades", "column_2": "lon", "column_3": "lat"},
    )
    work()
    batch.refresh_from_db()
    assert batch.counts["new"] == 2
    browser.post(page("upload"), form(town, sheet(*file, header="字号,做什么,东,北")))
    work()
    again = browser.get(page("batch", Batch.objects.exclude(pk=batch.pk).get()))
    fields = [again.context["form"][f"column_{place}"].initial for place in range(4)]
    assert fields == ["name", "trades", "lon", "lat"]


def test_the_workbook_goes_back_as_an_attachment(browser, bring):
    batch = bring(sheet(*TWO, row("A-3", "")))
    for what, ending in (("workbook", "回执"), ("issues", "问题清单"), ("file-0", "网点")):
        answer = browser.get(reverse("imports:download", args=[batch.pk, what]))
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Type"] == "application/octet-stream"
        content = b"".join(answer.streaming_content)
        if ending != "网点":
            assert openpyxl.load_workbook(io.BytesIO(content)).sheetnames
    assert browser.get(reverse("imports:download", args=[batch.pk, "file-9"])).status_code == 404


@pytest.mark.parametrize("table", KINDS)
def test_every_table_has_a_template(browser, table):
    answer = browser.get(reverse("imports:template", args=[table]))
    assert openpyxl.load_workbook(io.BytesIO(answer.content)).sheetnames[0] == KINDS[table].title


def test_an_upload_that_cannot_be_taken_keeps_what_was_chosen(browser, town):
    answer = browser.post(page("upload"), form(town, sheet(*TWO), sheet(*TWO), title="普查"))
    assert answer.status_code == 400
    assert "一次选了2个文件" in answer.content.decode()
    assert 'value="普查"' in answer.content.decode()
    assert Batch.objects.count() == 0
    empty = browser.post(page("upload"), form(town, SimpleUploadedFile("a.csv", b"")))
    assert "是空文件" in empty.content.decode()
    none = browser.post(page("upload"), form(town))
    assert "没有选择文件" in none.content.decode()


def test_a_streets_file_belongs_to_a_district(browser, town):
    answer = browser.post(page("upload"), form(town, sheet(*TWO), table="streets", area=town.a.pk))
    assert "不能放在“甲街道”" in answer.content.decode()


def test_nobody_sees_or_touches_the_batches_of_another_district(client, bring, town):
    batch = bring(sheet(*TWO))
    client.force_login(make.user("far", ("district", town.elsewhere)))
    for name in ("batch", "columns", "places", "readback"):
        assert client.get(page(name, batch)).status_code == 404
    for name in ("accept", "discard", "undo", "coordinates", "also"):
        assert client.post(page(name, batch), {"version": 9, "reason": "x"}).status_code == 404
    assert client.get(reverse("imports:download", args=[batch.pk, "file-0"])).status_code == 404
    assert "网点.csv" not in client.get(page("batches")).content.decode()


def test_a_leader_looks_and_a_community_does_not_decide(client, bring, town):
    batch = bring(sheet(*TWO))
    client.force_login(make.user("boss", ("leader", town.city)))
    shown = client.get(page("batch", batch)).content.decode()
    assert "确认入库（" not in shown
    assert client.get(page("upload")).status_code == 403
    assert client.post(page("accept", batch), {"version": batch.version}).status_code == 403
    client.force_login(make.user("w", ("community", town.a1)))
    fields = client.get(page("upload")).context["form"].fields
    assert [one.name for one in fields["area"].queryset] == ["甲一社区"]
    # Only what may lie in a part of a district is offered.
    ((_, offered),) = fields["table"].choices
    assert [code for code, _ in offered] == ["outlets", "spaces"]


@pytest.mark.parametrize(
    ("name", "tidy"),
    [
        ("网点.xlsx", "网点.xlsx"),
        ("../../etc/网点.csv", "_.._etc_网点.csv"),
        ("a\u202ecsv.exe\n.csv", "acsv.exe.csv"),
        ("北" * 200 + ".xlsx", "北" * 60 + ".xlsx"),
        ("...", "文件"),
        ("路.OSM.PBF", "路.osm.pbf"),
    ],
)
def test_names_of_files_are_tidied(name, tidy):
    assert tidy_name(name) == tidy


def test_parts_of_a_shapefile_come_together():
    def files(*names):
        return [SimpleUploadedFile(name, b"x") for name in names]

    found = received(files("路.dbf", "路.shx", "路.SHP", "路.prj"))
    assert [one.name for one in found] == ["路.shp", "路.shx", "路.dbf", "路.prj"]
    with pytest.raises(RefusedError, match=r"缺少 \.shx、\.dbf"):
        received(files("路.shp", "路.prj"))
    with pytest.raises(RefusedError, match="不是同一个"):
        received(files("路.shp", "街.dbf", "路.shx"))


def test_a_file_too_large_is_refused_before_it_is_read():
    large = SimpleUploadedFile("a.xlsx", b"x")
    large.size = 51 * 1024**2
    with pytest.raises(RefusedError, match="有 51 MB，超过 50 MB"):
        received([large])
