"""Take part in what the library for signing in does."""

from typing import Any

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Listen for passwords that were set anew."""

    name = "livingcircle_platform.accounts"

    def ready(self) -> None:
        """Begin to listen."""
        from allauth.account.signals import password_reset  # noqa: PLC0415 - once all are loaded

        password_reset.connect(_take_back, dispatch_uid="take-back-what-was-lent")


def _take_back(user: Any, **_: object) -> None:  # noqa: ANN401
    """Take tokens and links back once a forgotten or stolen password was replaced."""
    from livingcircle_platform.accounts import lending  # noqa: PLC0415 - needs the models

    lending.take_everything_back(user, acting_user=user)
