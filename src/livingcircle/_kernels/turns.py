"""Let nodes wait for their turn, and take them in order.

Nodes that wait are bits, 64 to a word; a second row of words says which of the first hold any, so
that the next node is found at once.
"""

import numpy as np
import numpy.typing as npt

from livingcircle._kernels.base import Rank
from livingcircle._kernels.base import fast

Words = npt.NDArray[np.uint64]

_ONE, _ALL, _SIX = np.uint64(1), np.uint64(63), np.uint64(6)
# A de Bruijn number: its upper six bits, shifted by n, are different for every n.
_NUMBER, _SHIFT = np.uint64(0x03F79D71B4CB0A89), np.uint64(58)
_BIT = np.zeros(64, dtype=np.uint64)
_BIT[[((0x03F79D71B4CB0A89 << n) % 2**64) >> 58 for n in range(64)]] = np.arange(64)


@fast
def nobody_waits(count: int) -> tuple[Words, Words]:
    """Return room for so many turns to wait, and none that does."""
    words = count // 64 + 1
    return np.zeros(words, dtype=np.uint64), np.zeros(words // 64 + 1, dtype=np.uint64)


@fast
def put(waiting: Words, words: Words, turn: Rank | np.uint64) -> None:
    """Let a node wait for its turn."""
    bit = np.uint64(turn)
    word = bit >> _SIX
    waiting[word] |= _ONE << (bit & _ALL)
    words[word >> _SIX] |= _ONE << (word & _ALL)


@fast
def take(waiting: Words, words: Words, word: int) -> np.int64:
    """Return the first turn that waits, and let it wait no more."""
    place = (np.uint64(word) << _SIX) + _lowest(words[word])
    bit = _lowest(waiting[place])
    waiting[place] &= waiting[place] - _ONE
    if waiting[place] == 0:
        words[word] &= words[word] - _ONE
    return np.int64((place << _SIX) + bit)


@fast
def _lowest(word: np.uint64) -> np.uint64:
    """Return which is the lowest bit of a word that is set."""
    return np.uint64(_BIT[((word & (~word + _ONE)) * _NUMBER) >> _SHIFT])
