"""Clients for apps of many routes: fluidkit beside hey-api and orval, each step a process.

fluidkit reads the app, the others the document that `app.openapi()` gives, whose cost stands apart,
as do the import and FastAPI's own walk of the routes. CPU is that of user and system, memory the
peak of the step's process; TypeScript 7 checks what was written, as strictly as fluidkit's own
files (`errors`: it complains then). Run it with `make bench`, or alone
with `--sizes 100 1000`. The npm packages stay in `~/.cache/fluidkit-benchmarks`.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parents[1]))

from big_app import make_app
from fluidkit_cli.toolchain import find_node, node_environment, npm_command

TESTS = Path(__file__).parents[1]
LIMIT = 180.0
"""Seconds that any one step may take."""

# Of orval the newest that installs: later ones want a package that is not there.
PACKAGES = ("@hey-api/openapi-ts@0.99.0", "orval@8.32.0", "typescript@6.0.3")
COMPILER = TESTS / "typescript/node_modules/typescript7/bin/tsc"
OPTIONS = TESTS / "typescript/tsconfig.json"
HEY_API = "node_modules/@hey-api/openapi-ts/bin/run.js"
ORVAL = "node_modules/orval/dist/bin/orval.mjs"
GOALS = {100: 0.15, 1000: 0.7, 3000: 2.5}
"""CPU seconds above the import and FastAPI's walk, by routes."""


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds, the peak in MB, and what was printed."""

    seconds: float
    peak: float
    output: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """What a generator cost, and the folder with what it wrote."""

    name: str
    before: str
    seconds: float
    peak: float
    folder: Path


@dataclass(frozen=True, slots=True)
class Bench:
    """The tools, and the folder for everything."""

    node: Path
    packages: Path
    folder: Path

    def measure(self, routes: int) -> list[Made]:
        app = self.folder / f"app{routes}"
        make_app(app, routes=routes)
        run_step("openapi", app, app / "openapi.json")  # fills the caches
        return [self._fluidkit(app), *self._others(app)]

    def checked(self, folder: Path) -> Cost:
        settings = {"extends": str(OPTIONS), "files": [], "include": [f"{folder}/**/*.ts"]}
        project = folder / "tsconfig.json"
        project.write_text(json.dumps(settings), encoding="utf-8")
        return run([self.node, COMPILER, "--project", project], folder, may_fail=True)

    def _fluidkit(self, app: Path) -> Made:
        described, output = app / "api.txt", app / "fluidkit"
        walk, _ = run_step("walk", app)
        describe, describing = run_step("describe", app, described)
        emit, emitting = run_step("emit", described, output)
        shown = {"describe": describe["describe"], "transfer": describe["transfer"]}
        shown |= {**emit, "transfer": shown["transfer"] + emit["transfer"]}
        parts = ", ".join(f"{name} {seconds:.2f}" for name, seconds in shown.items())
        before = f"import {walk['import']:.2f}, walk {walk['walk']:.2f}"
        peak = max(describing.peak, emitting.peak)
        return Made(f"fluidkit ({parts})", before, sum(shown.values()), peak, output)

    def _others(self, app: Path) -> list[Made]:
        document = app / "openapi.json"
        read, _ = run_step("openapi", app, document)
        before = f"import {read['import']:.2f}, openapi() {read['openapi']:.2f}"
        commands: list[tuple[str, str, list[str | Path]]] = [
            (PACKAGES[0], HEY_API, ["-i", document, "-o", app / "hey-api"]),
            (PACKAGES[1], ORVAL, ["--input", document, "--output", app / "orval/client.ts"]),
        ]
        made = []
        for (name, script, options), folder in zip(commands, ("hey-api", "orval"), strict=True):
            cost = run([self.node, self.packages / script, *options], app)
            made.append(Made(name, before, cost.seconds, cost.peak, app / folder))
        return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(GOALS))
    sizes = parser.parse_args().sizes
    node = find_node()
    table = Table(title=f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    for column in ("routes", "generator (CPU s of its parts)", "before it, CPU s"):
        table.add_column(column)
    for column in ("CPU s", "goal", "peak MB", "files", "kB", "lines", "tsc 7, CPU s"):
        table.add_column(column, justify="right")
    with tempfile.TemporaryDirectory(prefix="fluidkit-bench-") as folder:
        bench = Bench(node, installed_packages(node), Path(folder))
        for routes in sizes:
            for made in bench.measure(routes):
                table.add_row(str(routes), *row(made, bench, goal=GOALS.get(routes)))
            table.add_section()
    Console(width=160).print(table)


def row(made: Made, bench: Bench, *, goal: float | None) -> Sequence[str]:
    """The cells after the number of routes."""
    files = [file for file in made.folder.rglob("*.ts") if file.is_file()]
    texts = [file.read_bytes() for file in files]
    is_ours = made.name.startswith("fluidkit")
    check = bench.checked(made.folder)
    return (
        made.name,
        made.before,
        f"{made.seconds:.2f}",
        f"{goal:.2f}" if goal and is_ours else "",
        f"{made.peak:.0f}",
        str(len(files)),
        f"{sum(map(len, texts)) / 1000:.0f}",
        str(sum(text.count(b"\n") for text in texts)),
        f"{check.seconds:.2f}{', errors' if check.output else ''}",
    )


def installed_packages(node: Path) -> Path:
    """The folder with the other generators, installed once for these versions."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    folder = cache / "fluidkit-benchmarks" / "_".join(PACKAGES).replace("/", "-")
    if not all((folder / script).is_file() for script in (HEY_API, ORVAL)):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text('{"private": true}', encoding="utf-8")
        options = ("--no-package-lock", "--no-audit", "--no-fund", "--no-progress")
        run([*npm_command(node), "install", *options, *PACKAGES], folder)
    return folder


def run_step(name: str, *arguments: Path) -> tuple[dict[str, float], Cost]:
    """The CPU seconds of the step's parts, and what its whole process cost."""
    steps = Path(__file__).with_name("steps.py")
    cost = run([sys.executable, "-B", steps, name, *arguments], arguments[0].parent)
    return json.loads(cost.output), cost


def run(command: Sequence[str | Path], folder: Path, *, may_fail: bool = False) -> Cost:
    """Runs a command to its end, at most `LIMIT` seconds."""
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=node_environment(find_node()),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    timer = threading.Timer(LIMIT, process.kill)
    timer.start()
    assert process.stdout is not None
    with process.stdout:
        output = process.stdout.read().decode(errors="replace")
    _, status, used = os.wait4(process.pid, 0)  # tells of this child alone, `getrusage` of all
    timer.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode and not may_fail:
        raise SystemExit(f"{command} ended with {process.returncode}:\n{output}")
    return Cost(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, output)


if __name__ == "__main__":
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    main()
