"""Nothing to the first page: `fluidkit new` and `fluidkit dev`, against the least that it takes.

The least is the same two installs side by side, of the same files and by the same commands, and
then a bare `vite dev`. Both take turns, so that what the machine does besides hits both alike;
one round that does not count fills the tools' caches. Run it with `make bench`, or alone with
`--rounds N`; with `--pip` as if uv were not there.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from fluidkit_cli.installation import node_side, python_side
from fluidkit_cli.step import Side
from fluidkit_cli.toolchain import find_node, node_environment
from running import answer, free_port, running, wait_for

LIMIT = 180.0
"""Seconds that an installation, or a page, may take."""


@dataclass(frozen=True, slots=True)
class Contender:
    """A way to the first page, and the seconds that its two halves took."""

    name: str
    run: Callable[[Path], tuple[float, float]]
    installed: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)

    def take_turn(self, folder: Path) -> None:
        installed, answered = self.run(folder)
        self.installed.append(installed)
        self.answered.append(answered)

    def totals(self) -> list[float]:
        return [sum(halves) for halves in zip(self.installed, self.answered, strict=True)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--pip", action="store_true")
    options = parser.parse_args()
    if options.pip:
        _forget_uv()
    print(f"with {'uv' if shutil.which('uv') else 'pip'}, {_load()}")
    contenders = [Contender("fluidkit new, dev", _fluidkit), Contender("the least", _least)]
    for number in range(options.rounds + 1):
        # each is the first as often as the other
        for contender in contenders if number % 2 else reversed(contenders):
            with tempfile.TemporaryDirectory(prefix="fluidkit-bench-") as folder:
                contender.take_turn(Path(folder) / "shop")
        if number == 0:
            for contender in contenders:
                contender.installed.clear()
                contender.answered.clear()
    _report(*contenders)


def _forget_uv() -> None:
    while uv := shutil.which("uv"):
        folders = os.environ["PATH"].split(os.pathsep)
        os.environ["PATH"] = os.pathsep.join(f for f in folders if Path(f) != Path(uv).parent)


def _load() -> str:
    return f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"


def _fluidkit(root: Path) -> tuple[float, float]:
    start = time.perf_counter()
    _new(root)
    installed = time.perf_counter()
    port = free_port()
    with running(root, root.with_suffix(".log"), "dev", "--port", str(port)):
        _wait_for_page(port)
        return installed - start, time.perf_counter() - installed


def _least(root: Path) -> tuple[float, float]:
    _new(root, "--no-install", "--no-git")
    node = find_node()
    sides = (python_side(root), node_side(root / "frontend", manager="npm", node=node))
    start = time.perf_counter()
    with ThreadPoolExecutor() as pool:
        list(pool.map(_install, sides))
    installed = time.perf_counter()
    port = free_port()
    with _vite(root / "frontend", node=node, port=port):
        _wait_for_page(port)
        return installed - start, time.perf_counter() - installed


@contextmanager
def _vite(frontend: Path, *, node: Path, port: int) -> Iterator[None]:
    command = (str(node), "node_modules/vite/bin/vite.js", "--host", "127.0.0.1")
    with subprocess.Popen(
        (*command, "--port", str(port), "--strictPort"),
        cwd=frontend,
        env=node_environment(node),
        stdout=subprocess.DEVNULL,
    ) as server:
        try:
            yield
        finally:
            server.terminate()
            try:
                server.wait(timeout=10)
            finally:
                server.kill()


def _new(root: Path, *options: str) -> None:
    command = [sys.executable, "-m", "fluidkit_cli", "new", str(root), *options]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=LIMIT)


def _install(side: Side) -> None:
    for step in side:
        subprocess.run(
            step.command,
            cwd=step.folder,
            env=step.environment,
            check=True,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=LIMIT,
        )


def _wait_for_page(port: int) -> None:
    wait_for(lambda: (answer(f"http://127.0.0.1:{port}/") or (0, ""))[0] == 200, seconds=LIMIT)


def _report(ours: Contender, least: Contender) -> None:
    print(f"{'seconds, median':24}{'installed':>12}{'first page':>12}{'together':>12}{'worst':>12}")
    for contender in (ours, least):
        times = (contender.installed, contender.answered, contender.totals())
        shown = "".join(f"{statistics.median(column):12.1f}" for column in times)
        print(f"{contender.name:24}{shown}{max(contender.totals()):12.1f}")
    ratio = statistics.median(ours.totals()) / statistics.median(least.totals())
    print(f"ratio {ratio:.2f}, wanted at most 1.3; {_load()}")


if __name__ == "__main__":
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    main()
