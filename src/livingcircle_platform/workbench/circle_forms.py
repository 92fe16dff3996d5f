"""Ask how to begin drawing circles, and what to do on the desk."""

import uuid
from typing import Any

import shapely
from django import forms

from livingcircle_platform.accounts.scope import scope_of
from livingcircle_platform.assessment.actions import START_TITLES
from livingcircle_platform.assessment.desks import Operation
from livingcircle_platform.errors import RefusedError
from livingcircle_platform.territory.boundaries import MOST_BYTES
from livingcircle_platform.territory.boundaries import read_boundary
from livingcircle_platform.territory.models import Area
from livingcircle_platform.territory.models import CircleSet

_OPERATIONS = (("merge", "合并"), ("split", "拆分"), ("move", "移动"), ("draw", "画边界"))
_BANDS = ((15, "一端走到另一端 15 分钟"), (30, "圈心走到边 15 分钟"),
          (10, "一端走到另一端 10 分钟"), (8, "一端走到另一端 8 分钟"))  # fmt: skip
_PAIR = 2


class StartForm(forms.Form):
    """Ask which district, and from what."""

    id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    district = forms.ModelChoiceField(Area.objects.none(), label="哪个区", empty_label=None)
    start = forms.ChoiceField(
        label="从哪里开始", choices=START_TITLES.items(), initial="existing",
        widget=forms.RadioSelect,
    )  # fmt: skip
    band = forms.TypedChoiceField(
        label="步行时限", choices=_BANDS, coerce=int, initial=15,
        help_text="软约束：尽量满足，超出的写明超多少",
    )  # fmt: skip
    count = forms.IntegerField(
        label="划几个圈", min_value=1, max_value=500, required=False,
        help_text="只在生成时用；不填则在限值内越少越好",
    )  # fmt: skip

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        allowed = scope_of(user, "circle-set.change").where("")
        rows = Area.objects.filter(allowed, level=Area.Level.DISTRICT, removed_at=None)
        self.fields["district"].queryset = rows.defer("boundary")  # type: ignore[attr-defined]

    def wishes(self) -> dict[str, Any]:
        """Return what is wanted of the circles."""
        told = self.cleaned_data
        wishes: dict[str, Any] = {"band": float(told["band"])}
        if told["start"] == "propose" and told.get("count"):
            wishes["count"] = told["count"]
        return wishes


class OperationForm(forms.Form):
    """Ask for one operation, from the map or from the list beside it."""

    operation = forms.ChoiceField(choices=_OPERATIONS)
    circles = forms.MultipleChoiceField(required=False)
    tiles = forms.MultipleChoiceField(required=False)
    to = forms.ChoiceField(required=False)
    boundary = forms.CharField(required=False, max_length=200_000)
    boundary_file = forms.FileField(required=False)
    title = forms.CharField(required=False, max_length=100)
    reason = forms.CharField(required=False, max_length=500)
    seen = forms.IntegerField()
    key = forms.CharField(required=False, max_length=36)

    def __init__(self, *args: Any, draft: CircleSet, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        circles = list(draft.circles.values_list("code", "name"))
        tiles = [(one["id"], one["name"]) for one in draft.settings.get("tiles", ())]
        self.fields["circles"].choices = circles  # type: ignore[attr-defined]
        self.fields["to"].choices = [("", ""), *circles]  # type: ignore[attr-defined]
        self.fields["tiles"].choices = tiles  # type: ignore[attr-defined]

    def asked(self) -> Operation:
        """Return the operation.

        Raises
        ------
        RefusedError
            If something is not chosen that it needs.
        """
        if not self.is_valid():
            remedy = "重新打开这一版，再选一次"
            raise RefusedError("选中的圈或社区已经不在这一版里", remedy=remedy)
        told = self.cleaned_data
        make = {"merge": self._merge, "split": self._split, "move": self._move, "draw": self._draw}
        return make[told["operation"]](told)

    def _merge(self, told: dict[str, Any]) -> Operation:
        if len(told["circles"]) < _PAIR:
            raise RefusedError("合并要选两个以上的圈", remedy="在列表或地图上再选一个相邻的圈")
        return Operation("merge", tuple(told["circles"]), title=told["title"])

    def _split(self, told: dict[str, Any]) -> Operation:
        if len(told["circles"]) != 1:
            raise RefusedError(
                "拆分要选一个圈", remedy="只选要拆的那个圈；要分出哪些社区也可以一并选上"
            )
        return Operation("split", tuple(told["circles"]), tuple(told["tiles"]))

    def _move(self, told: dict[str, Any]) -> Operation:
        if len(told["tiles"]) != 1 or not told["to"]:
            raise RefusedError("移动要选一个社区和要去的圈", remedy="一次移动一个社区")
        return Operation("move", (told["to"],), tuple(told["tiles"]))

    def _draw(self, told: dict[str, Any]) -> Operation:
        if len(told["circles"]) > 1:
            raise RefusedError(
                "画边界时选中了几个圈", remedy="只选要改边界的那个；都不选就是画一个新圈"
            )
        sent = told.get("boundary_file")
        content = sent.read(MOST_BYTES + 1) if sent else told["boundary"].encode()
        if not content:
            raise RefusedError("还没有边界", remedy="在地图上画，或选一个 GeoJSON、WKT 文件")
        return Operation(
            "draw", tuple(told["circles"]), boundary=read_boundary(content), title=told["title"]
        )


def asked_again(operation: Operation) -> list[tuple[str, str]]:
    """Return the fields that ask for the same operation once more, for the button 确定."""
    fields = [("operation", operation.name)]
    name = "to" if operation.name == "move" else "circles"
    fields += [(name, one) for one in operation.circles]
    fields += [("tiles", one) for one in operation.tiles]
    if operation.boundary is not None:
        fields.append(("boundary", shapely.to_wkt(operation.boundary, rounding_precision=9)))
    return fields
