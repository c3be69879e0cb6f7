"""What a child writes, cut into lines as it comes."""

import asyncio
import codecs
import os
import re

from .events import Post, Printed, ProcessName
from .request_lines import FRESH

READ_BYTES = 65536

LONGEST_LINE = 65536
"""A longer one is passed on in pieces, so that output without line ends does not swell us."""

_UNFINISHED = re.compile(rf"(?<=[^\n])(?={re.escape(FRESH)})")
"""Where the app has left its line to one of ours."""


class Output:
    """Reads what a child writes, and never makes the child wait."""

    def __init__(self, descriptor: int, process: ProcessName, post: Post) -> None:
        os.set_blocking(descriptor, False)
        self._descriptor = descriptor
        self._process = process
        self._post = post
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._lines = Splitter()
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(descriptor, self._read)

    def _read(self) -> None:
        try:
            data = os.read(self._descriptor, READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        before = self._lines.rest
        lines = self._lines.feed(self._decoder.decode(data, final=not data))
        if not data:
            self._loop.remove_reader(self._descriptor)
            os.close(self._descriptor)
            lines += self._lines.end()
        if lines or self._lines.rest != before:
            self._post(Printed(self._process, tuple(lines), self._lines.rest))


class Splitter:
    """`rest` is the line that has begun and not ended."""

    def __init__(self) -> None:
        self.rest = ""

    def feed(self, text: str) -> list[str]:
        """The lines that the text completes; of one that was written over, what stays."""
        text = self.rest + text
        if FRESH in text:
            text = _UNFINISHED.sub("\n", text)
        *lines, rest = text.split("\n")
        self.rest = _what_stays(rest) + "\r" * rest.endswith("\r")  # a "\n" may follow
        return [*map(_what_stays, lines), *(self.end() if len(self.rest) > LONGEST_LINE else ())]

    def end(self) -> list[str]:
        """The rest as a line, if there is any."""
        rest, self.rest = self.rest, ""
        return [_what_stays(rest)] if rest else []


def _what_stays(line: str) -> str:
    """A bare `\\r` goes back to the start of the line: progress bars are drawn so."""
    return line.rstrip("\r").rpartition("\r")[2] if "\r" in line else line
