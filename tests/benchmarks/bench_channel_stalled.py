"""What a hundred readers that take nothing cost the others, and the memory of the worker.

Fails when the others' 99th percentile doubles, or when the worker holds more than 256 KiB for each
of them. Both are measured in turns, and compared by the median of the rounds. Run it with
`make bench`, or alone with `--seconds N --rounds N`.
"""

import argparse
import asyncio
import json
import os
import socket
import sys
import tempfile
import time
from array import array
from dataclasses import dataclass
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1]))

from scaffolds.channel_listeners import Crowd, Crowded, place_of
from scaffolds.channel_serving import Served, serving

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
    rate: float
    """Events that a second of the worker's processor delivers."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--path", choices=("/ticks", "/starlette"), default="/ticks")
    options = parser.parse_args()
    alone, beside = [], []
    with tempfile.TemporaryDirectory() as name, serving(Path(name) / "app") as served:
        served.path = options.path
        asyncio.run(measure(served, seconds=3))  # warm
        for _ in range(options.rounds):
            alone.append(asyncio.run(measure(served, seconds=options.seconds)))
            readers = [stall(served) for _ in range(STALLED)]
            asyncio.run(measure(served, seconds=3))  # until their buffers are full
            beside.append(asyncio.run(measure(served, seconds=options.seconds)))
            for reader in readers:
                reader.close()
    each = (beside[0].memory - alone[0].memory) / STALLED
    for label, rounds in (("alone", alone), ("beside the stalled", beside)):
        shown = ", ".join(f"{1e3 * one.p99:.1f}" for one in rounds)
        print(f"{label:>20}  median {1e3 * rounds[0].median:.1f} ms, p99 {shown} ms")
    rate = median(one.rate for one in alone)
    print(f"{'a stalled reader':>20}  {each:.0f} KiB")
    print(f"{'delivered':>20}  {rate:.0f} events a second of the worker's processor")
    slower = median(one.p99 for one in beside) / median(one.p99 for one in alone)
    print(f"{'p99 beside / alone':>20}  {slower:.2f}")
    return 0 if slower < 2 and each < MOST_KIBIBYTES else 1


async def measure(served: Served, *, seconds: float) -> Measured:
    """How long events take to those who read, while events are published by requests."""
    crowd = Crowded(Crowd(served.port, served.path, LISTENERS, seconds, disconnects=0, seed=1))
    try:
        await crowd.receive()
        crowd.begin()
        places, begin, processor = array("Q"), time.time(), processor_of(served)
        for number in range(int(RATE * seconds)):
            await asyncio.sleep(begin + number / RATE - time.time())
            places.append(place_of(await publish(served, number)))
        memory = memory_of(served)
        heard = await crowd.end(places)
        processor = processor_of(served) - processor
    finally:
        crowd.kill()
    assert heard.missing == 0, heard
    delays = sorted(heard.delays)
    middle, late = delays[len(delays) // 2], delays[int(0.99 * len(delays))]
    return Measured(middle, late, memory, rate=len(delays) / processor)


async def publish(served: Served, number: int) -> str:
    """The id of the event."""
    body = json.dumps({"number": number, "sent": time.time(), "text": TEXT}).encode()
    head = f"POST /ticks HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    writer.write(head.encode() + b"\r\n\r\n" + body)
    answer = await reader.read()
    writer.close()
    return str(json.loads(answer.partition(b"\r\n\r\n")[2]))


def stall(served: Served) -> socket.socket:
    """Asks for the stream, and reads nothing."""
    reader = socket.socket()
    reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    reader.connect(("127.0.0.1", served.port))
    reader.sendall(f"GET {served.path} HTTP/1.0\r\nHost: x\r\n\r\n".encode())
    return reader


def memory_of(served: Served) -> int:
    status = Path(f"/proc/{served.process.pid}/status").read_text(encoding="utf-8")
    return int(status.partition("VmRSS:")[2].split()[0])


def processor_of(served: Served) -> float:
    """Seconds that the worker has taken."""
    fields = Path(f"/proc/{served.process.pid}/stat").read_text(encoding="utf-8").split()
    return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    sys.exit(main())
