"""Show administrators the accounts of their area, and change them."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.http import HttpResponse
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from livingcircle_platform.accounts import actions
from livingcircle_platform.accounts.forms import EndForm
from livingcircle_platform.accounts.forms import InviteForm
from livingcircle_platform.accounts.forms import ReasonForm
from livingcircle_platform.accounts.forms import RoleForm
from livingcircle_platform.accounts.forms import take_on
from livingcircle_platform.accounts.listing import memberships_inside
from livingcircle_platform.accounts.listing import rights_of
from livingcircle_platform.accounts.listing import with_roles
from livingcircle_platform.accounts.models import Membership
from livingcircle_platform.accounts.models import User
from livingcircle_platform.accounts.roles import Role
from livingcircle_platform.core.paging import page_of
from livingcircle_platform.core.spelling import needle_of
from livingcircle_platform.errors import MissingError
from livingcircle_platform.errors import RefusedError

_PAGE = 50


def users(request: HttpRequest) -> HttpResponse:
    """List accounts, found by characters, pinyin or initials."""
    asked = {name: request.GET.get(name, "").strip() for name in ("q", "role", "state")}
    rows = User.objects.visible_to(request.user).order_by("username")
    if asked["q"]:
        rows = rows.filter(line__contains=needle_of(asked["q"]))
    if asked["role"] in Role.values:
        holders = Membership.objects.in_force().filter(role=asked["role"])
        rows = rows.filter(pk__in=holders.values("user"))
    if asked["state"] in {"open", "suspended"}:
        rows = rows.filter(is_active=asked["state"] == "open")
    page = page_of(request, rows, _PAGE)
    context = {
        "page": page,
        "people": with_roles(page.object_list, request.user),
        "asked": asked,
        "roles": Role.choices,
    }
    return render(request, "accounts/users.html", context)


def invite(request: HttpRequest) -> HttpResponse:
    """Make an account and show the link by which its owner sets the password."""
    giver = request.user
    form = InviteForm(request.POST or None, giver=giver, action="user.invite")
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            made = actions.invite(
                told["username"], told["display_name"], form.membership(), acting_user=giver
            )
        except RefusedError as problem:
            take_on(form, problem)
        else:
            return _with_link(request, made)
    return render(request, "accounts/invite.html", {"form": form})


def user(request: HttpRequest, user_id: uuid.UUID) -> HttpResponse:
    """Show one account: its roles, and what it may do where."""
    return _page(request, _visible(request, user_id))


def give_role(request: HttpRequest, user_id: uuid.UUID) -> HttpResponse:
    """Give somebody one more role."""
    person = _visible(request, user_id)
    form = RoleForm(request.POST, giver=request.user, action="user.change")
    if form.is_valid():
        membership = form.membership()
        membership.user = person
        try:
            actions.give_role(membership, acting_user=request.user)
        except RefusedError as problem:
            take_on(form, problem)
        else:
            return _done(request, person, f"已给“{person}”加上“{membership}”")
    return _page(request, person, form=form)


def end_role(request: HttpRequest, membership_id: uuid.UUID) -> HttpResponse:
    """Let a role end on another day, or take it back."""
    inside = memberships_inside(request.user).filter(removed_at=None)
    found = inside.filter(pk=membership_id).select_related("user", "area").first()
    if found is None:
        raise MissingError("没有这个角色，或不在您的范围内", remedy="从“账号与权限”里重新进入")
    form = EndForm(request.POST)
    if not form.is_valid():
        problem = "；".join(told for errors in form.errors.values() for told in errors)
        raise RefusedError(f"没有保存：{problem}", remedy="返回上一页改好再保存")
    seen, acting = form.cleaned_data["version"], {"acting_user": request.user}
    if form.cleaned_data["take"]:
        actions.take_role(found, seen=seen, **acting)
        return _done(request, found.user, f"“{found}”已收回，马上失效")
    actions.end_role(found, form.cleaned_data["until"], seen=seen, **acting)
    return _done(request, found.user, f"“{found}”的有效期已改")


def suspend(request: HttpRequest, user_id: uuid.UUID) -> HttpResponse:
    """Close an account for now."""
    person, reason = _with_reason(request, user_id)
    actions.suspend(person, reason=reason, acting_user=request.user)
    return _done(request, person, f"“{person}”已停用，正在使用的页面马上退出")


def resume(request: HttpRequest, user_id: uuid.UUID) -> HttpResponse:
    """Open an account again."""
    person, reason = _with_reason(request, user_id)
    actions.resume(person, reason=reason, acting_user=request.user)
    return _done(request, person, f"“{person}”已恢复")


def password_link(request: HttpRequest, user_id: uuid.UUID) -> HttpResponse:
    """Show a link by which somebody sets a new password, this once."""
    return _with_link(request, _visible(request, user_id))


def drop_second_step(request: HttpRequest, user_id: uuid.UUID) -> HttpResponse:
    """Let somebody who lost the phone sign in by password alone."""
    person = _visible(request, user_id)
    actions.drop_second_step(person, acting_user=request.user)
    return _done(request, person, f"“{person}”的两步验证已解除，所有登录已退出")


def _visible(request: HttpRequest, user_id: uuid.UUID) -> User:
    """Return somebody the person asking looks after.

    Raises
    ------
    MissingError
        If there is nobody, or nobody inside.
    """
    found = User.objects.visible_to(request.user).filter(pk=user_id).first()
    if found is None:
        raise MissingError("没有这个账号，或不在您的范围内", remedy="从“账号与权限”里重新进入")
    return found


def _with_reason(request: HttpRequest, user_id: uuid.UUID) -> tuple[User, str]:
    form = ReasonForm(request.POST)
    person = _visible(request, user_id)
    if not form.is_valid():
        raise RefusedError("没有保存：缺少原因", remedy="返回上一页写一句原因，会记入操作记录")
    return person, form.cleaned_data["reason"]


def _with_link(request: HttpRequest, person: User) -> HttpResponse:
    path = actions.make_password_link(person, acting_user=request.user)
    context = {"person": person, "address": request.build_absolute_uri(path)}
    return render(request, "accounts/password_link.html", context)


def _page(request: HttpRequest, person: User, *, form: RoleForm | None = None) -> HttpResponse:
    held = memberships_inside(request.user).filter(user=person, removed_at=None)
    outside = Membership.objects.in_force().filter(user=person).exclude(pk__in=held.values("pk"))
    context: dict[str, Any] = {
        "person": person,
        "held": held.select_related("area"),
        "outside": outside.count(),
        "rights": rights_of(person),
        "form": form or RoleForm(giver=request.user, action="user.change"),
        "reason_form": ReasonForm(),
        "is_self": person.pk == request.user.pk,
    }
    return render(request, "accounts/user.html", context)


def _done(request: HttpRequest, person: User, told: str) -> HttpResponse:
    messages.success(request, told)
    return HttpResponseRedirect(reverse("accounts:user", args=[person.pk]))
