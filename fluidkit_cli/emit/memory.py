"""Keeps what was emitted, so that after a change only what it touches is printed again.

A part is taken again if it was printed from the very same objects, in equal surroundings. Not from
equal ones: to Python, `Literal(1)` and `Literal(True)` are equal. `api.Decoder` gives the same
objects for what did not change.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence

from ..api import types as api
from ..workspace import DateForm


class Memory:
    """Of one client, from one emission to the next."""

    def __init__(self) -> None:
        self._dates: DateForm = "string"
        self._names: dict[str, str] = {}
        self._keys: list[api.NamedType] = []
        self._before: dict[Hashable, tuple[tuple[object, ...], str]] = {}
        self._now: dict[Hashable, tuple[tuple[object, ...], str]] = {}

    def begin(
        self,
        names: Mapping[str, str],
        *,
        sources: Sequence[api.NamedType],
        dates: DateForm = "string",
    ) -> None:
        """Starts an emission. Of the types around it a part asks the names, and what is no model,
        as that may be a key.

        But which models hold dates, and what tells them apart, is asked of all. What
        else a part's text follows from is among its sources or in its key.
        """
        names = dict(names)
        keys = [t for t in sources if dates == "Date" or not isinstance(t, api.Model)]
        is_alike = dates == self._dates and names == self._names and _same(keys, self._keys)
        self._dates, self._names, self._keys = dates, names, keys
        self._before, self._now = self._now if is_alike else {}, {}

    def text(self, key: Hashable, sources: Sequence[object], make: Callable[[], str]) -> str:
        """What `make` returns, or returned for the same sources."""
        before = self._before.get(key)
        text = before[1] if before and _same(before[0], sources) else make()
        self._now[key] = (tuple(sources), text)
        return text


def _same(some: Sequence[object], others: Sequence[object]) -> bool:
    return len(some) == len(others) and all(map(_is, some, others))


def _is(one: object, other: object) -> bool:
    return one is other
