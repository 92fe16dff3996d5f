"""List, show and check standards."""

from livingcircle._terminal import out
from livingcircle._terminal import say
from livingcircle.standards import available_standards
from livingcircle.standards import load_standard
from livingcircle.standards import validate as find_mistakes


def list_standards() -> None:
    """Print the id, the title and the number of requirements of each that comes along."""
    for name in available_standards():
        pack = load_standard(name)
        say(out, f"{name:<22}{pack.title}（{len(pack.requirements)}条）")


def show(name: str) -> None:
    """Print a standard requirement by requirement."""
    say(out, load_standard(name).describe())


def validate(name: str) -> bool:
    """Print every mistake of a pack; say whether it is sound."""
    problems = find_mistakes(name)
    for problem in problems:
        say(out, f"· {problem}")
    if not problems:
        say(out, f"没有发现问题：{load_standard(name).title}")
    return not problems
