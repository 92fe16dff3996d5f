"""Find what an address names, among what the person may see."""

import uuid
from typing import Any

from django.http import HttpRequest
from django.http import HttpResponse
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.http import urlencode

from livingcircle_platform.audit.models import Entry
from livingcircle_platform.core.numbers import number_in
from livingcircle_platform.errors import MissingError
from livingcircle_platform.errors import RefusedError
from livingcircle_platform.registry.actions.undoing import may_undo
from livingcircle_platform.registry.forms import is_id
from livingcircle_platform.registry.history import entries_of
from livingcircle_platform.registry.ledger import LEDGERS
from livingcircle_platform.registry.ledger import Ledger
from livingcircle_platform.registry.ledger import ledger_of
from livingcircle_platform.registry.models import Outlet


def find(ledger: Ledger, user: Any, pk: uuid.UUID | str, *, removed: bool = False) -> Any:  # noqa: ANN401
    """Return a record that a person may see; one that was removed only where asked for.

    Raises
    ------
    MissingError
        If there is none, or the person may not see it.
    """
    rows = ledger.model._base_manager if removed else ledger.model.objects  # type: ignore[attr-defined] # noqa: SLF001
    rows = rows.select_related(*ledger.related)
    found = rows.filter(pk=pk).first() if is_id(pk) else None
    gone = found is not None and found.removed_at is not None and not removed
    if found is None or gone or not ledger.policy.may(user, "view", found):
        raise MissingError(f"没有这个{ledger.one}，或不在您的范围内", remedy="从台账里重新进入")
    return found


def find_outlet(user: Any, pk: uuid.UUID | str) -> Outlet:  # noqa: ANN401
    """Return an outlet that a person may see."""
    outlet: Outlet = find(LEDGERS["outlet"], user, pk)
    return outlet


def seen_in(request: HttpRequest) -> int:
    """Return the version that the page was showing.

    Raises
    ------
    RefusedError
        If the page did not say.
    """
    seen = number_in(request.POST.get("seen"))
    if seen is None:
        raise RefusedError("页面不完整，没有保存", remedy="刷新页面再做一次")
    return seen


def id_in(request: HttpRequest) -> uuid.UUID:
    """Return the id that the page made for a new record, so that sending twice makes one.

    Raises
    ------
    RefusedError
        If the page did not say.
    """
    said = request.POST.get("id", "")
    if not is_id(said):
        raise RefusedError("页面不完整，没有保存", remedy="刷新页面再做一次")
    return uuid.UUID(said)


def page_of(record: Any) -> str:  # noqa: ANN401
    """Return the address of a record's own page."""
    return reverse(f"registry:{ledger_of(record).slug}_page", args=[record.pk])


def back(request: HttpRequest, otherwise: str, done: int | None = None) -> HttpResponse:
    """Return to where somebody came from, with what was just done, so that it can be undone."""
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}):
        target = otherwise
    if done is not None:
        joint = "&" if "?" in target else "?"
        target = f"{target}{joint}{urlencode({'done': done})}"
    return HttpResponseRedirect(target)


def last_entry(record: Any, user: Any) -> int | None:  # noqa: ANN401
    """Return the number of the latest entry about a record, if it is this person's."""
    entry = entries_of(record).first()
    return entry.number if entry is not None and entry.actor_id == user.pk else None


def just_done(request: HttpRequest) -> Entry | None:
    """Return what the person has just done, if it can be undone."""
    number = number_in(request.GET.get("done"))
    if number is None:
        return None
    entry = Entry.objects.filter(pk=number, actor=request.user).select_related("undone_by")
    found = entry.first()
    return found if found is not None and may_undo(found) else None
