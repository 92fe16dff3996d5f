"""Show somebody the own account: who I am here, tokens, share links, and everything kept of me."""

import json
import uuid

from django.contrib import messages
from django.http import HttpRequest
from django.http import HttpResponse
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from livingcircle_platform.accounts import actions
from livingcircle_platform.accounts import lending
from livingcircle_platform.accounts.forms import LinkForm
from livingcircle_platform.accounts.forms import OwnForm
from livingcircle_platform.accounts.forms import TokenForm
from livingcircle_platform.accounts.forms import take_on
from livingcircle_platform.accounts.models import ShareLink
from livingcircle_platform.accounts.models import Token
from livingcircle_platform.accounts.own_data import everything_about
from livingcircle_platform.errors import MissingError
from livingcircle_platform.errors import RefusedError


def me(request: HttpRequest) -> HttpResponse:
    """Show and change the own account."""
    user = request.user
    form = OwnForm(request.POST or None, initial={"display_name": str(user), "email": user.email})
    if request.method == "POST" and form.is_valid():
        actions.rename(user, form.cleaned_data, acting_user=user)
        messages.success(request, "已保存")
        return HttpResponseRedirect(reverse("accounts:me"))
    context = {
        "form": form,
        "tokens": Token.objects.kept_by(user),
        "links": ShareLink.objects.kept_by(user),
    }
    return render(request, "accounts/me.html", context)


def token_new(request: HttpRequest) -> HttpResponse:
    """Make a token and show its secret, this once."""
    user = request.user
    form = TokenForm(request.POST or None, rules=lending.actions_of(user))
    if request.method == "POST" and form.is_valid():
        told = {name: form.cleaned_data[name] for name in ("name", "actions", "until")}
        token = Token(pk=form.cleaned_data["id"], user=user, **told)
        try:
            secret = lending.make_token(token, acting_user=user)
        except RefusedError as problem:
            take_on(form, problem)
        else:
            return render(request, "accounts/token_made.html", {"token": token, "secret": secret})
    return render(request, "accounts/token_new.html", {"form": form})


def token_take_back(request: HttpRequest, token_id: uuid.UUID) -> HttpResponse:
    """Take a token back."""
    return _take_back(request, Token.objects.filter(pk=token_id, user=request.user).first())


def link_new(request: HttpRequest) -> HttpResponse:
    """Make a link to a page and show it, this once."""
    user = request.user
    path = request.GET.get("path", "")
    form = LinkForm(request.POST or None, initial={"path": path})
    if request.method == "GET":
        lending.shared_match(path, user)
    elif form.is_valid():
        told = {name: form.cleaned_data[name] for name in ("path", "title", "until")}
        link = ShareLink(pk=form.cleaned_data["id"], user=user, **told)
        secret = lending.make_link(link, acting_user=user)
        address = request.build_absolute_uri(reverse("accounts:shared", args=[secret]))
        return render(request, "accounts/link_made.html", {"link": link, "address": address})
    return render(request, "accounts/link_new.html", {"form": form, "path": path})


def link_take_back(request: HttpRequest, link_id: uuid.UUID) -> HttpResponse:
    """Take a link back."""
    return _take_back(request, ShareLink.objects.filter(pk=link_id, user=request.user).first())


def my_data(request: HttpRequest) -> HttpResponse:
    """Hand out everything that is kept about the person, for a machine to read."""
    text = json.dumps(everything_about(request.user), ensure_ascii=False, indent=1)
    name = f"my-data-{timezone.localdate():%Y%m%d}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text, content_type="application/json; charset=utf-8", headers=headers)


def _take_back(request: HttpRequest, kept: Token | ShareLink | None) -> HttpResponse:
    if kept is None:
        raise MissingError("没有这一条，或不是您的", remedy="从“我的账号”里查看自己的")
    lending.take_back(kept, acting_user=request.user)
    messages.success(request, f"“{kept}”已收回，马上失效")
    return HttpResponseRedirect(reverse("accounts:me"))
