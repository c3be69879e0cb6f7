"""What people say themselves of a route's answer, in pyproject.toml or beside the route."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from .sources import Place
from .streams.wire import Problem

_FILE = "pyproject.toml"
_HEAD = "tool.fluidkit.routes"


@dataclass(frozen=True, slots=True)
class Override:
    """The keys that are given, what to call them, and where they stand if not at the route."""

    keys: Mapping[str, object]
    called: str
    place: Place | None = None

    @property
    def python_types(self) -> list[object]:
        """Types themselves, where their names would do."""
        events = self.keys.get("events")
        values = [self.keys.get("item"), *(events.values() if isinstance(events, Mapping) else ())]
        return [value for value in values if value is not None and not isinstance(value, str)]


class Overrides:
    """Those of pyproject.toml, by function name or operation id, and those of the routes."""

    def __init__(self, tables: Mapping[str, Mapping[str, object]], root: Path) -> None:
        self._tables = tables
        self._root = root
        self._named: set[str] = set()
        self._used: set[str] = set()

    def of(self, route: Any, function: str) -> Override | None:
        """What is said of a route; pyproject.toml goes before the route's own."""
        names = (route.operation_id, route.unique_id, function)
        self._named.update(str(name) for name in names if name)
        for name in names:
            if name in self._tables:
                self._used.add(name)
                return Override(self._tables[name], f'[{_HEAD}."{name}"]', self._place(name))
        stated = (route.openapi_extra or {}).get("x-stream")
        if stated is None:
            return None
        keys = stated if isinstance(stated, Mapping) else {"x-stream": stated}
        return Override(keys, 'openapi_extra={"x-stream": …}')

    def unused(self) -> Iterator[Problem]:
        """Each that names no route, once all routes were asked for."""
        for name in sorted(set(self._tables) - self._used):
            close = get_close_matches(name, self._named, n=1)
            hint = f"Did you mean {close[0]}?" if close else "Name a function or an operation id"
            yield Problem(f'[{_HEAD}."{name}"] names no route', hint, self._place(name))

    def _place(self, name: str) -> Place:
        try:
            text = (self._root / _FILE).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            text = ""
        heads = [f"{_HEAD}.{quote}{name}{quote}" for quote in ("", '"', "'")]
        lines = (line.strip(" []") for line in text.splitlines())
        found = (n for n, line in enumerate(lines, 1) if line.removesuffix(".events") in heads)
        return Place(_FILE, next(found, 0))
