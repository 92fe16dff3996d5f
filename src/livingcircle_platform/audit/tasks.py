"""Check a long chain in the background."""

from django.contrib.auth import get_user_model
from django.urls import reverse

from livingcircle_platform.audit import actions
from livingcircle_platform.core.jobs import Handle


def verify_chain(handle: Handle, *, printed: str, user_id: str) -> str:
    """Check the whole chain for somebody, and return the page that shows the outcome."""
    person = get_user_model().objects.get(pk=user_id)

    def tell(done: int, total: int) -> None:
        handle.tell(done, total, "正在核对操作记录")

    actions.verify(acting_user=person, printed=printed, tell=tell)
    return reverse("audit:verify")
