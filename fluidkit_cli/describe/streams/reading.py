"""Reads what a route answers from the source of its function."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import JSONResponse
from starlette.responses import Response as StarletteResponse

from ...api import Json, Records, Single, Type, Unknown
from ..catalog import TypeCatalog
from ..conversion import union_of
from ..forms import OUTPUT
from ..sources import Place, SourceFiles
from . import annotations
from .budget import ANNOTATE, TOO_MUCH, TooMuch
from .dialects import fastapi_events
from .evaluation import Evaluator
from .events import events_of
from .leaving import left_undone
from .members import NOTHING, join, members_of, sendings
from .merging import merged
from .responses import (
    answer_of_class,
    answer_of_media_type,
    answer_of_response,
    declared_media_types,
    is_stream,
    media_type_of_class,
)
from .scopes import Scope, Scopes
from .subclasses import rendered, writes_its_own
from .values import (
    Arguments,
    Described,
    Dumped,
    Generator,
    Instance,
    Known,
    Response,
    Sent,
    Unclear,
    Value,
)
from .wire import Problem, Wire


@dataclass(frozen=True, slots=True)
class Question:
    """What a route answers when it is called with the arguments that are `given`.

    `response_class` is what FastAPI makes of what it returns, `declared` what that makes of the
    JSON which it is said to return.
    """

    route: Any
    response_class: type[Any]
    given: tuple[tuple[str, Value], ...] = ()
    declared: Single | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a route may answer, several kinds where it chooses, and what stayed unclear."""

    answers: tuple[Single, ...]
    problems: tuple[Problem, ...]


class SourceReader:
    """Reads the functions of one app."""

    def __init__(self, sources: SourceFiles, types: TypeCatalog) -> None:
        self._sources = sources
        self._types = types
        self._scopes = Scopes(sources)

    def read(self, question: Question) -> Reading:
        """What the route's function answers."""
        return self._reading(question, _Answers.all)

    def written(self, question: Question, declared: Json) -> Reading:
        """What the route's class of responses makes of the JSON that is declared."""
        if not writes_its_own(question.response_class):
            return Reading((declared,), ())
        return self._reading(question, lambda answers: [answers.written(Described(declared.type))])

    def _reading(
        self, question: Question, read: Callable[["_Answers"], Sequence[Single]]
    ) -> Reading:
        wire = Wire(self._types)
        answers = _Answers(question, Evaluator(self._sources, self._scopes), wire)
        try:
            found = read(answers)
        except (TooMuch, RecursionError):
            wire.report(TOO_MUCH, ANNOTATE)
            found = []
        return Reading(tuple(found) or (Json(Unknown()),), tuple(wire.problems))

    def is_set(self, attribute: str) -> bool:
        """Whether the app sets an attribute of this name, of whatever object."""
        trees = map(self._sources.tree, self._sources.files_with(f".{attribute}"))
        found = (self._scopes.facts(tree).changes.changed for tree in trees if tree is not None)
        return any(f".{attribute}" in changed for changed in found)


@dataclass(slots=True)
class _Answers:
    question: Question
    evaluator: Evaluator
    wire: Wire
    silent: list[Single] = field(default_factory=list)
    """Streams of which nothing ever comes: they say nothing of the others."""
    is_silent: bool = False

    def all(self) -> list[Single]:
        """One for each kind that the function may answer."""
        data: list[Value] = []
        answers: list[Single] = []
        for member in members_of(self._result()):
            response = self._response(member)
            if response is not None:
                answers.extend(self._of_response(response))
            elif isinstance(member, Generator):
                answers.append(self._native(member))
            else:
                data.append(member)
        if data:
            answers.append(self.question.declared or self._data(join(data)))
        found = merged(answers or self.silent, problems=self.wire.problems)
        declared = self.question.declared
        return [declared if declared and isinstance(a, Json) else a for a in found]

    def _of_response(self, response: Response) -> list[Single]:
        as_sent = rendered(
            response, call=self.evaluator.calls.value, sources=self.evaluator.sources
        )
        self.is_silent = False
        answer = answer_of_response(as_sent, sent=self._sent, wire=self.wire)
        if answer is not None and self.is_silent:
            self.silent.append(answer)
        return [] if answer is None or self.is_silent else [answer]

    def written(self, value: Value) -> Single:
        """What the response class of the route makes of plain data."""
        cls, calls = self.question.response_class, self.evaluator.calls
        place = self.evaluator.sources.place_of(self.question.route.endpoint)
        made = calls.value(Known(cls), Arguments((value,)), place)
        answers = self._of_response(made) if isinstance(made, Response) else []
        return answers[0] if answers else Json(self.wire.type_of(value))

    def _result(self) -> Value:
        place = self.evaluator.sources.place_of(self.question.route.endpoint)
        # FastAPI chooses the arguments, so defaults say nothing.
        passed = Arguments((), self.question.given, is_complete=False)
        endpoint = Known(self.question.route.endpoint)
        result = self.evaluator.calls.value(endpoint, passed, place)
        if self.question.declared is not None and result is not None:
            # Its annotation may tell of the data alone.
            result = self.evaluator.calls.by_its_body(endpoint, passed) or result
        if result is None:
            return Unclear("its source cannot be read", "Annotate what it returns", place)
        return result

    def _response(self, value: Value) -> Response | None:
        """The response that FastAPI sends as it is."""
        place = self.evaluator.sources.place_of(self.question.route.endpoint)
        match value:
            case Response():
                return value
            case Instance(annotation) if (cls := annotations.class_of(annotation)) is not None:
                return _unread(cls, place)
            case Known(thing):
                return _unread(type(thing), place)
            case Generator() if not self._is_native() and is_stream(self.question.response_class):
                content = Arguments((), (("content", value),))
                return Response(self.question.response_class, content, place)
            case _:
                return None

    def _is_native(self) -> bool:
        is_events = getattr(self.question.route, "is_sse_stream", False)
        return is_events or getattr(self.question.route, "is_json_stream", False)

    def _native(self, generator: Generator) -> Single:
        sent = self.evaluator.running.yielded(generator.scope)
        self._check(generator.scope)
        if getattr(self.question.route, "is_sse_stream", False):
            return events_of(sent, dialect=fastapi_events, wire=self.wire)
        if self._is_native():
            return Records(union_of(map(self._record, sendings(sent))))
        return Json(
            self.wire.report(
                "it answers with a generator, which FastAPI does not stream",
                "Pass it to a StreamingResponse with a media_type, or yield in the route itself",
            )
        )

    def _record(self, sent: Sent) -> Type:
        with self.wire.at(sent.place):
            return self.wire.type_of(Dumped(sent.value, "fastapi", OUTPUT))

    def _check(self, scope: Scope) -> None:
        problem = left_undone(scope.node, scope.place(scope.node, self.evaluator.sources))
        if problem is not None:
            self.wire.problems.append(problem)

    def _data(self, value: Value) -> Single:
        """What FastAPI makes of a value that is no response."""
        cls = self.question.response_class
        if writes_its_own(cls):
            return self.written(Dumped(value, "fastapi", OUTPUT))
        media_type = media_type_of_class(self.question.response_class)
        declared = declared_media_types(self.question.route)
        if isinstance(value, Unclear) and declared:
            self.wire.type_of(value)
            return answer_of_media_type(declared[0])
        if not issubclass(self.question.response_class, JSONResponse):
            return answer_of_class(self.question.response_class, media_type, value, wire=self.wire)
        return Json(self.wire.type_of(Dumped(value, "fastapi", OUTPUT)))

    def _sent(self, content: Value) -> Value:
        for member in members_of(content):
            if isinstance(member, Generator):
                self._check(member.scope)
        items = self.evaluator.sent(content)
        self.is_silent = items == NOTHING
        if items is None:
            return Unclear("it is not clear what is streamed", "Pass a generator to the response")
        return items


def _unread(cls: type[Any], place: Place) -> Response | None:
    """A response that is made where it cannot be read."""
    if not issubclass(cls, StarletteResponse):
        return None
    unread = Unclear("it is not clear what this response holds", "Make it in the route itself")
    return Response(cls, Arguments((), (("content", unread),)), place)
