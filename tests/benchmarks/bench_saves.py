"""A thousand saves under load: what fails, what is lost, what grows, and what is left.

Fifty requests a second and twenty streams go through the one URL and past it to the API, half
each. Run it with `make bench`, or alone with `--saves N`.
"""

import argparse
import os
import re
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parents[1]))

from load import TICKS, Load, loaded
from marked import marked, new_workspace, set_mark
from running import Running, processes_of, running, wait_for

RATE = 50
STREAMS = 20
WARM_UP = 100
"""Saves after which nothing should grow any more."""


@dataclass(frozen=True, slots=True)
class Usage:
    """A process: its memory in MB without what it shares, its open files and its threads."""

    memory: float
    descriptors: int
    threads: int


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--saves", type=int, default=1000)
    saves = parser.parse_args().saves
    with tempfile.TemporaryDirectory(prefix="fluidkit-bench-") as folder:
        root = new_workspace(Path(folder) / "shop")
        _add_ticks(root)
        with running(root, root.with_suffix(".log"), "dev") as run:
            wait_for(run.ready, seconds=60)
            before = _settled(run)
            urls = (run.url, run.state["api"]["url"])
            with loaded(*urls, path="/api/mark", rate=RATE, streams=STREAMS) as load:
                start = time.monotonic()
                warm = _save(run, range(1, min(WARM_UP, saves) + 1))
                usage, first = _usage(run), _files(root)
                late = _save(run, range(min(WARM_UP, saves) + 1, saves + 1))
                seconds = time.monotonic() - start
            Console().print(_table(usage, _usage(run)))
            after, last = _settled(run), _files(root)
            run_id = run.state["run_id"]
        left = processes_of(run_id)
    print(f"{saves} saves in {seconds:.0f} s; the slowest was served in {max(*warm, *late):.2f} s")
    _report(load)
    grown = {
        "processes more": list((after - before).elements()),
        "files more": sorted(last - first),
        "processes left": left,
    }
    for what, found in grown.items():
        print(f"{what}: {found or 0}")
    return 1 if load.failures or any(grown.values()) else 0


def _add_ticks(root: Path) -> None:
    (root / "backend/routes/ticks.py").write_text(TICKS, encoding="utf-8")
    main = root / "backend/main.py"
    text = main.read_text(encoding="utf-8").replace("routes import ", "routes import ticks, ")
    main.write_text(text.replace("module in (", "module in (ticks, "), encoding="utf-8")


def _save(run: Running, numbers: range) -> list[float]:
    """Saves, each when the one before is served; the seconds that it took."""
    seconds = []
    url = run.state["api"]["url"]
    for number in numbers:
        start = time.monotonic()
        mark = set_mark(run.root, number)
        wait_for(lambda mark=mark: mark in marked(url), seconds=20)  # type: ignore[misc]
        seconds.append(time.monotonic() - start)
    return seconds


def _settled(run: Running) -> Counter[str]:
    """The run's processes by their commands, once workers that were replaced have ended."""
    found = Counter[str]()
    for _ in range(20):
        commands = processes_of(run.state["run_id"])
        found, before = Counter(re.sub(r"\d+", "N", command) for command in commands), found
        if found == before:
            break
        time.sleep(1)
    return found


def _usage(run: Running) -> dict[str, Usage]:
    """By the process's name; the fork server is the worker's parent."""
    state = run.state
    worker = state["api"]["pid"]
    parent = Path(f"/proc/{worker}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1]
    pids = {"supervisor": state["pid"], "fork server": parent, "Vite": state["web"]["pid"]}
    return {name: _usage_of(Path(f"/proc/{pid}")) for name, pid in pids.items()}


def _usage_of(process: Path) -> Usage:
    rollup = (process / "smaps_rollup").read_text(encoding="utf-8").splitlines()
    private = sum(int(line.split()[1]) for line in rollup if line.startswith("Private"))
    descriptors, threads = (list((process / name).iterdir()) for name in ("fd", "task"))
    return Usage(private / 1024, len(descriptors), len(threads))


def _files(root: Path) -> set[str]:
    """All that is not a dependency's."""
    folders = (root / ".fluidkit", root / "backend", root / "frontend/src")
    return {str(file.relative_to(root)) for folder in folders for file in folder.rglob("*")}


def _table(early: dict[str, Usage], late: dict[str, Usage]) -> Table:
    table = Table(title=f"after {WARM_UP} saves and after all of them")
    for column in ("process", "MB of its own", "open files", "threads"):
        table.add_column(column, justify="left" if column == "process" else "right")
    for name, then in early.items():
        now = late[name]
        table.add_row(
            name,
            f"{then.memory:.1f} to {now.memory:.1f}",
            f"{then.descriptors} to {now.descriptors}",
            f"{then.threads} to {now.threads}",
        )
    return table


def _report(load: Load) -> None:
    print(f"{load.requests} requests, {load.events} events, streams cut {load.cuts} times")
    print(f"failures: {len(load.failures)}")
    for failure, count in Counter(load.failures).most_common(10):
        print(f"  {count} x {failure}")


if __name__ == "__main__":
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.exit(main())
