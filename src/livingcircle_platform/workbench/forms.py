"""Ask what is wanted of sites and scenarios."""

import json
import uuid
from typing import Any

from django import forms

from livingcircle_platform.accounts.scope import scope_of
from livingcircle_platform.assessment.models import Run
from livingcircle_platform.assessment.models import Scenario
from livingcircle_platform.assessment.models import SiteChoice
from livingcircle_platform.assessment.opening import is_readable
from livingcircle_platform.registry.models import Trade

_ACTIONS = (
    ("add_outlet", "新增网点"), ("close_outlet", "停业"), ("move_outlet", "迁移"),
    ("open_gate", "开小区门"), ("footbridge", "建天桥"), ("change_hours", "改营业时间"),
)  # fmt: skip
_PARTS = (
    "action", "trades", "object", "space", "hours", "lon", "lat", "to_lon", "to_lat",
)  # fmt: skip
# What an action cannot do without, besides a place.
_NEEDS = {
    "add_outlet": ("trades",), "close_outlet": ("object",), "move_outlet": ("object",),
    "open_gate": ("object",), "footbridge": ("lon", "lat", "to_lon", "to_lat"),
    "change_hours": ("object", "hours"),
}  # fmt: skip
_PLACED = ("add_outlet", "move_outlet")
# What it takes as well where somebody wants to say it.
_ALSO = {"add_outlet": ("hours",), "open_gate": ("hours",)}
_MISSING = {
    "trades": "选一个业态", "object": "写上网点或门的编号",
    "hours": "写上调整后的营业时间，如 06:00-22:00", "lon": "写上经度", "lat": "写上纬度",
    "to_lon": "写上第二端的经度", "to_lat": "写上第二端的纬度",
}  # fmt: skip
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
        label="补哪些业态",
        required=False,
        help_text="不选则为所有该有而缺的业态",
        widget=forms.SelectMultiple(attrs={"size": 10}),
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

    @property
    def takes(self) -> str:
        """Return which parts of a step each action takes, as JSON for the page."""
        place = ("space", "lon", "lat")
        told = {
            name: [*needs, *(place if name in _PLACED else ()), *_ALSO.get(name, ())]
            for name, needs in _NEEDS.items()
        }
        return json.dumps(told)

    def _step(self, number: int, trades: Any) -> dict[str, forms.Field]:  # noqa: ANN401
        where = f"第{number}步"
        numbers = {
            "lon": "经度", "lat": "纬度",
            "to_lon": "第二端经度（建天桥时）", "to_lat": "第二端纬度（建天桥时）",
        }  # fmt: skip
        return {
            "action": forms.ChoiceField(
                label=f"{where}：做什么", choices=(("", "—"), *_ACTIONS), required=number == 1
            ),
            "trades": forms.ChoiceField(
                label=f"{where}：业态（新增时）", choices=trades, required=False
            ),
            "object": forms.CharField(label=f"{where}：网点或门的编号", required=False),
            "space": forms.CharField(label=f"{where}：空间编号", required=False),
            "hours": forms.CharField(
                label=f"{where}：营业时间", required=False, help_text="如 06:00-22:00，或 24小时"
            ),
            **{
                name: forms.FloatField(label=f"{where}：{label}", required=False)
                for name, label in numbers.items()
            },
        }

    def clean(self) -> dict[str, Any]:
        """See that every step says all that it takes."""
        told = super().clean() or {}
        for number in range(1, STEPS + 1):
            step = self._told(number)
            for name in _NEEDS.get(step.get("action", ""), ()):
                if name not in step:
                    self._refuse(name, number, _MISSING[name])
            if step.get("action") in _PLACED:
                self._check_place(step, number)
            if "hours" in step and not is_readable(step["hours"]):
                self._refuse("hours", number, "读不懂这个营业时间，写成 06:00-22:00 或 24小时")
        return told

    def _check_place(self, step: dict[str, Any], number: int) -> None:
        """See that an outlet is put into a room or at a place, not both, not neither."""
        here = [name for name in ("lon", "lat") if name in step]
        if "space" in step and here:
            self._refuse("space", number, "空间编号和经纬度只留一样")
        elif "space" not in step and not here:
            self._refuse("space", number, "写放在哪里：空间编号，或经度和纬度")
        elif len(here) == 1:
            missing = "lat" if here == ["lon"] else "lon"
            self._refuse(missing, number, _MISSING[missing])

    def _refuse(self, name: str, number: int, why: str) -> None:
        """Say what is wrong with a field, unless it was already found wrong."""
        field = f"{name}_{number}"
        if field not in self.errors:
            self.add_error(field, why)

    def _told(self, number: int) -> dict[str, Any]:
        """Return what was filled in for one step."""
        told = {name: self.cleaned_data.get(f"{name}_{number}") for name in _PARTS}
        return {name: value for name, value in told.items() if value not in (None, "")}

    def scenario(self, run: Run) -> Scenario:
        """Return the scenario, not kept yet."""
        steps = [self._told(number) for number in range(1, STEPS + 1)]
        return Scenario(
            pk=self.cleaned_data["id"], run=run, title=self.cleaned_data["title"],
            steps=[step for step in steps if "action" in step],
        )  # fmt: skip
