"""Pin and assess the demonstration district once for every test that looks at it."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from livingcircle.district import District
from livingcircle.io.folder import read_district
from livingcircle_platform.assessment.inputs import Pinned
from livingcircle_platform.assessment.running import Outcome
from livingcircle_platform.assessment.running import run
from tests.factories.district import draw_district
from tests.platform.assessment.pinning import SAMPLE
from tests.platform.assessment.pinning import pin_drawn
from tests.platform.assessment.pinning import pin_sample


@dataclass(frozen=True)
class Ran:
    """Hold a run with its folders; nothing in them may be changed."""

    pinned: Pinned
    out: Path
    outcome: Outcome


@pytest.fixture(scope="session")
def sample() -> District:
    """Return the demonstration district as it is read from its own files."""
    return read_district(SAMPLE)


@pytest.fixture(scope="session")
def ran_sample(sample, tmp_path_factory) -> Ran:
    """Return a run of the demonstration district from its record."""
    folder = tmp_path_factory.mktemp("sample")
    pinned = pin_sample(sample, folder / "pinned")
    return Ran(pinned, folder / "results", run(pinned, folder / "results"))


@pytest.fixture(scope="session")
def drawn() -> District:
    """Return two communities on one street: the west has a pharmacy, the far east has nothing."""
    return draw_district(
        outlets=[(100, 0, ["pharmacy"], {"trades": "药店"})],
        doors=[(150, 0, 100.0), (900, 0, 50.0), (1900, 0, 30.0)],
        complete=["pharmacy"],
    )


@pytest.fixture(scope="session")
def ran_drawn(drawn, tmp_path_factory) -> Ran:
    """Return a run of the district drawn by hand."""
    folder = tmp_path_factory.mktemp("drawn")
    pinned = pin_drawn(drawn, folder / "pinned")
    return Ran(pinned, folder / "results", run(pinned, folder / "results"))
