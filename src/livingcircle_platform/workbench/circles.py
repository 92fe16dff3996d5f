"""Draw circles on a desk: map and equal list, every operation first seen, then done."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.http import HttpResponse
from django.http import HttpResponseRedirect
from django.http import JsonResponse
from django.shortcuts import render
from django.urls import reverse

from livingcircle_platform.assessment import desks
from livingcircle_platform.assessment.actions import ask_draft
from livingcircle_platform.core.models import Job
from livingcircle_platform.errors import MissingError
from livingcircle_platform.errors import RefusedError
from livingcircle_platform.territory import circle_actions
from livingcircle_platform.territory import layers
from livingcircle_platform.territory.forms import SheetForm
from livingcircle_platform.territory.forms import tell
from livingcircle_platform.territory.models import CircleSet
from livingcircle_platform.territory.policies import CIRCLE_SETS
from livingcircle_platform.workbench.circle_forms import OperationForm
from livingcircle_platform.workbench.circle_forms import StartForm
from livingcircle_platform.workbench.circle_forms import asked_again
from livingcircle_platform.workbench.indicators import of_desk
from livingcircle_platform.workbench.indicators import of_preview


def choose(request: HttpRequest) -> HttpResponse:
    """List the drafts, and ask where to begin a new one."""
    return _start(request, StartForm(user=request.user))


def begin(request: HttpRequest) -> HttpResponse:
    """Begin a draft; its desk is opened in the background."""
    form = StartForm(request.POST, user=request.user)
    if not form.is_valid():
        return _start(request, form, 400)
    told = form.cleaned_data
    job = ask_draft(
        told["district"], told["id"], start=told["start"], wishes=form.wishes(),
        acting_user=request.user,
    )  # fmt: skip
    return HttpResponseRedirect(reverse("core:job", args=[job.pk]))


def desk(request: HttpRequest, draft_id: uuid.UUID) -> HttpResponse:
    """Show a draft: the map, the equal list, and what can be done."""
    draft = _draft(request, draft_id)
    context: dict[str, Any] = {"draft": draft, "key": uuid.uuid4()}
    if not draft.steps:
        context["job"] = Job.objects.filter(pk=draft.pk, asked_by=request.user).first()
    else:
        circles = list(draft.circles.defer("boundary"))
        context |= of_desk(draft, circles)
        context["may_adopt"] = CIRCLE_SETS.may(request.user, "adopt", draft)
    return render(request, "workbench/circle_desk.html", context)


def layer(request: HttpRequest, draft_id: uuid.UUID) -> JsonResponse:
    """Return circles and communities of a desk as one layer."""
    draft = _draft(request, draft_id)
    names = dict(draft.circles.values_list("code", "name"))
    opened = desks.desk_of(draft)
    tiles = [
        layers.feature(f"tile:{one.tile_id}", one.geometry, name=one.name, circle=one.circle_id)
        for one in opened.tiles
    ]
    circles = [
        layers.feature(one.circle_id, one.geometry, name=names.get(one.circle_id, one.name))
        for one in opened.circles
    ]
    told = {"tiles": layers.collection(tiles), "circles": layers.collection(circles)}
    return JsonResponse(told)


def preview(request: HttpRequest, draft_id: uuid.UUID) -> HttpResponse:
    """Show what an operation would come to, before and after; nothing is kept."""
    draft = _draft(request, draft_id)
    form = OperationForm(request.POST, request.FILES, draft=draft)
    context: dict[str, Any] = {"draft": draft}
    try:
        operation = form.asked()
        seen = form.cleaned_data["seen"]
        context |= of_preview(draft, desks.preview(draft, operation))
        context |= {"said": desks.say(operation, draft), "again": asked_again(operation),
                    "operation": operation, "seen": seen, "key": uuid.uuid4(),
                    "stale": seen != draft.version}  # fmt: skip
    except RefusedError as problem:
        context["problem"] = problem
    partial = getattr(request, "htmx", False) and not request.htmx.boosted
    name = "workbench/circle_preview.html" if partial else "workbench/circle_preview_page.html"
    return render(request, name, context)


def draw(request: HttpRequest, draft_id: uuid.UUID) -> HttpResponse:
    """Do an operation that was seen before."""
    draft = _draft(request, draft_id)
    form = OperationForm(request.POST, request.FILES, draft=draft)
    key = request.POST.get("key", "")
    if not key or draft.settings.get("key") != key:  # sent twice is done once
        _refuse_stale(request, draft)
        operation, told = form.asked(), form.cleaned_data
        said = desks.say(operation, draft)
        desks.take(draft, operation, seen=told["seen"], key=told["key"], reason=told["reason"],
                   acting_user=request.user)  # fmt: skip
        messages.success(request, f"已{said}")
    return HttpResponseRedirect(reverse("workbench:circle_desk", args=[draft_id]))


def undo(request: HttpRequest, draft_id: uuid.UUID) -> HttpResponse:
    """Take the last operation back."""
    draft = _draft(request, draft_id)
    _refuse_stale(request, draft)
    desks.undo(draft, seen=draft.version, acting_user=request.user)
    messages.success(request, "已撤销上一步")
    return HttpResponseRedirect(reverse("workbench:circle_desk", args=[draft_id]))


def sheet(request: HttpRequest, draft_id: uuid.UUID, code: str) -> HttpResponse:
    """Ask for kind and six fields of a circle, with what its figures suggest beside them."""
    draft = _draft(request, draft_id)
    circle = draft.circles.filter(code=code).first()
    if circle is None:
        raise MissingError("这一版没有这个圈", remedy="从圈层划定页面的列表进入")
    hints = desks.desk_of(draft).hints.get(code, {})
    copy = draft.circles.get(pk=circle.pk)
    form = SheetForm(request.POST or None, instance=copy, hints=hints)
    back = reverse("workbench:circle_desk", args=[draft.pk])
    if request.method == "POST" and form.is_valid():
        try:
            circle_actions.change_sheet(
                circle, form.values(), seen=form.cleaned_data["seen"], acting_user=request.user
            )
        except RefusedError as problem:
            tell(form, problem)
        else:
            messages.success(request, f"“{form.cleaned_data['name']}”已保存")
            return HttpResponseRedirect(back)
    crumbs = [(reverse("workbench:circles"), "圈层划定"), (back, str(draft))]
    lead = "“提示”由数据算出，写明依据，只供参考；类型和六项由人填写。"
    context = {"form": form, "title": f"{circle}：类型和六项", "back": back, "crumbs": crumbs,
               "lead": lead}  # fmt: skip
    return render(request, "territory/form.html", context, status=400 if form.errors else 200)


def _start(request: HttpRequest, form: StartForm, status: int = 200) -> HttpResponse:
    rows = CircleSet.objects.visible_to(request.user).select_related("district")
    context = {
        "form": form, "drafts": rows.filter(state=CircleSet.State.DRAFT),
        "current": rows.filter(state=CircleSet.State.ADOPTED),
        "districts": form.fields["district"].queryset.exists(),  # type: ignore[attr-defined]
    }  # fmt: skip
    return render(request, "workbench/circles.html", context, status=status)


def _draft(request: HttpRequest, draft_id: uuid.UUID) -> CircleSet:
    """Return a draft that this person may draw on."""
    rows = CircleSet.objects.visible_to(request.user).select_related("district", "made_from")
    draft = rows.filter(pk=draft_id).first()
    if draft is None:
        raise MissingError("没有这份草稿，或不在您的范围内", remedy="从圈层划定的列表重新进入")
    CIRCLE_SETS.require(request.user, "change", draft)
    if draft.state != CircleSet.State.DRAFT:
        raise RefusedError(f"{draft}已经启用过，不再改动", remedy="从它起草新的一版")
    return draft


def _refuse_stale(request: HttpRequest, draft: CircleSet) -> None:
    """Refuse what was seen on an older state of the draft, before its choices are looked at."""
    sent = request.POST.get("seen", "")
    if sent != str(draft.version):
        told = {"这一步": request.POST.get("said") or "撤销上一步"}
        raise circle_actions.moved_on(draft, told)
