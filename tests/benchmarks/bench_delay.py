"""How much later an event arrives through the front server than from the worker itself.

Each event carries the moment it was made at. Fails when the front adds 2 ms or more to the median
of one stream, or of one beside 99 that are quiet. Run it with `make bench`, or alone with
`--seconds N`.
"""

import argparse
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import uvloop
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parents[1]))

from held.listening import listen
from held.serving import Served, both, worker

MOST_ADDED = 0.002
RATE = 20.0
STREAMS = (1, 100)
QUIET_PATH = "/api/direct_events/quiet?pause=3600"
FULL = 500
"""Streams that are sent more than one worker can make."""
FULL_RATE = 100.0
WAYS = ("FastAPI alone", "the worker", "the front")


@dataclass(frozen=True, slots=True)
class Measured:
    median: float
    p99: float
    events_a_second: float


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30)
    seconds = parser.parse_args().seconds
    table = Table("streams", "through", title=f"{RATE:.0f} events a second, {seconds:.0f} s each")
    for column in ("median ms", "p99 ms", "events a second"):
        table.add_column(column, justify="right")
    late = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with (
            both(folder / "both", rate=RATE) as ours,
            worker(folder / "bare", bare=True, rate=RATE) as bare,
        ):
            for streams in STREAMS:
                found = {
                    way: measured(served, streams=1, quiet=streams - 1, seconds=seconds)
                    for way, served in zip(WAYS, (bare, *ours), strict=True)
                }
                add_rows(table, streams, found)
                added = found["the front"].median - found["the worker"].median
                late += [f"{1e3 * added:.1f} ms at {streams}"] if added >= MOST_ADDED else []
        found = {}
        with worker(folder / "full_bare", bare=True, rate=FULL_RATE) as bare:
            found["FastAPI alone"] = measured(bare, streams=FULL, seconds=seconds)
        with both(folder / "full", rate=FULL_RATE) as (api, front):
            found["the worker"] = measured(api, streams=FULL, seconds=seconds)
            found["the front"] = measured(front, streams=FULL, seconds=seconds)
        add_rows(table, FULL, found)
    Console(width=100).print(table)
    print(*late, sep="\n")
    return 1 if late else 0


def add_rows(table: Table, streams: int, found: dict[str, Measured]) -> None:
    for way, one in found.items():
        delays = f"{1e3 * one.median:.2f}", f"{1e3 * one.p99:.2f}"
        table.add_row(str(streams), way, *delays, f"{one.events_a_second:.0f}")
    table.add_section()


def measured(served: Served, *, streams: int, seconds: float, quiet: int = 0) -> Measured:
    async def hear() -> Measured:
        others = await listen(served.port, count=quiet, path=QUIET_PATH)
        listeners = await listen(served.port, count=streams)
        await listeners.hear(1)
        listeners.delays.seconds.clear()
        events = await listeners.hear(seconds)
        assert not listeners.problems, listeners.problems[:5]
        delays = listeners.delays
        listeners.close()
        others.close()
        return Measured(delays.quantile(0.5), delays.quantile(0.99), events)

    return uvloop.run(hear())


if __name__ == "__main__":
    sys.exit(main())
