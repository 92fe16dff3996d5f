"""Write the description of the API into the docs; a test sees to it that it is the present one."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.urls import reverse

from livingcircle_platform.api.service import service


class Command(BaseCommand):
    """Write OpenAPI to a file."""

    help = "把接口说明（OpenAPI）写进文件"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take where to write."""
        parser.add_argument("file", type=Path, help="如 docs/reference/openapi.json")

    def handle(self, *, file: Path, **options: object) -> None:  # noqa: ARG002
        """Write it."""
        file.write_text(written(), encoding="utf-8")


def written() -> str:
    """Return the description as the file holds it."""
    root = reverse("api:openapi-json").removesuffix("openapi.json")
    described: dict[str, Any] = service.get_openapi_schema(path_prefix=root)
    return json.dumps(described, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
