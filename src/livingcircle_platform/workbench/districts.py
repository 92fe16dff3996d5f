"""Ask how a district is held: by which standard, for which walker."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.http import HttpResponse
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from livingcircle_platform.assessment.terms import standard_choices
from livingcircle_platform.assessment.terms import walker_choices
from livingcircle_platform.errors import MissingError
from livingcircle_platform.territory import actions
from livingcircle_platform.territory.models import Area


class DistrictForm(forms.Form):
    """Ask for the settings of a district."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    standard = forms.ChoiceField(
        label="配置标准", required=False, help_text="新的评估按这个标准；已有的评估不变"
    )
    walker = forms.ChoiceField(
        label="步行者", required=False, help_text="划圈时端到端步行按谁的速度量；不选按普通成年人"
    )
    reason = forms.CharField(label="理由", required=False, max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.fields["standard"].choices = [("", "未定"), *standard_choices()]  # type: ignore[attr-defined]
        self.fields["walker"].choices = [("", "普通成年人"), *walker_choices()]  # type: ignore[attr-defined]


def settings(request: HttpRequest, settings_of: uuid.UUID) -> HttpResponse:
    """Show and change the settings of a district."""
    rows = Area.objects.visible_to(request.user).filter(level=Area.Level.DISTRICT)
    district = rows.filter(pk=settings_of).first()
    if district is None:
        raise MissingError("没有这个区，或不在您的范围内", remedy="从行政区页面重新进入")
    back = reverse("territory:area", args=[district.pk])
    start = {"seen": district.version, "standard": district.standard, "walker": district.walker}
    form = DistrictForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        values = {"standard": told["standard"], "walker": told["walker"]}
        actions.change_area(district, values, seen=told["seen"], acting_user=request.user,
                            reason=told["reason"])  # fmt: skip
        messages.success(request, "已保存")
        return HttpResponseRedirect(back)
    crumbs = [(reverse("territory:areas"), "行政区与人口"), (back, str(district))]
    context = {"form": form, "title": f"{district}的设置", "area": district, "crumbs": crumbs}
    return render(request, "territory/form.html", context, status=400 if form.errors else 200)
