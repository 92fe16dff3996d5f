"""Ask what is wanted of sites and scenarios."""

import uuid
from typing import Any

from django import forms

from livingcircle_platform.accounts.scope import scope_of
from livingcircle_platform.assessment.models import Run
from livingcircle_platform.assessment.models import Scenario
from livingcircle_platform.assessment.models import SiteChoice
from livingcircle_platform.registry.models import Trade

_ACTIONS = (
    ("add_outlet", "新增网点"), ("close_outlet", "停业"), ("move_outlet", "迁移"),
    ("open_gate", "开小区门"), ("footbridge", "建天桥"), ("change_hours", "改营业时间"),
)  # fmt: skip
STEPS = 4  # rows of the form; more steps make another scenario


class SiteForm(forms.Form):
    """Ask where to add what."""

    id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    run = forms.ModelChoiceField(Run.objects.none(), label="依据哪次评估", empty_label=None)
    title = forms.CharField(label="方案名称", max_length=100, initial="补点方案")
    question = forms.ChoiceField(
        label="怎样算好",
        choices=(("most", "让最多居民新够得着"), ("fewest", "用最少的点补齐达标")),
        widget=forms.RadioSelect,
        initial="most",
    )
    trades = forms.MultipleChoiceField(
        label="补哪些业态", required=False, help_text="不选则为所有该有而缺的业态"
    )
    count = forms.IntegerField(
        label="最多新增几处", min_value=1, max_value=200, initial=5, required=False
    )
    budget = forms.FloatField(
        label="预算（万元）", min_value=0, required=False, help_text="按空间台账里的估算投入"
    )
    frontage = forms.FloatField(
        label="沿街每隔几米设一个候选点",
        min_value=20,
        required=False,
        help_text="不填则只从空间资源台账里选；沿街的候选点只是示意，不是真实房源",
    )
    seconds = forms.IntegerField(label="最多算几秒", min_value=1, max_value=300, initial=20)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        allowed = scope_of(user, "site-choice.add").where("district")
        runs = Run.objects.done().filter(allowed, removed_at=None).select_related("district")
        self.fields["run"].queryset = runs  # type: ignore[attr-defined]
        self.fields["trades"].choices = list(Trade.objects.values_list("code", "name"))  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """See that the question has an end."""
        told = super().clean() or {}
        if told.get("question") == "most" and not (told.get("count") or told.get("budget")):
            raise forms.ValidationError("写明最多新增几处，或预算是多少。")
        return told

    def choice(self) -> SiteChoice:
        """Return the question, not kept yet."""
        told = self.cleaned_data
        names = ("question", "trades", "count", "budget", "frontage", "seconds")
        wish = {name: told[name] for name in names if told.get(name)}
        return SiteChoice(pk=told["id"], run=told["run"], title=told["title"], wish=wish)


class ScenarioForm(forms.Form):
    """Ask for the steps of a scenario: up to four, each with what and where."""

    id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    title = forms.CharField(label="方案名称", max_length=100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        trades = [("", "—"), *Trade.objects.values_list("name", "name")]
        for number in range(1, STEPS + 1):
            for name, field in self._step(number, trades).items():
                self.fields[f"{name}_{number}"] = field

    def _step(self, number: int, trades: Any) -> dict[str, forms.Field]:  # noqa: ANN401
        where = f"第{number}步"
        return {
            "action": forms.ChoiceField(
                label=f"{where}：做什么", choices=(("", "—"), *_ACTIONS), required=number == 1
            ),
            "trades": forms.ChoiceField(
                label=f"{where}：业态（新增时）", choices=trades, required=False
            ),
            "object": forms.CharField(label=f"{where}：网点或门的编号", required=False),
            "space": forms.CharField(label=f"{where}：空间编号", required=False),
            "lon": forms.FloatField(label=f"{where}：经度", required=False),
            "lat": forms.FloatField(label=f"{where}：纬度", required=False),
        }

    def scenario(self, run: Run) -> Scenario:
        """Return the scenario, not kept yet."""
        told = self.cleaned_data
        steps = [
            {
                name: told[f"{name}_{number}"]
                for name in ("action", "trades", "object", "space", "lon", "lat")
                if told.get(f"{name}_{number}") not in (None, "")
            }
            for number in range(1, STEPS + 1)
            if told.get(f"action_{number}")
        ]
        return Scenario(pk=told["id"], run=run, title=told["title"], steps=steps)
