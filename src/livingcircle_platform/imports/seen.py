"""Collect what one reading of an upload came to, however far it got."""

from dataclasses import dataclass

from livingcircle.io.excel import Sheet
from livingcircle.io.one_file import OneFile
from livingcircle.io.one_file import Preview
from livingcircle_platform.imports.reading import Rejection


@dataclass
class Seen:
    """Collect what is known of a file, however far its reading comes."""

    kind: str = ""
    grids: tuple[Sheet, ...] | None = None
    names: tuple[str, ...] = ()
    read: OneFile | None = None
    preview: Preview | None = None
    likely_system: str = ""
    rejection: Rejection | None = None
