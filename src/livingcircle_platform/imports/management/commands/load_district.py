"""Found a city and a district in an empty record, or add a district, from its folder."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.core.management.base import CommandError
from django.db import transaction

from livingcircle.errors import LivingCircleError
from livingcircle.io.folder import read_description
from livingcircle_platform.accounts.models import User
from livingcircle_platform.audit import writing
from livingcircle_platform.imports.catalogue import load_trades
from livingcircle_platform.imports.folder import load_folder
from livingcircle_platform.territory.models import Area


class Command(BaseCommand):
    """Read a district folder into the record."""

    help = "把一个地区文件夹（district.toml）读进平台，作为可以撤回的批次"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say what can be asked for."""
        parser.add_argument("folder", type=Path, metavar="文件夹")
        parser.add_argument("--city", default="", metavar="名称", help="所属城市；没有就新建")
        parser.add_argument("--name", default="", metavar="名称", help="区名；不写则用文件夹里的")
        parser.add_argument("--as", dest="user", required=True, metavar="账号", help="以谁的名义")

    def handle(self, *_: object, folder: Path, city: str, name: str, user: str, **__: Any) -> None:  # noqa: ANN401
        """Load the folder, all of it or nothing."""
        acting = User.objects.filter(username=user).first()
        if acting is None:
            raise CommandError(f"没有账号“{user}”。先用 found_city 建立城市和第一个管理员。")
        try:
            with transaction.atomic():
                load_trades()
                area = _district(city, name or read_description(folder).name, acting)
                batches = load_folder(folder, area, acting_user=acting)
        except LivingCircleError as problem:
            raise CommandError(str(problem)) from problem
        for batch in batches:
            self.stdout.write(f"{batch}：写入 {batch.summary['written']} 条")


def _district(city: str, name: str, acting: User) -> Area:
    above = Area.objects.filter(level=Area.Level.CITY, removed_at=None)
    parent = above.filter(name=city).first() if city else above.first()
    if parent is None:
        raise CommandError("平台里还没有城市。先用 found_city 建立。")
    found = Area.objects.filter(parent=parent, name=name, removed_at=None).first()
    if found is None:
        found = Area(level=Area.Level.DISTRICT, code=name, name=name, parent=parent)
        writing.add(found, acting_user=acting, reason="读入地区文件夹")
    return found
