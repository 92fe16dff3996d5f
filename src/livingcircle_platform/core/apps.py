"""Let the framework know the checks of this room."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Register the checks when the platform starts."""

    name = "livingcircle_platform.core"

    def ready(self) -> None:
        """Load the checks."""
        from livingcircle_platform.core import checks  # noqa: F401, PLC0415 - registers itself
