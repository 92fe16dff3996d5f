"""Bring a backup back into an empty platform, or only check one."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.core.management.base import CommandError

from livingcircle_platform.audit import backups
from livingcircle_platform.errors import PlatformError


class Command(BaseCommand):
    """Restore the record and prove that it is the one backed up."""

    help = "把备份恢复到空的平台里，并核对行数、校验值和审计链"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say what can be asked for."""
        parser.add_argument("folder", type=Path, metavar="备份文件夹")
        parser.add_argument(
            "--head", default="", metavar="链头", help="另处抄下的审计链头，一并核对"
        )
        parser.add_argument("--only-check", action="store_true", help="只检查备份是否完好，不恢复")

    def handle(
        self, *_: object, folder: Path, head: str, only_check: bool, **__: Any  # noqa: ANN401
    ) -> None:  # fmt: skip
        """Check everything before anything is written."""
        try:
            manifest = backups.read(folder)
            if head and head != manifest.audit_head:
                raise CommandError("备份里的审计链头与您给的不同：这不是那一份备份，或被换过")
            if not only_check:
                backups.restore(folder)
        except (PlatformError, OSError) as problem:
            raise CommandError(str(problem)) from problem
        done = "备份完好" if only_check else "已恢复，行数、校验值、审计链都对上了"
        rows = sum(manifest.tables.values())
        self.stdout.write(
            f"{done}：{manifest.made_at[:19]} 的备份，{rows} 行，{len(manifest.files)} 个文件，"
            f"{manifest.audit_number} 条审计记录"
        )
