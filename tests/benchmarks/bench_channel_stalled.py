"""What a hundred readers that take nothing cost the others, and the memory of the worker.

Fails when the others' 99th percentile doubles, or when the worker holds more than 256 KiB for each
of them. Run it with `make bench`, or alone with `--seconds N`.
"""

import argparse
import asyncio
import json
import random
import socket
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from scaffolds.channel_serving import Served, serving
from scaffolds.channel_traffic import Listener, until

LISTENERS, STALLED = 100, 100
RATE = 20.0
TEXT = "x" * 4_000
MOST_KIBIBYTES = 256


@dataclass(frozen=True, slots=True)
class Measured:
    median: float
    p99: float
    memory: int
    """Of the worker, in KiB."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=25)
    seconds = parser.parse_args().seconds
    with tempfile.TemporaryDirectory() as name, serving(Path(name) / "app") as served:
        asyncio.run(measure(served, seconds=3))  # warm
        alone = asyncio.run(measure(served, seconds=seconds))
        readers = [stall(served) for _ in range(STALLED)]
        beside = asyncio.run(measure(served, seconds=seconds))
        for reader in readers:
            reader.close()
    each = (beside.memory - alone.memory) / STALLED
    for label, measured in (("alone", alone), ("beside the stalled", beside)):
        print(
            f"{label:>20}  median {1e3 * measured.median:.1f} ms, p99 {1e3 * measured.p99:.1f} ms"
        )
    print(f"{'a stalled reader':>20}  {each:.0f} KiB")
    return 0 if beside.p99 < 2 * alone.p99 and each < MOST_KIBIBYTES else 1


async def measure(served: Served, *, seconds: float) -> Measured:
    """How long events take to those who read, while events are published by requests."""
    listeners = [Listener(served.port, random.Random(number)) for number in range(LISTENERS)]
    tasks = [asyncio.create_task(listener.listen()) for listener in listeners]
    await until(lambda: all(listener.start for listener in listeners))
    begin = time.time()
    for number in range(int(RATE * seconds)):
        await asyncio.sleep(begin + number / RATE - time.time())
        await publish(served, number)
    await until(lambda: all(len(one.ids) == RATE * seconds for one in listeners))
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    delays = sorted(delay for listener in listeners for delay in listener.delays)
    return Measured(delays[len(delays) // 2], delays[int(0.99 * len(delays))], memory_of(served))


async def publish(served: Served, number: int) -> None:
    body = json.dumps({"number": number, "sent": time.time(), "text": TEXT}).encode()
    head = f"POST /ticks HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    writer.write(head.encode() + b"\r\n\r\n" + body)
    await reader.read()
    writer.close()


def stall(served: Served) -> socket.socket:
    """Asks for the stream, and reads nothing."""
    reader = socket.create_connection(("127.0.0.1", served.port))
    reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    reader.sendall(b"GET /ticks HTTP/1.0\r\nHost: x\r\n\r\n")
    return reader


def memory_of(served: Served) -> int:
    status = Path(f"/proc/{served.process.pid}/status").read_text(encoding="utf-8")
    return int(status.partition("VmRSS:")[2].split()[0])


if __name__ == "__main__":
    sys.exit(main())
