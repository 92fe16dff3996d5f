"""Let people lend their own rights: tokens for programs, links for whoever holds the address."""

from urllib.parse import urlsplit

from django.urls import Resolver404
from django.urls import ResolverMatch
from django.urls import resolve

from livingcircle_platform.accounts.gate import action_of
from livingcircle_platform.accounts.matrix import EVERYBODY
from livingcircle_platform.accounts.matrix import SIGNED_IN
from livingcircle_platform.accounts.matrix import Rule
from livingcircle_platform.accounts.matrix import rules
from livingcircle_platform.accounts.models import ShareLink
from livingcircle_platform.accounts.models import Token
from livingcircle_platform.accounts.models import User
from livingcircle_platform.accounts.models import make_secret
from livingcircle_platform.accounts.scope import scope_of
from livingcircle_platform.audit import writing
from livingcircle_platform.errors import ConflictError
from livingcircle_platform.errors import MissingError
from livingcircle_platform.errors import RefusedError

# Rooms about people and what they did; allauth's own pages stand in no room at all.
_NEVER_SHARED = frozenset({"accounts", "audit", "core"})


def actions_of(user: User) -> list[Rule]:
    """Return the actions that somebody may do anywhere, and so may lend to a token."""
    return [
        rule
        for rule in rules().values()
        if rule.action not in {EVERYBODY, SIGNED_IN} and not scope_of(user, rule.action).is_empty
    ]


def make_token(token: Token, *, acting_user: User) -> str:
    """Keep a new token of somebody's own and return its secret, which is not kept.

    Raises
    ------
    RefusedError
        If the token should do what its owner may not do.
    ConflictError
        If the form was sent twice: the secret was shown the first time.
    """
    allowed = {rule.action for rule in actions_of(acting_user)}
    if not token.actions or not allowed.issuperset(token.actions):
        sentence = "至少选一项，且只能选您自己能做的"
        raise RefusedError(f"没有生成：{sentence}", remedy="重新勾选", fields={"actions": sentence})
    if Token.objects.filter(pk=token.pk).exists():
        raise ConflictError(
            "这个令牌已经生成过，密文只显示一次", remedy="没有记下的话，收回它再生成一个"
        )
    token.user = acting_user
    secret, token.digest = make_secret("lc_")
    writing.add(token, acting_user=acting_user)
    return secret


def make_link(link: ShareLink, *, acting_user: User) -> str:
    """Keep a new link to a page its maker may see, and return its secret, which is not kept.

    Raises
    ------
    ConflictError
        If the form was sent twice.
    """
    shared_match(link.path, acting_user)
    if ShareLink.objects.filter(pk=link.pk).exists():
        raise ConflictError(
            "这个分享地址已经生成过，只显示一次", remedy="没有记下的话，收回它再生成一个"
        )
    link.user = acting_user
    secret, link.digest = make_secret()
    writing.add(link, acting_user=acting_user)
    return secret


def take_back(kept: Token | ShareLink, *, acting_user: User) -> None:
    """Take a token or link of one's own back at once; a second time changes nothing.

    Raises
    ------
    MissingError
        If it is somebody else's.
    """
    if kept.user_id != acting_user.pk:
        raise MissingError("没有这一条，或不是您的", remedy="从“我的账号”里查看自己的")
    if kept.removed_at is None:
        writing.remove(kept, seen=kept.version, acting_user=acting_user)


def take_everything_back(user: User, *, acting_user: User) -> None:
    """Take back all that somebody lent: whoever stole the password may have lent it on."""
    for kind in (Token, ShareLink):
        for kept in kind.objects.kept_by(user):
            writing.remove(kept, seen=kept.version, acting_user=acting_user)


def shared_match(path: str, user: User) -> ResolverMatch:
    """Return the page behind a path that somebody may share.

    Raises
    ------
    RefusedError
        If it is no page of ours, one about people, or one that this person may not open.
    """
    match = _match(path)
    if match is not None and is_of_a_shared_room(match):
        action = action_of(match, "GET")
        if action not in {None, EVERYBODY} and not scope_of(user, str(action)).is_empty:
            return match
    raise RefusedError(
        "这个页面不能分享", remedy="从要分享的页面里点“分享这一页”；账号、审计和后台任务不能分享"
    )


def is_of_a_shared_room(match: ResolverMatch) -> bool:
    """Say whether an address belongs to a room whose pages may be shared."""
    return bool(match.namespaces) and match.namespaces[0] not in _NEVER_SHARED


def _match(path: str) -> ResolverMatch | None:
    parts = urlsplit(path)
    if parts.scheme or parts.netloc or not path.startswith("/"):
        return None
    try:
        return resolve(parts.path)
    except Resolver404:
        return None
