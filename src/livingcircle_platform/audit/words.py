"""Say in words what an entry tells: which kind of thing, what was done, which columns changed."""

from collections.abc import Iterable
from collections.abc import Mapping
from functools import cache
from itertools import chain
from typing import Any
from typing import NamedTuple

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.core.exceptions import ValidationError
from django.db import models

from livingcircle_platform.audit.models import Entry

# Kinds as they stand in entries; a kind that is missing here is shown as it is kept.
KINDS: Mapping[str, str] = {
    "user": "账号", "membership": "角色", "token": "令牌", "sharelink": "分享地址",
    "area": "行政区域", "areaprofile": "人口资料", "circleset": "圈层版本", "circle": "生活圈",
    "circlemember": "圈层成员", "basefile": "底图文件", "source": "数据来源",
    "trade": "业态",
    "merchant": "经营主体", "servicecentre": "综合体", "outlet": "网点", "entrance": "出入口",
    "photo": "照片", "mobileservice": "流动服务", "mobilestop": "流动服务停靠点",
    "space": "空间资源", "approvalstep": "审批步骤", "merge": "网点合并",
    "different": "不是同一家的判断",
    "savedview": "保存的筛选", "batch": "导入批次", "stagedrow": "导入的行",
    "columnmapping": "列对应", "run": "评估", "sitechoice": "选址方案", "scenario": "方案",
    "job": "后台任务", "audit": "操作记录",
}  # fmt: skip
VERBS: Mapping[str, str] = {
    "add": "新增", "change": "修改", "remove": "移除", "undo": "撤回", "restore": "恢复",
    "suspend": "停用", "resume": "恢复使用", "reset": "生成重设密码链接",
    "drop-second-step": "解除两步验证", "accept": "采纳", "adopt": "启用", "merge": "合并",
    "split": "拆分", "verify": "核实", "submit": "提交", "approve": "审批", "refuse": "退回",
    "import": "导入", "discard": "放弃", "unmerge": "撤回合并", "draft": "起草", "draw": "划定",
    "answer": "回答", "settle": "确认坐标系", "replace": "替代", "finish": "完成",
}  # fmt: skip
_COLUMNS: Mapping[str, str] = {
    "username": "用户名", "user": "账号", "is_active": "可以使用", "removed_at": "移除时间",
    "parent": "上级", "area": "范围", "district": "所属区", "actions": "允许的操作",
    "until": "有效期至", "email": "邮箱",
}  # fmt: skip
_MOST_CHARACTERS = 300


class Change(NamedTuple):
    """Show one column, before and after."""

    title: str
    before: str
    after: str


def kind_title(kind: str) -> str:
    """Return the Chinese name of a kind."""
    return KINDS.get(kind, kind)


def action_title(action: str) -> str:
    """Return what was done, in words."""
    kind, _, verb = action.rpartition(".")
    return f"{VERBS.get(verb, verb)}{kind_title(kind.replace('-', ''))}"


class Names:
    """Remember what the things are called that entries point to, asked for many at a time."""

    def __init__(self) -> None:
        self._known: dict[type[models.Model], dict[Any, str]] = {}

    def learn(self, entries: Iterable[Entry]) -> None:
        """Ask once for each kind of thing that these entries point to."""
        wanted: dict[Any, set[Any]] = {}
        for one in entries:
            model = _model(one.kind)
            for name, value in chain(*(side.items() for side in _sides(one))):
                field = _field(model, name)
                if isinstance(field, models.ForeignKey) and value is not None:
                    target = field.related_model
                    wanted.setdefault(target, set()).add(_key(target, value))
        for target, keys in wanted.items():
            known = self._known.setdefault(target, {})
            found = target._base_manager.select_related().in_bulk(keys - known.keys() - {None})  # noqa: SLF001
            known.update((key, str(one)) for key, one in found.items())

    def of(self, field: models.ForeignKey[Any, Any], value: object) -> str:
        """Return the name of what a column points to, as it is called today."""
        target: Any = field.related_model
        return self._known.get(target, {}).get(_key(target, value), str(value))


def changes(entry: Entry, names: Names) -> list[Change]:
    """Return the columns an entry tells, with their titles, before and after side by side."""
    told = _sides(entry)
    model = _model(entry.kind)
    return [
        Change(_title(model, name), *(_value(model, name, one, names) for one in told))
        for name in dict.fromkeys([*told[0], *told[1]])
    ]


def _sides(entry: Entry) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    told: list[Mapping[str, Any]] = [
        one if isinstance(one, dict) else {} for one in (entry.before, entry.after)
    ]
    return told[0], told[1]


@cache
def _model(kind: str) -> type[models.Model] | None:
    for model in apps.get_models():
        if model._meta.model_name == kind and model.__module__.startswith("livingcircle_platform"):  # noqa: SLF001
            return model
    return None


def _field(model: type[models.Model] | None, name: str) -> Any:  # noqa: ANN401
    try:
        return model._meta.get_field(name) if model is not None else None  # noqa: SLF001
    except FieldDoesNotExist:
        return None


def _title(model: type[models.Model] | None, name: str) -> str:
    title = str(getattr(_field(model, name), "verbose_name", name))
    return _COLUMNS.get(name, title) if title.isascii() else title


def _value(
    model: type[models.Model] | None, name: str, told: Mapping[str, Any], names: Names
) -> str:
    if name not in told:
        return "—"
    value, field = told[name], _field(model, name)
    if isinstance(field, models.ForeignKey) and value is not None:
        return names.of(field, value)
    choices = dict(getattr(field, "flatchoices", None) or ())
    return _said(choices.get(value, value) if isinstance(value, str | int) else value)


def _key(model: Any, value: object) -> Any:  # noqa: ANN401 - a model and its key
    """Return a kept key as the database tells it; nothing where it can be none."""
    try:
        return model._meta.pk.to_python(value)  # noqa: SLF001
    except ValidationError:
        return None


def _said(value: Any) -> str:  # noqa: ANN401 - one line for each type
    if value is None:
        return "未填"
    if value is True:
        return "是"
    if value is False:
        return "否"
    if value in ("", [], {}):
        return "空"
    if isinstance(value, list):
        return "、".join(_said(one) for one in value)
    text = str(value)
    return text if len(text) <= _MOST_CHARACTERS else f"{text[:_MOST_CHARACTERS]}…"
