"""Assess the demonstration district once for every test that looks at it."""

from pathlib import Path

import pytest

import livingcircle
from livingcircle.assessment import assess
from livingcircle.io.folder import read_district
from livingcircle.standards import load_standard


@pytest.fixture(scope="session")
def sample_assessment():
    """Return the assessment of the demonstration district by its own standard."""
    district = read_district(Path(livingcircle.__file__).parent / "sample")
    return assess(district, load_standard(district.standard))
