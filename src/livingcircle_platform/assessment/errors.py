"""Name how a run may end besides what the engine refuses."""

from livingcircle.errors import LivingCircleError


class Cancelled(LivingCircleError):  # noqa: N818 - nothing went wrong
    """Somebody stopped a run; nothing was written, whatever stood there before is still there."""

    def __init__(self) -> None:
        super().__init__("评估已按要求停下，原有结果未动", remedy="需要时重新运行")
