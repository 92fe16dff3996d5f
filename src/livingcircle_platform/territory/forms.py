"""Ask for areas, profiles, sheets of circles, and the day a version begins."""

import datetime as dt
import math
import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone

from livingcircle_platform.errors import RefusedError
from livingcircle_platform.territory.boundaries import MOST_BYTES
from livingcircle_platform.territory.boundaries import read_boundary
from livingcircle_platform.territory.models import Area
from livingcircle_platform.territory.models import AreaProfile
from livingcircle_platform.territory.models import Circle

_DAY = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class AreaForm(forms.ModelForm):
    """Ask what an area is called and where it lies."""

    id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4, required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    boundary_file = forms.FileField(
        label="边界文件",
        required=False,
        help_text="GeoJSON 或 WKT，WGS-84 或 CGCS2000 经纬度；不选则边界不变",
        widget=forms.FileInput(attrs={"accept": ".geojson,.json,.wkt,.txt"}),
    )
    reason = forms.CharField(label="理由", required=False, max_length=200)

    class Meta:
        model = Area
        fields = ["level", "code", "name", "kind"]

    def __init__(self, *args: Any, levels: Iterable[Area.Level] = (), **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:  # noqa: SLF001
            self.fields["level"].choices = [(one.value, one.label) for one in levels]  # type: ignore[attr-defined]
        else:
            del self.fields["level"]
            self.fields["seen"].initial = self.instance.version

    def values(self) -> dict[str, Any]:
        """Return the columns that were asked for, the boundary only where a file was given."""
        names = [name for name in ("code", "name", "kind") if name in self.cleaned_data]
        told = {name: self.cleaned_data[name] for name in names}
        sent = self.cleaned_data.get("boundary_file")
        return {**told, "boundary": read_boundary(sent.read(MOST_BYTES + 1))} if sent else told


class ProfileForm(forms.ModelForm):
    """Ask who lives in an area as of one day; a blank figure is not known, never nought."""

    id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4, required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    reason = forms.CharField(label="更正的理由", max_length=200)

    class Meta:
        model = AreaProfile
        fields = ["as_of", *AreaProfile.FIGURES]
        widgets = {"as_of": _DAY}
        help_texts = {
            "as_of": "统计的那一天；每个日期一份，新的不会覆盖旧的",
            "population": "不知道的空着，页面上写“未核实”",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        for name in AreaProfile.FIGURES:
            if name != "zone":
                self.fields[name].widget.attrs["min"] = 0
        if self.instance._state.adding:  # noqa: SLF001
            del self.fields["reason"]
        else:
            self.fields["seen"].initial = self.instance.version

    def clean(self) -> dict[str, Any]:
        """See that the parts are not more than the whole."""
        told = super().clean() or {}
        whole = told.get("population")
        whole = math.inf if whole is None else whole
        for name in AreaProfile.FIGURES:
            value = told.get(name)
            if not isinstance(value, float | int):
                continue
            if value < 0:
                self.add_error(name, "不能小于 0；不知道的空着。")
            elif name.startswith("age_") and value > whole:
                self.add_error(name, "比常住人口还多；核对这两个数。")
        return told

    def values(self) -> dict[str, Any]:
        """Return the columns."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class SheetForm(forms.ModelForm):
    """Ask for kind and six fields of a circle; what the engine suggests stands beside, unfilled."""

    seen = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Circle
        fields = ["name", "kind", "subtype", "planned_year", *Circle.SIX_FIELDS]
        widgets = {name: forms.Textarea(attrs={"rows": 2}) for name in Circle.SIX_FIELDS}

    def __init__(self, *args: Any, hints: dict[str, str] | None = None, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        for name, choices, title in (
            ("kind", Circle.Kind.choices, self.instance.kind_title),
            ("subtype", Circle.Subtype.choices, self.instance.subtype_title),
        ):
            label = self.fields[name].label
            own = getattr(self.instance, name)
            more = [] if own in ("", *dict(choices)) else [(own, title)]  # a standard's own
            told = [("", "未定"), *choices, *more]
            self.fields[name] = forms.ChoiceField(label=label, choices=told, required=False)
        self.fields["seen"].initial = self.instance.version
        for name, words in (hints or {}).items():
            if name in self.fields and words:
                self.fields[name].help_text = words

    def values(self) -> dict[str, Any]:
        """Return the columns."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class AdoptForm(forms.Form):
    """Ask from which day on a version is in force, and why it is drawn so."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    day = forms.DateField(label="启用日期", widget=_DAY)
    reason = forms.CharField(
        label="划分说明",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="有不符合的约束（面积、步行、跨越主干路等）时必填：写明为什么这样划",
    )


def tell(form: forms.BaseForm, problem: RefusedError) -> None:
    """Put a refusal beside the fields it is about, or above them all."""
    told = {name: why for name, why in problem.fields.items() if name in form.fields}
    for name, why in told.items():
        form.add_error(name, why)
    if not told:
        form.add_error(None, str(problem))


def day_of(text: str) -> dt.date:
    """Return the day that an address asks about, today if it names none."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return timezone.localdate()
