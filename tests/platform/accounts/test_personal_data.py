"""Keep a list of every personal thing that is kept: what for, on what ground, how long, who sees.

``docs/reference/personal-data.md`` holds the list. A column whose name sounds personal and that is
not listed fails here, and so does a line about a column that is gone.
"""

import re
from pathlib import Path

from django.apps import apps
from django.db import models

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "personal-data.md"
HEADINGS = ["字段", "用途", "依据", "保存多久", "怎么遮盖"]
_PERSONAL = re.compile(
    r"phone|mobile_number|contact|email|mail|(^|_)ip$|user_agent|password|person|owner|keeper|manager"
    r"|display_name|username|actor_name|legal|id_number|id_card|birth|gender|home_address|reporter"
    r"|voter|resident_(?!profile)|extra_data|session|_by$"
)
_TEXTS = (models.CharField, models.TextField, models.GenericIPAddressField, models.JSONField)


def listed():
    """Return the lines of the table by the column they are about."""
    lines = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| `")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {row[0].strip("` "): row[1:] for row in rows}


def columns():
    """Yield every column of every table, and whether it holds text."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            yield f"{model._meta.label}.{field.name}", isinstance(field, _TEXTS)


def test_every_column_that_sounds_personal_is_listed():
    known = listed()
    missing = [
        name
        for name, is_text in columns()
        if is_text and _PERSONAL.search(name.rpartition(".")[2]) and name not in known
    ]
    assert not missing, f"add to docs/reference/personal-data.md: {missing}"


def test_every_line_is_about_a_column_that_is_there():
    gone = set(listed()) - {name for name, _ in columns()}
    assert not gone, f"in docs/reference/personal-data.md, but not in the database: {sorted(gone)}"


def test_every_line_says_everything():
    assert "| " + " | ".join(HEADINGS) + " |" in PAGE.read_text("utf-8")
    for name, cells in listed().items():
        assert len(cells) == len(HEADINGS) - 1, name
        assert all(cells), name
