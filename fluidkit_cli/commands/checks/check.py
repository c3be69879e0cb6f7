"""Something that `fluidkit doctor` has looked at."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from ...errors import FluidkitError

Level = Literal["ok", "note", "warning", "problem"]
"""A note is nothing wrong: something that is not there, and need not be."""


@dataclass(frozen=True, slots=True)
class Check:
    """What was found; `mend` is what to do about it, a command or a sentence, if anything."""

    name: str
    found: str
    level: Level = "ok"
    mend: str = ""


def checked(name: str, found: Callable[[], Check | str]) -> Check:
    """What `found` gives; what it raises is the problem, with its hint as the mend."""
    try:
        result = found()
    except FluidkitError as error:
        return Check(name, error.message, "problem", error.hint)
    return result if isinstance(result, Check) else Check(name, result)
