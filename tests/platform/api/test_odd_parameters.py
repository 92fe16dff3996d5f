"""Throw odd parameters and bodies at every operation: none may break it, each must be answered."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from tests.platform.api.conftest import signed_in

TOLD = json.loads((Path(__file__).parents[3] / "docs/reference/openapi.json").read_text("utf-8"))
READING = sorted(path for path, methods in TOLD["paths"].items() if "get" in methods)
WRITING = sorted(
    (method, path)
    for path, methods in TOLD["paths"].items()
    for method in methods
    if method != "get"
)
ODD = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["", "0", "-1", "1e309", "NaN", "inf", "9" * 40, "\x00", "' OR 1=1 --", "%", "_", "\\",
         "null", "0001-01-01", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00",
         "00000000-0000-0000-0000-000000000000", "1,2,3,4", "nan,0,0,0", "👨‍👩‍👧", "药", "true"]
    ),
    st.integers().map(str), st.floats().map(str), st.uuids().map(str),
)  # fmt: skip
QUIET = settings(
    max_examples=25, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)


@pytest.fixture
def session(world):
    """Return the session of somebody who may do most."""
    return signed_in(world.people["district"])


def names_of(path, method="get"):
    """Return the parameters an operation takes, apart by where they stand."""
    told = TOLD["paths"][path][method].get("parameters", [])
    return [[one["name"] for one in told if one["in"] == where] for where in ("path", "query")]


def check(answer):
    """Accept any answer but a breakdown, and see that a refusal speaks in the house's way."""
    assert answer.status_code < 500
    if answer.status_code >= 400:
        assert answer.json()["error"]["what"]


@pytest.mark.parametrize("path", READING)
@QUIET
@given(data=st.data())
def test_no_odd_parameter_breaks_an_operation(session, path, data):
    in_path, in_query = names_of(path)
    words = {name: data.draw(ODD, name) for name in in_path}
    asked = data.draw(st.lists(st.sampled_from(in_query), unique=True) if in_query else st.just([]))
    query = {name: data.draw(ODD, name) for name in asked}
    address = path
    for name, value in words.items():
        address = address.replace(f"{{{name}}}", value.replace("/", "") or "-")
    answer = session.get(address, query)
    check(answer)


@pytest.mark.parametrize(("method", "path"), WRITING)
@QUIET
@given(data=st.data())
def test_no_odd_body_breaks_an_operation(session, world, method, path, data):
    address = path.replace("{outlet_id}", str(world.outlets["a1"].pk))
    columns = list(TOLD["components"]["schemas"]["OutletValues"]["properties"])
    values = data.draw(st.dictionaries(st.sampled_from(columns), JSON | ODD, max_size=4))
    body = data.draw(
        st.sampled_from([
            values, {"version": 1, "values": values}, {"id": str(world.town.a1.pk)} | values
        ]) | JSON
    )  # fmt: skip
    text = json.dumps(body, ensure_ascii=data.draw(st.booleans()))
    raw = text.encode("utf-8", "surrogatepass")
    check(getattr(session, method)(address, raw, content_type="application/json"))
