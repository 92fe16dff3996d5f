"""Check that a lost line to PostgreSQL is noticed before it is used."""

import psycopg
import pytest
from django.db import connection
from django.db import connections


@pytest.fixture
def line(transactional_db):
    """Return a connection of our own, as a request finds it."""
    if connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL")
    ours = connection.copy()
    ours.ensure_connection()
    yield ours
    ours.close()


def test_a_silent_line_is_in_order_and_not_asked(line):
    with line.execute_wrapper(lambda *_: pytest.fail("asked")):
        assert line.is_usable()


def test_a_line_the_server_dropped_is_noticed(line):
    dropped = line.connection.info.backend_pid
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [dropped])
    assert not line.is_usable()


def test_a_notice_does_not_cost_the_line(line):
    with line.cursor() as cursor:
        cursor.execute("LISTEN something")
    with connections["default"].cursor() as cursor:
        cursor.execute("NOTIFY something")
    assert line.is_usable()


def test_a_closed_line_is_of_no_use(line):
    line.connection.close()
    assert not line.is_usable()
    with pytest.raises(psycopg.OperationalError):
        line.connection.execute("SELECT 1")
