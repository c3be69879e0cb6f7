"""Random streams of events, cut at random, and what a slow and simple reader finds in them."""

import random
import re
from typing import NamedTuple

NAMES = [
    "data",
    "event",
    "id",
    "retry",
    "dat",
    "Data",
    "ids",
    "",
    "x",
    " data",
    "data\0",
    "\ufeffdata",
]
COLONS = [":", ": ", ":  ", "", " :", "::", ":\t"]
VALUES = [
    *("", "a", '{"n":1}', "[DONE]", "12", "007", "1e3", "-1", "+1", "١٢", "²", "9" * 30, "é"),
    *("€\u2028", "\u2029", "\x85", "\x0b\x0c\x1c", "😀", "\0", "a\0b", " ", "\ufeff", "ï»¿"),
    *("NaN", "-Infinity", "data: x", "x" * 300),
]
ENDS = ["\n"] * 6 + ["\r\n", "\r", "\n\n", "\n\n", "\n\n", "\r\r", "\r\n\r\n", "\n\r", "\n\r\n", ""]
MARKS = ["", "", "", "", "\ufeff", "\ufeff\ufeff", "ï»¿"]
BROKEN = b"\xff\xc3\xe2\x82\xf0\xed\xef\xbb\xbf\0"


class Event(NamedTuple):
    name: str
    data: str
    id: str


class Read(NamedTuple):
    """What a stream holds; `last_event_id` and `retry` are for the next connection."""

    events: list[Event]
    last_event_id: str
    retry: int | None


def read_slowly(stream: bytes) -> Read:
    """WHATWG HTML 9.2.5 and 9.2.6, word for word, of a stream that is there as a whole."""
    text = stream.decode("utf-8", "replace").removeprefix("\ufeff")
    *lines, _ = re.split("\r\n|\n|\r", text)
    events: list[Event] = []
    data, name, buffered_id, last_event_id, retry = "", "", "", "", None
    for line in lines:
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if line == "":
            last_event_id = buffered_id
            if data:
                events.append(Event(name or "message", data.removesuffix("\n"), last_event_id))
            data = name = ""
        elif field == "data":
            data += value + "\n"
        elif field == "event":
            name = value
        elif field == "id" and "\0" not in value:
            buffered_id = value
        elif field == "retry" and re.fullmatch("[0-9]+", value):
            retry = int(value)
    return Read(events, last_event_id, retry)


def random_stream(seed: int) -> tuple[bytes, list[bytes]]:
    """The bytes, and the chunks that they come in."""
    choose = random.Random(seed)
    text = choose.choice(MARKS)
    for _ in range(choose.randrange(1, 20)):
        # mostly what a server would send, so that there are events
        if choose.random() < 0.4:
            text += f"data: {choose.choice(VALUES)}\n\n"
            continue
        is_usual = choose.random() < 0.7
        text += choose.choice(NAMES[:4] if is_usual else NAMES)
        text += choose.choice(COLONS[:2] if is_usual else COLONS)
        text += choose.choice(VALUES) + choose.choice(ENDS)
    stream = bytearray(text.encode())
    for _ in range(choose.choice([0, 0, 0, 1, 2])):
        stream[choose.randrange(len(stream))] = choose.choice(BROKEN)
    return bytes(stream), _cut(bytes(stream), choose)


def _cut(stream: bytes, choose: random.Random) -> list[bytes]:
    longest = choose.choice([len(stream), 1, 2, 5, 40])
    chunks = []
    while stream:
        size = choose.randint(0 if longest > 1 else 1, longest)
        chunks.append(stream[:size])
        stream = stream[size:]
    return chunks
