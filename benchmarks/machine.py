"""Name the machine and the versions that a run was made on."""

import os
import platform
from collections.abc import Mapping
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks.sheets import Sheet

OWN = ("numpy", "numba", "scipy", "pandas", "geopandas", "shapely")


def describe(peers: Mapping[str, str], failed: Mapping[str, str]) -> Sheet:
    """Return the machine, the date and all versions; peers that are missing with the reason."""
    rows = [
        ("日期", f"{datetime.now().astimezone():%Y-%m-%d %H:%M %Z}"),
        ("处理器", _line("/proc/cpuinfo", "model name") or platform.processor()),
        ("核数", str(os.cpu_count())),
        ("内存", f"{int(_line('/proc/meminfo', 'MemTotal').split()[0]) / 1e6:.1f} GB"),
        ("系统", f"{platform.system()} {platform.release()}"),
        ("同时在跑的别的程序（1 分钟平均负载，开始时）", f"{os.getloadavg()[0]:.1f}"),
        ("Python", platform.python_version()),
        ("本引擎所用", "，".join(f"{name} {version(name)}" for name in OWN)),
    ]
    for name, found in peers.items():
        why = failed.get(name, "没有安装，见 make benchmark")
        rows.append((f"对手 {name}", found or f"**没有装上**：{why}"))
    return Sheet("", ("项", "值"), tuple(rows))


def _line(path: str, key: str) -> str:
    for line in Path(path).read_text().splitlines():
        name, _, value = line.partition(":")
        if name.strip() == key:
            return value.strip()
    return ""
