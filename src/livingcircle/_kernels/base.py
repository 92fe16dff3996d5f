"""Compile kernels, and name the units and bounds they share.

All lengths are whole millimetres (or milliseconds) in ``uint32``: sums of whole numbers do not
depend on their order, so the same network gives the same answer to the last bit however it is
searched. ``FAR`` means "no way"; twice as much still fits.

A length with its owner is one ``uint64``, length in the high half: the least of such numbers is the
nearest, of equals the one with the lowest number, and one instruction finds it.
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
Owned = npt.NDArray[np.uint64]
Rank = int | np.int64
Kernel = TypeVar("Kernel", bound=Callable[..., Any])

FAR = np.uint32(1 << 30)
LANES = 32  # one row of lanes fills two cache lines
BATCH = 64  # places searched together
NOBODY = np.uint32(0xFFFFFFFF)  # owner where there is none
HALF = np.uint64(32)  # lengths stand so many bits above their owners
NOTHING = np.uint64((int(FAR) << 32) | int(NOBODY))


def fast(function: Kernel) -> Kernel:
    """Compile a kernel on first use, and keep the machine code for the next process.

    Kernels hold no locks and touch no globals, so that threads may run them side by side.
    """
    return cast("Kernel", nb.njit(function, cache=True, nogil=True))


def inner(function: Kernel) -> Kernel:
    """Compile a kernel that only other kernels call: without a way in from Python, much faster.

    Called from Python it would end the process.
    """
    return cast(
        "Kernel",
        nb.njit(function, cache=True, nogil=True, no_cpython_wrapper=True, no_cfunc_wrapper=True),
    )


def owned(length: Lengths, owner: npt.NDArray[np.integer[Any]]) -> Owned:
    """Return lengths and owners as one number each."""
    return (length.astype(np.uint64) << HALF) | owner.astype(np.uint64)


def parted(both: Owned) -> tuple[Lengths, Lengths]:
    """Return lengths and owners of what :func:`owned` put together."""
    return (both >> HALF).astype(np.uint32), (both & np.uint64(NOBODY)).astype(np.uint32)
