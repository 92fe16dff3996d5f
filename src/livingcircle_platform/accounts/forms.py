"""Ask for what accounts are made of; every form names its fields, nothing else is taken."""

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils import timezone

from livingcircle_platform.accounts.matrix import Rule
from livingcircle_platform.accounts.models import Membership
from livingcircle_platform.accounts.models import User
from livingcircle_platform.accounts.roles import LEVEL_OF
from livingcircle_platform.accounts.roles import Role
from livingcircle_platform.errors import RefusedError

_LONGEST_DAYS = 366
_NAME = RegexValidator(r"^[\w.@-]{2,60}$", "用2到60个字母、汉字、数字，或 . _ - @，中间没有空格")


class DayInput(forms.DateInput):
    """Ask for a day the way browsers and phones do."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def day_field(label: str, *, required: bool, longest: int | None = None) -> forms.DateField:
    """Return a field for an end date that is not over yet."""

    def not_over(day: dt.date) -> None:
        today = timezone.localdate()
        if day < today:
            raise forms.ValidationError("这一天已经过去，选今天或以后")
        if longest is not None and day > today + dt.timedelta(days=longest):
            raise forms.ValidationError(f"最长{longest}天，选早一些的日子")

    return forms.DateField(
        label=label, required=required, widget=DayInput(), validators=[not_over],
        error_messages={"required": "选一个日子", "invalid": "写成 2026-12-31 这样的日期"},
    )  # fmt: skip


class AreaField(forms.ModelChoiceField):
    """Choose one of the areas that somebody looks after, set in by their level."""

    def label_from_instance(self, obj: Any) -> str:  # noqa: ANN401 - an area
        """Return the name, moved right for each level above."""
        depth = obj.path.count("/") - 2
        return f"{'　' * depth}{obj.name}"


class FreshForm(forms.Form):
    """Mint the id of what it will make, so that sending it twice makes one."""

    id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)


class RoleForm(FreshForm):
    """Ask for a role in an area, perhaps until a day."""

    role = forms.ChoiceField(
        label="角色",
        error_messages={"required": "选一个角色", "invalid_choice": "您的范围内没有这一级"},
    )
    area = AreaField(queryset=None, label="范围", empty_label="选择范围")
    until = day_field("有效期至", required=False)

    def __init__(self, *args: Any, giver: User, action: str, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        areas = Membership._meta.get_field("area").related_model  # noqa: SLF001
        inside = areas._base_manager.filter(giver.scope(action).where(""), removed_at=None)  # type: ignore[union-attr] # noqa: SLF001
        levels = set(inside.values_list("level", flat=True))
        given = [one for one in Role.choices if LEVEL_OF.get(one[0], "") in {"", *levels}]
        self.fields["role"].choices = [("", "选择角色"), *given]  # type: ignore[attr-defined]
        self.fields["area"].queryset = inside.order_by("path")  # type: ignore[attr-defined]
        self.fields["area"].error_messages = {
            "required": "选一个范围",
            "invalid_choice": "这个范围不在您的管理范围内",
        }
        self.fields["until"].help_text = "空着就一直有效"

    def membership(self) -> Membership:
        """Return what was asked for, not yet kept."""
        told = {name: self.cleaned_data[name] for name in ("id", "role", "area", "until")}
        return Membership(**told)


class InviteForm(RoleForm):
    """Ask for a new account with its first role."""

    username = forms.CharField(
        label="用户名", max_length=60, validators=[_NAME], help_text="登录时填写，以后不能改"
    )
    display_name = forms.CharField(
        label="姓名或岗位", max_length=60, help_text="别人看到的名字，例如“双井街道 王老师”"
    )
    field_order = ("id", "username", "display_name", "role", "area", "until")


class EndForm(forms.Form):
    """Ask when a role ends, of the version that was seen."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    until = day_field("有效期至", required=False)
    take = forms.BooleanField(required=False)


class ReasonForm(forms.Form):
    """Ask why."""

    reason = forms.CharField(
        label="原因", max_length=200, error_messages={"required": "写一句原因，会记入操作记录"}
    )


class OwnForm(forms.Form):
    """Ask for what a person may change about the own account."""

    display_name = forms.CharField(label="姓名或岗位", max_length=60)
    email = forms.EmailField(
        label="邮箱", required=False, help_text="只用来自己重设密码；没有邮件服务时用不上",
        error_messages={"invalid": "写成 name@example.cn 这样的邮箱"},
    )  # fmt: skip


class TokenForm(FreshForm):
    """Ask for a token: what for, what it may do, until when."""

    name = forms.CharField(label="用途", max_length=60, help_text="例如“每天同步台账的程序”")
    actions = forms.MultipleChoiceField(
        label="允许的操作", widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "至少选一项", "invalid_choice": "只能选您自己能做的"},
    )  # fmt: skip
    until = day_field("有效期至", required=True, longest=_LONGEST_DAYS)

    def __init__(self, *args: Any, rules: Iterable[Rule], **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.fields["actions"].choices = [(rule.action, rule.title) for rule in rules]  # type: ignore[attr-defined]


class LinkForm(FreshForm):
    """Ask for a link to a page: which, called what, until when."""

    path = forms.CharField(widget=forms.HiddenInput, max_length=500)
    title = forms.CharField(label="标题", max_length=120, help_text="打开的人会看到")
    until = day_field("有效期至", required=True, longest=_LONGEST_DAYS)


def take_on(form: forms.Form, problem: RefusedError) -> None:
    """Put a refusal beside the fields it is about."""
    for name, sentence in problem.fields.items():
        form.add_error(name if name in form.fields else None, sentence)
    if not problem.fields:
        form.add_error(None, str(problem))
