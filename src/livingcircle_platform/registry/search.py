"""Find a name by Chinese characters, pinyin or initials, from the first character on.

A record's names are written out once, when it is saved, as one line of text that every database
can search: the names themselves, and the pinyin and initials of each. PostgreSQL looks it up by
an index of trigrams of *code points*, which fails for one or two characters; so the line is kept a
second time as one- and two-character grams for its full-text index.
"""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from livingcircle_platform.core.spelling import needle_of


class SearchField(models.TextField):
    """Hold the line to search in; ``__finds`` asks whether what somebody typed is in it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **{"blank": True, "default": "", "editable": False, **kwargs})


@SearchField.register_lookup
class Finds(models.Lookup):
    """Find rows whose line holds a needle of any length, one character included."""

    lookup_name = "finds"

    def get_prep_lookup(self) -> str:
        """Return the needle as it stands in the line."""
        return needle_of(str(self.rhs))

    def as_sql(self, compiler: Any, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:  # noqa: ANN401
        """Return a search for the needle, by the index of grams where there is one."""
        left, params = self.process_lhs(compiler, connection)
        needle = str(self.rhs).replace("\\", "").replace("%", "").replace("_", r"\_")
        inside = f"{left} LIKE %s ESCAPE '\\'"
        if connection.vendor != "postgresql" or not needle:
            return inside, [*params, f"%{needle}%"]
        grams = f"{GRAMS}({left}) @> {GRAMS_ASKED}(%s)"
        return f"({grams} AND {inside})", [*params, needle, *params, f"%{needle}%"]


GRAMS = "lc_grams"
GRAMS_ASKED = "lc_grams_asked"
# One- and two-character pieces of a text, by one pass over its characters: a search that walks the
# rows works them out for every match; of a needle, two-character pieces say enough.
POSTGRES_FUNCTIONS = f"""
CREATE OR REPLACE FUNCTION {GRAMS}(line text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT one || ARRAY(
    SELECT a || b FROM unnest(one, one[2:]) AS pair(a, b) WHERE b IS NOT NULL)
    FROM string_to_array(line, NULL) AS one $$;
CREATE OR REPLACE FUNCTION {GRAMS_ASKED}(needle text) RETURNS text[] LANGUAGE sql IMMUTABLE
AS $$ SELECT CASE WHEN length(needle) < 2 THEN ARRAY[needle] ELSE (
    SELECT array_agg(DISTINCT substr(needle, place, 2))
    FROM generate_series(1, length(needle) - 1) AS place) END $$;
"""  # noqa: S608 - made of our own names
