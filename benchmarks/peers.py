"""Install the peers apart from ourselves, and ask them; the engine never imports one.

A peer runs in an environment and a process of its own, tells each stage as it ends, and is stopped
at a time limit: what was over by then is known, and the rest took at least the time left.
"""

import json
import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path
from typing import IO
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.cases import Case
from benchmarks.rows import Row

HERE = Path(__file__).parent
HOME = HERE / ".venv"
PYTHON = HOME / "bin" / "python"
PINNED = {"pandana": "0.8", "networkit": "11.3", "igraph": "1.0.0", "cityseer": "5.8.0"}
# These answer questions of siting and of circles only.
SITING = {"spopt": "0.7.0", "highspy": "1.16.0"}
EVERYONE = PINNED | SITING
# How many of the two threads a peer uses by itself.
THREADS = {"pandana": 2, "networkit": 1, "igraph": 1, "cityseer": 2, "spopt": 1}
WORDS = {"build": "建图", "prepare": "预算", "query": "查询"}
STAGES = tuple(WORDS)
_LONGEST_REASON = 80


@dataclass(frozen=True)
class Answer:
    """Hold what a peer took, stage by stage, and what it found at the sample.

    Attributes
    ----------
    clock
        Seconds by stage, as far as it came.
    stopped, spent
        The stage that the time limit stopped, empty if it came to its end; and its seconds by then.
    found
        What it found, None if it came to no end.
    megabytes
        Most memory its process held.
    reason
        Why there is no answer; empty if there is one, or the time was over.
    """

    clock: Mapping[str, float] = field(default_factory=dict)
    stopped: str = ""
    spent: float = 0.0
    found: npt.NDArray[Any] | None = None
    megabytes: float = float("nan")
    reason: str = ""

    def seconds(self, *, whole: bool) -> tuple[float, bool]:
        """Return the seconds of the query, or of all stages, and whether it took at least those.

        Nothing is known of a query that had not begun.
        """
        wanted = STAGES if whole else ("query",)
        seconds = sum(self.clock[stage] for stage in wanted if stage in self.clock)
        if self.stopped and self.stopped not in wanted:
            return math.nan, False
        return seconds + self.spent, bool(self.stopped)


def install() -> dict[str, str]:
    """Install every peer at its pinned version; return why some could not be."""
    if not PYTHON.exists():
        subprocess.run([sys.executable, "-m", "venv", str(HOME)], check=True)
    missing = {name: EVERYONE[name] for name, version in versions().items() if not version}
    failed = {}
    for name, version in missing.items():
        pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        done = subprocess.run([*pip, f"{name}=={version}"], capture_output=True, check=False)
        if done.returncode:
            failed[name] = _last_line(done.stderr.decode(errors="replace"))
    return failed


def versions() -> dict[str, str]:
    """Return the installed version of every peer; empty where it is missing or another one."""
    if not PYTHON.exists():
        return dict.fromkeys(EVERYONE, "")
    tell = (
        "import json, sys\nfrom importlib.metadata import distributions\n"
        "print(json.dumps({d.metadata['Name']: d.version for d in distributions()}))"
    )
    done = subprocess.run([str(PYTHON), "-c", tell], capture_output=True, text=True, check=True)
    there = json.loads(done.stdout)
    return {name: there[name] if there.get(name) == pin else "" for name, pin in EVERYONE.items()}


def ask(name: str, workload: str, case: Case, limit: float, **more: npt.NDArray[Any]) -> Answer:
    """Return the answer of a peer to a workload on some streets, within some seconds.

    Parameters
    ----------
    name, workload
        Of ``PINNED``; ``"nearest"``, ``"counts"`` or ``"covering"``.
    case
        Streets and outlets.
    limit
        Seconds after which the peer is stopped.
    more
        Further arrays that the workload needs.
    """
    streets = {
        "xy": case.xy, "tail": case.tail, "head": case.head, "metres": case.metres,
        "shops": case.shops, "sample": case.sample,
    }  # fmt: skip
    return ask_of(name, workload, streets | more, limit)


def ask_of(
    name: str, workload: str, arrays: Mapping[str, npt.NDArray[Any]], limit: float
) -> Answer:
    """Return the answer of a peer to a workload on some arrays, within some seconds."""
    if not versions()[name]:
        return Answer(reason="没有装上（make benchmark 会安装）")
    with tempfile.TemporaryDirectory() as folder:
        given, out = Path(folder) / "given.npz", Path(folder) / "found.npy"
        np.savez(given, **arrays)
        command = [str(PYTHON), str(HERE / "peer_side.py"), name, workload, str(given), str(out)]
        return _run(command, out, limit)


def _run(command: list[str], out: Path, limit: float) -> Answer:
    with tempfile.TemporaryFile("w+") as told, tempfile.TemporaryFile("w+") as problems:
        try:
            done = subprocess.run(
                command, stdout=told, stderr=problems, timeout=limit, check=False
            ).returncode
        except subprocess.TimeoutExpired:
            clock, last = _clock(told)
            begun = last.get("begun", time.time())
            return Answer(clock, str(last.get("stage", "build")), time.time() - begun)
        clock, last = _clock(told)
        if done:
            problems.seek(0)
            return Answer(clock, reason=_last_line(problems.read()) or f"退出码 {done}")
    return Answer(clock, found=np.load(out), megabytes=last["megabytes"])


def rows_of(
    name: str,
    answer: Answer,
    workloads: Mapping[str, bool],
    network: str,
    compared: tuple[int, int],
) -> list[Row]:
    """Return the rows of a peer's answer.

    Parameters
    ----------
    name, answer
        Who, and what it said.
    workloads
        Names of the workloads it answers, and whether each counts all stages.
    network
        Which streets.
    compared
        How many answers differ from ours, of how many.
    """
    rows = []
    for workload, whole in workloads.items():
        if answer.reason:
            rows.append(Row(workload, network, name, THREADS[name], note=answer.reason))
            continue
        seconds, over = answer.seconds(whole=whole)
        note = _stages(answer.clock) if whole else ""
        if math.isnan(seconds):
            note = f"到时限还在{WORDS[answer.stopped]}"
        rows.append(
            Row(workload, network, name, THREADS[name], seconds, None, over,
                answer.megabytes, *compared, note)
        )  # fmt: skip
    return rows


def _stages(clock: Mapping[str, float]) -> str:
    return "，".join(f"{WORDS[name]} {clock[name]:.1f} 秒" for name in STAGES if name in clock)


def _clock(told: IO[str]) -> tuple[dict[str, float], dict[str, Any]]:
    """Return the seconds of the stages that ended, and what a peer told last of all else."""
    told.seek(0)
    last: dict[str, Any] = {}
    for line in told:
        if line.startswith("{"):
            last |= json.loads(line)
    return {stage: last.pop(stage) for stage in STAGES if stage in last}, last


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1][:_LONGEST_REASON] if lines else ""
