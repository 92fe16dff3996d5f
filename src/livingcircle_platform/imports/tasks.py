"""Read, accept and mark batches in a worker; each may be run again after a crash.

A reading is written down in one transaction, and so is what is accepted; a worker that was
replaced meanwhile writes nothing.
"""

import uuid

from django.urls import reverse

from livingcircle.readback import write_issue_list
from livingcircle_platform.core import files
from livingcircle_platform.core import jobs
from livingcircle_platform.core.jobs import CancelledError
from livingcircle_platform.core.jobs import Handle
from livingcircle_platform.imports import workplace
from livingcircle_platform.imports.actions import deciding
from livingcircle_platform.imports.actions import keeping
from livingcircle_platform.imports.child import read_upload
from livingcircle_platform.imports.errors import ReadingCancelledError
from livingcircle_platform.imports.errors import ReadingError
from livingcircle_platform.imports.models import Batch
from livingcircle_platform.imports.outcome import Outcome
from livingcircle_platform.imports.outcome import outcome_of
from livingcircle_platform.imports.outcome import rejected
from livingcircle_platform.imports.readback import write_readback as write_marked
from livingcircle_platform.imports.reading import Reading

_STEPS = 7  # four of the reading child, comparing, writing down, done


def read(handle: Handle, batch: str, seen: int) -> str:
    """Read the files of a batch and lay what they hold beside the record."""
    found = Batch.objects.select_related("area").get(pk=batch)
    if found.version == seen:  # otherwise it is written down already, or was asked anew
        outcome = _outcome(handle, found)
        handle.tell(_STEPS - 1, _STEPS, "写下结果")
        jobs.finish(handle.job, lambda: _write_down(handle, found, outcome, seen))
    return reverse("imports:batch", args=[batch])


def accept(handle: Handle, batch: str, seen: int) -> str:
    """Write a large batch into the record."""
    found = Batch.objects.select_related("area").get(pk=batch)
    handle.tell(0, 2, "写入台账")
    user = handle.job.asked_by
    jobs.finish(handle.job, lambda: str(deciding.accept(found, acting_user=user, seen=seen)))
    return reverse("imports:batch", args=[batch])


def write_readback(handle: Handle, batch: str, key: str) -> str:
    """Write the workbook that goes back with its problems marked, and the list of them."""
    found = Batch.objects.select_related("area").get(pk=batch)
    handle.tell(0, 3, "读取文件")
    reading = _read(handle, found)
    handle.tell(1, 3, "标出问题")
    made = _marked(handle, found, reading)
    handle.tell(2, 3, "写下结果")
    jobs.finish(handle.job, lambda: keeping.keep_readback(found, key, made))
    return reverse("imports:batch", args=[batch])


def _outcome(handle: Handle, batch: Batch) -> Outcome:
    try:
        reading = _read(handle, batch)
    except ReadingCancelledError as stopped:
        raise CancelledError from stopped
    except ReadingError as problem:
        return rejected(str(problem))
    handle.tell(_STEPS - 2, _STEPS, "与台账比对")
    return outcome_of(batch, reading)


def _read(handle: Handle, batch: Batch) -> Reading:
    streets = workplace.streets_of(batch.district, handle.is_cancelled)
    return read_upload(
        workplace.lay_out(batch), table=batch.table, work=workplace.reading_folder(batch),
        columns=batch.columns, coordinates=batch.coordinates, sheet=batch.sheet,
        encoding=batch.encoding, reference=streets, cancelled=handle.is_cancelled,
        progress=lambda done, _, what: handle.tell(done, _STEPS, what),
    )  # fmt: skip


def _write_down(handle: Handle, batch: Batch, outcome: Outcome, seen: int) -> str:
    kept = keeping.keep_outcome(batch, outcome, acting_user=handle.job.asked_by, seen=seen)
    if kept.summary.get("issues"):
        key = kept.summary["key"]
        jobs.ask(
            write_readback, title=f"回执：{kept}"[:200], acting_user=handle.job.asked_by,
            area=kept.area, arguments={"batch": str(kept.pk), "key": key},
            job_id=uuid.uuid5(kept.pk, f"readback/{key}"),
        )  # fmt: skip
    return str(kept)


def _marked(handle: Handle, batch: Batch, reading: Reading) -> dict[str, str]:
    """Return the checksums of what was written, by what it is."""
    listed = reading.work / "issues.xlsx"
    write_issue_list(reading.issues(), listed)
    made = {"issues": files.keep(listed)}
    marked = write_marked(
        reading, workplace.lay_out(batch), reading.work / "marked.xlsx", encoding=batch.encoding,
        cancelled=handle.is_cancelled,
    )  # fmt: skip
    return {**made, "workbook": files.keep(marked)}
