"""Puts answers of one kind together."""

from collections.abc import Iterable

from ...api import Event, Events, File, Json, Records, Single, Text
from ..conversion import union_of
from .events import mixed
from .wire import Problem


def merged(answers: Iterable[Single], *, problems: list[Problem]) -> list[Single]:
    """Answers of one kind as one, `problems` growing by what does not go together."""
    kinds: dict[type[Single], Single] = {}
    for answer in answers:
        kind = type(answer)
        kinds[kind] = _both(kinds[kind], answer, problems) if kind in kinds else answer
    return list(kinds.values())


def _both(first: Single, second: Single, problems: list[Problem]) -> Single:
    match first, second:
        case Json(one), Json(other):
            return Json(union_of([one, other]))
        case Records(one), Records(other):
            return Records(union_of([one, other]))
        case Events(), Events():
            return _both_events(first, second, problems)
        case Text(one), Text(other):
            return Text(may_be_html=one or other)
        case File(one), File(other):
            return first if one == other else File()
        case _:
            return first


def _both_events(first: Events, second: Events, problems: list[Problem]) -> Events:
    kinds = {event.name: event for event in first.events}
    for event in second.events:
        known = kinds.get(event.name, event)
        if known.encoding != event.encoding:
            problems.append(Problem(*mixed(event.name)))
            return Events(())
        kinds[event.name] = Event(event.name, union_of([known.type, event.type]), event.encoding)
    if not first.events or not second.events:
        return Events(())
    return Events(tuple(kinds.values()), tuple(dict.fromkeys((*first.ends, *second.ends))))
