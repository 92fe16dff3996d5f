"""Say how much the reading of one upload may use, and bind a process to it."""

import signal
from dataclasses import dataclass

_MB = 1024**2
_GRACE = 5  # seconds between the parent's patience and the child's own end


@dataclass(frozen=True)
class Limits:
    """Bound one reading.

    Attributes
    ----------
    memory_mb
        Address space of each process. Importing the readers takes some 600 MB of it, of which
        220 MB are really used, so that less than 640 reads nothing;
        marking a sheet of 50,000 × 20 cells takes over 1,024.
    cpu_seconds, wall_seconds
        Processor time, and time on the clock.
    written_mb
        The largest file the reading may write.
    open_files
        Files open at once.
    office_mb, layer_mb, streets_mb
        The largest upload: workbooks and texts, map layers, OpenStreetMap extracts.
    """

    memory_mb: int = 1536
    cpu_seconds: int = 120
    wall_seconds: int = 180
    written_mb: int = 1024
    open_files: int = 128
    office_mb: int = 50
    layer_mb: int = 300
    streets_mb: int = 1024


def bind(limits: Limits) -> None:
    """Bind this process and its children, for good.

    The alarm ends a child whose parent is gone and can no longer stop it.
    """
    import resource  # noqa: PLC0415 - only where uploads are read, never on import

    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_mb * _MB,) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 2))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.written_mb * _MB,) * 2)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limits.open_files,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.alarm(limits.wall_seconds + _GRACE)
