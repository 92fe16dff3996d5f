"""Keep the garbage collector out of the way while one large job runs.

A district is some million objects that live until its results are written. The collector goes
through all of them again and again and finds next to nothing: tables and records hold no cycles.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Pause the collector for the block; whether it ran before is what it does afterwards.

    Meant for whoever owns the process: a command, or a worker between two districts. A library
    that is called must not decide this for its caller.
    """
    ran = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if ran:
            gc.enable()
