"""Remember what was computed from what, so that a second run repeats only what has changed.

Every stage of an assessment is a function of its inputs. A :class:`Memory` keeps the last result
of each stage with the inputs it was made from, and hands it out again as long as they are the
same; an edit of one shop then costs one shop. Nothing is ever patched in place, so a run with a
memory and a run without come to the same answer.
"""

from collections.abc import Callable
from collections.abc import Hashable
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from operator import is_
from pathlib import Path
from typing import Any
from typing import NamedTuple
from typing import Protocol
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from pandas.api.extensions import ExtensionArray

from livingcircle._stored import key_of
from livingcircle._stored import store
from livingcircle._stored import stored

Result = TypeVar("Result")
Item = TypeVar("Item", bound=Hashable)
# Where prepared streets are kept in a district's folder.
PREPARED = ".livingcircle"
Part = npt.NDArray[Any] | float | str
Arrays = tuple[npt.NDArray[Any], ...]


class Kept(NamedTuple):
    """Hold a result and what it was made from."""

    inputs: tuple[Any, ...]
    made: Any


class Memory:
    """Keep the last result of each stage together with its inputs.

    Give the same memory to several calls of :func:`livingcircle.assess`, one after the other. It
    holds one earlier run, is of use to no two threads at once, and neither what goes in nor what
    comes out may be changed in place: a table that is another object is another table, one that
    was edited where it stands is not. :mod:`livingcircle.edits` makes new ones.

    Parameters
    ----------
    folder
        Where prepared streets outlive the process, one file a stage with its checksum; nothing
        is written without it. A file that is spoiled or was made from other input is made anew.
    """

    def __init__(self, folder: Path | str | None = None) -> None:
        self._kept: dict[Hashable, Kept] = {}
        self._used: set[Hashable] = set()
        self._inner: dict[Hashable, set[Hashable]] = {}
        self._folder = None if folder is None else Path(folder)

    def recall(self, key: Hashable, inputs: tuple[Any, ...], make: Callable[[], Result]) -> Result:
        """Return the last result under a key if its inputs are the same, else make it anew.

        Parameters
        ----------
        key
            Which stage, and which part of it.
        inputs
            Everything the result depends on. Tables and other objects are the same only if they
            are the very same object; numbers, words, arrays and tuples if they are equal;
            a :class:`Partly` if the parts that matter are.
        make
            Computes the result.
        """
        before = self.last(key)
        if before is not None and _same(before.inputs, inputs):
            # What it was made with is not asked for now, and wanted when it is made again.
            self._used |= self._inner.get(key, set())
            found: Result = before.made
            # Inputs that come again are the very same objects, and quick to compare.
            self._kept[key] = Kept(inputs, found)
            return found
        used, self._used = self._used, set()
        try:
            made = make()
        finally:
            self._inner[key], self._used = self._used, self._used | used
        self.keep(key, inputs, made)
        return made

    def recall_each(
        self,
        key: Hashable,
        inputs: Mapping[Item, tuple[Any, ...]],
        make: Callable[[Item, Result | None], Result],
        alike: Callable[[tuple[Any, ...], tuple[Any, ...]], bool] | None = None,
    ) -> list[Result]:
        """Return one result for each of many items, made anew only for those that changed.

        Parameters
        ----------
        key
            Which stage.
        inputs
            By item, everything its result depends on, compared as by :meth:`recall`.
        make
            Computes the result of an item; also given its earlier result, None where there is none.
        alike
            Compares inputs that are not all the very same objects, where some matter in part.
        """
        alike = alike or _same
        kept = self.last(key)
        before: dict[Item, Kept] = {} if kept is None else kept.made
        now: dict[Item, Kept] = {}
        for item, own in inputs.items():
            old = before.get(item)
            # Of thousands of items nearly all have the very same inputs.
            if old is not None and all(map(is_, old.inputs, own)):
                now[item] = old
            elif old is not None and alike(old.inputs, own):
                now[item] = Kept(own, old.made)
            else:
                now[item] = Kept(own, make(item, None if old is None else old.made))
        self.keep(key, (), now)
        return [one.made for one in now.values()]

    def prepare(
        self, name: str, parts: tuple[Part, ...], make: Callable[[], dict[str, npt.NDArray[Any]]]
    ) -> dict[str, npt.NDArray[Any]]:
        """Return named arrays from the folder if they were made from the same parts, else anew.

        Parameters
        ----------
        name
            What they are, as a file name.
        parts
            Arrays, numbers and words they are made from.
        make
            Computes them.
        """
        if self._folder is None:
            return make()
        path, key = self._folder / f"{name}.bin", key_of(*parts)
        found = stored(path, key)
        if found is None:
            found = make()
            with suppress(OSError):
                self._folder.mkdir(parents=True, exist_ok=True)
            store(path, key, found)
        return found

    def last(self, key: Hashable) -> Kept | None:
        """Return what is kept under a key, or None."""
        self._used.add(key)
        return self._kept.get(key)

    def keep(self, key: Hashable, inputs: tuple[Any, ...], made: object) -> None:
        """Keep a result that was made from some inputs."""
        self._used.add(key)
        self._kept[key] = Kept(inputs, made)

    def forget_unused(self) -> None:
        """Drop what nobody asked for since this was called last, such as units that are gone."""
        self._kept = {key: one for key, one in self._kept.items() if key in self._used}
        self._inner = {key: some for key, some in self._inner.items() if key in self._used}
        self._used.clear()

    def recall_rows(
        self,
        key: Hashable,
        inputs: tuple[Any, ...],
        rows: npt.NDArray[Any],
        make: Callable[[npt.NDArray[np.int64]], Arrays],
    ) -> Arrays:
        """Return arrays with one entry for each row, made anew only for rows that changed.

        Parameters
        ----------
        key, inputs
            As for :meth:`recall`; where the inputs changed, every row did.
        rows
            What each entry depends on besides, shape (rows, values).
        make
            Computes the entries of some rows, given by their numbers.
        """
        kept = self.last(key)
        count = len(rows)
        if kept is None or not _same(kept.inputs[:-1], inputs):
            made = make(np.arange(count, dtype=np.int64))
            self.keep(key, (*inputs, rows), made)
            return made
        before, old = kept.inputs[-1], kept.made
        if before is rows:
            unchanged: Arrays = old
            return unchanged
        both = min(count, len(before))
        stale = np.ones(count, dtype=np.bool_)
        stale[:both] = ~_equal_rows(rows[:both], before[:both])
        changed = np.flatnonzero(stale)
        if len(changed) == 0 and count == len(before):
            known: Arrays = old
            return known
        fresh = make(changed)
        entries = tuple(_patched(a, b, changed, count) for a, b in zip(old, fresh, strict=True))
        if all(map(_same, old, entries)):
            entries = old
        self.keep(key, (*inputs, rows), entries)
        return entries


def _patched(
    old: npt.NDArray[Any], fresh: npt.NDArray[Any], changed: npt.NDArray[np.int64], count: int
) -> npt.NDArray[Any]:
    """Return a copy of some entries with the changed ones in their places."""
    entries = np.empty((count, *old.shape[1:]), dtype=old.dtype)
    both = min(count, len(old))
    entries[:both] = old[:both]
    entries[changed] = fresh
    return entries


def _equal_rows(a: npt.NDArray[Any], b: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Return which rows are equal; missing numbers equal one another."""
    if a.dtype == object:
        alike = (x is y or x == y for x, y in zip(a.ravel(), b.ravel(), strict=True))
        same = np.fromiter(alike, np.bool_, a.size).reshape(a.shape)
    else:
        same = a == b
    if a.dtype.kind == "f":
        same |= np.isnan(a) & np.isnan(b)
    return np.asarray(same.all(axis=1) if same.ndim > 1 else same)


class Partly(Protocol):
    """Say of which parts of something a result depends."""

    def same_as(self, other: Any) -> bool:  # noqa: ANN401 - another of the same kind
        """Return whether the parts that matter are the same."""


@dataclass(slots=True)
class Some:
    """Look at some rows of an array only.

    Attributes
    ----------
    array
        The array.
    rows
        Numbers of the rows that matter.
    """

    array: npt.NDArray[Any]
    rows: npt.NDArray[np.int64]

    def same_as(self, other: "Some") -> bool:
        """Return whether these rows are the same."""
        if self.array is other.array and self.rows is other.rows:
            return True
        return _same(self.array[self.rows], other.array[other.rows])


def _same(a: Any, b: Any) -> bool:  # noqa: ANN401
    """Return whether two inputs are the same for whoever depends on them."""
    if a is b:
        return True
    if isinstance(a, np.ndarray | ExtensionArray):
        return type(a) is type(b) and _same_entries(a, b)
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(map(_same, a, b))
    if type(a) is type(b) and hasattr(a, "same_as"):
        return bool(a.same_as(b))
    return isinstance(a, _PLAIN) and type(a) is type(b) and bool(a == b)


def _same_entries(a: Any, b: Any) -> bool:  # noqa: ANN401 - arrays of numpy or of pandas
    """Return whether two arrays or columns are equal; missing entries equal one another."""
    if a.dtype != b.dtype or a.shape != b.shape:
        return False
    return bool(_equal_rows(a, b).all() if isinstance(a, np.ndarray) else a.equals(b))


_PLAIN = (str, int, float, frozenset, date)
