"""Compile kernels, and name the units and bounds they share.

All lengths are whole millimetres (or milliseconds) in ``uint32``: sums of whole numbers do not
depend on their order, so the same network gives the same answer to the last bit however it is
searched. ``FAR`` means "no way"; twice as much still fits.
"""

from collections.abc import Callable
from typing import Any
from typing import TypeVar
from typing import cast

import numba as nb
import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Small = npt.NDArray[np.int32]
Lengths = npt.NDArray[np.uint32]
Kernel = TypeVar("Kernel", bound=Callable[..., Any])

FAR = np.uint32(1 << 30)
LANES = 32  # one row of lanes fills two cache lines
BATCH = 64  # outlets searched together


def fast(function: Kernel) -> Kernel:
    """Compile a kernel on first use, and keep the machine code for the next process.

    Kernels hold no locks and touch no globals, so that threads may run them side by side.
    """
    return cast("Kernel", nb.njit(function, cache=True, nogil=True))
