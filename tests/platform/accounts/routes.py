"""Walk every address of the project."""

from typing import NamedTuple

from django.urls import URLResolver
from django.urls import get_resolver


class Route(NamedTuple):
    """Hold one address: its name with the room's, and the parts it needs."""

    name: str
    parts: tuple[str, ...]


def routes():
    """Return every named address once, and how many have no name."""
    found, nameless = {}, 0
    for name, parts in _walk(get_resolver().url_patterns, "", ()):
        if name is None:
            nameless += 1
        else:
            found.setdefault(name, Route(name, parts))
    return sorted(found.values()), nameless


def _walk(patterns, prefix, parts):
    for one in patterns:
        own = (*parts, *one.pattern.converters, *_groups(one.pattern))
        if isinstance(one, URLResolver):
            room = f"{prefix}{one.namespace}:" if one.namespace else prefix
            yield from _walk(one.url_patterns, room, own)
        else:
            yield (f"{prefix}{one.name}" if one.name else None), own


def _groups(pattern):
    return () if pattern.converters else tuple(getattr(pattern.regex, "groupindex", ()))
