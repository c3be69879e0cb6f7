"""Finds a text in a file, however pages, addresses, scripts and source maps write it."""

import base64
import html
import os
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from mmap import mmap
from typing import Self
from urllib.parse import unquote, unquote_plus

Content = bytes | mmap

_KEPT = re.compile(rb"[A-Za-z0-9]+")
_SHORTEST_CORE = 3
"""Of a text that has less in a row, every place of a file would have to be read."""

_ROOM = 12
"""Bytes that a character takes in a string within a string: `\\\\\\\\u00e4`, and more."""

_NESTED = 3
"""A string of a source map is source, which may have strings that are pages."""

_ESCAPE = re.compile(r"\\(?:u\{([\da-f]+)\}|u([\da-f]{4})|x([\da-f]{2})|(.))", re.I | re.DOTALL)
_LETTERS = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v", "\n": ""}


@dataclass(frozen=True, slots=True)
class Sought:
    """A text that is looked for: by its parts that no form changes, then as a whole.

    `parts` come with the longest first. `encoded` are the forms that change all of it: base64
    wherever in a longer text it begins, in both alphabets, and hexadecimal.
    """

    text: str
    parts: tuple[bytes, ...]
    encoded: tuple[bytes, ...]

    @classmethod
    def of(cls, value: str) -> Self:
        """`value` may hold the bytes of an environment that are no text."""
        text = _with_one_line_end(value).strip()
        raw = os.fsencode(text)
        parts = sorted({*_KEPT.findall(raw)}, key=lambda part: (-len(part), part))
        encoded = (raw, *_in_base64(raw), raw.hex().encode(), raw.hex().upper().encode())
        return cls(text, tuple(parts), encoded)

    def is_in(self, content: Content) -> bool:
        if any(content.find(form) >= 0 for form in self.encoded):
            return True
        return any(self._is_said_by(excerpt) for excerpt in self._excerpts(content))

    def _is_said_by(self, excerpt: bytes) -> bool:
        if not all(part in excerpt for part in self.parts):
            return False  # as nearly always, if the first part is a word
        readings = _readings(excerpt.decode(errors="replace"))
        return any(self.text in _with_one_line_end(reading) for reading in readings)

    def _excerpts(self, content: Content) -> Iterator[bytes]:
        core = self.parts[0] if self.parts else b""
        if len(core) < _SHORTEST_CORE:
            yield content[:]
            return
        room = _ROOM * len(self.text)
        place = content.find(core)
        while place >= 0:
            yield content[max(place - room, 0) : place + len(core) + room]
            place = content.find(core, place + 1)


def _with_one_line_end(text: str) -> str:
    return text.replace("\r\n", "\n")


def _in_base64(value: bytes) -> Iterator[bytes]:
    for shift in range(3):
        text = base64.b64encode(bytes(shift) + value)
        # the characters at both ends also hold what is around
        first = (shift * 8 + 5) // 6
        last = (shift + len(value)) * 8 // 6
        yield text[first:last]
        yield text[first:last].translate(bytes.maketrans(b"+/", b"-_"))


def _readings(text: str) -> set[str]:
    """What it says to whoever reads a page, an address or a script, also one in another."""
    found = {text}
    for _ in range(_NESTED):
        found |= {read(each) for each in found for read in _READERS}
    return found


def _unescaped(text: str) -> str:
    """https://tc39.es/ecma262/#prod-EscapeSequence, of which JSON has a part"""
    found = _ESCAPE.sub(_character, text)
    return found.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _character(escape: re.Match[str]) -> str:
    number = escape[1] or escape[2] or escape[3]
    if number is None:
        return _LETTERS.get(escape[4], escape[4])
    return chr(int(number, 16)) if int(number, 16) <= sys.maxunicode else ""


_READERS: tuple[Callable[[str], str], ...] = (html.unescape, unquote, unquote_plus, _unescaped)
