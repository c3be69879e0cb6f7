"""What `fluidkit dev` costs while nobody saves: the supervisor's processor time and memory.

The processes beside it are shown, too. Run it with `make bench`, or alone with `--seconds N`.
"""

import argparse
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parents[1]))

from marked import marked, new_workspace, set_mark
from running import Running, running, wait_for

SHARE_GOAL = 0.5
MEMORY_GOAL = 60
SETTLING_SECONDS = 5.0
"""Until the fork server has learned, and Vite has optimised what it found."""


@dataclass(frozen=True, slots=True)
class Usage:
    """A process: processor seconds so far, and how often each of its threads has woken up."""

    seconds: float
    wake_ups: dict[str, int]

    def woken_since(self, before: "Usage") -> int:
        """By the threads that there were all the time."""
        kept = self.wake_ups.keys() & before.wake_ups.keys()
        return sum(self.wake_ups[thread] - before.wake_ups[thread] for thread in kept)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    seconds = parser.parse_args().seconds
    with tempfile.TemporaryDirectory(prefix="fluidkit-bench-") as folder:
        root = new_workspace(Path(folder) / "shop")
        with running(root, root.with_suffix(".log"), "dev") as run:
            wait_for(run.ready, seconds=60)
            mark = set_mark(root, 1)  # what a reload leaves behind is part of it
            wait_for(lambda: mark in marked(run.state["api"]["url"]))
            time.sleep(SETTLING_SECONDS)
            pids = _pids(run)
            before = {name: _usage(pid) for name, pid in pids.items()}
            time.sleep(seconds)
            after = {name: _usage(pid) for name, pid in pids.items()}
            memory = {name: _memory(pid) for name, pid in pids.items()}
    table = Table(title=f"at rest for {seconds:.0f} s, {os.cpu_count()} processors")
    for column in ("process", "% of a core", "wake-ups a second", "MB"):
        table.add_column(column, justify="left" if column == "process" else "right")
    shares = {n: 100 * (after[n].seconds - before[n].seconds) / seconds for n in pids}
    for name in pids:
        woken = after[name].woken_since(before[name]) / seconds
        table.add_row(name, f"{shares[name]:.2f}", f"{woken:.1f}", f"{memory[name]:.0f}")
    Console().print(table)
    print(f"wanted of the supervisor: under {SHARE_GOAL} % and under {MEMORY_GOAL} MB")


def _pids(run: Running) -> dict[str, int]:
    state = run.state
    worker = int(state["api"]["pid"])
    fork_server = int(_fields(worker)[1])
    return {
        "supervisor": int(state["pid"]),
        "guard": int(state["guard"]["pid"]),
        "fork server": fork_server,
        "the API's worker": worker,
        "Vite": int(state["web"]["pid"]),
    }


def _fields(pid: int) -> list[str]:
    """Of `/proc/PID/stat`, from the state on."""
    return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()


def _usage(pid: int) -> Usage:
    user, system = _fields(pid)[11:13]
    threads = Path(f"/proc/{pid}/task").iterdir()
    woken = {t.name: _value(t / "status", "voluntary_ctxt_switches") for t in threads}
    return Usage((int(user) + int(system)) / os.sysconf("SC_CLK_TCK"), woken)


def _memory(pid: int) -> float:
    """Resident megabytes, what it shares with others included."""
    return _value(Path(f"/proc/{pid}/smaps_rollup"), "Rss") / 1024


def _value(file: Path, name: str) -> int:
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1])
    raise ValueError(f"{file} has no {name}")


if __name__ == "__main__":
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    main()
