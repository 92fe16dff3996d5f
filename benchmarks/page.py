"""Write what a run measured into the page, between marks; the prose around them is kept."""

import re
from collections.abc import Mapping
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "explanation" / "performance.md"
_BLOCK = r"(<!-- begin: {name} -->\n).*?(<!-- end -->)"


def fill(text: str, blocks: Mapping[str, str]) -> str:
    """Return a page with what stands between the marks of each block replaced.

    Raises
    ------
    ValueError
        If the page has not exactly one place for a block.
    """
    for name, content in blocks.items():
        pattern = re.compile(_BLOCK.format(name=re.escape(name)), re.DOTALL)
        text, places = pattern.subn(
            lambda found, content=content: f"{found[1]}\n{content.strip()}\n\n{found[2]}", text
        )
        if places != 1:
            message = f"{places} places for {name!r} in the page"
            raise ValueError(message)
    return text


def write(blocks: Mapping[str, str], path: Path = PAGE) -> None:
    """Fill the blocks of the page in its file."""
    path.write_text(fill(path.read_text("utf-8"), blocks), "utf-8")
