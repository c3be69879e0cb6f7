"""Typed events in Python: our client beside three others, in turns, by the CPU that each takes.

Run it with `make bench`, or alone with `--rounds N`. The others stay in
`~/.cache/fluidkit-benchmarks`.
"""

import argparse
import json
import statistics
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.table import Table

PACKAGES = ("clientele==2.3.1", "httpx==0.28.1", "httpx-sse==0.4.3")
READERS = Path(__file__).with_name("client_readers.py")
EVENTS = 30_000
LIMIT = 600.0
GOALS = {
    "in memory, bulk": {"validate_json alone": 0.85, "others": 2.0},
    "in memory, single": {"others": 1.8},
    "on a socket, single": {"Clientele": 1.2},
}
"""The least that the rate of ours is to be, in times that of the other."""


def main() -> int:
    """1 if a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds: int = parser.parse_args().rounds
    command: list[str | Path] = [environment(), READERS, str(rounds), str(EVENTS)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, check=True)
    seconds: dict[str, dict[str, list[float]]] = json.loads(run.stdout)
    table = Table("body", "reader", "thousand events a CPU second", "ours is", "goal")
    missed = 0
    for body, turns in seconds.items():
        medians = {reader: statistics.median(each) for reader, each in turns.items()}
        for reader, median in medians.items():
            ratio = median / medians["ours"]
            goal = goal_of(body, reader)
            missed += ratio < goal
            shown = f"{goal}" if goal else ""
            table.add_row(body, reader, f"{EVENTS / median / 1000:.0f}", f"{ratio:.2f} x", shown)
    Console(width=100).print(table)
    return 1 if missed else 0


def goal_of(body: str, reader: str) -> float:
    goals = GOALS.get(body, {})
    if reader == "ours":
        return 0.0
    others = 0.0 if reader == "validate_json alone" else goals.get("others", 0.0)
    return goals.get(reader, others)


def environment() -> Path:
    """A Python that has the others, and what this one has."""
    name = "_".join(PACKAGES).replace("==", "@")
    folder = Path.home() / ".cache/fluidkit-benchmarks" / name
    python = folder / "bin/python"
    if not python.is_file():
        uv = Path(sys.executable).with_name("uv")
        versions = [f"{each}=={version(each)}" for each in ("httpx2", "pydantic")]
        make: list[str | Path] = [uv, "venv", "--quiet", "--python", sys.executable, folder]
        subprocess.run(make, check=True, timeout=LIMIT)
        install: list[str | Path] = [uv, "pip", "install", "--quiet", "--python", python]
        subprocess.run([*install, *PACKAGES, *versions], check=True, timeout=LIMIT)
    return python


if __name__ == "__main__":
    sys.exit(main())
