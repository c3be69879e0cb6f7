"""Answers between which a caller chooses by a flag."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ...api import Answer, ByFlag
from ..flags import Flag
from .merging import merged
from .reading import Question, Reading, SourceReader
from .values import Constant, Flagged, Value
from .wire import Problem


@dataclass(frozen=True, slots=True)
class Choice:
    """What is proven of a route that may answer in several ways."""

    answer: Answer
    problems: tuple[Problem, ...]


def choice_of(question: Question, flags: Iterable[Flag], reader: SourceReader) -> Choice | None:
    """The answer by the first flag each of whose values is proven to give one kind of it."""
    for flag in flags:
        if flag.attribute and reader.is_set(flag.attribute):
            continue
        readings = [
            reader.read(replace(question, given=((flag.parameter, _given(flag, value)),)))
            for value in flag.values
        ]
        if (chosen := _by_flag(flag, readings)) is not None:
            return chosen
    return None


def _given(flag: Flag, value: bool | None) -> Value:
    return Flagged(flag.model, flag.attribute, value) if flag.attribute else Constant(value)


def _by_flag(flag: Flag, readings: Sequence[Reading]) -> Choice | None:
    when_on, *others = readings
    problems = [problem for reading in readings for problem in reading.problems]
    answers = (answer for other in others for answer in other.answers)
    off = merged(answers, problems=problems)
    match when_on.answers, off:
        case [on], [other] if type(on) is not type(other):
            answer = ByFlag(flag.wire_name, flag.in_body, flag.default, on, other)
            return Choice(answer, tuple(dict.fromkeys(problems)))
        case _:
            return None
