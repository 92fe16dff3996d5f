"""Write 方案 over the web: what a step takes, what is refused at once, taking one out again."""

import uuid

import pytest
from django.utils import timezone

from livingcircle_platform.accounts.roles import Role
from livingcircle_platform.assessment import actions
from livingcircle_platform.assessment.models import Run
from livingcircle_platform.assessment.models import Scenario
from livingcircle_platform.audit.models import Entry
from livingcircle_platform.errors import RefusedError
from livingcircle_platform.workbench.forms import STEPS
from livingcircle_platform.workbench.forms import ScenarioForm
from tests.platform import make

BRIDGE = {"lon": 116.3, "lat": 39.9, "to_lon": 116.301, "to_lat": 39.9}


@pytest.fixture
def run(town):
    told = {"number": 1, "standard": "miyun_2023", "finished_at": timezone.now()}
    return Run.objects.create(district=town.district, **told)


def sent(**step):
    """Return what a browser sends for a scenario of one step."""
    return {"id": uuid.uuid4(), "title": "一步", **{f"{key}_1": step[key] for key in step}}


def test_a_footbridge_and_opening_hours_have_their_fields(browser, run):
    for step in (
        {"action": "footbridge", **BRIDGE},
        {"action": "change_hours", "object": "W-0001", "hours": "06:00-22:00"},
    ):
        answer = browser.post(f"/scenarios/{run.pk}/add/", sent(**step))
        assert answer.status_code == 302
        assert Scenario.objects.latest("created_at").steps == [step]


@pytest.mark.parametrize(
    ("step", "field", "says"),
    [
        ({"action": "footbridge", **BRIDGE, "to_lat": ""}, "to_lat_1", "写上第二端的纬度"),
        ({"action": "change_hours", "object": "W-0001"}, "hours_1", "调整后的营业时间"),
        ({"action": "change_hours", "object": "W", "hours": "看情况"}, "hours_1", "读不懂"),
        ({"action": "change_hours", "hours": "24小时"}, "object_1", "编号"),
        ({"action": "close_outlet"}, "object_1", "编号"),
        ({"action": "add_outlet", "trades": "药店"}, "space_1", "写放在哪里"),
        ({"action": "add_outlet", "trades": "药店", "lon": 116.3}, "lat_1", "写上纬度"),
        ({"action": "move_outlet", "object": "W", "space": "K", **BRIDGE}, "space_1", "只留一样"),
        ({"action": "add_outlet", "space": "K-1"}, "trades_1", "选一个业态"),
    ],
)
def test_a_bad_step_is_refused_at_its_field(town, step, field, says):
    form = ScenarioForm(sent(**step))
    assert not form.is_valid()
    assert list(form.errors) == [field]
    assert says in form.errors[field][0]


def test_a_refused_scenario_is_not_kept(browser, run):
    answer = browser.post(f"/scenarios/{run.pk}/add/", sent(action="footbridge"))
    assert answer.status_code == 400
    assert answer.content.decode().count("写上第二端的") == 2
    assert f'name="hours_{STEPS}"' in answer.content.decode()
    assert not Scenario.objects.exists()


def test_the_engine_reads_every_step_before_it_is_kept(clerk, run):
    bad = Scenario(run=run, title="炸开", steps=[{"action": "explode"}])
    with pytest.raises(RefusedError, match="不认识动作“explode”"):
        actions.add_scenario(bad, acting_user=clerk)
    assert not Scenario.objects.exists()


def test_a_scenario_is_taken_out_and_the_others_stay(browser, clerk, run):
    steps = [{"action": "close_outlet", "object": "W-0001"}]
    gone, kept = (
        actions.add_scenario(Scenario(run=run, title=title, steps=steps), acting_user=clerk)
        for title in ("关错", "关对")
    )
    address = f"/scenarios/{gone.pk}/remove/"
    assert address in browser.get(f"/scenarios/{run.pk}/").content.decode()
    answer = browser.post(address, {"seen": gone.version})
    assert answer.headers["Location"] == f"/scenarios/{run.pk}/"
    assert list(Scenario.objects.filter(removed_at=None)) == [kept]
    assert Entry.objects.latest("number").action == "scenario.remove"
    assert browser.post(address, {"seen": gone.version}).status_code == 404


def test_who_may_look_at_scenarios_elsewhere_only_sees_none_here(client, town, run):
    one = Scenario.objects.create(run=run, title="关一家")
    # A community does not look at scenarios; the 街道 of another district gives no right here.
    roles = (Role.COMMUNITY, town.a1), (Role.SUBDISTRICT, town.elsewhere_a)
    client.force_login(make.user("both", *roles))
    assert client.get(f"/scenarios/{run.pk}/").status_code == 404
    client.force_login(make.user("street", (Role.SUBDISTRICT, town.a)))
    assert "关一家" in client.get(f"/scenarios/{run.pk}/").content.decode()
    assert client.post(f"/scenarios/{one.pk}/remove/", {"seen": 1}).status_code == 403


def test_the_menu_leads_to_the_scenarios_of_the_latest_run(browser, run):
    assert 'href="/scenarios/"' in browser.get("/").content.decode()
    assert browser.get("/scenarios/").headers["Location"] == f"/scenarios/{run.pk}/"


def test_without_a_run_it_says_what_to_do_first(browser):
    page = browser.get("/scenarios/", follow=True)
    assert page.redirect_chain[-1][0] == "/assessment/"
    assert "先运行一次" in page.content.decode()
