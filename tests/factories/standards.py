"""Write small standards by hand, so that every requirement of a test is in sight."""

from livingcircle._rules.packs import parse_pack

HEAD = '[standard]\nid = "test"\ntitle = "手写标准"\ndocument = "手写方案"\n'


def in_toml(value):
    """Return a value as TOML."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(map(in_toml, value))}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{k} = {in_toml(v)}' for k, v in value.items())} }}"
    return f'"{value}"' if isinstance(value, str) else str(value)


def write_standard(*requirements, basic=(), enhanced=(), **defaults):
    """Return a standard of requirements given as dicts; trades named in them are basic.

    ``basic`` and ``enhanced`` sort further trades, or as (trade, group).
    """
    asked = [t for one in requirements for t in one.get("trades", ()) if t not in enhanced]
    rows = [(trade, "basic") for trade in dict.fromkeys([*asked, *basic])]
    rows += [(trade, "enhanced") for trade in enhanced]
    text = HEAD + "[defaults]\n" + "".join(f"{k} = {in_toml(v)}\n" for k, v in defaults.items())
    for trade, tier in rows:
        text += f'[[trade]]\ntrade = "{trade}"\ntier = "{tier}"\ngroup = "{tier}类"\n'
    for one in requirements:
        text += "[[requirement]]\n" + "".join(f"{k} = {in_toml(v)}\n" for k, v in one.items())
    standard, problems = parse_pack(text.encode(), "test.toml")
    assert not problems, "\n".join(map(str, problems))
    return standard


def reach(*trades, metres=(200, 300), level="circle", **more):
    """Return a requirement on the walking radius."""
    name = more.pop("name", "reach_" + "_".join(trades))
    radius = {"metres": list(metres)} if metres else {}
    one = {"id": name, "rule": "reach", "trades": list(trades), "level": level}
    return one | radius | {"clause": "手写三"} | more


def count(*trades, least=1, level="circle", **more):
    """Return a requirement on a number of outlets."""
    name = more.pop("name", "count_" + "_".join(trades))
    one = {"id": name, "rule": "count", "trades": list(trades), "level": level}
    return one | {"least": least, "clause": "手写一"} | more
