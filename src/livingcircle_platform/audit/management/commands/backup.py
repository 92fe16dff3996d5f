"""Write a backup, and let the oldest ones go."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.core.management.base import CommandError
from django.utils import timezone

from livingcircle_platform.audit import backups
from livingcircle_platform.errors import PlatformError


class Command(BaseCommand):
    """Back the record up into a folder named after the moment."""

    help = "备份数据库和文件；平台不用停"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say what can be asked for."""
        parser.add_argument("home", type=Path, metavar="文件夹", help="备份放在它下面，按时间命名")
        parser.add_argument(
            "--keep", type=int, default=0, metavar="份数", help="只留最近几份（默认全留）"
        )

    def handle(self, *_: object, home: Path, keep: int, **__: Any) -> None:  # noqa: ANN401
        """Write it, say what it holds, and remove old ones only after that."""
        target = home / timezone.localtime().strftime("%Y%m%d-%H%M%S")
        try:
            made = backups.back_up(target)
        except (PlatformError, OSError) as problem:
            raise CommandError(f"备份没有做成：{problem}") from problem
        self.stdout.write(
            f"已备份到 {target}：{len(made.files)} 个文件，{made.audit_number} 条审计记录"
        )
        self.stdout.write(f"审计链头 {made.audit_head}（抄到别处，恢复后可核对）")
        for folder in backups.prune(home, keep):
            self.stdout.write(f"已删除旧备份 {folder}")
