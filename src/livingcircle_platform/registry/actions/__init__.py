"""Write to the registry: each function asks its policy, then writes with its audit entry.

One module for each kind of step; pages and other rooms call the functions named here.
"""

from livingcircle_platform.registry.actions.approving import approve
from livingcircle_platform.registry.actions.attached import add_entrance
from livingcircle_platform.registry.actions.attached import add_photo
from livingcircle_platform.registry.actions.attached import add_stop
from livingcircle_platform.registry.actions.attached import remove_entrance
from livingcircle_platform.registry.actions.attached import remove_photo
from livingcircle_platform.registry.actions.attached import remove_stop
from livingcircle_platform.registry.actions.bulk import BULK_LIMIT
from livingcircle_platform.registry.actions.bulk import change_many
from livingcircle_platform.registry.actions.bulk import preview_many
from livingcircle_platform.registry.actions.keeping import add
from livingcircle_platform.registry.actions.keeping import change
from livingcircle_platform.registry.actions.keeping import remove
from livingcircle_platform.registry.actions.keeping import verify
from livingcircle_platform.registry.actions.merging import mark_different
from livingcircle_platform.registry.actions.merging import merge
from livingcircle_platform.registry.actions.merging import undo_merge
from livingcircle_platform.registry.actions.undoing import undo
from livingcircle_platform.registry.actions.viewing import remove_view
from livingcircle_platform.registry.actions.viewing import save_view

__all__ = [
    "BULK_LIMIT", "add", "add_entrance", "add_photo", "add_stop", "approve", "change",
    "change_many", "mark_different", "merge", "preview_many", "remove", "remove_entrance",
    "remove_photo", "remove_stop", "remove_view", "save_view", "undo", "undo_merge", "verify",
]  # fmt: skip
