"""Fill a Word template by its own styles, with the same bytes each time."""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm

from livingcircle.errors import OutputError

TEXT_WIDTH = 156.0
KEPT_ROWS = 8
# The first moment a zip entry can carry; a clock would make every file different.
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
STYLES = (
    "公文标题", "公文副题", "一级标题", "二级标题", "公文正文",
    "图表题", "表头", "表格文字", "表格数字", "图", "附注",
)  # fmt: skip


@dataclass(frozen=True)
class Column:
    """Describe a table column: its heading, its share of the width, whether it holds numbers."""

    title: str
    width: float
    number: bool = False


class Page:
    """Write down a page from top to bottom."""

    def __init__(self, template: Path) -> None:
        self._document = Document(str(template))
        # Word knows a style by its id; looking one up by name for every cell is most of a page.
        self._ids = {style.name: style.style_id for style in self._document.styles}
        missing = [name for name in STYLES if name not in self._ids]
        if missing:
            raise OutputError(
                f"缺少样式“{'、'.join(missing)}”",
                where=template.name,
                remedy="在 Word 里打开模板，补上同名的段落样式",
            )
        body = self._document.element.body
        for element in list(body):
            if element.tag != qn("w:sectPr"):
                body.remove(element)
        self._tables = 0
        self._figures = 0

    def add(self, text: str, style: str = "公文正文") -> None:
        """Add a paragraph."""
        self._document.add_paragraph(text, style=style)

    def add_all(self, texts: Sequence[str], style: str = "公文正文") -> None:
        """Add several paragraphs."""
        for text in texts:
            self.add(text, style)

    def add_figure(self, picture: bytes, title: str) -> None:
        """Add a picture over the width of the text, with a numbered title below."""
        self._figures += 1
        paragraph = self._document.add_paragraph(style="图")
        paragraph.paragraph_format.keep_with_next = True
        paragraph.add_run().add_picture(io.BytesIO(picture), width=Mm(TEXT_WIDTH))
        self.add(f"图{self._figures}　{title}", "图表题")

    def add_table(
        self, title: str, columns: Sequence[Column], rows: Sequence[Sequence[str]]
    ) -> None:
        """Add a table with a numbered title and a header that repeats on every page."""
        self._tables += 1
        self.add(f"表{self._tables}　{title}", "图表题")
        table = self._document.add_table(rows=1, cols=len(columns))
        table.style = "Table Grid"
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        whole = sum(column.width for column in columns)
        widths = [Mm(TEXT_WIDTH * column.width / whole) for column in columns]
        for cell, spec in zip(table.rows[0].cells, columns, strict=True):
            _fill(cell, spec.title, self._ids["表头"])
        _mark_row(table.rows[0], "w:tblHeader")
        styles = {True: self._ids["表格数字"], False: self._ids["表格文字"]}
        for row in rows:
            cells = table.add_row().cells
            for cell, spec, text in zip(cells, columns, row, strict=True):
                _fill(cell, text, styles[spec.number])
        for column, width in zip(table.columns, widths, strict=True):
            column.width = width
        # A heading never stands alone at the foot of a page; a short table is not torn at all.
        last = len(table.rows) - 1
        kept = last if last <= KEPT_ROWS else 1
        for place, row in enumerate(table.rows):
            _mark_row(row, "w:cantSplit")
            for cell, width in zip(row.cells, widths, strict=True):
                cell.width = width
                cell.paragraphs[0].paragraph_format.keep_with_next = place < kept or None
        self._document.add_paragraph(style="附注")

    def save(self, path: Path, title: str, created: datetime) -> None:
        """Write the file without a trace of the clock."""
        properties = self._document.core_properties
        properties.title = title
        properties.created = properties.modified = created.replace(tzinfo=None)
        properties.last_modified_by = ""
        properties.revision = 1
        raw = io.BytesIO()
        self._document.save(raw)
        path.write_bytes(still(raw.getvalue()))


def still(package: bytes) -> bytes:
    """Rewrite a zip package with fixed times, entries in their own order."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            info = zipfile.ZipInfo(entry.filename, ZIP_EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            info.create_system = 3
            new.writestr(info, old.read(entry.filename))
    return out.getvalue()


def _fill(cell: Any, text: str, style_id: str) -> None:  # noqa: ANN401 - python-docx is untyped here
    paragraph = cell.paragraphs[0]
    paragraph._p.style = style_id  # noqa: SLF001 - python-docx has no API for an id
    paragraph.add_run(text)
    cell.vertical_alignment = 1


def _mark_row(row: Any, name: str) -> None:  # noqa: ANN401
    mark = OxmlElement(name)
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)  # noqa: SLF001 - python-docx has no API for it
