"""Refuse passwords that anybody here would guess first."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_WORDS = (
    "xicheng", "miyun", "beijing", "qingdao", "shequ", "jiedao", "yikezhong", "livingcircle",
    "admin", "password", "mima", "qwerty", "woaini", "5201314", "88888888",
)  # fmt: skip
_YEARS = re.compile(r"(19|20)\d\d|[\W_]|\d{1,4}$")


class LocalWordsValidator:
    """Refuse a place or stock word with a year or a few digits put to it."""

    def validate(self, password: str, user: object = None) -> None:  # noqa: ARG002
        """Raise a validation error if the password is such a word."""
        bare = _YEARS.sub("", password.lower())
        if len(bare) < 4 or any(bare == word or bare == word * 2 for word in _WORDS):  # noqa: PLR2004
            raise ValidationError(self.get_help_text(), code="password_local_word")

    def get_help_text(self) -> str:
        """Return the rule in words."""
        return _("口令不能是地名、常用词加上年份或几个数字。")
