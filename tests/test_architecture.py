"""Hold the house to its own rules: what may stand in which file, and what nowhere."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "livingcircle"
MODULES = sorted(PACKAGE.rglob("*.py"))
TREES = {path: ast.parse(path.read_text("utf-8")) for path in MODULES}
PAPERS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *PACKAGE.rglob("*.md")])
SAMPLE = PACKAGE / "sample"
MOST_LINES = 450
MOST_LINES_OF_A_FUNCTION = 60


def where(path, node=None):
    """Return a place as ``file:line``."""
    name = path.relative_to(ROOT).as_posix()
    return f"{name}:{node.lineno}" if node is not None else name


def found(kind):
    """Yield every node of one kind with its file."""
    for path, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, kind):
                yield path, node


def test_there_is_something_to_look_at():
    assert len(MODULES) > 50
    assert len(PAPERS) > 5


def test_nothing_is_printed():
    calls = (
        where(path, node)
        for path, node in found(ast.Call)
        if isinstance(node.func, ast.Name) and node.func.id == "print"
    )
    assert list(calls) == []


def test_no_exception_is_caught_broadly():
    def broad(node):
        caught = node.elts if isinstance(node, ast.Tuple) else [node]
        return node is None or any(
            isinstance(one, ast.Name) and one.id in {"Exception", "BaseException"} for one in caught
        )

    handlers = found(ast.ExceptHandler)
    assert [where(path, node) for path, node in handlers if broad(node.type)] == []


def test_nothing_is_left_to_do():
    mark = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    assert [where(path) for path in MODULES if mark.search(path.read_text("utf-8"))] == []


def test_no_module_is_long():
    long = [
        where(path) for path in MODULES if len(path.read_text("utf-8").splitlines()) > MOST_LINES
    ]
    assert long == []


def lines_of_code(function):
    """Return how many lines a function's body has, its docstring left out."""
    told = ast.get_docstring(function) is not None
    body = function.body[1:] if told else function.body
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0


def test_no_function_is_long():
    functions = found(ast.FunctionDef | ast.AsyncFunctionDef)
    long = [
        where(path, node)
        for path, node in functions
        if lines_of_code(node) > MOST_LINES_OF_A_FUNCTION
    ]
    assert long == []


def test_every_module_says_what_it_is_for():
    assert [where(path) for path, tree in TREES.items() if not ast.get_docstring(tree)] == []


def imported():
    """Yield every imported module by name, with the file that imports it."""
    for path, node in found(ast.Import):
        yield from ((path, node, alias.name) for alias in node.names)
    for path, node in found(ast.ImportFrom):
        yield path, node, node.module or ""


@pytest.mark.parametrize("stranger", ["django", "livingcircle_platform", "requests", "urllib"])
def test_the_engine_stands_alone(stranger):
    """No web framework, and nothing that could fetch something at run time."""
    users = [where(path, node) for path, node, name in imported() if name.split(".")[0] == stranger]
    assert users == []


def test_nothing_changeable_is_shared():
    """A module-level list or dict that one run fills would colour the next."""
    shared = [
        where(path, node)
        for path, tree in TREES.items()
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        and isinstance(node.value, ast.List | ast.Set | ast.Dict)
        and not node_is_constant(node)
    ]
    assert shared == []


def node_is_constant(node):
    """Return whether an assignment is to a name in capitals, or one that Python itself reads."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    names = [target.id for target in targets if isinstance(target, ast.Name)]
    return all(name.isupper() or name == "__all__" for name in names)


def test_errors_shown_to_people_are_our_own():
    """Nothing raises a bare ValueError at somebody who uploaded a table."""
    bare = {"ValueError", "TypeError", "KeyError", "RuntimeError", "Exception", "AssertionError"}
    raised = [
        where(path, node)
        for path, node in found(ast.Raise)
        if isinstance(node.exc, ast.Call)
        and isinstance(node.exc.func, ast.Name)
        and node.exc.func.id in bare
    ]
    assert raised == []


@pytest.mark.parametrize("path", PAPERS, ids=where)
def test_papers_name_no_machine_and_no_secret_place(path):
    """Whoever reads the project has another computer."""
    text = path.read_text("utf-8")
    # How to deploy says where things go on the reader's own server.
    server = "" if path.name == "deploy.md" else "|opt|mnt"
    ours = f"home|work|tmp|root|Users{server}"
    absolute = re.compile(rf"(?<![\w.])(/(?:{ours})/|[A-Z]:\\\\)")
    assert absolute.findall(text) == []


@pytest.mark.parametrize("path", MODULES, ids=where)
def test_modules_name_no_machine(path):
    assert not re.search(r"[\"' ]/(home|work|opt|root|Users|mnt)/", path.read_text("utf-8"))


@pytest.mark.parametrize("path", PAPERS, ids=where)
def test_papers_point_at_files_that_are_there(path):
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", path.read_text("utf-8"))
    local = [link for link in links if not re.match(r"[a-z]+:", link)]
    assert [link for link in local if not (path.parent / link).exists()] == []


def test_demonstration_files_carry_their_licences():
    text = (SAMPLE / "LICENCE.md").read_text("utf-8")
    files = {path.name for path in SAMPLE.iterdir() if path.is_file()}
    described = (SAMPLE / "README.md").read_text("utf-8") + text
    assert "© OpenStreetMap contributors" in text
    assert "ODbL" in text or "Open Database Licence" in text
    own = {"LICENCE.md", "README.md", "district.toml"}
    assert sorted(name for name in files - own if name not in described) == []


def test_typeface_carries_its_licence():
    fonts = PACKAGE / "documents" / "fonts"
    assert "SIL OPEN FONT LICENSE" in (fonts / "OFL.txt").read_text("utf-8").upper()


def test_every_room_of_the_engine_has_its_tests():
    tests = {path.stem for path in (ROOT / "tests").rglob("test_*.py")}
    # Words and records only: nothing in them can be wrong by itself.
    bare = {"errors", "verdicts", "district"}
    rooms = {path.stem for path in PACKAGE.glob("[!_]*.py")} - bare
    assert sorted(room for room in rooms if f"test_{room}" not in tests) == []


@pytest.mark.parametrize("number", range(1, 13))
def test_every_lesson_has_its_named_tests(number):
    (module,) = (ROOT / "tests" / "lessons").glob(f"test_lesson_{number:02d}_*.py")
    tree = ast.parse(module.read_text("utf-8"))
    names = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    named = [name for name in names if name.startswith(f"test_lesson_{number:02d}_")]
    assert 1 <= len(named) <= 4
