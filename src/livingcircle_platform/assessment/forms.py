"""Ask what a person wants assessed."""

import uuid
from typing import Any

from django import forms

from livingcircle_platform.accounts.scope import scope_of
from livingcircle_platform.assessment.models import Run
from livingcircle_platform.assessment.terms import WALKERS
from livingcircle_platform.assessment.terms import standard_choices
from livingcircle_platform.assessment.terms import walker_choices
from livingcircle_platform.territory.models import Area


class RunForm(forms.Form):
    """Ask for a run of one district."""

    id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    district = forms.ModelChoiceField(Area.objects.none(), label="哪个区", empty_label=None)
    standard = forms.ChoiceField(
        label="配置标准", required=False, help_text="不选则用这个区设定的标准"
    )
    walker = forms.ChoiceField(
        label="步行者",
        required=False,
        help_text="不选则用这个区设定的步行者，没有设定时按普通成年人",
    )
    at = forms.RegexField(
        r"([01]\d|2[0-3]):[0-5]\d",
        label="时刻",
        initial="10:00",
        help_text="小区门按这个时刻算开着还是关着，写成 10:00",
        error_messages={"invalid": "写成 10:00 这样的时刻"},
    )
    title = forms.CharField(label="说明", required=False, max_length=100)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        allowed = scope_of(user, "run.add").where("")
        districts = Area.objects.filter(allowed, level=Area.Level.DISTRICT, removed_at=None)
        self.fields["district"].queryset = districts  # type: ignore[attr-defined]
        self.fields["standard"].choices = [("", "按区的设定"), *standard_choices()]  # type: ignore[attr-defined]
        self.fields["walker"].choices = [("", "按区的设定"), *walker_choices()]  # type: ignore[attr-defined]

    def run(self) -> Run:
        """Return the run that was asked for, not kept yet."""
        told = self.cleaned_data
        return Run(
            pk=told["id"], district=told["district"], standard=told["standard"],
            walker=told["walker"] or told["district"].walker or WALKERS[0],
            at=told["at"], title=told["title"],
        )  # fmt: skip
