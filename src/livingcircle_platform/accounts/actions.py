"""Change accounts: invite, give and end roles, suspend, hand out one-time links.

Users carry no version; what changes about them is told to the audit here.
"""

import datetime as dt
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import IntegrityError
from django.db import transaction
from django.urls import reverse

from livingcircle_platform.accounts import lending
from livingcircle_platform.accounts import people
from livingcircle_platform.accounts.models import Membership
from livingcircle_platform.accounts.models import User
from livingcircle_platform.audit import writing
from livingcircle_platform.errors import RefusedError


@transaction.atomic
def invite(
    username: str,
    display_name: str,
    membership: Membership,
    *,
    acting_user: User,
) -> User:
    """Make an account with its first role; the person sets the password by a one-time link.

    Raises
    ------
    RefusedError
        If the user name is taken, whoever has it.
    """
    people.require_giving(acting_user, membership.role, membership.area, "user.invite")
    made = User(username=username, display_name=display_name)
    made.set_unusable_password()
    if User.objects.filter(username__iexact=username).exists():
        raise _taken()
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        raise _taken() from error
    _tell("add", made, acting_user, membership.area, after=_told(made))
    membership.user = made
    writing.add(membership, acting_user=acting_user)
    return made


def give_role(membership: Membership, *, acting_user: User) -> Membership:
    """Give somebody one more role."""
    people.require_visible(acting_user, membership.user)
    people.require_other(acting_user, membership.user)
    people.require_giving(acting_user, membership.role, membership.area, "user.change")
    return writing.add(membership, acting_user=acting_user)


def end_role(
    membership: Membership, until: dt.date | None, *, seen: int, acting_user: User
) -> Membership:
    """Let a role end on a day, or never; the day before today ends it now."""
    _require_inside(membership, acting_user)
    return writing.change(membership, {"until": until}, seen=seen, acting_user=acting_user)


def take_role(membership: Membership, *, seen: int, acting_user: User) -> Membership:
    """Take a role back at once."""
    _require_inside(membership, acting_user)
    return writing.remove(membership, seen=seen, acting_user=acting_user)


@transaction.atomic
def suspend(user: User, *, reason: str, acting_user: User) -> None:
    """Close an account for now: nothing works any more, and every session ends."""
    people.require_whole(acting_user, user, "user.suspend")
    _set_active(user, acting_user, reason, is_active=False)
    end_sessions(user)


@transaction.atomic
def resume(user: User, *, reason: str, acting_user: User) -> None:
    """Open a suspended account again."""
    people.require_whole(acting_user, user, "user.suspend")
    _set_active(user, acting_user, reason, is_active=True)


@transaction.atomic
def make_password_link(user: User, *, acting_user: User) -> str:
    """Return an address by which a person sets a new password once, within three days.

    Raises
    ------
    RefusedError
        If the account is suspended.
    """
    people.require_whole(acting_user, user, "user.reset")
    if not user.is_active:
        raise RefusedError("这个账号已停用，没有生成链接", remedy="先恢复账号")
    _tell("reset", user, acting_user, user.home())
    key = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    return reverse("account_reset_password_from_key", kwargs=key)


@transaction.atomic
def drop_second_step(user: User, *, acting_user: User) -> None:
    """Let somebody who lost the phone sign in by password alone.

    Every session ends, and tokens and links are taken back.
    """
    people.require_whole(acting_user, user, "user.reset")
    if not Authenticator.objects.filter(user=user).exists():
        raise RefusedError("这个账号没有打开两步验证，没有改动", remedy="直接重设密码即可")
    Authenticator.objects.filter(user=user).delete()
    lending.take_everything_back(user, acting_user=acting_user)
    _tell("drop-second-step", user, acting_user, user.home())
    end_sessions(user)


@transaction.atomic
def rename(user: User, values: dict[str, Any], *, acting_user: User) -> None:
    """Change what a person may change about the own account: the name shown, and the e-mail."""
    names = ("display_name", "email")
    before = {name: getattr(user, name) for name in names}
    after = {name: values[name] for name in names}
    if before == after:
        return
    for name in names:
        setattr(user, name, after[name])
    user.save(update_fields=list(names))
    _tell("change", user, acting_user, user.home(), before=before, after=after)


def end_sessions(user: User) -> None:
    """End every session of somebody."""
    for session in UserSession.objects.filter(user=user):
        session.end()


def _taken() -> RefusedError:
    sentence = "这个用户名已经有人用"
    told = {"username": f"{sentence}，换一个"}
    return RefusedError(f"没有保存：{sentence}", remedy="换一个用户名", fields=told)


def _require_inside(membership: Membership, acting_user: User) -> None:
    people.require_visible(acting_user, membership.user)
    people.require_other(acting_user, membership.user)
    people.require_giving(acting_user, membership.role, membership.area, "user.change")


def _set_active(user: User, acting_user: User, reason: str, *, is_active: bool) -> None:
    changed = User.objects.filter(pk=user.pk, is_active=not is_active).update(is_active=is_active)
    if not changed:
        return
    area = _area_of(user)
    user.is_active = is_active
    told = {"before": {"is_active": not is_active}, "after": {"is_active": is_active}}
    _tell("resume" if is_active else "suspend", user, acting_user, area, reason=reason, **told)


def _area_of(user: User) -> Any:  # noqa: ANN401 - the room of areas lies above
    """Return an area of somebody, suspended or not."""
    held = Membership.objects.filter(user=user).select_related("area")
    one = held.filter(removed_at=None).first() or held.first()
    return one.area if one else None


def _told(user: User) -> dict[str, Any]:
    return {"username": user.username, "display_name": user.display_name}


def _tell(verb: str, user: User, acting_user: User, area: Any, **told: Any) -> None:  # noqa: ANN401
    writing.note(
        f"user.{verb}", acting_user=acting_user, kind="user", object_id=user.pk,
        object_name=str(user), area=area, **told,
    )  # fmt: skip
