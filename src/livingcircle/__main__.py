"""Run the command line with ``python -m livingcircle``."""

from livingcircle.cli import main

main()
