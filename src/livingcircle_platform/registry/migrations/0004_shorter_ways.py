"""Index only the outlets that are there, and on PostgreSQL their trades one by one."""

from django.db import migrations
from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models import Q

from livingcircle_platform.core.fields import CODES_ARRAY


def index_trades(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001
    """Index the trades; SQLite looks through them."""
    if schema_editor.connection.vendor == "postgresql":
        codes = CODES_ARRAY.format("trades")
        schema_editor.execute(
            f"CREATE INDEX registry_outlet_trades ON registry_outlet USING gin (({codes}))"
        )


class Migration(migrations.Migration):
    """Follow the freshness queue."""

    dependencies = (("registry", "0003_freshness"),)
    operations = (
        migrations.RemoveIndex("outlet", "outlet_code"),
        migrations.RemoveIndex("outlet", "outlet_queue"),
        migrations.AddIndex(
            "outlet",
            models.Index(
                fields=["code", "id", "area"], name="outlet_code", condition=Q(removed_at=None)
            ),
        ),
        migrations.AddIndex(
            "outlet",
            models.Index(
                fields=["area", "state", "verified_day", "influence", "code", "id"],
                name="outlet_queue",
                condition=Q(removed_at=None),
            ),
        ),
        migrations.RunPython(index_trades, migrations.RunPython.noop),
    )
