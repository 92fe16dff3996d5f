"""Fill an empty record with the demonstration, and say how to sign in."""

import os
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from livingcircle_platform.territory.models import Area
from livingcircle_platform.workbench import demonstration

PASSWORD = "LIVINGCIRCLE_DEMO_PASSWORD"  # noqa: S105 - the name of a variable


class Command(BaseCommand):
    """Lay out the demonstration once; later, tell how to sign in."""

    help = "在空的平台里放入演示区和虚构账号"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say what can be asked for."""
        parser.add_argument("folder", type=Path, metavar="文件夹")

    def handle(self, *_: object, folder: Path, **__: Any) -> None:  # noqa: ANN401
        """Lay it out, or leave a record that is not empty alone."""
        password = os.environ.get(PASSWORD, "")
        if Area.objects.exists():
            self.stdout.write("平台里已有数据，直接使用。")
            self._tell(demonstration.renew_passwords(password))
        else:
            self._tell(demonstration.lay_out(folder, password))

    def _tell(self, accounts: Sequence[demonstration.Account]) -> None:
        if not accounts:
            return
        self.stdout.write("演示账号（虚构，口令相同）：")
        for one in accounts:
            self.stdout.write(f"  {one.username:<8} {one.role}（{one.area}）")
        self.stdout.write(f"口令：{accounts[0].password}")
