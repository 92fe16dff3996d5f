"""Check that the description of the API is the present one, in Chinese, and complete."""

import json
import re
from pathlib import Path

import pytest
from django.urls import get_resolver

from livingcircle_platform.accounts.matrix import actions_by_route
from livingcircle_platform.api.described import written
from livingcircle_platform.api.urls import urlpatterns
from tests.platform.api.conftest import signed_in
from tests.platform.api.conftest import token_for

SNAPSHOT = Path(__file__).parents[3] / "docs" / "reference" / "openapi.json"


def test_the_description_in_the_docs_is_the_present_one(db):
    assert SNAPSHOT.read_text("utf-8") == written(), "renew it with make openapi"


def test_every_operation_says_in_chinese_what_it_does():
    told = json.loads(SNAPSHOT.read_text("utf-8"))
    for path, operations in told["paths"].items():
        for method, one in operations.items():
            assert re.search(r"[\u4e00-\u9fff]", one["summary"]), (method, path)
            for parameter in one.get("parameters", []):
                told_of_path = parameter["in"] == "path"
                assert told_of_path or parameter.get("description"), (path, parameter["name"])


def test_every_address_stands_in_the_table():
    named = {name for _, name in actions_by_route()}
    assert {f"api:{one.name}" for one in urlpatterns} <= named
    known = set(get_resolver().namespace_dict["api"][1].reverse_dict)
    assert {name.removeprefix("api:") for name in named if name.startswith("api:")} <= known


@pytest.mark.parametrize("name", ["openapi.json", "trades"])
def test_whoever_is_signed_in_may_read_what_it_is(world, client, name):
    assert client.get(f"/api/{name}").status_code == 401
    assert signed_in(world.people["owner"]).get(f"/api/{name}").status_code == 200


@pytest.mark.parametrize("name", ["openapi.json", "trades"])
def test_a_token_may_read_what_it_is_but_not_the_account(world, client, name):
    may = token_for(world.people["owner"], ["api.read", "outlet.view"])
    may_not = token_for(world.people["owner"], ["outlet.view"])
    assert client.get(f"/api/{name}", **may).status_code == 200
    assert client.get(f"/api/{name}", **may_not).status_code == 403
    assert client.get("/me/", **may).status_code == 403
