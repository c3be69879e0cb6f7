"""Control sequences in the text of others: colours may stay, nothing may move the cursor or ask.

A terminal obeys what it is sent, and answers some of it into our own input: see
https://invisible-island.net/xterm/ctlseqs/ctlseqs.html.
"""

import re

RESET = "\x1b[0m"

_CONTROL = re.compile(
    r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]"
)  # with what turns the direction of all that follows
_COLOUR = re.compile(r"\x1b\[[0-9;:]*m")
_SEQUENCE = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI
    r"|\x1b[\]P_^X][^\x07\x1b]*(?:\x07|\x1b\\)"  # OSC, DCS, APC, PM and SOS, to their ends
    r"|\x1b[ -/]*[0-Z\\`-~]"  # the others
)
_LINK = re.compile(r"\x1b\]8;[^\x07\x1b]*(?:\x07|\x1b\\)")


def visible(text: str) -> str:
    """Every control character as one sees it in Python: `\\x1b`. Hyperlinks are their texts."""
    if not _CONTROL.search(text):
        return text
    return _CONTROL.sub(_escaped, _LINK.sub("", text))


def uncoloured(text: str) -> str:
    """Without any sequence; what else would not be seen is escaped."""
    if not _CONTROL.search(text):
        return text
    return _CONTROL.sub(_escaped, _SEQUENCE.sub("", text))


class Colours:
    """Keeps the colours of a text line by line: one that is not ended goes on in the next line."""

    def __init__(self) -> None:
        self._active = ""

    def of(self, line: str) -> str:
        """The line with its colours alone, which end with it."""
        if not self._active and "\x1b" not in line:
            return uncoloured(line)
        parts = [self._active]
        start = 0
        for found in _COLOUR.finditer(line):
            parts += (uncoloured(line[start : found.start()]), found.group())
            self._turn(found.group())
            start = found.end()
        parts += (uncoloured(line[start:]), RESET)
        return "".join(parts)

    def end(self) -> None:
        """Somebody else goes on."""
        self._active = ""

    def _turn(self, colour: str) -> None:
        is_reset = not colour.strip("\x1b[0;:m")
        self._active = "" if is_reset else _latest(self._active + colour)


_MOST_ACTIVE = 200
"""Characters of colours that go on: who never resets one piles them up."""


def _latest(colours: str) -> str:
    if len(colours) <= _MOST_ACTIVE:
        return colours
    return colours[colours.index("\x1b", len(colours) - _MOST_ACTIVE // 2) :]


def _escaped(found: re.Match[str]) -> str:
    return repr(found.group())[1:-1]
