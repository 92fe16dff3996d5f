"""Bring a whole district folder into the record, twice, and take it back."""

import pytest
from django.core.management import call_command

from livingcircle_platform.accounts.models import User
from livingcircle_platform.audit import chain
from livingcircle_platform.audit.models import Entry
from livingcircle_platform.imports.actions import deciding
from livingcircle_platform.imports.models import Batch
from livingcircle_platform.registry.models import Outlet
from livingcircle_platform.registry.models import Space
from livingcircle_platform.territory.founding import found_city
from livingcircle_platform.territory.models import Area
from livingcircle_platform.territory.models import BaseFile
from livingcircle_platform.territory.models import CircleSet

SAMPLE = "src/livingcircle/sample"


@pytest.fixture
def loaded(db, pytestconfig):
    found_city("示例市", "admin", "Shi-fan-8823-qu")
    call_command("load_district", str(pytestconfig.rootpath / SAMPLE), user="admin")
    return Area.objects.get(level=Area.Level.DISTRICT)


def counts():
    return {
        "outlets": Outlet.objects.present().count(),
        "spaces": Space.objects.present().count(),
        "communities": Area.objects.filter(level="community", removed_at=None).count(),
        "files": BaseFile.objects.filter(replaced_on=None).count(),
        "sets": CircleSet.objects.filter(removed_at=None).count(),
    }


def test_a_folder_is_loaded_whole_and_twice_is_once(loaded, pytestconfig):
    expected = {"outlets": 1098, "spaces": 51, "communities": 19, "files": 4, "sets": 1}
    assert counts() == expected
    told = set(Entry.objects.filter(object_id=str(loaded.pk)).values_list("action", flat=True))
    assert told == {"area.add", "area.import"}
    assert Entry.objects.filter(action="circleset.adopt").count() == 1
    call_command("load_district", str(pytestconfig.rootpath / SAMPLE), user="admin")
    assert counts() == expected
    assert list(chain.verify()) == []


def test_what_the_files_say_stands_in_the_record(loaded):
    one = Outlet.objects.get(code="YS-0029")
    assert (one.trades, one.source.status) == (("convenience_store", "breakfast"), "made_up")
    assert Outlet.objects.get(code="YS-0001").chain is False
    assert Outlet.objects.get(code="YS-0003").chain is None
    community = Area.objects.get(code="YS-S01")
    assert community.parent.name == "演示西街道"
    assert community.profiles.get().population == 15425
    circle = CircleSet.objects.get().circles.get(code="YS-Q2")
    assert circle.members.count() == 4
    assert circle.members.get(community=community).part


def test_a_batch_is_taken_back_whole(loaded):
    admin = User.objects.get(username="admin")
    batch = Batch.objects.get(files__0__name="outlets_ledger.xlsx")
    changed = Outlet.objects.get(code="YS-0001")
    Outlet.objects.filter(pk=changed.pk).update(version=2, note="改过")
    count, left = deciding.undo(batch, acting_user=admin, reason="导错了")
    assert (count, [row.key for row in left]) == (871, ["YS-0001"])
    assert Outlet.objects.present().count() == 227
    assert Batch.objects.get(pk=batch.pk).state == Batch.State.UNDONE
