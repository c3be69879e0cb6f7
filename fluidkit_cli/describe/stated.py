"""Turns what people say of a route's answer into that answer."""

import importlib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..api import Event, Events, File, Json, Records, Scalar, Single, Text, Type, Unknown
from .catalog import TypeCatalog
from .forms import OUTPUT, Form
from .overrides import Override
from .streams.wire import Problem

_KINDS = ("json", "sse", "jsonl", "text", "file")
_KEYS = {
    "json": {"kind", "item"},
    "sse": {"kind", "item", "events", "ends"},
    "jsonl": {"kind", "item"},
    "text": {"kind"},
    "file": {"kind"},
}
"""Which keys go with which kind."""


@dataclass(frozen=True, slots=True)
class Stated:
    """An answer in somebody's own words, and what is wrong with these."""

    answer: Single | None
    problems: tuple[Problem, ...]


def stated_answer(override: Override, *, types: TypeCatalog, form: Form) -> Stated:
    """The answer that an override tells, the items of a stream in the given form.

    None where it makes no sense.
    """
    reader = _Reader(override, types, form)
    return Stated(reader.answer(), tuple(reader.problems))


@dataclass(slots=True)
class _Reader:
    override: Override
    types: TypeCatalog
    form: Form
    problems: list[Problem] = field(default_factory=list)

    def answer(self) -> Single | None:
        """The answer, where its kind is known."""
        keys = self.override.keys
        kind = keys.get("kind", "sse" if "events" in keys or "ends" in keys else None)
        if kind not in _KINDS:
            self._report(
                "does not say what kind of answer it is" if kind is None else f"has kind {kind!r}",
                f"Set kind to one of {', '.join(_KINDS)}",
            )
            return None
        for key in sorted(keys.keys() - _KEYS[kind]):
            known = f"With kind {kind!r} leave it out: only {', '.join(sorted(_KEYS[kind]))} count"
            self._report(f"has {key!r}, which says nothing of {kind}", known)
        makers: Mapping[str, Callable[[], Single | None]] = {
            "json": lambda: Json(self._item(OUTPUT)),
            "sse": self._events,
            "jsonl": lambda: Records(self._item(self.form)),
            "text": lambda: Text(may_be_html=True),
            "file": File,
        }
        return makers[kind]()

    def _item(self, form: Form) -> Type:
        if "item" in self.override.keys:
            return self._type("item", self.override.keys["item"], form)
        self._report("does not say what is sent", 'Set item, as "package.module:Name"')
        return Unknown()

    def _events(self) -> Events:
        named = self.override.keys.get("events", {})
        if not isinstance(named, Mapping) or not all(isinstance(name, str) for name in named):
            self._report("has events that are no table", 'Write name = "package.module:Name"')
            named = {}
        kinds = dict(named)
        if "item" in self.override.keys:
            if "message" in kinds:
                self._report("has both item and events.message", "Leave one of them out")
            kinds = {"message": self.override.keys["item"], **kinds}
        if not kinds:
            self._report("does not say which events are sent", "Set item, or a table of events")
        events = tuple(self._event(name or "message", item) for name, item in kinds.items())
        return Events(events, self._ends())

    def _event(self, name: str, item: object) -> Event:
        if item in (str, "builtins:str"):
            return Event(name, Scalar("string"), "text")
        return Event(name, self._type(f"the event {name}", item, self.form))

    def _ends(self) -> tuple[str, ...]:
        ends = self.override.keys.get("ends", ())
        if isinstance(ends, list | tuple) and all(isinstance(end, str) and end for end in ends):
            return tuple(ends)
        self._report("has ends that are no list of texts", 'Write ends = ["[DONE]"]')
        return ()

    def _type(self, key: str, named: object, form: Form) -> Type:
        try:
            found = imported(named) if isinstance(named, str) else named
        except (Exception, SystemExit) as error:
            # The module is somebody's own, and may raise anything when it is imported.
            reason = f"{type(error).__name__}: {error}".partition("\n")[0]
            self._report(f"names {named!r} as {key}: {reason}", 'Write "package.module:Name"')
            return Unknown()
        if inspect.isroutine(found) or inspect.ismodule(found) or found is None:
            self._report(f"names {named!r} as {key}, which is no type", "Name a class or a type")
            return Unknown()
        return self.types.of_annotation(found, form=form)

    def _report(self, what: str, hint: str) -> None:
        self.problems.append(Problem(f"{self.override.called} {what}", hint, self.override.place))


def imported(name: str) -> Any:
    """What `package.module:Name` names.

    Raises:
        ValueError: it is not of this form.
        Exception: whatever importing it raises.
    """
    module, colon, path = name.partition(":")
    if not colon or not module or not path:
        raise ValueError("it names no module and no class in it")
    found: Any = importlib.import_module(module)
    for part in path.split("."):
        found = getattr(found, part)
    return found
