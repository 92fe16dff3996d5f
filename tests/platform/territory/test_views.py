"""Check who gets the ground under the maps."""

import pytest
from django.urls import reverse

from livingcircle_platform.accounts.roles import Role
from livingcircle_platform.territory.ground import path_of
from tests.platform import make


@pytest.fixture
def ground(town, settings, tmp_path):
    """Lay ground under the district, and return its address."""
    settings.DATA = tmp_path
    path = path_of(town.district.pk)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"PMTiles")
    return reverse("territory:basemap", args=[town.district.pk])


@pytest.mark.parametrize(
    ("role", "area", "status"),
    [
        (Role.CITY, "city", 200),
        (Role.DISTRICT, "district", 200),
        (Role.SUBDISTRICT, "a", 200),
        (Role.COMMUNITY, "a1", 200),
        (Role.DISTRICT, "elsewhere", 404),
        (Role.COMMUNITY, "elsewhere_a1", 404),
    ],
)
def test_the_ground_is_for_who_works_in_the_district(client, town, ground, role, area, status):
    client.force_login(make.user("somebody", (role, getattr(town, area))))
    answer = client.get(ground)
    assert answer.status_code == status
    answer.close()


def test_a_role_that_sees_no_areas_here_gets_no_ground_here(client, town, ground):
    # A merchant's role here does not look at areas; the community's elsewhere is not about here.
    roles = (Role.MERCHANT, town.a1), (Role.COMMUNITY, town.elsewhere_a1)
    client.force_login(make.user("both", *roles))
    assert client.get(ground).status_code == 404
