"""Reading streams in Node: our runtime beside four others, in turns, by the CPU that each takes.

The goals are those that the runtime was built for; "ours" in a ratio is the first row of a body.
Run it with `make bench`, or alone with `--rounds N`. The npm packages stay in
`~/.cache/fluidkit-benchmarks`.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parents[1]))

from fluidkit_cli.toolchain import find_node, node_environment, npm_command

FOLDER = Path(__file__).with_name("streams")
PACKAGES = (
    "eventsource-parser@4.1.3",
    "@hey-api/openapi-ts@0.99.0",
    "@microsoft/fetch-event-source@2.0.1",
    "@orpc/standard-server-fetch@1.16.1",
)
# What hey-api copies into each project: Node runs no TypeScript below node_modules.
HEY_API = "node_modules/@hey-api/openapi-ts/dist/clients/core/serverSentEvents.ts"
MODULES = {
    "eventsource-parser.mjs": "export * from 'eventsource-parser/stream';\n",
    "fetch-event-source.mjs": (
        "globalThis.window = globalThis;\nglobalThis.document = new EventTarget();\n"
        "export * from '@microsoft/fetch-event-source';\n"
    ),
    "orpc.mjs": "export * from '@orpc/standard-server-fetch';\n",
}
OTHERS = ("eventsource-parser", "hey-api", "fetch-event-source", "oRPC")
LIMIT = 120.0
"""Seconds that a turn may take."""


@dataclass(frozen=True, slots=True)
class Contender:
    """Who reads, and the CPU milliseconds of each run."""

    name: str
    milliseconds: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.milliseconds)


@dataclass(frozen=True, slots=True)
class Race:
    """A body that several read, and what is wanted of ours."""

    body: str
    contenders: Sequence[Contender]
    goals: str
    items: int

    def take_turns(self, packages: Path) -> None:
        # V8 optimises for what a process has run before, so each has its own; but one big event is
        # mostly new memory, which a process that has had some gets faster
        together = [self.contenders] if self.items == 1 else [[each] for each in self.contenders]
        for contenders in together:
            names = [each.name for each in contenders]
            command: list[str | Path] = [find_node(), FOLDER / "measure.ts", packages]
            turn = subprocess.run(
                [*command, self.body, *names],
                capture_output=True,
                text=True,
                timeout=LIMIT,
                check=False,
            )
            if turn.returncode:
                raise SystemExit(f"{names} on {self.body}:\n{turn.stderr}")
            for contender, times in zip(contenders, json.loads(turn.stdout), strict=True):
                contender.milliseconds.extend(times)

    def rows(self) -> Sequence[Sequence[str]]:
        """For each contender its CPU, and how many times ours the others take."""
        ours = self.contenders[0].median
        return [
            (
                self.body if each is self.contenders[0] else "",
                each.name,
                f"{each.median:.1f}",
                f"{each.median * 1000 / self.items:.2f}" if self.items > 1 else "",
                f"{self.items / each.median / 1000:.2f}" if self.items > 1 else "",
                f"{each.median / ours:.2f}",
                f"{ours / each.median:.2f}",
                self.goals if each is self.contenders[0] else "",
            )
            for each in self.contenders
        ]


def races() -> list[Race]:
    def of(body: str, goals: str, *names: str, items: int = 100_000) -> Race:
        return Race(body, [Contender(name) for name in names], goals, items)

    ours = ("fluidkit", "fluidkit, callbacks")
    records = ("fluidkit, records", "fluidkit, records, callbacks")
    large = "1.6 x the speed of eventsource-parser, 2.2 x that of hey-api"
    return [
        of("large chunks", large, *ours, *OTHERS),
        of("one event a chunk", "0.5 of the CPU of the best", *ours, *OTHERS, "no parser"),
        of("big text", "2.5 x JSON.parse", "fluidkit", "JSON.parse", *OTHERS, items=1),
        of("big list", "2.5 x JSON.parse", "fluidkit", "JSON.parse", *OTHERS, items=1),
        of("JSON lines", "1.2 x JSON.parse", *records, "JSON.parse"),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    packages = installed_packages()
    found = races()
    for _ in range(rounds):
        for race in found:
            race.take_turns(packages)
    table = Table(title=f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    for column in ("body", "reader"):
        table.add_column(column)
    for column in ("CPU ms", "CPU us an item", "million a CPU s", "it / ours", "ours / it"):
        table.add_column(column, justify="right")
    table.add_column("goal of ours")
    for race in found:
        for row in race.rows():
            table.add_row(*row)
        table.add_section()
    Console(width=150).print(table)


def installed_packages() -> Path:
    """The folder with the others, installed once for these versions."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    folder = cache / "fluidkit-benchmarks" / "_".join(PACKAGES).replace("/", "-")
    if not (folder / HEY_API).is_file():
        folder.mkdir(parents=True, exist_ok=True)
        package = {"private": True, "type": "module"}
        (folder / "package.json").write_text(json.dumps(package), encoding="utf-8")
        options = ("--no-package-lock", "--no-audit", "--no-fund", "--no-progress")
        install = [*npm_command(find_node()), "install", *options, *PACKAGES]
        environment = node_environment(find_node())
        subprocess.run(install, cwd=folder, env=environment, check=True, timeout=LIMIT)
    for name, text in MODULES.items():
        (folder / name).write_text(text, encoding="utf-8")
    shutil.copy(folder / HEY_API, folder / "hey-api.ts")
    return folder


if __name__ == "__main__":
    main()
