"""Assess, plan and run 15-minute convenient living circles (一刻钟便民生活圈).

The main job in three lines::

    import livingcircle as lc

    district = lc.read_district("my-district")
    assessment = lc.assess(district, lc.load_standard("miyun_2023"))
    assessment.gaps
"""

from importlib import import_module
from typing import TYPE_CHECKING
from typing import Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from livingcircle.assessment import Assessment
    from livingcircle.assessment import assess
    from livingcircle.city import City
    from livingcircle.city import assess_city
    from livingcircle.city import pack_city
    from livingcircle.city import read_city
    from livingcircle.district import District
    from livingcircle.io.folder import read_district
    from livingcircle.standards import Standard
    from livingcircle.standards import load_standard

__all__ = [
    "Assessment",
    "City",
    "District",
    "Standard",
    "__version__",
    "assess",
    "assess_city",
    "load_standard",
    "pack_city",
    "read_city",
    "read_district",
]

# Names are looked up on first use, so that importing the package costs nothing.
_HOMES = {
    "Assessment": "livingcircle.assessment",
    "assess": "livingcircle.assessment",
    "City": "livingcircle.city",
    "assess_city": "livingcircle.city",
    "pack_city": "livingcircle.city",
    "read_city": "livingcircle.city",
    "District": "livingcircle.district",
    "read_district": "livingcircle.io.folder",
    "Standard": "livingcircle.standards",
    "load_standard": "livingcircle.standards",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the public name stands for
    """Return a public name from the module it lives in."""
    if name not in _HOMES:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(_HOMES[name]), name)
