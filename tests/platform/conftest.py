"""Give every platform test a small city: one district, two 街道, four communities, some people."""

import pytest

from livingcircle_platform.accounts.roles import Role
from tests.platform import make


@pytest.fixture
def town(db):
    """Return the small city."""
    return make.town()


@pytest.fixture
def clerk(town):
    """Return somebody who runs the district."""
    return make.user("clerk", (Role.DISTRICT, town.district))


@pytest.fixture
def browser(client, clerk):
    """Return a test client signed in as the district's clerk."""
    client.force_login(clerk)
    return client
