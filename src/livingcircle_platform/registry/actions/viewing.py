"""Keep filters of a ledger under a name, for oneself or for everybody in an area."""

import uuid
from typing import Any

from django.db import transaction
from django.http import QueryDict

from livingcircle_platform.audit import writing
from livingcircle_platform.errors import MissingError
from livingcircle_platform.errors import RefusedError
from livingcircle_platform.registry import policies
from livingcircle_platform.registry.ledger import Ledger
from livingcircle_platform.registry.models import SavedView


@transaction.atomic
def save_view(
    ledger: Ledger,
    title: str,
    query: str,
    *,
    acting_user: Any,  # noqa: ANN401
    area: Any = None,  # noqa: ANN401
    view_id: uuid.UUID | None = None,
) -> SavedView:
    """Keep a filter under a name; with an area, everybody in it sees it.

    Raises
    ------
    RefusedError
        If it has no name, or the filter is too long.
    NotAllowedError
        If the person may not share in the area.
    """
    view = SavedView(
        pk=view_id or uuid.uuid4(), user=acting_user, ledger=ledger.slug, title=title.strip(),
        query=_tidied(query), area=area,
    )  # fmt: skip
    policies.SAVED_VIEWS.require(acting_user, "add", view)
    if area is not None:
        policies.SAVED_VIEWS.require_in(acting_user, "share", area)
    if not view.title:
        raise RefusedError("视图要有名称，没有保存", remedy="写一个名称再保存")
    return writing.add(view, acting_user=acting_user)


@transaction.atomic
def remove_view(view: SavedView, *, acting_user: Any) -> SavedView:  # noqa: ANN401
    """Remove one's own saved view.

    Raises
    ------
    MissingError
        If it belongs to somebody else.
    """
    if view.user_id != acting_user.pk:
        raise MissingError("没有这个视图，或不是您存的", remedy="找存这个视图的人移除")
    policies.SAVED_VIEWS.require(acting_user, "remove", view)
    return writing.remove(view, seen=view.version, acting_user=acting_user)


def _tidied(query: str) -> str:
    """Return the filter without the page and without what is empty."""
    asked = QueryDict(query.removeprefix("?"))
    left = QueryDict(mutable=True)
    for name, values in asked.lists():
        kept = [value for value in values if value]
        if kept and name not in {"page", "done"}:
            left.setlist(name, kept)
    return left.urlencode()
