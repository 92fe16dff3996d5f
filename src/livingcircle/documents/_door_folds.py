"""Hold what the map tells of its doors, and fold the doors of a large district by circle.

A page with tens of thousands of doors drawn and listed opens on no telephone. Above
``MOST_OPEN`` doors, those of each circle become a few lines of text in a ``<template>``; the
script draws and lists them once the reader comes near, and puts them away again afterwards.
"""

from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
import numpy.typing as npt

from livingcircle.documents import _wording as wording
from livingcircle.documents._answers import SILENT
from livingcircle.documents._answers import judged_columns
from livingcircle.documents._answers import read_answers
from livingcircle.documents._assessed import circle_ids
from livingcircle.documents._assessed import records
from livingcircle.documents._assessed import trade_label
from livingcircle.documents._desk import Assessed
from livingcircle.documents._desk import Parts
from livingcircle.documents._desk import once
from livingcircle.documents._frame import Frame
from livingcircle.verdicts import CODES
from livingcircle.verdicts import LACKING
from livingcircle.verdicts import SERVED
from livingcircle.verdicts import VERDICTS

MOST_OPEN = 3000
OUTSIDE = "圈外"
LETTERS = (*(word[0] for word in VERDICTS), "-")  # the last where the table is silent
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class DoorCodes:
    """Hold verdicts and whole metres of the judged trades, doors down and trades across.

    Metres are told where a door is served or lacks a trade; ``SILENT`` elsewhere.
    """

    trades: tuple[str, ...]
    verdicts: npt.NDArray[np.int8]
    metres: npt.NDArray[np.int64]

    def letters(self, place: int) -> str:
        """Return one letter a trade for a door: s, l, u, n, or - where nothing is told."""
        return "".join(LETTERS[code] for code in self.verdicts[place])

    def told(self, place: int, labels: Mapping[str, str]) -> dict[str, list[str]]:
        """Return the trades of a door by verdict, with how far they are."""
        said: dict[str, list[str]] = {word: [] for word in VERDICTS}
        for trade, code, metres in zip(
            self.trades, self.verdicts[place], self.metres[place], strict=True
        ):
            if code != SILENT:
                near = "" if metres == SILENT else wording.metres(metres)
                said[VERDICTS[code]].append(f"{labels[trade]}{near}")
        return said

    def written(self) -> list[str]:
        """Return each door in one word: a letter for each trade, then its metres in base 36."""
        numbers = np.array([*map(_base36, range(int(self.metres.max(initial=0)) + 1)), ""])
        signs = np.array(LETTERS)
        told = np.char.add(signs[self.verdicts], numbers[self.metres])
        return ["".join(row) for row in told.tolist()]


def door_codes(assessed: Assessed) -> DoorCodes:
    """Return what is told of every door and every trade that is judged at any."""
    answers = once(assessed, read_answers)
    columns = judged_columns(answers)
    verdicts, metres = answers.verdicts[:, columns], answers.metres[:, columns]
    told = np.isfinite(metres) & np.isin(verdicts, (CODES[SERVED], CODES[LACKING]))
    whole = np.where(told, np.rint(np.where(told, metres, 0.0)), SILENT).astype(np.int64)
    return DoorCodes(tuple(answers.trades[place] for place in columns), verdicts, whole)


def is_folded(assessed: Assessed) -> bool:
    """Say whether there are too many doors to draw and list them all on one page."""
    return len(assessed.doors) > MOST_OPEN


def door_name(row: Any, place: int) -> str:  # noqa: ANN401 - a row of doors
    """Name a door, one without a name by its compound or street; unnamed streets are in English."""
    if row.name:
        return str(row.name)
    near = next((name for name in (row.compound, row.street) if name and not name.isascii()), "")
    return f"{near}楼门（图上{place + 1}号）"


def door_folds(assessed: Assessed, frame: Frame) -> str:
    """Return the doors of every circle as templates, and the names of the trades before them."""
    if not is_folded(assessed):
        return ""
    codes = once(assessed, door_codes)
    labels = "\t".join(_clean(trade_label(assessed, trade)) for trade in codes.trades)
    rows, written = list(records(assessed.doors)), codes.written()
    xy = np.rint(frame.points(assessed.doors.geometry))
    parts = [f'<template id="fold-trades">{escape(labels)}</template>']
    groups = [*((f"c{n}", one) for n, one in enumerate(circle_ids(assessed))), ("", "")]
    for key, circle in groups:
        held = once(assessed, Parts).places("doors", circle)
        held = held[np.isfinite(xy[held]).all(axis=1)]
        if len(held):
            box = " ".join(f"{side:.0f}" for side in (*xy[held].min(axis=0), *xy[held].max(axis=0)))
            lines = "\n".join(_lines(assessed, rows, held, xy, written))
            parts.append(
                f'<template class="fold" data-circle="{key}" data-box="{box}">'
                f"{escape(lines)}</template>"
            )
    return "".join(parts)


def _lines(
    assessed: Assessed,
    rows: list[Any],
    held: npt.NDArray[np.int64],
    xy: npt.NDArray[np.float64],
    written: list[str],
) -> Iterator[str]:
    """Yield a line for each door, and before those of a community its name after a #."""
    named = assessed.district.communities["name"]
    last = None
    for place in sorted(held.tolist(), key=lambda one: (str(rows[one].community_id), one)):
        row = rows[place]
        if row.community_id != last:
            last = row.community_id
            yield f"#{_clean(str(named.get(last, '')) or OUTSIDE)}"
        counts = (_plain(row.residents), _plain(row.age_60_plus))
        name = _clean(door_name(row, place))
        yield "\t".join(
            (str(place), *(f"{v:.0f}" for v in xy[place]), name, *counts, written[place])
        )


def _plain(count: object) -> str:
    return wording.number(count, empty="").replace(",", "")


def _clean(text: str) -> str:
    """Return a text on one line, without what parts the lines."""
    return " ".join(text.split())


def _base36(number: int) -> str:
    text = DIGITS[number % 36]
    while number := number // 36:
        text = DIGITS[number % 36] + text
    return text
