"""Check what is loaded before anything is asked for: a person at the keyboard waits for it."""

import subprocess
import sys

import pytest

HEAVY = {"numpy", "pandas", "geopandas", "shapely", "numba", "scipy", "pyogrio", "pyarrow",
         "openpyxl", "xlsxwriter", "osmium", "docx", "typst", "fontTools"}  # fmt: skip
TELL = "print(*sorted(sys.modules), sep='\\n', file=sys.stderr)"


def loaded(code):
    """Return what a fresh process has imported after running some code."""
    child = subprocess.run(  # noqa: S603 - this file's own code
        [sys.executable, "-c", f"import sys, atexit\natexit.register(lambda: {TELL})\n{code}"],
        capture_output=True,
        text=True,
        check=False,
    )
    names = set(child.stderr.splitlines())
    assert "livingcircle" in names, child.stderr
    return names


def command(*words):
    """Return code that runs one command."""
    return f"sys.argv[1:] = {list(words)!r}\nfrom livingcircle.cli import main\nmain()"


def test_importing_the_package_loads_nothing_heavy():
    assert loaded("import livingcircle") & {*HEAVY, "typer", "rich"} == set()


@pytest.mark.parametrize(
    "words",
    [
        ["--help"],
        ["assess", "--help"],
        ["assess"],
        ["assess", "a", "--colour"],
        ["standards", "list"],
        ["standards", "show", "miyun_2023"],
        ["standards", "validate", "没有这份标准"],
    ],
)
def test_help_mistyped_words_and_standards_load_nothing_heavy(words):
    names = loaded(command(*words))
    assert names & HEAVY == set()
    assert "livingcircle.cli" in names


def test_the_guard_sees_what_a_command_that_reads_tables_loads():
    assert loaded(command("check", "没有的文件夹")) & HEAVY >= {"pandas", "geopandas"}


def test_the_kernels_are_not_loaded_to_read_files():
    names = loaded("import livingcircle\nlivingcircle.read_district")
    assert "numba" not in names
    assert not {name for name in names if name.startswith("livingcircle._kernels.")}
