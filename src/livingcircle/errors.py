"""Name every way LivingCircle can refuse, each with a sentence for the person at the keyboard.

A message is one Chinese sentence in three parts: what is wrong, where it is, and what to do
about it. Callers catch :class:`LivingCircleError`; nothing in the engine raises a bare
``ValueError`` at a user.
"""


class LivingCircleError(Exception):
    """Say what is wrong, where, and what to do, in one Chinese sentence.

    Parameters
    ----------
    what
        What is wrong, without a full stop: ``"缺少“业态”列"``.
    where
        File, sheet, row or column it happened in; empty when the whole run is meant.
    remedy
        What the reader can do now, without a full stop.
    """

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        self.what = what
        self.where = where
        self.remedy = remedy
        super().__init__(str(self))

    def __str__(self) -> str:
        """Join the three parts into one sentence."""
        head = f"{self.where}：{self.what}" if self.where else self.what
        return f"{head}。{self.remedy}。" if self.remedy else f"{head}。"


class InputError(LivingCircleError):
    """A file or folder cannot be read as what it claims to be."""


class UnsafeFileError(InputError):
    """A file is refused before it is opened: too large, a bomb, encrypted, or disguised."""


class TableError(InputError):
    """A table as a whole is unusable: a required column is missing, or no row is left."""


class CoordinateError(InputError):
    """Coordinates cannot be placed: unknown system, swapped axes, or outside the earth."""


class StandardError(LivingCircleError):
    """A standard pack is missing, malformed, or asks for a rule that does not exist."""


class NetworkError(LivingCircleError):
    """The streets cannot be made into a walking network."""


class AssessmentError(LivingCircleError):
    """The inputs of an assessment contradict each other, so that no answer would be honest."""


class SitingError(LivingCircleError):
    """A question of siting contradicts itself, so that there is nothing to choose."""


class SolverError(LivingCircleError):
    """The solver of a choice among sites or circles failed; its model is ours to mend."""


class OutputError(LivingCircleError):
    """A result cannot be written; whatever stood there before is still there."""


class WorkerError(LivingCircleError):
    """Workers died or cannot be had; what they finished is kept, ``districts`` are still to do."""

    districts: tuple[str, ...] = ()
