"""Ask what somebody uploads, and what the reading of it could not find out by itself."""

import uuid
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from livingcircle_platform.accounts.scope import scope_of
from livingcircle_platform.imports.belonging import belongs_in
from livingcircle_platform.imports.kinds import ACCEPTED
from livingcircle_platform.imports.kinds import KINDS
from livingcircle_platform.imports.kinds import Kind
from livingcircle_platform.imports.models import Batch
from livingcircle_platform.registry.models import Trade
from livingcircle_platform.territory.models import Area
from livingcircle_platform.territory.models import Source

_FIRST_ZONE, _LAST_ZONE, _FIRST_MERIDIAN = 4534, 4554, 75
_ZONES = tuple(
    (f"EPSG:{code}", f"CGCS2000 3度带，中央子午线 {_FIRST_MERIDIAN + 3 * place}°")
    for place, code in enumerate(range(_FIRST_ZONE, _LAST_ZONE + 1))
)
SYSTEMS = (
    ("", "文件里写明了，或不清楚（读取时核对）"),
    ("WGS-84", "WGS-84（GPS、OpenStreetMap）"),
    ("CGCS2000", "CGCS2000（国家大地坐标系，天地图）"),
    ("GCJ-02", "GCJ-02（高德、腾讯）"),
    ("BD-09", "BD-09（百度）"),
    ("投影坐标（米）", _ZONES),
)
ENCODINGS = (
    ("", "自动判断"), ("GB18030", "GB18030（GBK、GB2312）"), ("UTF-8", "UTF-8"), ("Big5", "Big5"),
)  # fmt: skip
LISTED, NONE, SOME = "listed", "none", "some"
_COMPLETE = (
    (NONE, "不全：表里没有的，不等于没有"),
    (LISTED, "表里写到的每种业态都列全了"),
    (SOME, "只有下面选的业态列全了"),
)
_ADDS = (("", "代替：以后评估只用这一份"), ("yes", "并用：和已有的文件一起用"))


class _Files(forms.ClearableFileInput):
    """Let somebody choose several files: a shapefile has several."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Hold every file that was chosen."""

    widget = _Files(attrs={"accept": ",".join(ACCEPTED)})

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:  # noqa: ANN401
        """Return the files; at least one is needed."""
        if not data:
            raise forms.ValidationError("没有选择文件。选择一个文件再上传。")
        chosen = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(one, initial) for one in chosen]


class UploadForm(forms.Form):
    """Ask for one upload; its id is made with the page, so that sending twice is once."""

    id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    table = forms.ChoiceField(label="上传的是什么")
    area = forms.ModelChoiceField(
        Area.objects.none(), label="属于哪里", empty_label=None,
        help_text="网点和空间资源可以按街道（乡镇）上传，其余按区（县）上传",
    )  # fmt: skip
    files = FilesField(
        label="文件", max_length=1000, allow_empty_file=True,
        help_text="Excel、CSV、GeoJSON 最大 50 MB；GeoPackage、Shapefile 最大 300 MB；"
        ".osm.pbf 最大 1 GB。Shapefile 的几个文件一起选",
        error_messages={"max_length": "文件名太长。改短后再上传。"},
    )  # fmt: skip
    coordinates = forms.ChoiceField(label="坐标系", choices=SYSTEMS, required=False)
    title = forms.CharField(
        label="来源", max_length=200, required=False, help_text="例如：果园街道 2026 年网点普查"
    )
    date = forms.CharField(
        label="数据日期", max_length=20, required=False, help_text="例如 2026-06"
    )
    status_of_source = forms.ChoiceField(label="可信程度", choices=Source.Status.choices)
    licence = forms.CharField(
        label="许可", max_length=200, required=False, help_text="例如：政务内部使用、ODbL"
    )
    complete = forms.ChoiceField(
        label="这张表里的业态是不是全的", choices=_COMPLETE, initial=NONE,
        widget=forms.RadioSelect(attrs={"class": "choices"}),
        help_text="全的表里没有的业态会判为“缺”，不全的判为“未核实”",
    )  # fmt: skip
    complete_trades = forms.ModelMultipleChoiceField(
        Trade.objects.none(), label="列全了的业态", required=False,
        help_text="选了“只有下面选的业态”才用得上；按住 Ctrl 可以选多个",
    )  # fmt: skip
    adds = forms.ChoiceField(
        label="已有同类文件时", choices=_ADDS, required=False,
        widget=forms.RadioSelect(attrs={"class": "choices"}), initial="",
    )  # fmt: skip

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        areas = _areas(user)
        self.fields["area"].queryset = areas
        self.fields["table"].choices = _tables(list(areas))
        self.fields["area"].label_from_instance = _area_word
        self.fields["complete_trades"].queryset = Trade.objects.filter(retired_on=None)

    def clean(self) -> dict[str, Any]:
        """Refuse "some of the trades" without any."""
        told: dict[str, Any] = super().clean() or self.cleaned_data
        if told.get("complete") == SOME and not told.get("complete_trades"):
            self.add_error("complete_trades", "没有选业态。选上列全了的业态，或改选“不全”。")
        return told

    def batch(self) -> Batch:
        """Return the batch that was described, not kept yet."""
        told = self.cleaned_data
        names = ("table", "area", "coordinates", "title", "date", "status_of_source", "licence")
        return Batch(
            pk=told["id"], adds=told["adds"] == "yes", complete_for=self._complete_for(),
            **{name: told[name] for name in names},
        )  # fmt: skip

    def _complete_for(self) -> list[str]:
        told = self.cleaned_data
        if told["table"] != "outlets":
            return []
        if told["complete"] == SOME:
            return sorted(one.pk for one in told["complete_trades"])
        return [told["complete"]]


class AnswerForm(forms.Form):
    """Ask which header means which column, and what else the reading could not know.

    Parameters
    ----------
    batch
        Whose headers, sheets and first rows were read.
    remembered
        What the same headers meant the last time.
    """

    version = forms.IntegerField(widget=forms.HiddenInput)
    sheet = forms.ChoiceField(label="工作表或图层", required=False)
    coordinates = forms.ChoiceField(label="坐标系", choices=SYSTEMS, required=False)
    encoding = forms.ChoiceField(
        label="文字编码", choices=ENCODINGS, required=False, help_text="预览里是乱码时改选"
    )

    def __init__(
        self,
        *args: Any,  # noqa: ANN401
        batch: Batch,
        remembered: Mapping[str, str] | None = None,
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        self.batch = batch
        self.headings = batch.summary.get("headings", [])
        super().__init__(*args, initial=_initial(batch), **kwargs)
        sheets = batch.summary.get("sheets", [])
        if len(sheets) > 1:
            self.fields["sheet"].choices = [("", "自动选择"), *((one, one) for one in sheets)]
        else:
            del self.fields["sheet"]
        self.columns = [self._add(place, remembered or {}) for place in range(len(self.headings))]

    def answers(self) -> dict[str, Any]:
        """Return what was said, as the reading takes it."""
        told = self.cleaned_data
        said = {name: told[name] for name in ("sheet", "coordinates", "encoding") if name in told}
        return {**said, "columns": dict(self._said())}

    def clean(self) -> dict[str, Any]:
        """Refuse two headers for one column."""
        told: dict[str, Any] = super().clean() or self.cleaned_data
        chosen = [told.get(name, "") for name in self.columns]
        for name, column in zip(self.columns, chosen, strict=True):
            if column and chosen.count(column) > 1:
                self.add_error(name, "两列对应了同一项。只留一列，另一列选“不用”。")
        return told

    def bound_columns(self) -> Iterable[tuple[str, forms.BoundField]]:
        """Yield each header with its field."""
        for heading, name in zip(self.headings, self.columns, strict=True):
            yield heading["title"], self[name]

    def _add(self, place: int, remembered: Mapping[str, str]) -> str:
        heading, name = self.headings[place], f"column_{place}"
        known = remembered.get(heading["title"], "")
        field = forms.ChoiceField(
            choices=_columns_of(self.batch.kind), required=False, label=heading["title"],
            initial=heading["column"] or known,
            widget=forms.Select(attrs={"aria-label": f"“{heading['title']}”对应哪一项"}),
        )  # fmt: skip
        self.fields[name] = field
        return name

    def _said(self) -> Iterable[tuple[str, str]]:
        """Yield what differs from what the reading takes the headers for by itself."""
        for heading, name in zip(self.headings, self.columns, strict=True):
            column = self.cleaned_data.get(name, "")
            by_itself = heading["column"] if heading["how"] in {"title", "alias"} else ""
            if column and column != by_itself:
                yield heading["title"], column


class ReasonForm(forms.Form):
    """Ask why a batch is taken back."""

    reason = forms.CharField(
        label="为什么撤回", max_length=300, help_text="写进审计记录",
        error_messages={"required": "没有写撤回的原因。写一句原因，审计记录里要留底。"},
    )  # fmt: skip


def _initial(batch: Batch) -> dict[str, Any]:
    likely = batch.coordinates or batch.summary.get("likely_system", "")
    return {
        "version": batch.version, "coordinates": likely, "encoding": batch.encoding,
        "sheet": batch.sheet or batch.summary.get("sheet", ""),
    }  # fmt: skip


def _tables(areas: Sequence[Area]) -> list[Any]:
    """Return what may be brought into at least one of some areas."""
    fit = [one for one in KINDS.values() if any(belongs_in(one, area) for area in areas)]
    record = [(one.name, one.title) for one in fit if not one.section]
    base = [(one.name, one.title) for one in fit if one.section]
    groups = (("进台账，逐行核对", record), ("底图和评估用的文件", base))
    return [(title, some) for title, some in groups if some]


def _columns_of(kind: Kind) -> list[tuple[str, str]]:
    needed = [(one.name, f"{one.title}（必填）") for one in kind.table.columns if one.required]
    others = [(one.name, one.title) for one in kind.table.columns if not one.required]
    return [("", "不用"), *needed, *others]


def _areas(user: Any) -> Any:  # noqa: ANN401 - a queryset
    scope = scope_of(user, "batch.add")
    level = Area.Level
    wide = Area.objects.filter(level__in=[level.DISTRICT, level.SUBDISTRICT])
    allowed = wide.filter(scope.where("")) | Area.objects.filter(pk__in=scope.own)
    return allowed.filter(removed_at=None).select_related("parent").order_by("path")


def _area_word(area: Area) -> str:
    return str(area) if area.level == Area.Level.DISTRICT else f"{area.parent} · {area}"
