"""Read one cell of text as the value its column wants, or say why it cannot be read.

Rule of the house: a cell that does not decide a verdict is emptied and noted when it cannot be
read (unknown, never a guess); an impossible number of people refuses the row, because people
are the weight of every answer.
"""

import calendar
import datetime as dt
import math
import re
import unicodedata
from collections.abc import Callable
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from livingcircle import coordinates
from livingcircle._tables.codes import read_credit_code
from livingcircle._tables.codes import read_phone
from livingcircle._tables.columns import Column
from livingcircle._tables.columns import Kind
from livingcircle._tables.issues import ERROR
from livingcircle._tables.issues import WARNING
from livingcircle.errors import CoordinateError
from livingcircle.hours import read_hours

Value = str | float | int | bool | None


class Cell(NamedTuple):
    """Hold one read value, and the note that goes with it."""

    value: Value
    problem: str = ""
    remedy: str = ""
    severity: str = WARNING


_MISSING_WORDS = frozenset(
    {"", "-", "--", "—", "——", "/", "\\", "null", "none", "nan", "n/a", "na", "<na>", "nat",
     "不详", "未知", "暂无", "待补充", "未填", "无数据"}
)  # fmt: skip
_EXCEL_ERRORS = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#GETTING_DATA"}
)
_HASHES = "#＃﹟"  # every error begins with one of them
_YES = frozenset({"是", "有", "1", "1.0", "√", "✓", "✔", "对", "true", "yes", "y", "t"})
_NO = frozenset({"否", "无", "0", "0.0", "×", "✗", "x", "没有", "不是", "false", "no", "n", "f"})
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?", re.IGNORECASE)
_PLAIN = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,20})?")  # nothing to clean
_ABOUT = re.compile(r"^(?:约|大约|大概|近|≈|~)|(?:左右|上下|余|多)(?=$|人|户|套|平)")
_UNIT_TAIL = re.compile(r"(?:人|户|套|层|岁|座|平方米|平米|㎡|m2|m|米)$")
_CONTROLS = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
_NUMERIC = frozenset({Kind.NUMBER, Kind.PEOPLE, Kind.INTEGER, Kind.LONGITUDE, Kind.LATITUDE})
_LONGEST_NAME = 200  # characters; beyond that it is a note that slipped into the wrong column
_FACTORS = {"万": 1e4, "千": 1e3, "亿": 1e8}
_FIRST_SERIAL = 18264  # 1950-01-01
_LAST_SERIAL = 73050  # 2099-12-31
_EXCEL_EPOCH = dt.date(1899, 12, 30)
_LAST_MONTH = 12


def cell_text(value: object) -> str:  # noqa: PLR0911 - one line for each type
    """Turn a cell of any file into the text a person would see in it, losing nothing."""
    if isinstance(value, str):
        return value
    if value is None or value is pd.NA or value is pd.NaT:
        return ""
    if isinstance(value, bool | np.bool_):
        return "是" if value else "否"
    if isinstance(value, float | np.floating):
        number = float(value)
        if math.isnan(number):
            return ""
        whole = number.is_integer() and abs(number) < 1e15  # noqa: PLR2004 - Excel keeps 15 digits
        return str(int(number)) if whole else repr(number)
    if isinstance(value, dt.datetime):
        midnight = value.time() == dt.time()
        return value.date().isoformat() if midnight else value.isoformat(sep=" ")
    return str(value)


def clean(text: str) -> str:
    """Strip what no one meant to type: outer spaces, zero-width marks, control characters."""
    if not text.isascii():
        text = re.sub(r"[\u200b-\u200d\ufeff]", "", text)
    return without_controls(text).strip(" \t\r\n\u3000\xa0")


def without_controls(text: str) -> str:
    """Drop characters no file format may hold: control codes, half surrogates, no-characters."""
    return text if text.isprintable() else _CONTROLS.sub("", text)


def has_controls(text: str) -> bool:
    """Say whether a text holds characters that :func:`without_controls` drops."""
    return not text.isprintable() and _CONTROLS.search(text) is not None


def is_missing(text: str) -> bool:
    """Say whether a cleaned cell holds nothing or a word for nothing."""
    return text.lower() in _MISSING_WORDS


def read_words(
    words: Sequence[str], column: Column, factor: float = 1.0
) -> tuple[list[Value], dict[int, Cell]]:
    """Read the different words of one column, each cleaned; nothing gives nothing.

    Returns
    -------
    tuple
        The value of each word, and by its position what has to be noted of it.
    """
    plain = _plainly(words, column, factor)
    if plain is not None:
        return plain, {}
    empty_words = column.kind not in {Kind.BOOLEAN, Kind.TEXT}
    cells = [
        Cell(None)
        if not word or (empty_words and is_missing(word))
        else read_cell(word, column, factor)
        for word in words
    ]
    noted = {position: cell for position, cell in enumerate(cells) if cell.problem}
    return [cell.value for cell in cells], noted


def _plainly(words: Sequence[str], column: Column, factor: float) -> list[Value] | None:
    """Read a column of clean numbers, codes or texts only; None where one word is anything else."""
    said = [word for word in words if word]
    if column.kind in _NUMERIC:
        if not all(map(_PLAIN.fullmatch, said)):
            return None
        return _plain_numbers(words, [float(word) * factor for word in said], column)
    if column.kind not in {Kind.ID, Kind.TEXT} or any(word[0] in _HASHES for word in said):
        return None
    if column.kind is Kind.ID:
        wanting = not "".join(said).isascii() or any(map(is_missing, said))
    else:
        wanting = column.name == "name" and max(map(len, said), default=0) > _LONGEST_NAME
    return None if wanting else [word or None for word in words]


def _plain_numbers(
    words: Sequence[str], numbers: Sequence[float], column: Column
) -> list[Value] | None:
    ends = (min(numbers), max(numbers)) if numbers else ()
    if any(_out_of_range(end, "", column) for end in ends) or (column.positive and 0 in numbers):
        return None
    values: Sequence[Value] = numbers
    if column.kind is Kind.INTEGER:
        if not all(number.is_integer() and abs(number) < 2**53 for number in numbers):
            return None
        values = [int(number) for number in numbers]
    rest = iter(values)
    return [next(rest) if word else None for word in words]


def read_cell(text: str, column: Column, factor: float = 1.0) -> Cell:
    """Read a cleaned, non-empty cell as its column's kind."""
    if text[0] in _HASHES and unicodedata.normalize("NFKC", text).upper() in _EXCEL_ERRORS:
        problem = f"单元格里是 Excel 的错误值 {text}，按没有填处理"
        return Cell(None, problem, "把公式改成它应有的值")
    if column.kind in {Kind.NUMBER, Kind.PEOPLE}:
        return _number(text, column, factor)
    if column.kind is Kind.INTEGER:
        return _integer(text, column, factor)
    return _READERS[column.kind](text, column)


def _number(text: str, column: Column, factor: float) -> Cell:
    if _PLAIN.fullmatch(text):
        number = float(text) * factor
        return _out_of_range(number, text, column) or Cell(number)
    plain = unicodedata.normalize("NFKC", text).replace(" ", "").replace("㎡", "m2")
    bare = _ABOUT.sub("", plain)
    about = bare != plain
    bare = _UNIT_TAIL.sub("", bare)
    if re.fullmatch(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?", bare):
        bare = bare.replace(",", "")
    scale = _FACTORS.get(bare[-1:], 1.0)
    bare = bare[:-1] if scale > 1.0 else bare
    if not _NUMBER.fullmatch(bare):
        return Cell(None, f"“{text}”不是数字，按没有填处理", "填写一个数字，不写单位和说明")
    number = float(bare) * factor * scale
    wrong = _out_of_range(number, text, column)
    if wrong is not None:
        return wrong
    if about:
        return Cell(number, f"“{text}”是约数，按 {number:g} 采用", "能核实时填写准确的数")
    return Cell(number)


def _out_of_range(number: float, text: str, column: Column) -> Cell | None:
    if column.kind is Kind.PEOPLE:
        if not 0 <= number <= column.high:
            why = "是负数" if number < 0 else f"超过了 {column.high:,.0f}"
            problem = f"“{text}”{why}，不会是{column.title}"
            return Cell(None, problem, "核对后重新填写", ERROR)
        return None
    if column.positive and number == 0:
        problem = f"{column.title}不会是 0，按没有填处理"
        return Cell(None, problem, "填写实际数值；不知道时留空")
    if not column.low <= number <= column.high:
        problem = f"“{text}”超出了{column.title}的合理范围，按没有填处理"
        return Cell(None, problem, "核对数值和单位")
    return None


def _integer(text: str, column: Column, factor: float) -> Cell:
    cell = _number(text, column, factor)
    if isinstance(cell.value, float):
        if not cell.value.is_integer() or abs(cell.value) >= 2**53:
            return Cell(None, f"“{text}”不是整数，按没有填处理", "填写整数")
        return cell._replace(value=int(cell.value))
    return cell


def _year(text: str, column: Column) -> Cell:
    plain = unicodedata.normalize("NFKC", text)
    found = re.match(r"(\d{4})(?:年|[-/.]|$|\.0$)", plain)
    if found and column.low <= int(found[1]) <= column.high:
        return Cell(int(found[1]))
    return Cell(None, f"“{text}”不是年份，按没有填处理", "填写四位年份，例如 2025")


def _boolean(text: str, column: Column) -> Cell:
    word = unicodedata.normalize("NFKC", text).lower()
    if word in _YES or word in _NO:
        return Cell(word in _YES)
    return Cell(None, f"“{text}”看不出是还是否，“{column.title}”按未核实处理", "填写“是”或“否”")


def _choice(text: str, column: Column) -> Cell:
    word = unicodedata.normalize("NFKC", text).strip().lower()
    for name, code in column.choices.items():
        if word in {unicodedata.normalize("NFKC", name).lower(), code.lower()}:
            return Cell(code)
    words = "、".join(column.words)
    if column.free:
        problem = f"“{text}”不是自带的{column.title}，照原样保留"
        return Cell(text, problem, f"配置标准里另立了它才起作用；否则从这些词里选一个：{words}")
    kept = next((w for w, code in column.choices.items() if code == column.otherwise), "")
    outcome = f"按“{kept}”处理" if kept else "按没有填处理"
    return Cell(
        column.otherwise or None, f"“{text}”不在选项里，{outcome}", f"从这些词里选一个：{words}"
    )


def _date(text: str, column: Column) -> Cell:
    plain = unicodedata.normalize("NFKC", text).strip()
    plain = re.sub(r"[T ]\d{1,2}:\d{2}.*$", "", plain)
    serial = re.fullmatch(r"(\d{5})(?:\.\d+)?", plain)
    if serial and _FIRST_SERIAL <= int(serial[1]) <= _LAST_SERIAL:
        return Cell((_EXCEL_EPOCH + dt.timedelta(days=int(serial[1]))).isoformat())
    found = re.fullmatch(r"(\d{4})(?:年|[-/.])(\d{1,2})(?:(?:月|[-/.])(\d{1,2})?日?|)?", plain)
    found = found or re.fullmatch(r"((?:19|20)\d{2})(\d{2})(\d{2})?", plain)
    if not found:
        return Cell(None, f"“{text}”不是日期，按没有填处理", "写成 2026-06-01 的样子")
    year, month = int(found[1]), int(found[2])
    day = int(found[3]) if found[3] else 0
    if not 1 <= month <= _LAST_MONTH or day > calendar.monthrange(year or 1, month)[1]:
        return Cell(None, f"没有“{text}”这一天，{column.title}按没有填处理", "核对年月日")
    return Cell(f"{year:04d}-{month:02d}" + (f"-{day:02d}" if found[3] and day else ""))


def _hours(text: str, column: Column) -> Cell:
    """Keep opening hours as they are written, and say where nobody can read them."""
    if read_hours(text) is not None:
        return Cell(text)
    problem = f"看不懂{column.title}“{text}”，照原样保留，何时开门按未核实处理"
    return Cell(text, problem, "写成“07:00-22:00”或“周一至周五 08:00-20:00”的样子")


def _angle(text: str, _column: Column) -> Cell:
    if _PLAIN.fullmatch(text):
        return Cell(float(text))
    plain = unicodedata.normalize("NFKC", text).strip()
    if not re.search(r"\d\s+\d", plain):  # “118 46 48” are degrees, minutes, seconds
        plain = re.sub(r"\s", "", plain)
    if _NUMBER.fullmatch(plain):
        return Cell(float(plain))
    try:
        return Cell(coordinates.parse_angle(text))
    except CoordinateError as error:
        return Cell(None, error.what, error.remedy)


def _system(text: str, _column: Column) -> Cell:
    try:
        return Cell(coordinates.system_name(text))
    except CoordinateError as error:
        return Cell(None, error.what, error.remedy, ERROR)


def _text(text: str, column: Column) -> Cell:
    if column.name == "name" and len(text) > _LONGEST_NAME:
        problem = f"{column.title}有 {len(text):,} 个字，只取前 {_LONGEST_NAME} 个"
        return Cell(text[:_LONGEST_NAME], problem, "写简短的名称，说明另写一列")
    return Cell(text)


def _id(text: str, _column: Column) -> Cell:
    return Cell(unicodedata.normalize("NFKC", text))


def _phone(text: str, _column: Column) -> Cell:
    code = read_phone(text)
    return Cell(code.value or None, code.problem, code.remedy)


def _credit_code(text: str, _column: Column) -> Cell:
    code = read_credit_code(text)
    return Cell(code.value or None, code.problem, code.remedy)


_READERS: dict[Kind, Callable[[str, Column], Cell]] = {
    Kind.ID: _id,
    Kind.TEXT: _text,
    Kind.TRADES: _text,  # resolved against the catalogue by livingcircle._tables.checks
    Kind.YEAR: _year,
    Kind.BOOLEAN: _boolean,
    Kind.CHOICE: _choice,
    Kind.DATE: _date,
    Kind.HOURS: _hours,
    Kind.PHONE: _phone,
    Kind.CREDIT_CODE: _credit_code,
    Kind.LONGITUDE: _angle,
    Kind.LATITUDE: _angle,
    Kind.SYSTEM: _system,
}
