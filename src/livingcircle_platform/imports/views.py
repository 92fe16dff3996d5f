"""Show batches from upload to record, and pass on what people decide about them."""

import tempfile
import uuid
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import FileResponse
from django.http import HttpRequest
from django.http import HttpResponse
from django.http import HttpResponseRedirect
from django.http import JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header

from livingcircle.io.excel import write_template
from livingcircle_platform.audit import chain
from livingcircle_platform.core import files
from livingcircle_platform.core.numbers import number_in
from livingcircle_platform.core.paging import page_of
from livingcircle_platform.errors import MissingError
from livingcircle_platform.errors import RefusedError
from livingcircle_platform.imports.actions import asking
from livingcircle_platform.imports.actions import deciding
from livingcircle_platform.imports.belonging import belongs_in
from livingcircle_platform.imports.coordinate_doubt import places_under
from livingcircle_platform.imports.coordinate_doubt import swapped_columns
from livingcircle_platform.imports.forms import AnswerForm
from livingcircle_platform.imports.forms import ReasonForm
from livingcircle_platform.imports.forms import UploadForm
from livingcircle_platform.imports.kinds import EXTRACT
from livingcircle_platform.imports.kinds import KINDS
from livingcircle_platform.imports.kinds import ending_of
from livingcircle_platform.imports.models import Batch
from livingcircle_platform.imports.models import ColumnMapping
from livingcircle_platform.imports.policies import BATCHES
from livingcircle_platform.imports.reading import Heading
from livingcircle_platform.imports.reviewing import Review
from livingcircle_platform.imports.translating import key_of_headers

_PAGES = {
    Batch.State.READING: "imports/waiting.html",
    Batch.State.ACCEPTING: "imports/waiting.html",
    Batch.State.MAPPING: "imports/columns.html",
    Batch.State.STAGED: "imports/review.html",
}
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FIGURES = ("new", "changed", "same", "refused")


def batches(request: HttpRequest) -> HttpResponse:
    """List the batches that a person may see, the latest first."""
    found = Batch.objects.visible_to(request.user).select_related("area", "job__asked_by")
    context = {
        "page": page_of(request, found), "kinds": KINDS.values(),
        "may_add": BATCHES.may(request.user, "add"),
    }  # fmt: skip
    return render(request, "imports/batches.html", context)


def upload(request: HttpRequest) -> HttpResponse:
    """Take in a file."""
    form = UploadForm(request.POST or None, request.FILES or None, user=request.user)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            made = asking.upload(form.batch(), form.cleaned_data["files"], acting_user=request.user)
            return _to(made)
        except RefusedError as problem:  # beside the field, with all that was chosen kept
            form.add_error("files", str(problem))
            status = problem.status
    context = {"form": form, "kinds": KINDS.values()}
    return render(request, "imports/upload.html", context, status=status)


def template(request: HttpRequest, table: str) -> HttpResponse:  # noqa: ARG001
    """Hand out the empty workbook of a table."""
    if table not in KINDS:
        raise MissingError("没有这张表的模板", remedy="从“数据入库”里选一张表")
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "template.xlsx")
        write_template(table, target)
        content = target.read_bytes()
    response = HttpResponse(content, content_type=_XLSX)
    return _as_attachment(response, f"{KINDS[table].title}模板.xlsx")


def batch(request: HttpRequest, batch_id: uuid.UUID) -> HttpResponse:
    """Show one batch as far as it has come."""
    found = _batch_of(request, batch_id)
    page = _PAGES.get(found.state, "imports/batch.html")
    if found.state == Batch.State.REFUSED and found.summary.get("sheets"):
        page = "imports/columns.html"
    return render(request, page, _context(request, found))


def columns(request: HttpRequest, batch_id: uuid.UUID) -> HttpResponse:
    """Ask which header means what, and read again with the answer."""
    found = _batch_of(request, batch_id)
    form = _answer_form(found, request.POST or None)
    if request.method == "POST" and form.is_valid():
        seen = form.cleaned_data["version"]
        return _to(asking.answer(found, form.answers(), acting_user=request.user, seen=seen))
    context = {**_context(request, found), "form": form}
    return render(request, "imports/columns.html", context)


def coordinates(request: HttpRequest, batch_id: uuid.UUID) -> HttpResponse:
    """Take the answer to a doubt about the coordinates."""
    found, seen, choice = _batch_of(request, batch_id), _seen(request), request.POST.get("use", "")
    if choice == "keep":
        return _to(asking.settle(found, acting_user=request.user, seen=seen))
    answers: dict[str, Any] = {"coordinates": choice}
    if choice == "swap":
        answers = {"columns": swapped_columns(found)}
    return _to(asking.answer(found, answers, acting_user=request.user, seen=seen))


def places(request: HttpRequest, batch_id: uuid.UUID) -> HttpResponse:
    """Return where the places of a batch lie, under one system or another."""
    found = _batch_of(request, batch_id)
    system = request.GET.get("as", "")
    allowed = {"", "swapped", *(one["likely"] for one in found.summary.get("doubts", []))}
    if system not in allowed:
        raise MissingError("没有这一种画法", remedy="从批次页面打开地图")
    return JsonResponse(places_under(found, system))


def accept(request: HttpRequest, batch_id: uuid.UUID) -> HttpResponse:
    """Write a batch into the record."""
    found = _batch_of(request, batch_id)
    return _to(asking.have_accepted(found, acting_user=request.user, seen=_seen(request)))


def discard(request: HttpRequest, batch_id: uuid.UUID) -> HttpResponse:
    """Leave a batch as it is."""
    found = deciding.discard(_batch_of(request, batch_id), acting_user=request.user)
    messages.success(request, f"已丢弃“{found}”，台账没有改动。")
    return HttpResponseRedirect(reverse("imports:batches"))


def undo(request: HttpRequest, batch_id: uuid.UUID) -> HttpResponse:
    """Take a whole batch back."""
    found, form = _batch_of(request, batch_id), ReasonForm(request.POST)
    if form.is_valid():
        deciding.undo(found, acting_user=request.user, reason=form.cleaned_data["reason"])
        return _to(found)
    context = {**_context(request, found), "undo_form": form}
    return render(request, "imports/batch.html", context, status=400)


def take_also(request: HttpRequest, batch_id: uuid.UUID) -> HttpResponse:
    """Take another table from the same extract of a map."""
    table = request.POST.get("table", "")
    return _to(asking.take_also(_batch_of(request, batch_id), table, acting_user=request.user))


def readback(request: HttpRequest, batch_id: uuid.UUID) -> HttpResponse:
    """Show whether the workbook that goes back is ready; the page asks again until it is."""
    context = {"batch": _batch_of(request, batch_id)}
    return render(request, "imports/readback_fragment.html", context)


def download(request: HttpRequest, batch_id: uuid.UUID, what: str) -> HttpResponse:
    """Hand out the workbook that goes back, the list of issues, or a file as it came."""
    found = _batch_of(request, batch_id)
    sha256, name = _downloads(found).get(what, ("", ""))
    if not sha256 or not files.path_of(sha256).is_file():
        raise MissingError("没有这个文件，或还没有做好", remedy="回到批次页面，稍后再下载")
    content = files.path_of(sha256).open("rb")
    # Whatever somebody uploaded is never opened by the browser as a page.
    response = FileResponse(content, content_type="application/octet-stream")
    return _as_attachment(response, name)


def _downloads(found: Batch) -> dict[str, tuple[str, str]]:
    made = found.summary.get("readback", {})
    stem = Path(str(found)).stem
    return {
        "workbook": (made.get("workbook", ""), f"{stem}_回执.xlsx"),
        "issues": (made.get("issues", ""), f"{stem}_问题清单.xlsx"),
        **{f"file-{n}": (one["sha256"], one["name"]) for n, one in enumerate(found.files)},
    }  # fmt: skip


def _as_attachment(response: Any, name: str) -> HttpResponse:  # noqa: ANN401
    response.headers["Content-Disposition"] = content_disposition_header(True, name)  # noqa: FBT003
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _context(request: HttpRequest, found: Batch) -> dict[str, Any]:
    review = Review(found, request.GET.get("show", ""))
    page = page_of(request, review.rows())
    return {
        "batch": found, "review": review, "page": page, "shown": review.shown(page),
        "form": _answer_form(found), "undo_form": ReasonForm(), "head": chain.head(),
        "may_add": BATCHES.may(request.user, "add", found),
        "may_accept": BATCHES.may(request.user, "accept", found),
        "may_undo": BATCHES.may(request.user, "undo", found),
        "is_mine": found.job is not None and found.job.asked_by_id == request.user.pk,
        "also": _also(found), "figures": [(name, found.counts.get(name, 0)) for name in _FIGURES],
    }  # fmt: skip


def _answer_form(found: Batch, data: Any = None) -> AnswerForm:  # noqa: ANN401
    headings = [Heading(**one) for one in found.summary.get("headings", [])]
    known = ColumnMapping.objects.filter(
        area=found.district, table=found.table, headers=key_of_headers(headings), removed_at=None
    ).first()
    return AnswerForm(data, batch=found, remembered=known.columns if known else None)


def _also(found: Batch) -> list[Any]:
    if ending_of(str(found)) != EXTRACT:
        return []
    wanted = ("streets", "outlets", "doors", "gates", "barriers")
    return [
        KINDS[name] for name in wanted
        if name != found.table and belongs_in(KINDS[name], found.area)
    ]  # fmt: skip


def _seen(request: HttpRequest) -> int:
    return number_in(request.POST.get("version", "")) or 0


def _batch_of(request: HttpRequest, batch_id: uuid.UUID) -> Batch:
    """Return a batch that a person may see.

    Raises
    ------
    MissingError
        If there is none.
    """
    rows = Batch.objects.visible_to(request.user).select_related("area__parent", "job__asked_by")
    found = rows.filter(pk=batch_id).first()
    if found is None:
        raise MissingError("没有这一批，或不在您的范围内", remedy="从“数据入库”的列表里重新进入")
    return found


def _to(found: Batch) -> HttpResponse:
    return HttpResponseRedirect(reverse("imports:batch", args=[found.pk]))
