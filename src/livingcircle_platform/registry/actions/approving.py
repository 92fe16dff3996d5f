"""Take a room's approval from one step to the next: asked, agreed by 街道, agreed by the district.

A room without a title needs two letters (北京二十条 12), so each agreement carries its document
number, and nobody sets the state by hand.
"""

import datetime as dt
import uuid
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.db import transaction

from livingcircle_platform.audit import writing
from livingcircle_platform.errors import RefusedError
from livingcircle_platform.registry import policies
from livingcircle_platform.registry.actions.keeping import lock
from livingcircle_platform.registry.models import ApprovalStep
from livingcircle_platform.registry.models import Space

_STATE = Space.Approval
# From where to where, and what one has to be allowed to do.
STEPS: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("not_asked", "asked"): "change",
        ("refused", "asked"): "change",
        ("asked", "subdistrict_agreed"): "approve-subdistrict",
        ("asked", "refused"): "approve-subdistrict",
        ("subdistrict_agreed", "district_agreed"): "approve-district",
        ("subdistrict_agreed", "refused"): "approve-district",
    }
)
_NEEDS_LETTER = frozenset({"subdistrict_agreed", "district_agreed"})


def next_steps(space: Space, user: Any) -> list[tuple[str, str]]:  # noqa: ANN401
    """Return the steps that a person may take now, as pairs of code and word."""
    titles = dict(_STATE.choices)
    return [
        (after, titles[after])
        for (before, after), verb in STEPS.items()
        if before == space.approval and policies.SPACES.may(user, verb, space)
    ]


@transaction.atomic
def approve(
    space: Space,
    approval: str,
    *,
    seen: int,
    on: dt.date,
    acting_user: Any,  # noqa: ANN401
    document: str = "",
    note: str = "",
    step_id: uuid.UUID | None = None,
) -> ApprovalStep:
    """Take one step, and keep who took it by which letter.

    Raises
    ------
    RefusedError
        If the step does not follow, or its letter has no number.
    NotAllowedError
        If it is somebody else's step.
    ConflictError
        If the room was changed meanwhile.
    """
    policies.SPACES.require(acting_user, "view", space)
    verb = STEPS.get((space.approval, approval))
    if verb is None:
        now = space.get_approval_display()
        said = dict(_STATE.choices).get(approval, approval)
        raise RefusedError(f"现在是“{now}”，不能直接到“{said}”", remedy="按审批顺序一步一步来")
    policies.SPACES.require(acting_user, verb, space)
    if approval in _NEEDS_LETTER and not document.strip():
        raise RefusedError(
            "没有保存：出具意见要写文号", remedy="补上文号再保存", fields={"document": "要写文号"}
        )
    lock(Space, [space.pk])
    step = ApprovalStep(
        pk=step_id or uuid.uuid4(), space=space, approval=approval, document=document.strip(),
        on=on, note=note.strip(),
    )  # fmt: skip
    writing.add(step, acting_user=acting_user, reason=note)
    values = {"approval": approval}
    writing.change(space, values, seen=seen, acting_user=acting_user, action="approve", reason=note)
    return step
