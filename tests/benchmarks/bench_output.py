"""What a flood of output costs: a route that prints, and readers of ours that are fast, or none.

Run it with `make bench`, or alone with `--megabytes N`.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parents[1]))

from devserver.running import MAIN, Dev, make_workspace

MEMORY_GOAL = 100
"""MiB by which the supervisor may grow, see fault 28."""

FLOOD = """

@app.get("/api/print")
async def write(megabytes: int) -> None:
    block = ("x" * 99 + "\\n") * 10_000
    for _ in range(megabytes):
        print(block, end="")
        await asyncio.sleep(0)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=200)
    megabytes = parser.parse_args().megabytes
    table = Table(title=f"{megabytes} MB in lines of 100 characters")
    for column in ("read by", "printed in s", "MB read", "grown by MiB", "worst page ms"):
        table.add_column(column, justify="left" if column == "read by" else "right")
    for reader in ("a file", "somebody", "nobody"):
        with tempfile.TemporaryDirectory(prefix="fluidkit-bench-") as folder:
            root = make_workspace(Path(folder) / "tiny", MAIN + FLOOD)
            table.add_row(reader, *_measured(root, reader=reader, megabytes=megabytes))
    Console().print(table)


def _measured(root: Path, *, reader: str, megabytes: int) -> list[str]:
    read = [0]
    reading, writing = os.pipe()
    output = (root / "flood.log").open("wb")
    dev = Dev(root)
    descriptor = output.fileno() if reader == "a file" else writing
    dev.run([], stdout=descriptor, stderr=subprocess.DEVNULL)
    os.close(writing)
    if reader == "somebody":
        threading.Thread(target=_read, args=(reading, read), daemon=True).start()
    state = dev.ready().state
    before = _memory(state["pid"])
    worst, took = _flood(state, megabytes)
    grown = _memory(state["pid"]) - before
    dev.end()
    written = os.fstat(output.fileno()).st_size if reader == "a file" else read[0]
    output.close()
    assert grown <= MEMORY_GOAL, f"{reader}: grown by {grown} MiB"
    return [f"{took:.1f}", f"{written / 1e6:.0f}", f"{grown}", f"{worst * 1000:.0f}"]


def _flood(state: dict[str, Any], megabytes: int) -> tuple[float, float]:
    """The longest that a page took meanwhile, and how long all took."""
    done = threading.Event()
    times: list[float] = []

    def ask() -> None:
        while not done.wait(0.05):
            start = time.perf_counter()
            urllib.request.urlopen(state["url"], timeout=60).read()
            times.append(time.perf_counter() - start)

    asking = threading.Thread(target=ask)
    asking.start()
    start = time.perf_counter()
    url = f"{state['api']['url']}/api/print?megabytes={megabytes}"
    assert json.load(urllib.request.urlopen(url, timeout=600)) is None
    took = time.perf_counter() - start
    done.set()
    asking.join()
    return max(times, default=0), took


def _memory(pid: int) -> int:
    """Its highest so far, in MiB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def _read(descriptor: int, read: list[int]) -> None:
    while part := os.read(descriptor, 65536):
        read[0] += len(part)


if __name__ == "__main__":
    main()
