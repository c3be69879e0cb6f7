"""Decides what a route answers: what FastAPI knows, what people say, what the source shows."""

import inspect
from dataclasses import dataclass, replace
from typing import Any

from ..api import Answer, ByFlag, Events, File, Json, Records, Single, Text, Unknown
from .answers import declared_answer, response_class_of
from .catalog import TypeCatalog
from .flags import flags_of
from .forms import BY_NAME, OUTPUT
from .overrides import Override, Overrides
from .routes import ApiRoute
from .sources import SourceFiles, unwrapped
from .stated import Stated, stated_answer
from .streams.choices import choice_of
from .streams.leaving import left_undone
from .streams.reading import Question, SourceReader
from .streams.responses import answer_of_media_type, declared_media_types
from .streams.wire import Problem


@dataclass(frozen=True, slots=True)
class Answered:
    """What a route answers, and what is wrong or unclear in it."""

    answer: Answer
    problems: tuple[Problem, ...] = ()

    def with_problems(self, problems: tuple[Problem, ...]) -> "Answered":
        return Answered(self.answer, (*problems, *self.problems))


class Answering:
    """Decides for one app, in the order of what is to be believed most.

    FastAPI's own annotations, `response_model` and `responses`, then an override, then the source.
    """

    def __init__(self, sources: SourceFiles, types: TypeCatalog, overrides: Overrides) -> None:
        self._sources = sources
        self._types = types
        self._overrides = overrides
        self._reader = SourceReader(sources, types)

    def answer(self, found: ApiRoute, *, function: str) -> Answered:
        """What the route of `function` answers."""
        override = self._overrides.of(found.route, function)
        declared = declared_answer(found.route, types=self._types)
        question = Question(found.route, response_class_of(found.route))
        if isinstance(declared, Json):
            written = self._reader.written(question, declared)
            question = replace(question, declared=written.answers[0])
            return self._beside(question, override).with_problems(written.problems)
        if declared is not None:
            return Answered(declared, (*self._left_undone(found.route), *_overruled(override)))
        if override is None:
            return self._read(question)
        stated = self._stated(question, override)
        is_written = bool(getattr(found.app, "openapi_url", None))
        return stated.with_problems(_unwritable(override) if is_written else ())

    def _left_undone(self, route: Any) -> tuple[Problem, ...]:
        """What a stream does not do that FastAPI describes without its source."""
        function = unwrapped(route.endpoint)
        is_sync = inspect.isgeneratorfunction(function)
        node = self._sources.function(function.__code__) if is_sync else None
        problem = node and left_undone(node, self._sources.place_of(function))
        return (problem,) if problem else ()

    def _beside(self, question: Question, override: Override | None) -> Answered:
        """JSON that is declared, and what a flag has the route answer instead."""
        assert question.declared is not None
        known = self._type_problems()
        chosen = self._chosen(question)
        match chosen:
            case Answered(ByFlag() as by) if override is not None:
                stated = self._in_words(question, override)
                replaced = _replaced(by, stated.answer)
                if replaced is not None:
                    return Answered(replaced, (*known, *stated.problems))
            case Answered(ByFlag()):
                return chosen.with_problems(known)
            case _:
                self._type_problems()  # of what was read, which does not count
        answer = question.declared if chosen is None else chosen.answer
        return Answered(answer, (*known, *_overruled(override)))

    def _stated(self, question: Question, override: Override) -> Answered:
        """What an override says, of a route of which FastAPI knows nothing."""
        stated = self._in_words(question, override)
        answer = stated.answer
        media_types = declared_media_types(question.route)
        if answer is not None and media_types:
            kinds = {type(answer_of_media_type(media_type)) for media_type in media_types}
            if type(answer) not in kinds:
                return self._read(question).with_problems(_overruled(override))
        if answer is None:
            return self._read(question).with_problems(stated.problems)
        chosen = self._chosen(question)
        self._type_problems()  # of what was read, which does not count
        by = chosen and _replaced(chosen.answer, answer)
        return Answered(by or answer, stated.problems)

    def _in_words(self, question: Question, override: Override) -> Stated:
        """What an override says; the kind or the items, where it has none, as the source shows."""
        route = question.route
        if override.keys.keys() == {"kind"}:
            reading = self._reader.read(question)
            for answer in reading.answers:
                if _KINDS.get(type(answer)) == override.keys["kind"]:
                    return Stated(answer, (*reading.problems, *self._type_problems()))
            self._type_problems()  # of what was read, which does not count
        if not override.keys.keys() & {"kind", "events", "ends"}:
            match self._reader.read(question).answers:
                case [only] if type(only) in _KINDS:
                    keys = {"kind": _KINDS[type(only)], **override.keys}
                    override = replace(override, keys=keys)
            self._type_problems()  # of what was read, which does not count
        is_native = any(getattr(route, f"is_{kind}_stream", False) for kind in ("sse", "json"))
        stated = stated_answer(override, types=self._types, form=OUTPUT if is_native else BY_NAME)
        return replace(stated, problems=(*stated.problems, *self._type_problems(override)))

    def _read(self, question: Question) -> Answered:
        reading = self._reader.read(question)
        if len(reading.answers) == 1:
            return Answered(reading.answers[0], reading.problems)
        flags = flags_of(question.route, self._sources)
        choice = choice_of(question, flags, self._reader)
        if choice is not None:
            return Answered(choice.answer, choice.problems)
        kinds = " or ".join(type(answer).__name__ for answer in reading.answers)
        undecided = Problem(
            f"it answers with {kinds} by turns, which no generated function can take",
            "Make a route of each, or let one bool parameter alone choose between them",
        )
        return Answered(Json(Unknown()), (*reading.problems, undecided))

    def _chosen(self, question: Question) -> Answered | None:
        """What the flags of a route choose between, if there are any."""
        flags = list(flags_of(question.route, self._sources))
        if not flags or len(self._reader.read(question).answers) == 1:
            return None
        choice = choice_of(question, flags, self._reader)
        return None if choice is None else Answered(choice.answer, choice.problems)

    def _type_problems(self, override: Override | None = None) -> tuple[Problem, ...]:
        """What types could not be described since the last call."""
        place = override.place if override else None
        return tuple(
            Problem(
                problem.message,
                problem.hint,
                self._sources.place_of(problem.function) if problem.function else place,
            )
            for problem in self._types.take_problems()
        )


_KINDS: dict[type[Single], str] = {
    Events: "sse",
    File: "file",
    Json: "json",
    Records: "jsonl",
    Text: "text",
}


def _replaced(answer: Answer, stated: Single | None) -> ByFlag | None:
    """The same choice, with its side of the stated kind as stated."""
    match answer:
        case ByFlag(on=on) if type(on) is type(stated):
            return replace(answer, on=stated)
        case ByFlag(off=off) if type(off) is type(stated):
            return replace(answer, off=stated)
        case _:
            return None


def _overruled(override: Override | None) -> tuple[Problem, ...]:
    if override is None:
        return ()
    message = f"{override.called} does not count: the route's own declaration says what it answers"
    hint = "Leave it out, or the return annotation, response_model or responses= of the route"
    return (Problem(message, hint, override.place),)


def _unwritable(override: Override) -> tuple[Problem, ...]:
    if override.place is not None or not override.python_types:
        return ()
    message = f"{override.called} holds a Python type, with which /openapi.json cannot be written"
    return (Problem(message, 'Name it instead, as "package.module:Name"'),)
