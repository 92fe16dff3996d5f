"""Test what makes a PostgreSQL unfit, by its answers and, where there is one, in truth."""

from urllib.parse import urlsplit

import pytest
from django.core import checks
from django.db import connection

from livingcircle_platform.core.checks import fit_to_keep_the_record
from livingcircle_platform.core.fitness import _sentence
from livingcircle_platform.core.fitness import reason_against
from livingcircle_platform.core.fitness import reasons
from livingcircle_platform.registry.checks import small_enough_for_sqlite
from livingcircle_platform.registry.models import Outlet
from tests.platform import make

FIT = {
    "SHOW server_version_num": "150018",
    "SHOW server_version": "15.18",
    "SHOW fsync": "on",
    "SHOW full_page_writes": "on",
    "pg_extension ": 1,
    "pg_available_extensions": 1,
    "rolsuper": False,
}


def asking(**changed):
    """Answer queries as a database would."""
    answers = FIT | {key.replace("_", " ", 1): value for key, value in changed.items()}

    def ask(query):
        return next(value for key, value in answers.items() if key in f"{query} ")

    return ask


def test_a_fit_database_has_nothing_against_it():
    assert reasons(asking()) == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"SHOW_fsync": "off"}, "fsync 是关闭的，断电会丢数据"),
        ({"SHOW_full_page_writes": "off"}, "full_page_writes 是关闭的"),
        ({"SHOW_server_version_num": "140011", "SHOW_server_version": "14.11"}, "至少要 15"),
    ],
)
def test_each_fault_is_told_with_what_to_do(changed, said):
    (reason,) = reasons(asking(**changed))
    assert said in reason


def test_postgis_is_switched_on_by_whoever_may():
    missing = FIT | {"pg_extension ": 0}

    def ask(query, answers=missing):
        return next(value for key, value in answers.items() if key in f"{query} ")

    assert "CREATE EXTENSION postgis" in reasons(ask)[0]
    assert reasons(lambda query: ask(query, missing | {"rolsuper": True})) == []
    absent = missing | {"pg_available_extensions": 0}
    assert "没有装 PostGIS" in reasons(lambda query: ask(query, absent))[0]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("", ""),
        ("sqlite:////tmp/x.sqlite3", ""),
        ("mysql://a/b", "不认识的数据库地址“mysql”"),
        ("postgresql://x@127.0.0.1:1/y", "连不上数据库 127.0.0.1:1/y：那里没有数据库在应答"),
    ],
)
def test_an_address_that_cannot_be_used_is_told(address, said):
    reason = reason_against(address)
    assert said in reason
    assert bool(said) == bool(reason)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ('could not translate host name "x" to address', "找不到这台主机"),
        ('FATAL:  password authentication failed for user "x"', "用户名或口令不对"),
        ('FATAL:  no pg_hba.conf entry for host "10.0.0.8"', "pg_hba.conf"),
        (
            "SSL error: certificate verify failed",
            "certificate verify failed。把这句话告诉数据库管理员",
        ),
    ],
)
def test_what_the_server_says_is_put_into_words(said, sentence):
    assert sentence in _sentence(said)


def test_the_database_of_these_tests_is_fit(db):
    assert fit_to_keep_the_record(databases=["default"]) == []
    if connection.vendor != "postgresql":
        pytest.skip("在 SQLite 上运行；PostgreSQL 的部分由 make postgis 检查")
    told = connection.settings_dict
    good = f"postgresql://{told['USER']}@{told['HOST']}:{told['PORT']}/{told['NAME']}"
    assert reason_against(good) == ""
    nobody = urlsplit(good)._replace(netloc=f"nobody@{told['HOST']}:{told['PORT']}").geturl()
    assert "没有这个用户" in reason_against(nobody)
    assert "没有这个数据库" in reason_against(good.replace(told["NAME"], "no_such_database"))


def test_many_outlets_on_sqlite_are_advised_to_move(town, monkeypatch):
    make.outlet(town.a1)
    make.outlet(town.a2)
    assert small_enough_for_sqlite(databases=["default"]) == []
    monkeypatch.setattr("livingcircle_platform.registry.checks.MOST_OUTLETS_ON_SQLITE", 1)
    found = small_enough_for_sqlite(databases=["default"])
    if connection.vendor == "postgresql":
        assert found == []
        return
    assert Outlet.objects.count() == 2
    assert "已有 2 个网点" in found[0].msg
    assert "PostGIS" in found[0].hint


def test_the_checks_are_run_with_the_database_checks(db):
    told = [one.__name__ for one in checks.registry.registry.get_checks()]
    assert {"fit_to_keep_the_record", "small_enough_for_sqlite"} <= set(told)
