"""Write the description of the API into the docs; a test sees to it that it is the present one."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand

from livingcircle_platform.api.described import written


class Command(BaseCommand):
    """Write OpenAPI to a file."""

    help = "把接口说明（OpenAPI）写进文件"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take where to write."""
        parser.add_argument("file", type=Path, help="如 docs/reference/openapi.json")

    def handle(self, *, file: Path, **options: object) -> None:  # noqa: ARG002
        """Write it."""
        file.write_text(written(), encoding="utf-8")
