"""Pages and assets a second: what is built, against the plainest that could serve it.

In the mode `spa` that is Starlette's StaticFiles, served by uvicorn, and both log requests; in the
mode `ssr` adapter-node without our front server, and neither does. The same files, the same bytes,
the same machine; all take turns, so that what it does besides hits all alike, and the processor
time of an answer is told besides, which others take nothing of. Run it with `make bench`, or alone
with `--rounds N`.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from fluidkit_cli.toolchain import find_node, node_environment
from fluidkit_cli.workspace import Mode
from running import answer, free_port, wait_for

LOAD = Path(__file__).parent / "pages/load.ts"
PLAIN = """
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

app = Starlette(routes=[Mount("/", StaticFiles(directory="static", html=True))])
"""


@dataclass(frozen=True, slots=True)
class Server:
    """A process that serves at `url`."""

    url: str
    process: subprocess.Popen[bytes]

    def cpu_seconds(self) -> float:
        """What it has used so far, https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html"""
        text = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="utf-8")
        fields = text.rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Contender:
    """A server of the built site; `paths` are its addresses of the things that are asked for."""

    name: str
    server: "Server"
    paths: dict[str, str]
    rates: dict[str, list[float]] = field(default_factory=dict)
    costs: dict[str, list[float]] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)

    def take_turn(self, thing: str, *, coding: str, seconds: float) -> None:
        asked = self.server.url + self.paths[thing]
        node = find_node()
        before = self.server.cpu_seconds()
        run = subprocess.run(
            [node, "--no-warnings", LOAD, asked, coding, "16", str(seconds)],
            env=node_environment(node),
            capture_output=True,
            check=True,
            timeout=60,
        )
        answers = json.loads(run.stdout)
        assert answers["status"] == "200", f"{asked}: {answers}"
        spent = self.server.cpu_seconds() - before
        self.rates.setdefault(thing, []).append(answers["count"] / seconds)
        self.costs.setdefault(thing, []).append(spent / answers["count"] * 1e6)
        self.sizes[thing] = answers["size"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fluidkit-bench-") as folder, ExitStack() as servers:
        for mode in ("spa", "ssr"):
            root = _built(Path(folder) / mode, mode=mode)
            contenders = _spa(root, servers) if mode == "spa" else _ssr(root, servers)
            for coding in ("identity", "br"):
                _compare(contenders, coding=coding, options=options)
            servers.pop_all().close()


def _compare(contenders: Sequence[Contender], *, coding: str, options: argparse.Namespace) -> None:
    things = list(contenders[0].paths)
    for number in range(options.rounds + 1):
        for thing in things:
            # each is the first as often as the other
            for contender in contenders if number % 2 else reversed(contenders):
                contender.take_turn(thing, coding=coding, seconds=options.seconds)
    for thing in things:
        _report(thing, contenders, coding=coding)


def _report(thing: str, contenders: Sequence[Contender], *, coding: str) -> None:
    ours, theirs = (_medians(each, thing) for each in contenders)
    each = [
        f"{contender.name} {rate:.0f}/s, {cost:.0f} us of CPU ({contender.sizes[thing]} B)"
        for contender, (rate, cost) in zip(contenders, (ours, theirs), strict=True)
    ]
    ratios = f"{ours[0] / theirs[0]:.2f} x, by CPU {theirs[1] / ours[1]:.2f} x"
    print(f"{thing}, Accept-Encoding: {coding}: {'; '.join(each)}: {ratios}", flush=True)


def _medians(contender: Contender, thing: str) -> tuple[float, float]:
    """Without the round that warmed it up."""
    rates, costs = contender.rates.pop(thing), contender.costs.pop(thing)
    return statistics.median(rates[1:]), statistics.median(costs[1:])


def _built(folder: Path, *, mode: Mode) -> Path:
    folder.mkdir()
    root = folder / "shop"
    fluidkit = [sys.executable, "-m", "fluidkit_cli"]
    new = ["new", "shop", "--template", "minimal", "--mode", mode, "--no-git"]
    for command, where in ((new, folder), (["build"], root)):
        subprocess.run([*fluidkit, *command], cwd=where, check=True, stdout=subprocess.DEVNULL)
    return root


def _spa(root: Path, servers: ExitStack) -> Sequence[Contender]:
    build = root / "build"
    (build / "plain.py").write_text(PLAIN, encoding="utf-8")
    python = str(root / ".venv/bin/python")
    asset = _asset(build / "static")
    ours = servers.enter_context(_server([python, "-m", "backend.serving"], build))
    theirs = servers.enter_context(_server([python, "-m", "uvicorn", "plain:app"], build))
    return (
        Contender("fluidkit", ours, {"page of spa": "/anything", "asset of spa": asset}),
        Contender("StaticFiles", theirs, {"page of spa": "/200.html", "asset of spa": asset}),
    )


def _ssr(root: Path, servers: ExitStack) -> Sequence[Contender]:
    frontend = root / "build/frontend"
    node = str(find_node())
    paths = {"page of ssr": "/", "asset of ssr": _asset(frontend / "build/client")}
    ours = servers.enter_context(_server([node, "server.js"], frontend, LOG_LEVEL="WARNING"))
    theirs = servers.enter_context(_server([node, "build/index.js"], frontend))
    return Contender("fluidkit", ours, paths), Contender("adapter-node", theirs, paths)


def _asset(folder: Path) -> str:
    """The largest script."""
    scripts = folder.glob("_app/immutable/**/*.js")
    largest = max(scripts, key=lambda file: (file.stat().st_size, file.name))
    return f"/{largest.relative_to(folder).as_posix()}"


@contextmanager
def _server(command: Sequence[str], folder: Path, **others: str) -> Iterator[Server]:
    port = free_port()
    settings = {"HOST": "127.0.0.1", "PORT": str(port), **others}
    arguments = ["--port", str(port)] if "uvicorn" in command else []
    process = subprocess.Popen(
        [*command, *arguments],
        cwd=folder,
        env={**os.environ, **settings},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        url = f"http://127.0.0.1:{port}"
        wait_for(lambda: answer(f"{url}/"))
        yield Server(url, process)
    finally:
        process.terminate()
        process.wait(timeout=20)


if __name__ == "__main__":
    main()
