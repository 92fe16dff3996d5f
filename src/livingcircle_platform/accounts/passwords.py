"""Refuse passwords that anybody here would guess first, and say every rule plainly."""

import re

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError

_WORDS = (
    "xicheng", "miyun", "beijing", "qingdao", "shequ", "jiedao", "yikezhong", "livingcircle",
    "admin", "password", "mima", "qwerty", "woaini", "shangwu", "bianmin", "shenghuoquan",
    "shanghai", "zhongguo", "china", "welcome", "abc", "qaz", "wsx", "asd",
)  # fmt: skip
_ADDED = re.compile(r"(19|20)\d\d|[\W_]|\d+$|^\d+")
_STOCK = re.compile(f"(?:{'|'.join(_WORDS)})*")
_LEAST = 4


class LocalWordsValidator:
    """Refuse place and stock words with a year, a few digits or marks put to them."""

    def validate(self, password: str, user: object = None) -> None:  # noqa: ARG002
        """Raise a validation error if the password is such a word."""
        bare = _ADDED.sub("", password.lower())
        if len(bare) < _LEAST or _STOCK.fullmatch(bare):
            raise ValidationError(self.get_help_text(), code="password_local_word")

    def get_help_text(self) -> str:
        """Return the rule in words."""
        return "不能只是地名、常用词加上年份或几个数字"


class LengthValidator(password_validation.MinimumLengthValidator):
    """Refuse short passwords."""

    def get_error_message(self) -> str:
        """Return what is wrong."""
        return f"密码太短，至少要{self.min_length}个字符"

    def get_help_text(self) -> str:
        """Return the rule in words."""
        return f"至少{self.min_length}个字符"


class OwnNameValidator(password_validation.UserAttributeSimilarityValidator):
    """Refuse what is nearly the person's own name."""

    def __init__(self) -> None:
        super().__init__(user_attributes=("username", "display_name", "email"))

    def get_error_message(self) -> str:
        """Return what is wrong; Django puts the field's name into it."""
        return "密码和您的%(verbose_name)s太像，换一个别人猜不到的"

    def get_help_text(self) -> str:
        """Return the rule in words."""
        return "不能和用户名、姓名太像"


class CommonValidator(password_validation.CommonPasswordValidator):
    """Refuse what stands in the list of twenty thousand common passwords."""

    def get_error_message(self) -> str:
        """Return what is wrong."""
        return "这个密码太常见，换一个别人猜不到的"

    def get_help_text(self) -> str:
        """Return the rule in words."""
        return "不能是常见的密码"
