"""Keep a few codes in one column, so that "has this code" is one question on every database."""

import json
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

_BAR = "|"


class CodesField(models.TextField):
    """Hold a tuple of short codes, in order; ``__has`` finds the rows with one of them."""

    description = "A few codes"

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        kwargs.setdefault("default", tuple)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def from_db_value(self, value: str | None, *_: object) -> tuple[str, ...]:
        """Return the codes of a row."""
        return self.to_python(value)

    def to_python(self, value: Any) -> tuple[str, ...]:  # noqa: ANN401
        """Return codes from a tuple, a list, or the text they are stored as."""
        if not value:
            return ()
        parts = value.split(_BAR) if isinstance(value, str) else [str(one) for one in value]
        return tuple(dict.fromkeys(part for part in parts if part))

    def get_prep_value(self, value: Any) -> str:  # noqa: ANN401
        """Return the text that is stored: ``|a|b|``, or nothing."""
        codes = self.to_python(value)
        return f"{_BAR}{_BAR.join(codes)}{_BAR}" if codes else ""

    def value_to_string(self, obj: models.Model) -> str:
        """Return the stored text, for fixtures."""
        return self.get_prep_value(self.value_from_object(obj))

    def formfield(self, **kwargs: Any) -> Any:  # noqa: ANN401
        """Leave the choice of codes to the form that knows them."""
        return super().formfield(**{"widget": None, **kwargs}) if kwargs else None


@CodesField.register_lookup
class Has(models.Lookup):
    """Find rows that hold one code."""

    lookup_name = "has"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:  # noqa: ANN401
        """Return a search for the code between its bars, or in an index of codes."""
        left, params = self.process_lhs(compiler, connection)
        if not self.rhs or _BAR in str(self.rhs):  # no code is empty, or holds the bar
            raise EmptyResultSet
        if connection.vendor == "postgresql":
            return f"{CODES_ARRAY.format(left)} @> %s::text[]", [*params, [str(self.rhs)]]
        return f"instr({left}, %s) > 0", [*params, f"{_BAR}{self.rhs}{_BAR}"]


CODES_ARRAY = f"string_to_array({{}}, '{_BAR}')"  # as PostgreSQL indexes it


class PlainJSONField(models.TextField):
    """Hold JSON as one text, written the same way on every database, so that it can be hashed."""

    description = "JSON as canonical text"

    def from_db_value(self, value: str | None, *_: object) -> Any:  # noqa: ANN401
        """Return the value of a row."""
        return None if value is None else json.loads(value)

    def get_prep_value(self, value: Any) -> str | None:  # noqa: ANN401
        """Return the text that is stored."""
        return None if value is None else canonical(value)

    def value_to_string(self, obj: models.Model) -> str:
        """Return the stored text, for fixtures."""
        return self.get_prep_value(self.value_from_object(obj)) or ""

    def to_python(self, value: Any) -> Any:  # noqa: ANN401
        """Return the value itself; fixtures bring the stored text."""
        return json.loads(value) if isinstance(value, str) else value


def canonical(value: object) -> str:
    """Return the one way of writing a value down as JSON."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
