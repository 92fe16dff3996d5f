"""Drive wrk over a list of addresses and read what it measured."""

import re
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_LUA = """
local file = io.open("{paths}", "r")
local paths = {{}}
for line in file:lines() do paths[#paths + 1] = line end
file:close()
local headers = {{ [{header}] = [=[{value}]=] }}
local at = {start}
request = function()
  at = at % #paths + 1
  return wrk.format("GET", paths[at], headers)
end
done = function(summary, latency)
  io.write(string.format("told %d %d %d %.1f %.1f %.1f\\n", summary.requests, summary.duration,
    summary.errors.status + summary.errors.read + summary.errors.write + summary.errors.connect
    + summary.errors.timeout, latency:percentile(50) / 1000, latency:percentile(95) / 1000,
    latency:percentile(99) / 1000))
end
"""
_TOLD = re.compile(r"told (\d+) (\d+) (\d+) ([\d.]+) ([\d.]+) ([\d.]+)")


@dataclass(frozen=True)
class Measured:
    """Hold one load: answers a second, milliseconds that half, 95 and 99 of 100 took, failures."""

    rate: float
    p50: float
    p95: float
    p99: float
    failed: int


def drive(
    base: str,
    paths: Sequence[str],
    header: tuple[str, str],
    *,
    seconds: int = 10,
    connections: int = 16,
) -> Measured:
    """Ask for addresses in turn, as fast as answers come."""
    with tempfile.TemporaryDirectory() as folder:
        listed, script = Path(folder) / "paths", Path(folder) / "load.lua"
        listed.write_text("\n".join(paths) + "\n", "utf-8")
        name = f'"{header[0]}"'
        script.write_text(_LUA.format(paths=listed, header=name, value=header[1], start=0), "utf-8")
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s"]
        said = subprocess.run(
            [*command, "-s", str(script), base], check=True, capture_output=True, text=True
        ).stdout
    found = _TOLD.search(said)
    if found is None:
        raise RuntimeError(said)
    many, micro, failed, p50, p95, p99 = (float(one) for one in found.groups())
    return Measured(many / micro * 1e6, p50, p95, p99, int(failed))
