"""Show the entries of somebody's area, one entry, exports with the head, and the check."""

import string
from collections.abc import Iterator
from itertools import islice

from django.http import HttpRequest
from django.http import HttpResponse
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from livingcircle_platform.audit import actions
from livingcircle_platform.audit import chain
from livingcircle_platform.audit import tasks
from livingcircle_platform.audit.models import Entry
from livingcircle_platform.audit.models import Verification
from livingcircle_platform.audit.queries import asked_of
from livingcircle_platform.audit.queries import narrowed
from livingcircle_platform.audit.words import KINDS
from livingcircle_platform.audit.words import VERBS
from livingcircle_platform.audit.words import Names
from livingcircle_platform.audit.words import action_title
from livingcircle_platform.audit.words import changes
from livingcircle_platform.core import jobs
from livingcircle_platform.core import sheets
from livingcircle_platform.core.paging import page_of
from livingcircle_platform.errors import MissingError
from livingcircle_platform.errors import RefusedError

_PAGE = 50
_MOST_ROWS = 100_000
_CHUNK = 2_000
IN_BACKGROUND_FROM = 20_000
_COLUMNS = ("序号", "时间", "谁", "做了什么", "对象", "范围", "改前", "改后", "原因", "校验码")


def entries(request: HttpRequest) -> HttpResponse:
    """List entries, the latest first."""
    asked = asked_of(request.GET)
    rows = narrowed(Entry.objects.visible_to(request.user), asked).select_related("area")
    page = page_of(request, rows, _PAGE)
    context = {"page": page, "asked": asked, "kinds": KINDS.items(), "verbs": VERBS.items()}
    return render(request, "audit/entries.html", context)


def entry(request: HttpRequest, number: int) -> HttpResponse:
    """Show one entry, before and after side by side."""
    found = Entry.objects.visible_to(request.user).filter(number=number).first()
    if found is None:
        raise MissingError("没有这条记录，或不在您的范围内", remedy="从“操作记录”里重新进入")
    names = Names()
    names.learn([found])
    told = {"entry": found, "changes": changes(found, names)}
    return render(request, "audit/entry.html", told)


def export(request: HttpRequest) -> HttpResponse:
    """Hand out the entries found, with the head printed on top."""
    rows = narrowed(Entry.objects.visible_to(request.user), asked_of(request.GET))
    if rows[_MOST_ROWS:].exists():
        raise RefusedError(
            f"超过{_MOST_ROWS:,}条，一个文件放不下", remedy="先按日期、类别或人员筛选再导出"
        )
    number, tail = chain.head()
    now = timezone.localtime()
    notes = [
        f"操作记录，{now:%Y年%m月%d日 %H:%M}由{request.user}导出",
        f"链头：第{number}条，{tail}",
        "日后校验时填入链头，可以查出此后被删掉或改动的记录",
    ]
    lines = list(_lines(rows.select_related("area").iterator(chunk_size=_CHUNK)))
    name = f"audit-{now:%Y%m%d-%H%M}"
    if request.GET.get("format") == "csv":
        return _file(sheets.csv_text(_COLUMNS, lines, notes), f"{name}.csv", "text/csv")
    book = sheets.workbook("操作记录", _COLUMNS, lines, notes)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return _file(book, f"{name}.xlsx", kind)


def verify(request: HttpRequest) -> HttpResponse:
    """Show the head and earlier checks; check now, in the background where it takes long."""
    number, tail = chain.head()
    if request.method == "POST":
        printed = request.POST.get("printed", "").strip().lower()
        if printed and (len(printed) != len(tail) or set(printed) - set(string.hexdigits)):
            raise RefusedError(
                f"链头要有{len(tail)}个字符（数字和字母a到f），没有校验",
                remedy="从导出文件上完整复制再试",
            )
        if number > IN_BACKGROUND_FROM:
            return _verify_later(request, printed)
        actions.verify(acting_user=request.user, printed=printed)
        return HttpResponseRedirect(reverse("audit:verify"))
    context = {"number": number, "hash": tail, "checks": Verification.objects.all()[:10]}
    return render(request, "audit/verify.html", context)


def _verify_later(request: HttpRequest, printed: str) -> HttpResponse:
    job = jobs.ask(
        tasks.verify_chain, title="校验操作记录", acting_user=request.user,
        area=request.user.home(), arguments={"printed": printed, "user_id": str(request.user.pk)},
    )  # fmt: skip
    return HttpResponseRedirect(reverse("core:job", args=[job.pk]))


def _lines(entries: Iterator[Entry]) -> Iterator[list[object]]:
    names = Names()
    while some := list(islice(entries, _CHUNK)):
        names.learn(some)
        yield from (_line(one, names) for one in some)


def _line(one: Entry, names: Names) -> list[object]:
    told = changes(one, names)
    sides = ["；".join(f"{each.title}：{each[side]}" for each in told) for side in (1, 2)]
    at = f"{timezone.localtime(one.at):%Y-%m-%d %H:%M:%S}"
    what, where = action_title(one.action), str(one.area) if one.area else ""
    return [
        one.number, at, one.actor_name, what, one.object_name, where, *sides, one.reason, one.hash,
    ]  # fmt: skip


def _file(contents: bytes, name: str, kind: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(contents, content_type=kind, headers=headers)
