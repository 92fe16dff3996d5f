"""Give registry tests people of a small place, and a way to see that nothing changed."""

import pytest

from livingcircle_platform.accounts.models import Role
from livingcircle_platform.audit.models import Entry
from livingcircle_platform.registry.models import Merchant
from livingcircle_platform.registry.models import Outlet
from livingcircle_platform.registry.models import Space
from tests.platform import make


def kept(model, where, **values):
    """Make a record of any ledger."""
    told = {"name": "样例", "code": "K-1", "area": where, **values}
    made = model(**told)
    made.tidy()
    made.save()
    return made


def everything():
    """Return all that an action could have changed."""
    rows = [list(model.objects.order_by("pk").values()) for model in (Outlet, Space, Merchant)]
    return [*rows, Entry.objects.count()]


@pytest.fixture
def worker(town):
    """Return somebody who works in community a1."""
    return make.user("worker", (Role.COMMUNITY, town.a1))


@pytest.fixture
def street(town):
    """Return somebody who works in 街道 a."""
    return make.user("street", (Role.SUBDISTRICT, town.a))


@pytest.fixture
def leader(town):
    """Return somebody who only reads."""
    return make.user("leader", (Role.LEADER, town.district))


@pytest.fixture
def owner(town):
    """Return a shopkeeper."""
    return make.user("owner", (Role.MERCHANT, town.district))


@pytest.fixture
def unchanged(town):
    """Check, when the test is over, that nothing was written after it called this."""
    seen = []
    yield lambda: seen.append(everything())
    for before in seen:
        assert everything() == before
