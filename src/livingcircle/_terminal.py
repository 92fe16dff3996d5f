"""Speak to the person at the keyboard: sentences as they stand, and progress while they wait."""

from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn
from rich.progress import MofNCompleteColumn
from rich.progress import Progress
from rich.progress import TextColumn
from rich.progress import TimeElapsedColumn

out = Console()
err = Console(stderr=True, soft_wrap=True)
Step = Callable[[int, int, str], None]


def say(console: Console, text: str, style: str = "") -> None:
    """Print text as it stands: brackets in a name are no markup, and long lines are not cut."""
    console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)


@contextmanager
def progress(title: str) -> Iterator[Step]:
    """Show n of m while something long runs; where it fails, nothing of it is left behind."""
    bar = Progress(
        TextColumn("{task.description:<22}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("[dim]{task.fields[what]}"),
        console=out,
    )
    with bar:
        task = bar.add_task(title, total=None, what="")

        def step(done: int, total: int, what: str) -> None:
            bar.update(task, completed=done, total=total, what=escape(what))

        bar.live.transient = True
        yield step
        bar.live.transient = False
        bar.update(task, what="完成")
