"""Run the sample district through the queue: what is stored is what the engine says."""

import threading
import uuid

import pytest
from django.core.management import call_command

from livingcircle_platform.accounts.models import User
from livingcircle_platform.accounts.roles import Role
from livingcircle_platform.assessment import actions
from livingcircle_platform.assessment import tasks
from livingcircle_platform.assessment.models import Finding
from livingcircle_platform.assessment.models import Gap
from livingcircle_platform.assessment.models import Run
from livingcircle_platform.assessment.models import Scenario
from livingcircle_platform.assessment.models import SiteChoice
from livingcircle_platform.assessment.models import Unit
from livingcircle_platform.audit import writing
from livingcircle_platform.audit.models import Entry
from livingcircle_platform.core import jobs
from livingcircle_platform.core.models import Job
from livingcircle_platform.registry.models import Outlet
from livingcircle_platform.territory.founding import found_city
from livingcircle_platform.territory.models import Area
from tests.platform import make


@pytest.fixture
def sample(transactional_db, pytestconfig, settings, tmp_path):
    """Return the sample district in the record, its ground left out."""
    settings.DATA, settings.MEDIA_ROOT = tmp_path, tmp_path / "files"
    found_city("示例市", "admin", "Shi-fan-8823-qu")
    call_command(
        "load_district", str(pytestconfig.rootpath / "src/livingcircle/sample"), user="admin"
    )
    Job.objects.all().delete()
    return Area.objects.get(level=Area.Level.DISTRICT)


@pytest.fixture
def no_sheets(monkeypatch):
    """Leave the plan sheets out; they have tests of their own and take most of the time."""
    monkeypatch.setattr(tasks.running, "write_sheets", lambda *_: ())


@pytest.fixture
def admin(sample):
    return User.objects.get(username="admin")


def work(kept=None):
    """Do everything in the queue, as a worker would."""
    while job := jobs.claim("test"):
        jobs.run(job, {} if kept is None else kept)
        job.refresh_from_db()
        assert job.state == Job.State.DONE, job.problem


def test_a_run_stores_what_the_engine_found(sample, admin, client):
    run = actions.ask_run(Run(district=sample), acting_user=admin)
    assert actions.ask_run(Run(pk=run.pk, district=sample), acting_user=admin).pk == run.pk
    work()
    run.refresh_from_db()
    assert (run.number, run.standard, run.summary["circles"]) == (1, "miyun_2023", 5)
    # What the command line says of the same folder.
    assert (Gap.objects.count(), run.summary["gaps"]) == (119, 119)
    assert Unit.objects.filter(level="circle").count() == 5
    assert len(run.digest) == len(run.audit_head) == 64
    finished = Entry.objects.get(action="run.finish")
    assert (finished.object_id, finished.actor) == (str(run.pk), admin)
    gap = Gap.objects.exclude(finding__walk=None).select_related("finding").first()
    assert gap.finding.told["rule"]
    assert gap.finding.told["walk"]["sentence"]
    assert gap.finding.walk.length > 0
    assert Outlet.objects.exclude(influence=None).exclude(influence=0).exists()

    client.force_login(admin)
    page = client.get(f"/assessment/{run.pk}/findings/{gap.finding_id}/")
    assert gap.finding.clause in page.content.decode()
    page = client.get(f"/assessment/{run.pk}/")
    assert "一账_短板问题台账.xlsx" in page.content.decode()
    sheet = client.get(f"/assessment/{run.pk}/files/一账_短板问题台账.xlsx")
    assert b"".join(sheet.streaming_content)[:2] == b"PK"
    sheet.close()
    assert sheet.headers["Content-Disposition"].startswith("attachment")
    for name in ("../inputs/district.toml", "run.json", "tables/gaps.parquet", "../../x"):
        assert client.get(f"/assessment/{run.pk}/files/{name}").status_code == 404, name


def test_who_works_in_one_subdistrict_sees_its_rows_only(sample, admin, client, no_sheets):
    run = actions.ask_run(Run(district=sample), acting_user=admin)
    work()
    west = Area.objects.get(name="演示西街道")
    clerk = make.user("west", (Role.SUBDISTRICT, west))
    seen = set(Gap.objects.visible_to(clerk, run).values_list("unit__unit_id", flat=True))
    inside = set(Area.objects.under(west).values_list("code", flat=True))
    communities = {one for one in seen if not one.startswith("YS-Q")}
    assert communities
    assert communities <= inside
    other = make.area("district", "9", "别区", sample.parent)
    stranger = make.user("stranger", (Role.DISTRICT, other))
    assert not Run.objects.visible_to(stranger).exists()
    client.force_login(stranger)
    foreign = Finding.objects.filter(run=run).first()
    for path in ("", "gaps/", f"findings/{foreign.pk}/", "layers/circles.geojson", "compare/"):
        assert client.get(f"/assessment/{run.pk}/{path}").status_code == 404, path
    client.force_login(clerk)
    hidden = Finding.objects.filter(run=run, unit__level="community").exclude(
        unit__unit_id__in=inside
    )
    assert client.get(f"/assessment/{run.pk}/findings/{hidden.first().pk}/").status_code == 404


def test_a_run_after_an_edit_tells_what_changed(sample, admin, client, no_sheets):
    first = actions.ask_run(Run(district=sample), acting_user=admin)
    kept = {}
    work(kept)
    shop = Outlet.objects.filter(trades__has="pharmacy").order_by("-influence").first()
    writing.change(shop, {"state": "closed"}, seen=shop.version, acting_user=admin)
    second = actions.ask_run(Run(district=sample), acting_user=admin)
    work(kept)
    second.refresh_from_db()
    assert second.made_from == first
    first.refresh_from_db()
    assert second.digest != first.digest
    client.force_login(admin)
    page = client.get(f"/assessment/{second.pk}/compare/?with={first.pk}").content.decode()
    assert "药店" in page


def test_a_cancelled_run_leaves_no_rows(sample, admin):
    run = actions.ask_run(Run(district=sample), acting_user=admin)
    job = jobs.claim("test")
    jobs.cancel(job)
    jobs.run(job, {})
    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED
    run.refresh_from_db()
    assert run.finished_at is None
    assert not Unit.objects.exists()


def test_a_run_goes_on_from_its_pinned_inputs_after_its_worker_died(sample, admin, no_sheets):
    run = actions.ask_run(Run(district=sample), acting_user=admin)
    dead = jobs.claim("dead")
    dead_inputs = tasks.pin(Run.objects.get(pk=run.pk))
    home = Area.objects.filter(level=Area.Level.COMMUNITY).first()
    late = make.outlet(home, code="LATE")
    Outlet.objects.filter(trades__has="pharmacy").update(state="closed")
    Job.objects.filter(pk=dead.pk).update(lease_until="2000-01-01T00:00:00Z")
    taken = jobs.claim("next")
    assert (taken.pk, taken.attempts) == (dead.pk, 2)
    jobs.run(taken, {})
    run.refresh_from_db()
    assert run.digest == dead_inputs.digest
    assert run.summary["gaps"] == 119
    late.refresh_from_db()
    assert late.influence is None  # the run did not know it
    # The first worker was only slow: what it found must not be written beside.
    with pytest.raises(jobs.CancelledError):
        jobs.finish(dead, lambda: pytest.fail("written twice"))


def test_sites_and_scenarios_are_answered_by_a_worker(sample, admin, client, no_sheets):
    run = actions.ask_run(Run(district=sample), acting_user=admin)
    kept = {}
    work(kept)
    run.refresh_from_db()
    wish = {"question": "most", "trades": ["pharmacy"], "count": 2, "seconds": 30}
    choice = actions.ask_sites(SiteChoice(run=run, title="药店", wish=wish), acting_user=admin)
    shop = Outlet.objects.filter(trades__has="pharmacy").first()
    steps = [{"action": "close_outlet", "object": shop.code}]
    actions.add_scenario(Scenario(run=run, title="关一家", steps=steps), acting_user=admin)
    opened = {"action": "add_outlet", "trades": "药店", "lon": shop.lon, "lat": shop.lat}
    namesake = Scenario(run=run, title="关一家", steps=[opened])
    actions.add_scenario(namesake, acting_user=admin)
    nowhere = Scenario(run=run, title="查无此店", steps=[{"action": "close_outlet", "object": "X"}])
    actions.add_scenario(nowhere, acting_user=admin)
    actions.play_scenarios(run, acting_user=admin)
    work(kept)
    choice.refresh_from_db()
    assert choice.gap == 0
    assert choice.options.count() == 2
    client.force_login(admin)
    assert "已是最好" in client.get(f"/sites/{choice.pk}/").content.decode()
    shown = client.get(f"/scenarios/{run.pk}/").content.decode()
    assert "关一家" in shown
    assert "算不出：" in shown
    closed, added, lost = (one.answer for one in Scenario.objects.order_by("created_at"))
    assert closed["scenario"] == added["scenario"] == "关一家"
    assert closed["what"].startswith("停业")
    assert added["what"] == "新增网点：药店"
    # One step that cannot be taken does not keep the others from being played.
    assert "查无此店" in lost["problem"]
    assert "没有这个编号" in lost["problem"]
    assert closed["gaps_before"] == added["gaps_before"] == 119


def test_a_job_that_failed_three_times_says_so(sample, admin):
    job = Job.objects.create(
        task="livingcircle_platform.assessment.tasks.assess", title="坏",
        asked_by=admin, area=sample,
        attempts=3, state="running", lease_until="2000-01-01T00:00:00Z",
        arguments={"run": str(uuid.uuid4())},
    )  # fmt: skip
    jobs.work(threading.Event(), once=True)
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert "3次" in job.problem
