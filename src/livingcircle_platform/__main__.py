"""Run an operator's command: ``python -m livingcircle_platform migrate`` and so on."""

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    """Hand the arguments to Django."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "livingcircle_platform.settings")
    execute_from_command_line(["livingcircle_platform", *sys.argv[1:]])


if __name__ == "__main__":
    main()
