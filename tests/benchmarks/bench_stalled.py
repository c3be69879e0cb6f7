"""Two hundred clients that ask for an endless answer and read nothing, beside twenty that read.

Directly and through the front server. Fails when a producer does not pause, when a process grows by
8 MiB or more for each, or when the others' 99th percentile doubles. Run it with `make bench`, or
alone: `bench_stalled.py --count 50 --seconds 5`.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import uvloop

sys.path.insert(0, str(Path(__file__).parents[1]))

from held.listening import Delays, listen, open_files
from held.serving import Served, both
from held.stalling import stalled, wait_for_pause

OTHERS, RATE = 20, 20.0
MOST_KIBIBYTES = 8192


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=20)
    options = parser.parse_args()
    failed = []
    with open_files(8 * options.count + 1000), tempfile.TemporaryDirectory() as name:
        for index, way in enumerate(("directly", "through the front")):
            with both(Path(name) / way, rate=RATE) as processes:
                failed += uvloop.run(measure(way, processes[: index + 1], options))
    print(*failed, sep="\n")
    return 1 if failed else 0


async def measure(way: str, through: Sequence[Served], options: argparse.Namespace) -> list[str]:
    """What is worse than it may be."""
    api, port = through[0], through[-1].port
    alone = await others(port, options.seconds)
    memory = [each.memory for each in through]
    with ExitStack() as stack:
        names = stack.enter_context(stalled(port, count=options.count))
        made = await asyncio.to_thread(wait_for_pause, api, names)
        beside = await others(port, options.seconds)
        growth = [
            (each.memory - before) / options.count
            for each, before in zip(through, memory, strict=True)
        ]
    kept = " + ".join(f"{each:.0f}" for each in growth)
    print(
        f"{way:>18}: {max(made.values())} KiB made at most, {kept} KiB kept for each;"
        f" others' p99 {1e3 * alone.quantile(0.99):.1f} ms alone,"
        f" {1e3 * beside.quantile(0.99):.1f} ms beside (median {1e3 * alone.quantile(0.5):.1f},"
        f" {1e3 * beside.quantile(0.5):.1f})"
    )
    failed = [f"{way}: {kept} KiB"] if max(growth) >= MOST_KIBIBYTES else []
    if beside.quantile(0.99) >= 2 * alone.quantile(0.99):
        failed.append(f"{way}: others wait twice as long")
    return failed


async def others(port: int, seconds: float) -> Delays:
    listeners = await listen(port, count=OTHERS)
    await listeners.hear(seconds)
    assert not listeners.problems, listeners.problems
    listeners.close()
    return listeners.delays


if __name__ == "__main__":
    sys.exit(main())
