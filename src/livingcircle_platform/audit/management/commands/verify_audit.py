"""Check the account of writes from the command line, for a nightly timer."""

import argparse
import sys
from typing import Any

from django.core.management.base import BaseCommand

from livingcircle_platform.audit import actions


class Command(BaseCommand):
    """Check the whole chain; end with 1 where it does not hold."""

    help = "校验操作记录是否完整；有问题时退出码为1。"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Take the head that stands on some export."""
        parser.add_argument("--head", default="", help="导出文件上印的链头")

    def handle(self, *_: Any, **options: Any) -> None:  # noqa: ANN401
        """Check, say what was found, and end with 1 if that is anything."""
        found = actions.verify(acting_user=None, printed=options["head"].strip().lower())
        for number, what in found.findings:
            self.stderr.write(f"第{number}条：{what}。" if number else f"{what}。")
        if found.findings:
            self.stderr.write("操作记录不完整。先不要改动数据库，用最近的备份核对这些记录。")
            sys.exit(1)
        self.stdout.write(f"操作记录完整：共{found.number}条，用时{found.seconds}秒。")
        self.stdout.write(f"链头：{found.hash}")
