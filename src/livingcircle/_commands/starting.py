"""Give people something to start from: an empty table, or a district made of a street map."""

import shlex
from pathlib import Path

from livingcircle._terminal import out
from livingcircle._terminal import say
from livingcircle.errors import OutputError
from livingcircle.io.excel import write_template
from livingcircle.io.starter import start_district
from livingcircle.tables import TABLES


def template(name: str, folder: Path, *, force: bool) -> None:
    """Write an empty workbook of one table, never over a filled one unless told to."""
    path = folder / f"{name}.xlsx"
    if path.exists() and not (force and path.is_file()) and name in TABLES:
        remedy = "换一个文件夹；确定不要原来的，就加上 --force"
        raise OutputError("这里已有同名的文件，没有覆盖", where=str(path), remedy=remedy)
    write_template(name, path)
    say(out, f"模板：{path}")


def from_osm(extract: Path, folder: Path, name: str, people: int | None) -> None:
    """Make a district folder of a street map."""
    made = start_district(extract, folder, name=name, people=people)
    say(out, f"已建好：{made}。接着运行：livingcircle assess {shlex.quote(str(made))}")
