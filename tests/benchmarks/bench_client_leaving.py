"""Leaves 1,000 Python streams in each way there is: none may be left on the server.

Run it with `make bench`, or alone with `--times N`.
"""

import argparse
import sys
import time
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[1])]

from client.leaving import PLAIN_WAYS, WAYS, leave_awaited, leave_plain  # noqa: E402
from client.serving import address, serving  # noqa: E402


def main() -> int:
    """1 if a connection is left."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=1000)
    times: int = parser.parse_args().times
    table = Table("way", "left", "closed", "seconds")
    missed = 0
    with serving() as server:
        url = address(server)
        awaited = [(way.__name__, partial(leave_awaited, url, way)) for way in WAYS]
        plain = [(way.__name__, partial(leave_plain, url, way)) for way in PLAIN_WAYS]
        for name, leave in (*awaited, *plain):
            started = time.monotonic()
            try:
                leave(times=times, server=server)
            except AssertionError:
                missed += 1
            closed = times - len(server.server_state.connections)
            seconds = f"{time.monotonic() - started:.1f}"
            table.add_row(name, f"{times:,}", f"{closed:,}", seconds)
    Console(width=100).print(table)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
