"""Show, add, edit and remove one record of a ledger; show its history; take a step back."""

import datetime as dt
import uuid
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.http import HttpResponse
from django.http import JsonResponse
from django.shortcuts import render
from django.urls import reverse

from livingcircle_platform.audit.models import Entry
from livingcircle_platform.core.numbers import number_in
from livingcircle_platform.core.pages import wants_json
from livingcircle_platform.errors import ConflictError
from livingcircle_platform.errors import RefusedError
from livingcircle_platform.registry import actions
from livingcircle_platform.registry import duplicates
from livingcircle_platform.registry import policies
from livingcircle_platform.registry.actions.approving import next_steps
from livingcircle_platform.registry.asking import trade_names
from livingcircle_platform.registry.forms import RecordForm
from livingcircle_platform.registry.history import Words
from livingcircle_platform.registry.history import as_of
from livingcircle_platform.registry.history import entries_of
from livingcircle_platform.registry.history import overwritten
from livingcircle_platform.registry.history import steps
from livingcircle_platform.registry.ledger import LEDGERS
from livingcircle_platform.registry.ledger import Ledger
from livingcircle_platform.registry.models import Outlet
from livingcircle_platform.registry.models import Photo
from livingcircle_platform.registry.showing import cell_of
from livingcircle_platform.registry.views.finding import back
from livingcircle_platform.registry.views.finding import find
from livingcircle_platform.registry.views.finding import id_in
from livingcircle_platform.registry.views.finding import just_done
from livingcircle_platform.registry.views.finding import last_entry
from livingcircle_platform.registry.views.finding import page_of
from livingcircle_platform.registry.views.finding import seen_in
from livingcircle_platform.registry.views.sheet import told

_STEPS_SHOWN = 5
WEEKDAYS = tuple(zip("1234567", "一二三四五六日", strict=True))


def page(request: HttpRequest, ledger: Ledger, pk: UUID) -> HttpResponse:
    """Show everything known of one record, what hangs on it, and what was last done to it."""
    record, user = find(ledger, request.user, pk, removed=True), request.user
    trades = trade_names()
    policy = ledger.policy
    latest = list(entries_of(record)[:_STEPS_SHOWN])
    context = {
        "ledger": ledger,
        "record": record,
        "cells": [cell_of(one, record, trades, editable=False) for one in ledger.columns],
        "steps": list(steps(latest, Words(ledger, trades))),
        "may_change": record.removed_at is None and policy.may(user, "change", record),
        "may_keep": record.removed_at is None and policy.may_in(user, "change", record.area),
        "may_remove": record.removed_at is None and policy.may(user, "remove", record),
        "done": just_done(request),
        "new_id": uuid.uuid4(),
        "here": request.path,
    }
    context |= _attached(record, user)
    return render(request, f"registry/{ledger.slug}.html", context)


def add(request: HttpRequest, ledger: Ledger) -> HttpResponse:
    """Ask for a new record, and keep it."""
    names = ledger.editable
    form = _form(request, ledger, names, None)
    if request.method == "POST" and form.is_valid():
        record = ledger.model(pk=id_in(request), **form.cleaned_data)
        if _kept(form, lambda: actions.add(record, acting_user=request.user)):
            messages.success(request, f"已新增“{record}”")
            return back(request, page_of(record), last_entry(record, request.user))
    context = {"ledger": ledger, "form": form, "new_id": request.POST.get("id") or uuid.uuid4()}
    return _answer(request, form, context)


def edit(request: HttpRequest, ledger: Ledger, pk: UUID) -> HttpResponse:
    """Show one record as a form, and keep what was changed."""
    record = find(ledger, request.user, pk)
    ledger.policy.require(request.user, "change", record)
    names = policies.changeable(request.user, record, ledger.editable)
    form = _form(request, ledger, names, record)
    looked = ledger.slug == "outlet" and policies.OUTLETS.may(request.user, "verify", record)
    if request.method == "POST" and form.is_valid():
        verified = looked and request.POST.get("verified")
        seen = seen_in(request)

        def keep() -> Any:  # noqa: ANN401
            values, who = form.cleaned_data, request.user
            if verified:
                return actions.verify(record, seen=seen, acting_user=who, values=values)
            reason = request.POST.get("reason", "").strip()
            return actions.change(record, values, seen=seen, acting_user=who, reason=reason)

        if _kept(form, keep):
            messages.success(request, f"已保存“{record}”")
            return back(request, page_of(record), last_entry(record, request.user))
    context = {
        "ledger": ledger, "form": form, "record": record, "may_verify": looked,
        "seen": request.POST.get("seen") or record.version, "next": _next(request),
    }  # fmt: skip
    return _answer(request, form, context)


def remove(request: HttpRequest, ledger: Ledger, pk: UUID) -> HttpResponse:
    """Hide a record."""
    record = find(ledger, request.user, pk)
    reason = request.POST.get("reason", "").strip()
    actions.remove(record, seen=seen_in(request), acting_user=request.user, reason=reason)
    messages.success(request, f"已移除“{record}”，30天内可以撤销")
    return back(request, reverse(f"registry:{ledger.slug}_list"), last_entry(record, request.user))


def history(request: HttpRequest, ledger: Ledger, pk: UUID) -> HttpResponse:
    """Tell every step of a record, and how it stood on a day."""
    record = find(ledger, request.user, pk, removed=True)
    words = Words(ledger, trade_names())
    context = {
        "ledger": ledger,
        "record": record,
        "steps": list(steps(entries_of(record), words)),
        "may_undo": policies.policy_of(ledger.model).may(request.user, "change", record),
        "here": request.path,
        "done": just_done(request),
        # The room of imports lies above this one; it hangs its batches on their source.
        "batch": record.source and record.source.batches.visible_to(request.user).first(),
    }
    said = request.GET.get("on", "")
    if said:
        try:
            day = dt.date.fromisoformat(said)
        except ValueError as error:
            raise RefusedError(f"日期认不出“{said}”", remedy="写成 2026-06-01 这样") from error
        then = as_of(record, day)
        context |= {"day": day, "unknown": overwritten(record, day)}
        context["then"] = then and [
            (one.title, words.say(one.name, then[one.name]))
            for one in ledger.columns
            if one.name in then
        ]
    return render(request, "registry/history.html", context)


def undo(request: HttpRequest) -> HttpResponse:
    """Take a step back, or a whole bulk edit."""
    number = number_in(request.POST.get("number"))
    if number is None:
        raise RefusedError("没有写明撤回哪一步", remedy="从“修改历史”里重新点撤回")
    undone = actions.undo(number, acting_user=request.user)
    if wants_json(request):
        return JsonResponse({"count": undone.many, "left": undone.left, **_now(request, number)})
    messages.success(request, f"已撤回{undone.many}条")
    if undone.left:
        names = "、".join(undone.left[:5])
        messages.warning(request, f"{len(undone.left)}条后来又改过，没有动：{names}")
    return back(request, reverse("workbench:home"))


def _now(request: HttpRequest, number: int) -> dict[str, Any]:
    """Return the record that a step was about as it is now, for the page to show."""
    entry = Entry.objects.get(pk=number)
    ledger = next(
        (one for one in LEDGERS.values() if one.model._meta.model_name == entry.kind),  # noqa: SLF001
        None,
    )
    if ledger is None:
        return {}
    record = find(ledger, request.user, entry.object_id, removed=True)
    columns = [one for one in ledger.columns if one.name in (entry.after or {})]
    return told(record, columns, request.user)


def _form(
    request: HttpRequest,
    ledger: Ledger,
    names: frozenset[str],
    record: Any,  # noqa: ANN401
) -> RecordForm:
    data = request.POST if request.method == "POST" else None
    initial = {name: getattr(record, name) for name in names} if record is not None else {}
    for name in ledger.links:
        if record is not None and name in names:
            initial[name] = getattr(record, f"{name}_id")
    if record is None:
        initial = {"state": "open", "supply": "fixed"}
        initial |= {name: value for name, value in request.GET.items() if name in names}
    return RecordForm(data, initial=initial, ledger=ledger, user=request.user, names=names)


def _kept(form: RecordForm, keep: Any) -> bool:  # noqa: ANN401 - a call
    """Keep what was typed, or put each refusal beside its field; a conflict shows both sides."""
    try:
        keep()
    except ConflictError as problem:
        form.add_error(None, str(problem))
        form.conflict = problem  # type: ignore[attr-defined]
        return False
    except RefusedError as problem:
        for name, said in problem.fields.items():
            form.add_error(name if name in form.fields else None, said)
        if not problem.fields:
            form.add_error(None, str(problem))
        return False
    return True


def _answer(request: HttpRequest, form: RecordForm, context: dict[str, Any]) -> HttpResponse:
    problem = getattr(form, "conflict", None)
    status = problem.status if problem else (400 if form.errors else 200)
    if problem is not None:
        words = Words(context["ledger"], trade_names())
        context["both"] = [
            (words.title(name), words.say(name, theirs), words.say(name, problem.yours[name]))
            for name, theirs in problem.theirs.items()
            if theirs != problem.yours[name]
        ]
        context["seen"] = problem.version
    return render(request, "registry/record_form.html", context, status=status)


def _next(request: HttpRequest) -> str:
    return request.POST.get("next") or request.GET.get("next", "")


def _attached(record: Any, user: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return what hangs on a record of its kind."""
    name = record._meta.model_name  # noqa: SLF001
    if name == "outlet":
        merged = list(Outlet._base_manager.filter(merged_into=record))  # noqa: SLF001
        ids = [record.pk, *(one.pk for one in merged)]
        others = duplicates.suspects_of(record, user) if record.removed_at is None else []
        return {
            "entrances": record.entrances.filter(removed_at=None),
            "photos": Photo.objects.filter(outlet__in=ids, removed_at=None).order_by("-created_at"),
            "merged": merged,
            "suspects": _named(others, record),
            "may_verify": policies.OUTLETS.may(user, "verify", record)
            and record.removed_at is None,
            "may_photo": policies.PHOTOS.may(user, "add", Photo(outlet=record)),
        }
    if name == "space":
        steps_taken = record.steps.filter(removed_at=None).order_by("created_at")
        return {
            "approvals": steps_taken, "next_steps": next_steps(record, user),
            "photos": record.photos.filter(removed_at=None).order_by("-created_at"),
            "may_photo": policies.PHOTOS.may(user, "add", Photo(space=record)),
        }  # fmt: skip
    if name == "mobileservice":
        stops = list(record.stops.filter(removed_at=None))
        for stop in stops:
            days = dict(WEEKDAYS)
            stop.days = "、".join(f"周{days[one]}" for one in sorted(stop.weekdays))
        return {"stops": stops, "weekdays": WEEKDAYS}
    outlets = getattr(record, "outlets", None)
    return {"outlets": outlets.visible_to(user).select_related("area__parent")[:200]
            if outlets is not None else []}  # fmt: skip


def _named(others: list[duplicates.Suspect], record: Outlet) -> list[Any]:
    ids = [one.second if one.first == record.pk else one.first for one in others]
    found = Outlet.objects.in_bulk(ids)
    return [(found[pk], one) for pk, one in zip(ids, others, strict=True) if pk in found]
