"""Read numbers that pages send back."""

_LONGEST = 18  # digits that a column holds


def number_in(said: str | None) -> int | None:
    """Return a whole number of a page, such as a version; nothing if it is none."""
    if not said or len(said) > _LONGEST or not (said.isascii() and said.isdecimal()):
        return None
    return int(said)
