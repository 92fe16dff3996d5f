"""Take the engine's catalogue of trades into the record; a code that vanishes is retired."""

from django.utils import timezone

from livingcircle.trades import TRADES
from livingcircle_platform.registry.models import Trade


def load_trades() -> int:
    """Bring the record's trades up to date; return how many there are."""
    rows = [
        Trade(code=code, name=one.name, place=place)
        for place, (code, one) in enumerate(TRADES.items())
    ]
    Trade.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["code"], update_fields=["name", "place"]
    )
    Trade.objects.exclude(code__in=list(TRADES)).filter(retired_on=None).update(
        retired_on=timezone.localdate()
    )
    return len(rows)
