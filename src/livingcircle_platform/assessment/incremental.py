"""Keep what a worker learned of a district, so that its next run computes only what changed.

The record is read anew for every run, and a run must come to the same bytes whether or not there
was one before. So nothing is patched: tables that came out equal are exchanged for the earlier
ones, which the engine's memory then knows by sight.
"""

from collections.abc import Callable
from dataclasses import fields
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from livingcircle.district import District
from livingcircle.district import Source
from livingcircle.io.folder import read_district
from livingcircle.memory import PREPARED
from livingcircle.memory import Memory
from livingcircle_platform.assessment.inputs import Pinned
from livingcircle_platform.assessment.running import READ
from livingcircle_platform.assessment.running import How
from livingcircle_platform.assessment.running import Meter
from livingcircle_platform.assessment.running import Outcome
from livingcircle_platform.assessment.running import Progress
from livingcircle_platform.assessment.running import folder_of
from livingcircle_platform.assessment.running import run_district


class Workshop:
    """Assess one district again and again; owned by one worker, used by one thread at a time.

    Parameters
    ----------
    prepared
        A folder in which prepared streets outlive the worker; nothing is kept on disk without.
    """

    def __init__(self, prepared: Path | str | None = None) -> None:
        self._memory = Memory(None if prepared is None else Path(prepared) / PREPARED)
        self._last: District | None = None

    @property
    def memory(self) -> Memory:
        """Return what is remembered, for scenarios that start from the last run."""
        return self._memory

    def read(self, pinned: Pinned | Path | str, meter: Meter | None = None) -> District:
        """Return the district of a pinned folder, its unchanged tables those of the last one."""
        step = (meter or Meter()).part(0, READ)
        fresh = read_district(folder_of(pinned), progress=step, memory=self._memory)
        self._last = fresh if self._last is None else sharing(fresh, self._last)
        return self._last

    def run(
        self,
        pinned: Pinned | Path | str,
        out: Path | str,
        *,
        how: How | None = None,
        progress: Progress | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Outcome:
        """Assess a pinned folder as :func:`~livingcircle_platform.assessment.running.run` does.

        A run that is cancelled or fails leaves the workshop as good as before.
        """
        meter = Meter(progress, cancelled)
        district = self.read(pinned, meter)
        return run_district(
            district, folder_of(pinned), out, how=how or How(), meter=meter, memory=self._memory
        )


def sharing(fresh: District, known: District) -> District:
    """Return a district that is equal to the fresh one and shares with the known what is equal."""
    same = {
        one.name: old
        for one in fields(District)
        if _equal(getattr(fresh, one.name), old := getattr(known, one.name))
    }
    sources = {old: old for old in known.sources}
    kept: tuple[Source, ...] = tuple(sources.get(one, one) for one in fresh.sources)
    return replace(fresh, **{"sources": kept, **same})


def _equal(fresh: Any, known: Any) -> bool:  # noqa: ANN401 - any part of a district
    if type(fresh) is not type(known):
        return False
    if isinstance(fresh, pd.DataFrame):
        alike = fresh.index.name == known.index.name and list(fresh) == list(known)
        return alike and bool((fresh.dtypes == known.dtypes).all()) and fresh.equals(known)
    return bool(fresh == known)
