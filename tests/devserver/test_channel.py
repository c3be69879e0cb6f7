"""What must arrive whole, however slowly it is read."""

import asyncio
import os
import socket
from pathlib import Path

from fluidkit_cli.devserver.channel import Channel, Document
from fluidkit_cli.devserver.protocol import Explain, Lines, Ping, Preloaded, encode

LONG = Explain(1, "x" * 1_000_000, "", 0)


def test_a_message_larger_than_any_buffer_arrives_whole_with_its_descriptors() -> None:
    async def exchange() -> tuple[list[object], list[int]]:
        ours, theirs = socket.socketpair()
        theirs.setblocking(False)
        channel = Channel(ours, on_message=lambda message: None)
        channel.send(LONG, descriptors=(0, 1))
        channel.send(Ping())
        lines, received, descriptors = Lines(), list[object](), list[int]()
        async with asyncio.timeout(10):
            while len(received) < 2:
                await asyncio.sleep(0)
                try:
                    data, found, _, _ = socket.recv_fds(theirs, 5000, 2)
                except BlockingIOError:
                    continue
                received += lines.feed(data)
                descriptors += found
        channel.close()
        theirs.close()
        return received, descriptors

    received, descriptors = asyncio.run(exchange())
    assert received == [LONG, Ping()]
    assert len(descriptors) == 2
    for descriptor in descriptors:
        os.close(descriptor)


def test_what_nobody_reads_costs_no_descriptor_after_the_end() -> None:
    async def fill() -> None:
        ours, theirs = socket.socketpair()
        channel = Channel(ours, on_message=lambda message: None)
        for _ in range(3):
            channel.send(LONG, descriptors=(0, 1))
        channel.close()
        theirs.close()

    before = len(list(Path("/proc/self/fd").iterdir()))
    asyncio.run(fill())
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_channel_passes_on_what_comes_and_tells_of_its_end() -> None:
    async def listen() -> list[object]:
        ours, theirs = socket.socketpair()
        received = list[object]()
        ended = asyncio.Event()
        Channel(ours, on_message=received.append, on_end=ended.set)
        theirs.sendall(encode(Preloaded()))
        theirs.close()
        async with asyncio.timeout(5):
            await ended.wait()
        return received

    assert asyncio.run(listen()) == [Preloaded()]


def documents(*parts: bytes, close: bool) -> list[str]:
    """What a `Document` makes of a pipe into which these are written."""

    async def read() -> list[str]:
        reading, writing = os.pipe()
        found = list[str]()
        done = asyncio.Event()

        def on_end(text: str) -> None:
            found.append(text)
            done.set()

        Document(reading, on_end=on_end)
        for part in parts:
            os.write(writing, part)
            await asyncio.sleep(0)
        if close:
            os.close(writing)
        async with asyncio.timeout(5):
            await done.wait()
        if not close:
            os.close(writing)
        return found

    return asyncio.run(read())


def test_a_document_ends_with_its_mark_though_its_pipe_stays_open() -> None:
    assert documents(b"{", b"}\0", close=False) == ["{}"]


def test_half_a_document_is_none() -> None:
    assert documents(b"{", close=True) == [""]
    assert documents(close=True) == [""]
