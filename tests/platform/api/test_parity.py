"""Check that page, export, API, tile and download show everybody the same outlets."""

import csv
import io
import json
import math

import mapbox_vector_tile
import pytest
from django.test import Client

from tests.platform.api.conftest import ROLES
from tests.platform.api.conftest import signed_in
from tests.platform.api.conftest import token_for


def tile_address(lon=116.305, lat=39.905, z=7, layer="outlets"):
    """Return the address of the tile that holds the small city."""
    across = (lon + 180) / 360
    down = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return f"/api/tiles/{layer}/{z}/{int(across * 2**z)}/{int(down * 2**z)}.mvt"


def ids_in_tile(answer, layer="outlets"):
    """Return the ids in a tile."""
    assert answer.status_code == 200, answer.content
    decoded = mapbox_vector_tile.decode(answer.content) if answer.content else {}
    return {one["properties"]["id"] for one in decoded.get(layer, {}).get("features", [])}


def ids_in_list(answer):
    """Return the ids in a list."""
    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert told["next"] is None
    return {one["id"] for one in told["items"]}


@pytest.mark.parametrize("role", ROLES)
def test_page_token_and_session_show_the_same_outlets(world, sees, role):
    user, expected = world.people[role], sees[role]
    session, header = signed_in(user), token_for(user)
    codes = {one.code: str(one.pk) for one in world.outlets.values()}
    assert ids_in_list(session.get("/api/outlets")) == expected
    assert ids_in_list(Client().get("/api/outlets", **header)) == expected
    assert ids_in_tile(session.get(tile_address())) == expected
    assert ids_in_tile(Client().get(tile_address(), **header)) == expected
    page = session.get("/registry/outlets/").content.decode()
    assert {pk for pk in codes.values() if f"/outlets/{pk}/" in page} == expected


@pytest.mark.parametrize("role", ROLES)
def test_page_export_and_download_hand_out_the_same_outlets(world, sees, role):
    user = world.people[role]
    session, header = signed_in(user), token_for(user)
    page = session.get("/registry/outlets/export.csv")
    layers = [
        client.get("/api/layers/outlets.geojson", **more)
        for client, more in ((session, {}), (Client(), header))
    ]
    if role in {"owner", "leader"}:
        assert {one.status_code for one in (page, *layers)} == {403}
        return
    text = b"".join(page.streaming_content).decode("utf-8-sig")
    codes = {row["编号"] for row in csv.DictReader(io.StringIO(text))}
    for answer in layers:
        features = json.loads(b"".join(answer.streaming_content))["features"]
        assert {one["properties"]["id"] for one in features} == sees[role]
        assert {one["properties"]["code"] for one in features} == codes


def test_the_same_person_with_fewer_actions_sees_less(world):
    header = token_for(world.people["district"], ["run.view"])
    assert Client().get(tile_address(), **header).status_code == 403
    assert Client().get("/api/layers/outlets.geojson", **header).status_code == 403
