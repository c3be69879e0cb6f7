"""Types with `DATE` where a text becomes a `Date`, and with their plain text where it stays one."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from ...api import (
    Answer,
    ByFlag,
    DeclaredError,
    Event,
    Events,
    HTTPValidationError,
    Json,
    Records,
    Route,
    Single,
)
from ...api import types as api
from .dates import MOMENT, Dates, flattened
from .types import DATE, DATES_AS_TEXT


def settled_route(route: Route, *, dates: Dates) -> Route:
    """What goes in and what comes back. Errors stay as they came."""
    settling = _Settling(dates)
    parameters = tuple(replace(p, type=settling.settled(p.type)) for p in route.parameters)
    body = route.body and replace(route.body, type=settling.settled(route.body.type))
    errors = tuple(map(settling.error, route.errors))
    answer = settling.answer(route.answer)
    return replace(route, answer=answer, parameters=parameters, body=body, errors=errors)


def settled_named(named: api.NamedType, *, dates: Dates) -> api.NamedType:
    """A declaration, which is the same for all that mention it."""
    settling = _Settling(dates)
    match named:
        case api.Model(fields=fields, extra=extra):
            settled = tuple(replace(f, type=settling.settled(f.type)) for f in fields)
            return replace(named, fields=settled, extra=extra and settling.settled(extra))
        case api.Alias(type=type):
            return replace(named, type=settling.settled(type))
        case _:
            return named


def settled_type(type: api.Type, *, dates: Dates) -> api.Type:
    """The type of what goes in or comes back."""
    return _Settling(dates).settled(type)


class _Settling:
    def __init__(self, dates: Dates) -> None:
        self._dates = dates

    def settled(self, type: api.Type) -> api.Type:
        match type:
            case api.Scalar() if type == MOMENT:
                return DATE
            case api.Union():
                members = flattened(type)
                clear = self._dates.members.is_clear
                return api.Union(
                    tuple(
                        self.settled(each) if clear(each, members) else self.as_text(each)
                        for each in members
                    )
                )
            case _:
                return _rebuilt(type, self.settled)

    def as_text(self, type: api.Type) -> api.Type:
        match type:
            case api.Scalar() if type == MOMENT:
                return api.Scalar("string")
            case api.TypeVariable() | api.Reference() if self._dates.revival(type):
                return api.Reference(DATES_AS_TEXT, (self.settled(type),))
            case api.Reference():
                return self.settled(type)
            case _:
                return _rebuilt(type, self.as_text)

    def answer(self, answer: Answer) -> Answer:
        if isinstance(answer, ByFlag):
            return replace(answer, on=self._single(answer.on), off=self._single(answer.off))
        return self._single(answer)

    def error(self, error: DeclaredError) -> DeclaredError:
        if isinstance(error.body, HTTPValidationError):
            return error
        return replace(error, body=self.as_text(error.body))

    def _single(self, answer: Single) -> Single:
        match answer:
            case Json(type):
                return Json(self.settled(type))
            case Records(type):
                return Records(self.settled(type))
            case Events(events):
                return replace(answer, events=tuple(map(self._event, events)))
            case _:
                return answer

    def _event(self, event: Event) -> Event:
        settle = self.settled if event.encoding == "json" else self.as_text
        return replace(event, type=settle(event.type))


def _rebuilt(  # noqa: PLR0911 - one case a type
    type: api.Type, change: Callable[[api.Type], api.Type]
) -> api.Type:
    """The type with each type right within it changed; keys of objects stay text."""

    def changed(types: Iterable[api.Type]) -> tuple[api.Type, ...]:
        return tuple(map(change, types))

    match type:
        case api.Array(item):
            return api.Array(change(item))
        case api.Tuple(items, rest):
            return api.Tuple(changed(items), rest and change(rest))
        case api.Mapping(key, value):
            return api.Mapping(key, change(value))
        case api.Union(members):
            return api.Union(changed(members))
        case api.Reference(name, arguments):
            return api.Reference(name, changed(arguments))
        case api.Object(fields, extra):
            settled = tuple(replace(field, type=change(field.type)) for field in fields)
            return api.Object(settled, extra and change(extra))
        case _:
            return type
