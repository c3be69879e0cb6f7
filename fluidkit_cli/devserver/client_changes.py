"""What is new in the clients: functions and types that came, went or changed, file by file."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

_DECLARATION = re.compile(
    r"^(?:/\*\*(?:[^*]|\*(?!/))*\*/\n)?export (?:async )?"
    r"(?P<kind>function|const|class|interface|type|enum) (?P<name>[\w$]+)",
    re.MULTILINE,
)
_HEADING = re.compile(r"^// From .*$", re.MULTILINE)

_Names = Mapping[str, str]
"""What is declared under each name."""


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file, and what became of it: `+1 function`, `removed`; empty when nobody would miss it."""

    path: str
    what: str = ""


def file_change(path: str, *, before: str, after: str) -> FileChange:
    """Compares two texts of a client; empty ones are of no file."""
    if not after:
        return FileChange(path, "removed")
    return FileChange(path, _counted("function", before, after) or _counted("type", before, after))


def _counted(noun: str, before: str, after: str) -> str:
    old, new = _declared(noun, before), _declared(noun, after)
    came, went = len(new.keys() - old.keys()), len(old.keys() - new.keys())
    changed = sum(old[name] != new[name] for name in old.keys() & new.keys())
    signs = [f"{sign}{count}" for sign, count in (("+", came), ("-", went)) if count]
    if not signs:
        return f"{_plural(noun, changed)} changed" if changed else ""
    counted = f"{' '.join(signs)} {noun}{'s' * (max(came, went) > 1)}"
    return f"{counted}, {changed} changed" if changed else counted


def _plural(noun: str, count: int) -> str:
    return f"{count} {noun}{'s' * (count != 1)}"


def _declared(noun: str, text: str) -> _Names:
    """The addresses of routes, `list_items_url`, count as one with their functions."""
    found: dict[str, str] = {}
    declarations = list(_DECLARATION.finditer(text))
    edges = [*(each.start() for each in declarations), len(text)]
    for each, (start, end) in zip(declarations, pairwise(edges), strict=True):
        if (each["kind"] == "function") == (noun == "function"):
            name = each["name"]
            name = name.removesuffix("_url") if name.removesuffix("_url") in found else name
            block = _HEADING.sub("", text[start:end]).strip()
            found[name] = found.get(name, "") + block
    return found
