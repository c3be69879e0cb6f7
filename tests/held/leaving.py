"""Clients that leave a stream in every way there is, and how long its generator did not know."""

import json
import random
import signal
import socket
import struct
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fluidkit_cli.toolchain import find_node

SENDING, QUIET = 0.02, 3600.0
"""Seconds between two values of a stream that sends, and of one that does not."""
KINDS = ("events", "direct_events", "records", "text", "classic_events")
SYNC_KINDS = ("sync_events", "sync_records", "sync_text")
"""They always send: nothing can interrupt a thread."""
LIMIT = 1.0
"""Seconds within which a generator is to know."""


@dataclass(frozen=True, slots=True)
class Left:
    """One stream that was left, and after how many seconds its generator knew: None is never."""

    name: str
    way: str
    after: float | None

    @property
    def is_in_time(self) -> bool:
        return self.after is not None and self.after <= LIMIT


def paths() -> list[str]:
    """All kinds of streams, quiet and sending."""
    kinds = [(kind, SENDING) for kind in (*KINDS, *SYNC_KINDS)] + [(kind, QUIET) for kind in KINDS]
    return [f"{kind}/{{}}?pause={pause}" for kind, pause in kinds]


def leave(port: int, *, count: int, api_port: int, together: int = 26) -> list[Left]:
    """Opens `count` streams, so many at a time, and leaves them in turns in each of the ways."""
    when: dict[str, tuple[str, float]] = {}
    for turn in range(count // together):
        way = WAYS[turn % len(WAYS)]
        batch = {
            f"{port}-{turn}-{number}": paths()[number % len(paths())] for number in range(together)
        }
        moments = way(port, [path.format(name) for name, path in batch.items()])
        for (name, path), moment in zip(batch.items(), moments, strict=True):
            when[name] = (f"{path.format('')} {way.__name__}", moment)
    deadline = time.monotonic() + 2 * LIMIT
    while when.keys() - known(api_port) and time.monotonic() < deadline:
        time.sleep(0.1)
    ended = known(api_port)
    return [
        Left(name, way, ended[name] - moment if name in ended else None)
        for name, (way, moment) in when.items()
    ]


def known(port: int) -> dict[str, float]:
    """When which generators were told."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/left", timeout=20) as answer:
        return dict(json.load(answer))


def by_closing(port: int, paths: Sequence[str]) -> list[float]:
    return _one_by_one(port, paths, lambda client: client.close())


def by_a_reset(port: int, paths: Sequence[str]) -> list[float]:
    at_once = struct.pack("ii", 1, 0)

    def reset(client: socket.socket) -> None:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
        client.close()

    return _one_by_one(port, paths, reset)


def by_closing_one_half(port: int, paths: Sequence[str]) -> list[float]:
    """Whoever says that he has no more to ask, and reads on: what servers take for leaving."""
    return _one_by_one(port, paths, lambda client: client.shutdown(socket.SHUT_WR))


def _one_by_one(
    port: int, paths: Sequence[str], act: Callable[[socket.socket], None]
) -> list[float]:
    clients = [opened(port, path) for path in paths]
    moments = []
    for client in clients:
        time.sleep(random.uniform(0, SENDING))  # at any moment between two values
        moments.append(time.monotonic())
        act(client)
    if any(client.fileno() != -1 for client in clients):
        time.sleep(LIMIT)
    for client in clients:
        client.close()
    return moments


def opened(port: int, path: str) -> socket.socket:
    """A stream of which something was read."""
    client = socket.create_connection(("127.0.0.1", port), timeout=20)
    client.sendall(f"GET /api/{path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    received = b""
    while not received.partition(b"\r\n\r\n")[2]:
        chunk = client.recv(65_536)
        assert chunk, f"{path}: {received!r}"
        received += chunk
    assert received.startswith(b"HTTP/1.1 200 "), received
    return client


READER = """
import sys, time
sys.path[:0] = {search!r}
from held.leaving import opened
clients = [opened({port}, path) for path in {paths!r}]
print("open", flush=True)
time.sleep(600)
"""


def by_being_killed(port: int, paths: Sequence[str]) -> list[float]:
    code = READER.format(search=sys.path, port=port, paths=list(paths))
    return _killed([sys.executable, "-c", code], len(paths))


FETCHES = """
const controller = new AbortController();
const { signal } = controller;
const [base, ...paths] = process.argv.slice(1);
const readers = await Promise.all(paths.map(async (path) => {
	const reader = (await fetch(`${base}/api/${path}`, { signal })).body.getReader();
	await reader.read();
	return reader;
}));
console.log('open');
process.on('SIGTERM', () => controller.abort());
await Promise.allSettled(readers.map(async (reader) => { while (!(await reader.read()).done); }));
setTimeout(() => {}, 600_000);
"""


def by_aborting_a_fetch(port: int, paths: Sequence[str]) -> list[float]:
    command = [str(find_node()), "--input-type=module", "-e", FETCHES]
    return _killed(
        [*command, f"http://127.0.0.1:{port}", *paths], len(paths), number=signal.SIGTERM
    )


def _killed(command: list[str], count: int, *, number: int = signal.SIGKILL) -> list[float]:
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"open\n"
        moment = time.monotonic()
        process.send_signal(number)
        if number != signal.SIGKILL:
            time.sleep(LIMIT)
            process.kill()
    return [moment] * count


WAYS = (
    by_closing,
    by_a_reset,
    by_closing_one_half,
    by_being_killed,
    by_aborting_a_fetch,
)
