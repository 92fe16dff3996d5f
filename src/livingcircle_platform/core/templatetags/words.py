"""Say numbers, answers and dates as Chinese readers expect them; draw icons."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from livingcircle_platform.core.pages import json_for_script

register = template.Library()
NOT_KNOWN = "未核实"
_WAN = 10_000
# The first mark that is found counts: many browsers name the ones they descend from as well.
_DEVICES = (
    (
        ("MicroMessenger", "微信"), ("Edg", "Edge"), ("QQBrowser", "QQ浏览器"),
        ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"),
    ),
    (
        ("Android", "安卓手机"), ("HarmonyOS", "鸿蒙"), ("iPhone", "iPhone"), ("iPad", "iPad"),
        ("Windows", "Windows 电脑"), ("Mac OS", "苹果电脑"), ("Linux", "Linux 电脑"),
    ),
)  # fmt: skip


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """Draw an icon of the sprite; without a label it is decoration."""
    sprite = static("vendor/icons.svg")
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}#{}"></use></svg>',
            label, sprite, name,
        )  # fmt: skip
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', sprite, name
    )


@register.filter
def known(value: object, unit: str = "") -> str:
    """Say a value, or that it is not known; an empty text is empty, not unknown."""
    if value is None:
        return NOT_KNOWN
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float | int):
        return f"{number(value)}{unit}"
    return str(value)


@register.filter
def number(value: float | None) -> str:
    """Say a number without false digits."""
    if value is None:
        return NOT_KNOWN
    rounded = round(float(value), 1)
    return f"{rounded:,.0f}" if rounded.is_integer() else f"{rounded:,.1f}"


@register.filter
def people(value: float | None) -> str:
    """Say how many people; from ten thousand on in 万."""
    if value is None:
        return NOT_KNOWN
    return f"{value / _WAN:,.1f}万人" if value >= _WAN else f"{value:,.0f}人"


@register.filter
def metres(value: float | None) -> str:
    """Say a walk."""
    if value is None:
        return NOT_KNOWN
    return f"{value / 1000:.1f}公里" if value >= 1000 else f"{value:.0f}米"  # noqa: PLR2004


@register.filter
def percent(value: float | None) -> str:
    """Say a share of one."""
    return NOT_KNOWN if value is None else f"{100 * value:.0f}%"


@register.filter
def since(value: dt.datetime | dt.date | None) -> str:
    """Say how long ago something was, in days."""
    if value is None:
        return "从未"
    day = timezone.localtime(value).date() if isinstance(value, dt.datetime) else value
    days = (timezone.localdate() - day).days
    return {0: "今天", 1: "昨天"}.get(days, f"{days}天前" if days > 0 else day.isoformat())


@register.filter
def device(agent: str) -> str:
    """Say which browser on which system sent a line like ``Mozilla/5.0 (Windows NT 10.0…``."""
    found = [next((name for mark, name in marks if mark in agent), "") for marks in _DEVICES]
    return " · ".join(filter(None, found)) or "其他程序"


@register.filter
def as_json(value: object) -> str:
    """Return JSON for a data attribute; the template escapes it."""
    return json_for_script(value)


@register.filter
def item(mapping: Any, key: object) -> Any:  # noqa: ANN401
    """Return one value of a mapping."""
    return mapping.get(key, "") if mapping else ""


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: object) -> str:
    """Return this page's address with some parameters changed; ``None`` drops one."""
    asked = context["request"].GET.copy()
    for name, value in changes.items():
        asked.pop(name, None)
        if value is not None:
            asked[name] = str(value)
    return f"?{urlencode([(name, value) for name, values in asked.lists() for value in values])}"
