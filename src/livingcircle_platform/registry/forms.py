"""Read what people type into a ledger: one field for each kind of column, on forms and in cells."""

import math
import re
import unicodedata
import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from livingcircle_platform.errors import RefusedError
from livingcircle_platform.registry.ledger import Column
from livingcircle_platform.registry.ledger import Kind
from livingcircle_platform.registry.ledger import Ledger
from livingcircle_platform.registry.models import Trade
from livingcircle_platform.registry.paging import unread
from livingcircle_platform.registry.policies import where_areas
from livingcircle_platform.territory.models import Area

_LONGEST = 2_000
_APART = re.compile(r"[|、,，;；]+")
_YESNO = (("", "未核实"), ("yes", "是"), ("no", "否"))
_SAID = {
    "yes": True, "是": True, "有": True, "true": True,
    "no": False, "否": False, "无": False, "没有": False, "false": False,
}  # fmt: skip


class TextField(forms.CharField):
    """Take a text as it was typed, without blanks around it or signs that no file can hold."""

    _CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")

    def to_python(self, value: Any) -> str:  # noqa: ANN401
        """Return the text."""
        return self._CONTROL.sub("", str(super().to_python(value) or ""))


class NumberField(forms.FloatField):
    """Take a number in either width; nothing typed means not known."""

    def to_python(self, value: Any) -> float | None:  # noqa: ANN401
        """Return the number."""
        said = unicodedata.normalize("NFKC", str("" if value is None else value))
        said = said.strip().replace(",", "")
        if said in {"", "未核实"}:
            return None
        try:
            found = float(said)
        except ValueError as error:
            raise ValidationError(f"“{said}”不是数字，只填数字，不带单位") from error
        if not math.isfinite(found):
            raise ValidationError(f"“{said}”不是数字，只填数字，不带单位")
        return found


class YesNoField(forms.ChoiceField):
    """Take yes, no, or not known."""

    def to_python(self, value: Any) -> Any:  # noqa: ANN401
        """Return the answer; ``None`` is not known."""
        if value is None or isinstance(value, bool):
            return value
        said = str(value).strip().lower()
        if said in {"", "未核实"}:
            return None
        if said not in _SAID:
            raise ValidationError(f"“{value}”认不出，填“是”“否”，不知道就留空")
        return _SAID[said]

    def valid_value(self, value: Any) -> bool:  # noqa: ANN401
        """Accept what was recognised."""
        return value is None or isinstance(value, bool)

    def prepare_value(self, value: Any) -> Any:  # noqa: ANN401
        """Return the choice to preselect."""
        return {True: "yes", False: "no", None: ""}.get(value, value)


class TradesField(forms.MultipleChoiceField):
    """Take trades by code or by name, several of them apart by 、."""

    def to_python(self, value: Any) -> tuple[str, ...]:  # noqa: ANN401
        """Return the codes, in the order given."""
        parts = _APART.split(value) if isinstance(value, str) else list(value or ())
        by_word = {word: code for code, word in self.choices} | {
            code: code for code, _ in self.choices
        }
        codes = []
        for part in filter(None, (str(one).strip() for one in parts)):
            if part not in by_word:
                raise ValidationError(f"业态目录里没有“{part}”，从目录里选，或先在目录里添加")
            codes.append(by_word[part])
        return tuple(dict.fromkeys(codes))

    def has_changed(self, initial: Any, data: Any) -> bool:  # noqa: ANN401
        """Say whether other trades were chosen."""
        return tuple(initial or ()) != tuple(data or ())


class LinkField(forms.CharField):
    """Take another record by its code or its full name, among those the person may see."""

    def __init__(self, rows: Any, word: str, **kwargs: Any) -> None:  # noqa: ANN401
        self.rows, self.word = rows, word
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:  # noqa: ANN401
        """Return the record, or nothing."""
        said = str(value or "").strip()
        if not said:
            if self.required:
                raise ValidationError(f"{self.word}要填，写编号或全名")
            return None
        found = self._by_id(said) or list(self.rows.filter(code=said)[:2])
        found = found or list(self.rows.filter(name=said)[:2])
        if not found:
            raise ValidationError(f"{self.word}里没有“{said}”，写编号或全名")
        if len(found) > 1:
            raise ValidationError(f"有不止一个“{said}”，改写编号")
        return found[0]

    def prepare_value(self, value: Any) -> Any:  # noqa: ANN401
        """Return what to show: the code, which names one only."""
        if value is None or (isinstance(value, str) and not is_id(value)):
            return value
        return self.rows.filter(pk=value).values_list("code", flat=True).first() or ""

    def _by_id(self, said: str) -> list[Any]:
        return list(self.rows.filter(pk=said)) if is_id(said) else []


def is_id(value: Any) -> bool:  # noqa: ANN401
    """Say whether something is the id of a record."""
    try:
        uuid.UUID(str(value))
    except ValueError:
        return False
    return True


def field_of(column: Column, user: Any, ledger: Ledger) -> forms.Field:  # noqa: ANN401, PLR0911 - one for each kind
    """Return the form field that reads one column."""
    told: dict[str, Any] = {
        "label": column.title, "required": column.required, "help_text": column.hint,
    }  # fmt: skip
    told["error_messages"] = {"required": f"{column.title}要填"}
    if column.kind == Kind.NUMBER:
        swapped = "，经度和纬度可能填反了" if column.name in {"lon", "lat"} else ""
        told["error_messages"]["min_value"] = f"不能小于%(limit_value)s{swapped}"
        told["error_messages"]["max_value"] = f"不能大于%(limit_value)s{swapped}"
        return NumberField(
            **told, min_value=column.least, max_value=column.most, widget=_number(column)
        )
    if column.kind == Kind.DATE:
        told["error_messages"]["invalid"] = "日期写成 2026-06-01 这样"
        return forms.DateField(**told, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    if column.kind == Kind.YESNO:
        return YesNoField(**{**told, "required": False}, choices=_YESNO)
    if column.kind == Kind.CHOICE:
        empty = () if column.required else (("", "未填"),)
        told["error_messages"]["invalid_choice"] = "从列出的几项里选，没有“%(value)s”"
        return forms.ChoiceField(**told, choices=(*empty, *column.choices))
    if column.kind == Kind.TRADES:
        return TradesField(**told, choices=list(Trade.objects.values_list("code", "name")))
    if column.kind == Kind.AREA:
        return AreaField(areas_for(user, ledger, "change"), **told)
    if column.kind == Kind.LINK and column.model is not None:
        rows = column.model.objects.visible_to(user)  # type: ignore[attr-defined]
        return LinkField(rows, column.title, label=column.title, required=column.required)
    longest = getattr(ledger.model._meta.get_field(column.name), "max_length", None) or _LONGEST  # noqa: SLF001
    told["error_messages"]["max_length"] = "太长了：最多%(limit_value)d个字，现在%(show_value)d个"
    widget = forms.Textarea({"rows": 3}) if column.kind == Kind.LONG else forms.TextInput()
    return TextField(**told, max_length=longest, widget=widget)


class AreaField(forms.ModelChoiceField):
    """Choose an area among those the person may see."""

    def __init__(self, queryset: Any, **kwargs: Any) -> None:  # noqa: ANN401
        kwargs["error_messages"] = {
            **kwargs.get("error_messages", {}), "invalid_choice": "不在您的范围内，从列表里选",
        }  # fmt: skip
        super().__init__(queryset, empty_label="选择", **kwargs)

    def label_from_instance(self, obj: Any) -> str:  # noqa: ANN401
        """Name the area with what it lies in."""
        return area_word(obj)


def area_word(area: Area) -> str:
    """Name an area; a community with its 街道."""
    return word_of_area(area.level, area.name, area.parent.name if area.parent else None)


def word_of_area(level: str, name: str, parent: str | None) -> str:
    """Name an area by its columns."""
    return f"{parent} {name}" if level == str(Area.Level.COMMUNITY) and parent else name


def choices_of(areas: Any) -> list[tuple[str, str]]:  # noqa: ANN401 - rows of areas
    """Return id and name of areas, without making an object of each: a city has hundreds."""
    rows = areas.values_list("pk", "level", "name", "parent__name")
    return [(str(pk), word_of_area(*names)) for pk, *names in rows]


def areas_for(user: Any, ledger: Ledger, verb: str) -> Any:  # noqa: ANN401
    """Return the areas in which a person may do something to a ledger, in the order of codes."""
    rows = Area.objects.filter(where_areas(ledger.policy, user, verb), removed_at=None)
    rows = rows.exclude(level=Area.Level.CITY).select_related("parent").order_by("code", "name")
    return rows.defer("boundary", *unread(Area, ["parent"]))


def _number(column: Column) -> forms.TextInput:
    step = "0.000001" if column.name in {"lon", "lat"} else "any"
    return forms.TextInput({"inputmode": "decimal", "data-step": step})


class RecordForm(forms.Form):
    """Show one record with the columns that a person may change."""

    def __init__(
        self,
        *args: Any,  # noqa: ANN401
        ledger: Ledger,
        user: Any,  # noqa: ANN401
        names: frozenset[str],
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(*args, **kwargs)
        for column in ledger.columns:
            if column.name in names:
                self.fields[column.name] = field_of(column, user, ledger)
        for field in self.fields.values():
            if isinstance(field, TradesField):
                field.widget = forms.CheckboxSelectMultiple(
                    {"class": "choices"}, choices=field.choices
                )


def value_of(column: Column, typed: Any, user: Any, ledger: Ledger) -> Any:  # noqa: ANN401
    """Return the value that was typed into one cell.

    Raises
    ------
    RefusedError
        If the column cannot hold it; with the sentence for the cell.
    """
    try:
        return field_of(column, user, ledger).clean(typed)
    except ValidationError as error:
        said = "；".join(error.messages)
        raise RefusedError(said, remedy="改好再保存", fields={column.name: said}) from error
