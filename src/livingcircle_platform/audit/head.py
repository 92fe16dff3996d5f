"""Tell how far the record has come; whoever remembers an answer asks before giving it again."""

from django.db import connection


def last_number() -> int:
    """Return the number of the last thing written; it is asked for all the time, so by hand."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM audit_head WHERE id = 1")
        found = cursor.fetchone()
    return int(found[0]) if found else 0
