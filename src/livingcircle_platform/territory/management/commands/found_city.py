"""Begin an empty record from the command line."""

import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.core.management.base import CommandError

from livingcircle_platform.errors import RefusedError
from livingcircle_platform.territory.founding import found_city

PASSWORD = "LIVINGCIRCLE_FIRST_PASSWORD"  # noqa: S105 - the name of a variable


class Command(BaseCommand):
    """Make the city and its first administrator."""

    help = f"建立城市和第一个管理员账号；口令从环境变量 {PASSWORD} 读取"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say what can be asked for."""
        parser.add_argument("name", metavar="城市")
        parser.add_argument("--admin", default="admin", metavar="账号")

    def handle(self, *_: object, name: str, admin: str, **__: Any) -> None:  # noqa: ANN401
        """Found the city."""
        password = os.environ.get(PASSWORD, "")
        if not password:
            raise CommandError(f"没有设置 {PASSWORD}。先 export {PASSWORD}=…，再运行。")
        try:
            found_city(name, admin, password)
        except RefusedError as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"已建立“{name}”，管理员账号 {admin}")
