"""Find a name by Chinese characters, pinyin or initials, from the first character on.

A record's names are written out once, when it is saved, as one line of text that every database
can search: the names themselves, and the pinyin and initials of each. PostgreSQL looks it up by
an index of trigrams of *code points*, which fails for one or two characters; so the line is kept a
second time as one- and two-character grams for its full-text index.
"""

from typing import Any

from django.core.cache import caches
from django.core.exceptions import EmptyResultSet
from django.db import connection
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
        needle = str(self.rhs)
        # LIKE would be held against a hundred samples before PostgreSQL looks at a single row.
        position = "strpos" if connection.vendor == "postgresql" else "instr"
        inside = f"{position}({left}, %s) > 0"
        if not needle:  # nothing but signs was typed, and no line holds any
            raise EmptyResultSet
        if connection.vendor != "postgresql" or self.walks():
            return inside, [*params, needle]
        grams = f"{GRAMS}({left}) @> %s::text[]"
        return f"({grams} AND {inside})", [*params, _grams(needle), *params, needle]

    def walks(self) -> bool:
        """Say whether to look into one row after another instead."""
        return False


@SearchField.register_lookup
class FindsSoon(Finds):
    """Find the first rows, of however many: for pages that are not counted.

    A page of fifty is soon full where a needle stands in every tenth line; the index would bring
    thousands of rows that have to be sorted before the first is known.
    """

    lookup_name = "finds_soon"

    def walks(self) -> bool:
        """Say whether the needle is common: each of its pieces stands in many lines."""
        table = self.lhs.target.model._meta.db_table  # noqa: SLF001 - Django's own way to it
        return common_grams(table).issuperset(_grams(str(self.rhs)))


def common_grams(table: str) -> frozenset[str]:
    """Return the pieces that stood in many lines of a table when PostgreSQL last looked."""
    name = f"common-grams-{table}"
    known = caches["moment"].get(name)
    if known is None:
        with connection.cursor() as cursor:
            cursor.execute(_COMMON, [f"{table}_line", _MANY])
            known = frozenset(one for (one,) in cursor.fetchall())
        caches["moment"].set(name, known, _LOOK_EVERY)
    return known


def _grams(needle: str) -> list[str]:
    """Return the two-character pieces of a needle, which say enough; one character is its own."""
    return sorted({needle[at : at + 2] for at in range(len(needle) - 1)} or {needle})


GRAMS = "lc_grams"
_MANY = 0.03  # of the lines; below, sorting what the index brings is the shorter way
_LOOK_EVERY = 600  # seconds
_COMMON = """
SELECT gram FROM pg_stats,
  unnest(most_common_elems::text::text[], most_common_elem_freqs) AS told(gram, share)
WHERE tablename = %s AND schemaname = current_schema() AND share >= %s AND gram IS NOT NULL
"""
# One- and two-character pieces of a text, by one pass over its characters: a search that walks the
# rows works them out for every match.
POSTGRES_FUNCTIONS = f"""
CREATE OR REPLACE FUNCTION {GRAMS}(line text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT one || ARRAY(
    SELECT a || b FROM unnest(one, one[2:]) AS pair(a, b) WHERE b IS NOT NULL)
    FROM string_to_array(line, NULL) AS one $$;
"""  # noqa: S608 - made of our own names
