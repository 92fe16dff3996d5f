"""Index the lines to search in by their grams, where the database can."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from livingcircle_platform.registry.search import GRAMS
from livingcircle_platform.registry.search import POSTGRES_FUNCTIONS

_TABLES = ("outlet", "merchant", "servicecentre", "mobileservice", "space")


def index(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001
    """Create the functions and one index for each ledger; SQLite looks through the lines."""
    if schema_editor.connection.vendor != "postgresql":
        return
    schema_editor.execute(POSTGRES_FUNCTIONS.replace("%", "%%"))
    for table in _TABLES:
        schema_editor.execute(
            f"CREATE INDEX registry_{table}_line ON registry_{table} USING gin ({GRAMS}(line))"
        )


class Migration(migrations.Migration):
    """Follow the tables."""

    dependencies = (("registry", "0001_initial"),)
    operations = (migrations.RunPython(index, migrations.RunPython.noop),)
