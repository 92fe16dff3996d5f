"""Read one upload in a bound process of its own; started by :mod:`.child`, imported by nobody.

Run as ``python -m livingcircle_platform.imports.reader job.json``. The process binds itself
before it imports anything that could open a file. It knows nothing of Django or any database.
"""

import errno
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from livingcircle.errors import LivingCircleError
from livingcircle.errors import OutputError
from livingcircle_platform.imports.limits import Limits
from livingcircle_platform.imports.limits import bind

_FAILED = 70
_FULL = frozenset({errno.ENOSPC, errno.EFBIG, errno.EDQUOT})


def main(order: str) -> int:
    """Do what the order says; return 0 when it is done."""
    job: dict[str, Any] = json.loads(Path(order).read_text("utf-8"))
    limits = Limits(**job.pop("limits"))
    bind(limits)
    try:
        _work(job, limits)
    except MemoryError:
        return _fail("memory")
    except OSError as error:
        if error.errno not in _FULL:
            raise
        return _fail("disk")
    except OutputError:
        return _fail("disk")
    except LivingCircleError as error:  # of a reading they are in the record; of a copy, here
        return _fail("told", what=error.what, remedy=error.remedy)
    return 0


def _fail(why: str, **told: str) -> int:
    say({"failed": why, **told})
    return _FAILED


def say(line: Mapping[str, object]) -> None:
    """Send one line to the process that waits."""
    sys.stdout.write(json.dumps(line, ensure_ascii=True) + "\n")
    sys.stdout.flush()


def _work(job: dict[str, Any], limits: Limits) -> None:
    """Import what the task needs, which takes a second, and do it."""
    task = job.pop("task")
    if task == "readback":
        from livingcircle_platform.imports import marking  # noqa: PLC0415 - once bound

        marking.mark(job)
        return
    from livingcircle_platform.imports import judging  # noqa: PLC0415 - once bound

    judging.judge(job, limits, lambda done, what: say({"done": done, "total": 4, "what": what}))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
