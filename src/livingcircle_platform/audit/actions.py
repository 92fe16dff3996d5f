"""Check the whole chain, and remember what was found."""

import time
from collections.abc import Callable
from itertools import islice
from typing import Any

from django.db import IntegrityError
from django.db import transaction

from livingcircle_platform.audit import chain
from livingcircle_platform.audit import writing
from livingcircle_platform.audit.models import Verification


def verify(
    *, acting_user: Any, printed: str = "", tell: Callable[[int, int], None] = lambda *_: None  # noqa: ANN401
) -> Verification:  # fmt: skip
    """Check the chain from the first entry to the head, and keep the outcome."""
    begun = time.monotonic()
    number, tail = chain.head()
    broken = islice(chain.verify(printed=printed, tell=tell), chain.MOST_FINDINGS)
    findings = [[one.number, one.what] for one in broken]
    told: dict[str, Any] = {
        "by": acting_user, "number": number, "hash": tail, "printed": printed,
        "seconds": round(time.monotonic() - begun, 2),
    }  # fmt: skip
    try:
        with transaction.atomic():
            found = Verification.objects.create(**told, findings=findings)
            writing.note(
                "audit.verify", acting_user=acting_user, kind="audit", object_id=found.pk,
                object_name=f"到第{number}条", after={"findings": findings},
            )  # fmt: skip
    except IntegrityError:  # the end was tampered with, and nothing can be put behind it
        findings.append([0, "链头被改动：这次校验没能记进操作记录"])
        found = Verification.objects.create(**told, findings=findings)
    return found
