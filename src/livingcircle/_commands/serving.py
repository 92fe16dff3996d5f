"""Hand over to the platform, where it is installed; the engine itself knows nothing of it."""

import importlib.util
import os
import sys
from collections.abc import Sequence

from livingcircle.errors import InputError

PLATFORM = "livingcircle_platform"


def serve(arguments: Sequence[str]) -> None:
    """Become the platform's own process.

    Raises
    ------
    InputError
        If the platform is not installed.
    """
    if importlib.util.find_spec(PLATFORM) is None or importlib.util.find_spec("django") is None:
        remedy = "运行 pip install 'livingcircle[platform]'，再启动"
        raise InputError("没有安装平台部分", remedy=remedy)
    os.execv(  # noqa: S606 - our own package, in the same interpreter
        sys.executable, [sys.executable, "-m", f"{PLATFORM}.serving", *arguments]
    )
