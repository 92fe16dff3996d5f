"""Fill in a scenario step by step: each action asks for what it takes, and sends nothing else."""

import pytest
from django.urls import reverse
from django.utils import timezone

from livingcircle_platform.accounts.models import Role
from livingcircle_platform.assessment.models import Run
from livingcircle_platform.assessment.models import Scenario
from tests.platform import make

pytestmark = pytest.mark.enable_socket  # the browser asks our own server only


@pytest.fixture
def run(town):
    told = {"number": 1, "standard": "miyun_2023", "finished_at": timezone.now()}
    return Run.objects.create(district=town.district, **told)


def asked(page):
    """Return what a person is asked for, step by step."""
    labels = page.locator("[data-takes] .field:visible label").all_inner_texts()
    return [label.split("：", 1)[1].split(" ")[0] for label in labels if "步：" in label]


def test_a_step_asks_for_what_its_action_takes(town, run, open_as):
    clerk = make.user("clerk", (Role.DISTRICT, town.district))
    page = open_as(clerk, reverse("workbench:scenarios", args=[run.pk]), width=390)
    assert asked(page) == ["做什么"]
    page.locator("#id_title").fill("关一家")
    page.locator("#id_action_1").select_option("add_outlet")
    assert asked(page)[-1] == "做什么"  # of the next step
    assert page.locator("#id_lon_1").is_visible()
    assert page.locator("#id_hours_1").is_visible()  # may be said, need not
    assert not page.locator("#id_object_1").is_visible()
    page.locator("#id_lon_1").fill("116.3")
    page.locator("#id_action_1").select_option("close_outlet")
    assert not page.locator("#id_lon_1").is_visible()
    page.locator("#id_object_1").fill("W-0001")
    page.get_by_role("button", name="添加").click()
    page.get_by_text("1 步，还没有计算").wait_for()
    assert Scenario.objects.get().steps == [{"action": "close_outlet", "object": "W-0001"}]
    assert page.wrong == []
