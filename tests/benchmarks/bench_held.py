"""Two thousand streams held by one worker, alone and behind the front server: what each costs.

One worker as `start` runs it, beside plain FastAPI under plain uvicorn. Fails when a stream was
closed, when an event was missed, or when what `serve(app)` adds takes more than 4 KiB a stream.
Run it with `make bench`, or alone: `bench_held.py --streams 200 --seconds 10`.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import uvloop
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parents[1]))

from held.listening import listen, open_files
from held.serving import Served, both, worker

MOST_OF_OURS = 4.0
"""KiB a stream, of all that `backend/serving/` adds to FastAPI."""

PATHS = {"server-sent events": "/api/ticks", "StreamingResponse": "/api/text_ticks"}


@dataclass(frozen=True, slots=True)
class Held:
    """What streams cost each process, in KiB, and what they were told."""

    memory: Sequence[float]
    events_a_second: float
    median: float
    p99: float
    cpu: Sequence[float]
    problems: Sequence[str]

    def row(self) -> list[str]:
        return [
            " + ".join(f"{each:.1f}" for each in self.memory),
            f"{self.events_a_second:.0f}",
            f"{1e3 * self.median:.1f}",
            f"{1e3 * self.p99:.1f}",
            " + ".join(f"{100 * each:.0f} %" for each in self.cpu),
            str(len(self.problems)),
        ]


async def hold(processes: Sequence[Served], *, path: str, streams: int, seconds: float) -> Held:
    """Streams through the last of the processes."""
    (await listen(processes[-1].port, count=50, path=path)).close()  # what stays for good
    await asyncio.sleep(1)
    memory = [each.memory for each in processes]
    listeners = await listen(processes[-1].port, count=streams, path=path)
    await asyncio.sleep(2)
    grown = [each.memory - before for each, before in zip(processes, memory, strict=True)]
    cpu = [each.seconds for each in processes]
    events = await listeners.hear(seconds)
    return Held(
        memory=[each / streams for each in grown],
        events_a_second=events,
        median=listeners.delays.quantile(0.5),
        p99=listeners.delays.quantile(0.99),
        cpu=[(each.seconds - t) / seconds for each, t in zip(processes, cpu, strict=True)],
        problems=listeners.problems,
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--rate", type=float, default=1)
    options = parser.parse_args()
    table = Table("streams", "served by", title=f"{options.streams} for {options.seconds:.0f} s")
    for column in ("KiB a stream", "events a second", "median ms", "p99 ms", "CPU", "problems"):
        table.add_column(column, justify="right")
    failed: list[str] = []
    with tempfile.TemporaryDirectory() as name, open_files(4 * options.streams + 1000):
        for kind, path in PATHS.items():
            helds = all_held(Path(name) / path.rpartition("/")[2], path, options)
            for server, held in helds.items():
                table.add_row(kind, server, *held.row())
                failed += held.problems
            bare, ours = (helds[server].memory[0] for server in ("FastAPI alone", "one worker"))
            failed += [f"{ours - bare:.1f} KiB are ours"] if ours - bare > MOST_OF_OURS else []
    Console(width=120).print(table)
    print(*failed[:20], sep="\n")
    return 1 if failed else 0


def all_held(folder: Path, path: str, options: argparse.Namespace) -> dict[str, Held]:
    def held(*processes: Served, seconds: float = options.seconds) -> Held:
        return uvloop.run(hold(processes, path=path, streams=options.streams, seconds=seconds))

    short = min(options.seconds, 30)
    with worker(folder / "bare", bare=True, rate=options.rate) as bare:
        found = {"FastAPI alone": held(bare, seconds=short)}
    with worker(folder / "one", rate=options.rate) as one:
        found["one worker"] = held(one)
    with both(folder / "both", rate=options.rate) as processes:
        found["one worker + front"] = held(*processes)
    return found


if __name__ == "__main__":
    sys.exit(main())
