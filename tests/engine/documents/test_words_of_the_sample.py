"""Read every sheet of the demonstration district as a clerk would, and stumble over no word."""

import io
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pytest
from docx import Document
from PIL import Image

from livingcircle.assessment import Assessment
from livingcircle.documents import write_change_list
from livingcircle.documents._provenance import provenance
from livingcircle.documents.circle_plan import write_circle_plan
from livingcircle.documents.gap_list import write_gap_list
from livingcircle.documents.map_sheet import sheet_page
from livingcircle.documents.outlet_map import outlet_map_html
from livingcircle.documents.shortfall_ledger import write_shortfall_ledger
from livingcircle.documents.timetables import write_timetables

Texts = dict[str, set[str]]


class Words(HTMLParser):
    """Collect what a page shows: its text, and the attributes that are read out."""

    READ = frozenset({"aria-label", "placeholder", "title", "alt"})
    SILENT = frozenset({"style", "script"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self._silent = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent = tag in self.SILENT
        self.found |= {value for name, value in attrs if name in self.READ and value}

    def handle_endtag(self, tag: str) -> None:
        self._silent = self._silent and tag not in self.SILENT

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.found.add(" ".join(data.split()))


def in_workbook(path: Path) -> set[str]:
    book = openpyxl.load_workbook(path)
    cells = {str(c.value) for page in book for row in page.iter_rows() for c in row if c.value}
    return cells | {page.title for page in book} | {str(page.oddFooter.left.text) for page in book}


def in_document(path: Path) -> set[str]:
    document = Document(str(path))
    texts = {paragraph.text for paragraph in document.paragraphs}
    rows = (row for table in document.tables for row in table.rows)
    return texts | {cell.text for row in rows for cell in row.cells}


def in_tree(value: object) -> Iterator[str]:
    """Yield every string in nested lists and dicts, pictures left out."""
    if isinstance(value, dict):
        value = [held for key, held in value.items() if key not in {"svg", "family"}]
    if isinstance(value, list):
        for held in value:
            yield from in_tree(held)
    elif isinstance(value, str):
        yield value


@pytest.fixture(name="texts", scope="session")
def _texts(sample_assessment: Assessment, tmp_path_factory: pytest.TempPathFactory) -> Texts:
    """Return everything that is written on the sheets, by sheet."""
    out, run = tmp_path_factory.mktemp("sheets"), sample_assessment
    dot = io.BytesIO()
    Image.new("RGB", (8, 6), "white").save(dot, "PNG")
    found = {"电子地图": Words(outlet_map_html(run)).found}
    for write in (write_gap_list, write_shortfall_ledger, write_timetables):
        path = write(run, out / f"{write.__name__}.xlsx")
        found[path.name] = in_workbook(path)
    for circle in run.circle_facts.index:
        path = write_circle_plan(run, circle, dot.getvalue(), out / f"{circle}.docx")
        found[path.name] = in_document(path)
    changes = write_change_list(run, run, out / "changes.xlsx")
    found[changes.name] = in_workbook(changes)
    facts = provenance(sample_assessment)
    for circle in ("", *sample_assessment.circle_facts.index):
        page = sheet_page(sample_assessment, facts, circle)
        page["circles"] = [row[:2] for row in page["circles"]]  # the third word chooses a colour
        found[f"一图{circle}"] = set(in_tree(page))
    return found


def stumbles(texts: Texts, pattern: str) -> set[str]:
    """Return what matches a pattern, with the sheet it stands on."""
    return {
        f"{sheet}：{word}（{text[:60]}）"
        for sheet, held in texts.items()
        for text in held
        for word in re.findall(pattern, text)
    }


def test_all_sheets_are_read(texts: Texts) -> None:
    assert len(texts) == 4 + 5 + 1 + 6
    assert all(len(held) > 10 for sheet, held in texts.items() if sheet != "changes.xlsx")


def test_a_reader_meets_only_foreign_words_that_stand_in_the_data(
    texts: Texts, sample_assessment: Assessment
) -> None:
    """No trade code, requirement id or English word of ours: only names, files and licences."""
    district = sample_assessment.district
    # Problems of a file name the rows and the words of district.toml that mend them.
    given = [district.name, provenance(sample_assessment).run_id, "use_osm_outlets", "[[outlets]]"]
    for source in district.sources:
        given += [source.title, source.file, source.licence, source.note, source.date]
    outlets = district.outlets
    for names in (outlets["name"], outlets["address"], outlets.index, district.doors["name"]):
        given += [str(name) for name in names.unique()]
    longest_first = sorted(
        {text for text in given if re.search("[A-Za-z]", text)}, key=len, reverse=True
    )
    known = re.compile("|".join(map(re.escape, longest_first)))
    own = {sheet: {known.sub("", text) for text in held} for sheet, held in texts.items()}
    assert stumbles(own, r"[A-Za-z_]{2,}") == set()


def test_no_requirement_is_told_by_its_id(texts: Texts, sample_assessment: Assessment) -> None:
    ids = {one.id for one in sample_assessment.standard.requirements}
    words = {text for held in texts.values() for text in held}
    assert ids & words == set()


@pytest.mark.parametrize(
    "pattern",
    [
        r"\b(?:nan|NaN|None|NaT|inf)\b",
        r"(?<![\d.])-0(?:\.0+)?(?![\d.])",
        r"[，。；：、？！][，。；：、？！]",
        r"[（“《][，。；：、）”》]",
        r"[，；：、]$",
        r"[，；：、（]）",
        r"  +",
    ],
)
def test_nothing_is_spelt_wrongly(texts: Texts, pattern: str) -> None:
    assert stumbles(texts, pattern) == set()
