"""Hold the platform's house to its own laws (docs/where-things-go.md)."""

import ast
import csv
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command

from livingcircle_platform.accounts.matrix import TABLE

HOUSE = Path(__file__).parents[2] / "src" / "livingcircle_platform"
MODULES = sorted(path for path in HOUSE.rglob("*.py") if "migrations" not in path.parts)
TEMPLATES = sorted(HOUSE.rglob("*.html"))
SCRIPTS = sorted((HOUSE / "static" / "js").glob("*.js"))
# Doors to the database: what each room writes goes through its actions; jobs write what they found.
WRITERS = {
    "actions", "tasks", "writing", "chain", "jobs", "founding", "demonstration", "storing",
    "accepting", "accepting_territory", "circle_actions", "circle_versions", "folder", "staging",
    "catalogue", "models", "gate", "load_district", "desks",
}  # fmt: skip
WRITES = {"save", "create", "update", "delete", "bulk_create", "bulk_update", "update_or_create"}


def where(path):
    return path.relative_to(HOUSE).as_posix()


def tree(path):
    return ast.parse(path.read_text("utf-8"))


def calls(path):
    return [node for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]


@pytest.mark.parametrize("path", MODULES, ids=where)
def test_a_module_is_short_and_says_what_it_is_for(path):
    text = path.read_text("utf-8")
    assert ast.get_docstring(tree(path))
    assert len(text.splitlines()) <= 450
    assert not re.search(r"\b(TODO|FIXME|XXX|HACK)\b", text)


@pytest.mark.parametrize("path", MODULES, ids=where)
def test_nothing_is_printed_and_no_error_is_swallowed_whole(path):
    printed = [node for node in calls(path) if getattr(node.func, "id", "") == "print"]
    assert printed == []
    broad = [
        node.lineno
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or getattr(node.type, "id", "") in {"Exception", "BaseException"})
    ]
    # A worker outlives whatever any one job does.
    assert len(broad) <= (where(path) == "core/jobs.py")


@pytest.mark.parametrize("path", MODULES, ids=where)
def test_no_function_is_long(path):
    long = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[ast.get_docstring(node) is not None :]
            if body and body[-1].end_lineno - body[0].lineno >= 60:
                long.append(node.name)
    assert long == []


@pytest.mark.parametrize("path", MODULES, ids=where)
def test_only_actions_and_jobs_write(path):
    if path.stem in WRITERS or path.parent.name.startswith("_"):
        pytest.skip("a door to the database")
    managers = [
        node.lineno
        for node in calls(path)
        if isinstance(node.func, ast.Attribute)
        and node.func.attr in WRITES
        and "objects" in ast.unparse(node.func.value)
    ]
    assert managers == []


@pytest.mark.parametrize("path", [p for p in MODULES if p.stem == "views"], ids=where)
def test_views_know_no_roles(path):
    names = {node.id for node in ast.walk(tree(path)) if isinstance(node, ast.Name)}
    assert not names & {"Role", "Membership"} or where(path) == "accounts/views.py"


@pytest.mark.parametrize("path", TEMPLATES, ids=where)
def test_templates_obey_the_content_security_policy(path):
    text = path.read_text("utf-8")
    assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>", text.replace("application/json", ""))
    assert not re.search(r"\son\w+\s*=", text)
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"https?://(?!www\.w3\.org)", text)


@pytest.mark.parametrize("path", SCRIPTS, ids=where)
def test_scripts_fetch_from_nowhere_else_and_build_no_code(path):
    text = path.read_text("utf-8")
    assert not re.search(r"\beval\(|new Function\(|innerHTML\s*=|https?://", text)


def test_words_a_reader_sees_are_kind():
    """No word that blames or says nothing (GOV.UK's list, in Chinese)."""
    banned = re.compile("非法|无效|操作失败|未知错误|参数错误|系统异常")
    shown = [*TEMPLATES, *[path for path in MODULES if "passwords" not in path.stem]]
    told = [where(path) for path in shown if banned.search(path.read_text("utf-8"))]
    assert told == []


def test_every_action_has_a_title_and_stands_once():
    with TABLE.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    names = [row["action"] for row in rows]
    assert len(set(names)) == len(names)
    assert all(row["title"] for row in rows)


def test_tables_and_models_agree(db):
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_no_record_hides_how_it_is_told():
    from livingcircle_platform.core.records import Record  # noqa: PLC0415 - apps are ready here

    for model in apps.get_models():
        if issubclass(model, Record):
            names = {field.name for field in model._meta.get_fields()}
            assert not names & {"told", "tidy", "check"}, model
