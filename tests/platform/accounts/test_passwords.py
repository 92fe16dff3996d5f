"""Refuse what anybody here would guess first, and say why plainly."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from livingcircle_platform.accounts.models import User


@pytest.mark.parametrize(
    "guessed",
    [
        "xicheng2024", "XiCheng@2024", "Admin@12345", "xicheng12345", "2024miyun!!!", "123xicheng!",
        "xichengshequ1", "beijingbeijing", "1234567890", "密云区2024!!!!", "password123456",
    ],
)  # fmt: skip
def test_place_and_stock_words_are_refused(guessed):
    with pytest.raises(ValidationError):
        validate_password(guessed, User(username="wang"))


@pytest.mark.parametrize(
    "good", ["三棵石榴两棵柿子树都结果", "tulip-Kettle-bridge-7", "x9!Rr2mmQw0z"]
)
def test_long_words_that_do_not_belong_together_are_taken(good):
    validate_password(good, User(username="wang"))


def test_the_own_name_is_refused_in_plain_words():
    with pytest.raises(ValidationError) as caught:
        validate_password("wangxiaomei88", User(username="wangxiaomei", display_name="王小美"))
    assert any("太像" in told for told in caught.value.messages)
