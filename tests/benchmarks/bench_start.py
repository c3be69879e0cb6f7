"""Start to the first page: `fluidkit dev` against a bare `vite dev` in the same folder.

Both take turns, so that what the machine does besides hits both alike; one round that does not
count fills the caches. Run it with `make bench`, or alone with `--rounds N`.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from fluidkit_cli.toolchain import find_node
from marked import started
from running import free_port, wait_for

GOAL = 1.15
LIMIT = 60.0
"""Seconds that a page may take."""


@dataclass(frozen=True, slots=True)
class Contender:
    """A command that is given a port, and the seconds until it served a page there."""

    name: str
    command: Sequence[str | Path]
    folder: Path
    seconds: list[float] = field(default_factory=list)

    def take_turn(self) -> None:
        port = free_port()
        start = time.perf_counter()
        with self._started(port):
            wait_for(lambda: _is_served(f"http://127.0.0.1:{port}/"), seconds=LIMIT)
            self.seconds.append(time.perf_counter() - start)

    def _started(self, port: int) -> AbstractContextManager[None]:
        return started((*self.command, "--port", str(port)), folder=self.folder)


def _is_served(url: str) -> bool:
    """Waits long for an answer: on a busy machine the first one takes seconds."""
    try:
        with urllib.request.urlopen(url, timeout=LIMIT) as response:
            return bool(response.read())
    except OSError:
        return False


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory(prefix="fluidkit-bench-") as folder:
        root = Path(folder) / "shop"
        new = (sys.executable, "-m", "fluidkit_cli", "new", str(root), "--no-git")
        subprocess.run(new, check=True, stdout=subprocess.DEVNULL)
        vite = (find_node(), "node_modules/vite/bin/vite.js", "--host", "127.0.0.1", "--strictPort")
        ours = Contender("fluidkit dev", (sys.executable, "-m", "fluidkit_cli", "dev"), root)
        bare = Contender("vite dev", vite, root / "frontend")
        for number in range(rounds + 1):
            # each is the first as often as the other
            for contender in (ours, bare) if number % 2 else (bare, ours):
                contender.take_turn()
        _report(ours, bare, drop=1)


def _report(ours: Contender, bare: Contender, *, drop: int) -> None:
    medians = []
    print(f"{'start to first page':24}{'median':>10}{'best':>10}{'worst':>10}")
    for each in (ours, bare):
        seconds = each.seconds[drop:]
        figures = (statistics.median(seconds), min(seconds), max(seconds))
        medians.append(figures[0])
        print(f"{each.name:24}" + "".join(f"{figure:8.2f} s" for figure in figures))
    load = f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"
    print(f"ratio {medians[0] / medians[1]:.2f}, wanted at most {GOAL}; {load}")


if __name__ == "__main__":
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    main()
