"""Let the framework know the checks of this room."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """Register the checks when the platform starts."""

    name = "livingcircle_platform.registry"

    def ready(self) -> None:
        """Load the checks."""
        from livingcircle_platform.registry import checks  # noqa: F401, PLC0415 - registers itself
