"""Name the options that many commands share, with their help in plain Chinese."""

from pathlib import Path
from typing import Annotated

import typer

Folder = Annotated[Path, typer.Argument(help="地区文件夹，里面有 district.toml", metavar="文件夹")]
Out = Annotated[Path, typer.Option("--out", help="结果写到哪个文件夹", metavar="文件夹")]
StandardName = Annotated[
    str, typer.Option("--standard", help="配置标准的编号或文件；不写则用 district.toml 里的")
]
WalkerName = Annotated[
    str, typer.Option("--walker", help="步行者：standard（不写即是）、elder、brisk、wheelchair")
]
At = Annotated[str, typer.Option("--at", help="按几点钟判断大门是否开放，不写则 10:00")]
On = Annotated[str, typer.Option("--on", help="评估日期，如 2026-06-30，不写则用数据的最近日期")]
