"""Hold what is said beside an upload form against every sentence of the engine's readers."""

import ast
from pathlib import Path

import pytest

import livingcircle
from livingcircle_platform.imports.wording import on_a_page

ENGINE = Path(livingcircle.__file__).parent
SPEAKERS = [
    ENGINE / "tables.py",
    ENGINE / "_tables" / "checks.py",
    ENGINE / "_places" / "labels.py",
    *(ENGINE / "io").glob("*.py"),
    *(ENGINE / "io" / "_geo").glob("*.py"),
    *(ENGINE / "io" / "_excel").glob("*.py"),
    *(ENGINE / "io" / "_folder" / name for name in ("parts.py", "places.py", "roads.py")),
    *(ENGINE / "io" / "_folder" / name for name in ("twins.py", "labels.py", "osm_parts.py")),
]
FOLDERS_ONLY = {"folder.py", "starter.py"}  # nobody uploads a folder


def spoken():
    """Yield every text in the engine's readers that is no docstring."""
    for path in SPEAKERS:
        if path.name in FOLDERS_ONLY:
            continue
        tree = ast.parse(path.read_text("utf-8"))
        told = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
            and isinstance(node.body[0], ast.Expr)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                parts = node.values
                yield "".join(p.value if isinstance(p, ast.Constant) else "X" for p in parts)
                told |= {id(part) for part in parts}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield "" if id(node) in told else node.value


def test_no_sentence_of_a_reader_sends_anybody_to_district_toml():
    told = [text for text in spoken() if "district.toml" in text]
    assert len(told) > 10
    assert [text for text in told if "district.toml" in on_a_page(text)] == []


@pytest.mark.parametrize(
    ("engine", "page"),
    [
        ("补上这一列，或在 district.toml 的 columns 里写明哪一列就是它",
         "补上这一列，或在“对应列”里选定哪一列就是它"),
        ('核对来源，属实就在 district.toml 里把这个文件写成 coordinates = "GCJ-02"',
         "核对来源，属实就把文件的坐标系选成 GCJ-02"),
        ("在 district.toml 里用 coordinates 写明，例如 WGS-84",
         "选定文件的坐标系，例如 WGS-84"),
        ("社区用 Excel 或图层文件给出；.osm.pbf 写在 [[roads]]、[[outlets]] 或 [[doors]] 下",
         "社区用 Excel 或图层文件给出"),
        ("[[communities]] a.osm.pbf", "a.osm.pbf"),
        ("补上位置后重新导入", "补上位置后重新导入"),
    ],
)  # fmt: skip
def test_a_remedy_names_what_is_on_the_page(engine, page):
    assert on_a_page(engine) == page
