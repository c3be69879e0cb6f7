"""Describes a whole app: its routes in order, the types they use, and what was not understood."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from ..api import Answer, Api, Diagnostic, Empty, Route
from .answering import Answering
from .bodies import body_of
from .catalog import TypeCatalog
from .errors import errors_of, undeclared_handler
from .generics import generalised
from .naming import names_of
from .overrides import Overrides
from .parameters import parameters_of
from .references import renamed
from .routes import ApiRoute, ForeignRoute, walk_routes
from .sources import Place, SourceFiles, unwrapped


def describe_app(
    app: FastAPI, *, root: Path, overrides: Mapping[str, Mapping[str, object]] = {}
) -> Api:
    """What `app` offers; files are named relative to `root`.

    An odd route is no error: it becomes a diagnostic, and what is not understood `Unknown`.
    """
    stated = Overrides(overrides, root)
    describer = _Describer(SourceFiles(root), stated)
    routes = [route for found in walk_routes(app) for route in describer.describe(found)]
    describer.report_unused(stated)
    return describer.finish(tuple(routes))


_WITHOUT_BODY = {"GET", "HEAD"}
"""Methods with which `fetch` refuses a body: https://fetch.spec.whatwg.org/#dom-request"""

_FORBIDDEN = {"CONNECT", "TRACE", "TRACK"}
"""Methods that `fetch` refuses: https://fetch.spec.whatwg.org/#forbidden-method"""


class _Describer:
    def __init__(self, sources: SourceFiles, overrides: Overrides) -> None:
        self._sources = sources
        self._types = TypeCatalog()
        self._answering = Answering(sources, self._types, overrides)
        self._diagnostics: dict[Diagnostic, None] = {}

    def describe(self, found: ApiRoute | ForeignRoute) -> Iterator[Route]:
        """A route for each of its methods, or a diagnostic."""
        if isinstance(found, ForeignRoute):
            self._report_foreign(found)
        else:
            try:
                yield from self._operations(found)
            except Exception as error:
                # One odd route, of an app we have never seen, must not cost all the others.
                self._report(
                    found,
                    f"it cannot be described: {type(error).__name__}: {error}",
                    "Please report this to fluidkit, with the route",
                )

    def report_unused(self, overrides: Overrides) -> None:
        """Overrides that name no route."""
        for problem in overrides.unused():
            place = problem.place or Place("", 0)
            diagnostic = Diagnostic(problem.message, problem.hint, place.file, place.line)
            self._diagnostics[diagnostic] = None

    def finish(self, routes: tuple[Route, ...]) -> Api:
        """Gives all types their names."""
        routes, definitions = generalised(routes, self._types)
        names = names_of(definitions)
        types = {
            names[definition.key]: replace(
                renamed(definition.type, names), name=names[definition.key]
            )
            for definition in reversed(definitions)
        }
        return Api(
            renamed(routes, names),
            tuple(types[name] for name in sorted(types)),
            tuple(sorted(self._diagnostics, key=_diagnostic_order)),
        )

    def _operations(self, found: ApiRoute) -> Iterator[Route]:
        route = found.route
        place = self._sources.place_of(route.endpoint)
        described = Route(
            name=_function_name(route.endpoint),
            module=getattr(unwrapped(route.endpoint), "__module__", "") or "",
            method="",
            path=found.path,
            answer=self._answer(found),
            parameters=parameters_of(found, types=self._types),
            body=body_of(route, types=self._types),
            description=route.description or route.summary or "",
            operation_id=route.unique_id,
            file=place.file,
            line=place.line,
            deprecated=bool(route.deprecated),
            errors=errors_of(found, types=self._types),
        )
        self._report_types(found)
        self._report_handler(found)
        for method in sorted(route.methods):
            if method in _FORBIDDEN:
                self._report(
                    found,
                    f"no browser sends {method}, so it has no generated client",
                    "Leave it out of the methods, or hide the route with include_in_schema=False",
                )
            elif described.body is not None and method in _WITHOUT_BODY:
                self._report(
                    found,
                    f"no browser sends a body with {method}, so it has no generated client",
                    "Make it a POST, or take its values from the query",
                )
            elif method == "HEAD":
                yield replace(described, method=method, answer=Empty(), errors=())
            else:
                yield replace(described, method=method)

    def _answer(self, found: ApiRoute) -> Answer:
        answered = self._answering.answer(found, function=_function_name(found.route.endpoint))
        for problem in answered.problems:
            self._report(found, problem.message, problem.hint, problem.place)
        return answered.answer

    def _report_types(self, found: ApiRoute) -> None:
        for problem in self._types.take_problems():
            place = self._sources.place_of(problem.function) if problem.function else None
            self._report(found, problem.message, problem.hint, place)

    def _report_handler(self, found: ApiRoute) -> None:
        handler = undeclared_handler(found)
        if handler is None:
            return
        place = self._sources.place_of(handler)
        self._diagnostics[
            Diagnostic(
                f"{_function_name(handler)} answers invalid requests, in a form that is unknown",
                "Declare it: FastAPI(responses={422: {'model': …}})",
                place.file,
                place.line,
            )
        ] = None

    def _report_foreign(self, found: ForeignRoute) -> None:
        place = self._sources.place_of(found.endpoint)
        self._diagnostics[
            Diagnostic(
                f"{found.path} is {found.kind}, which has no generated client",
                "Call it by hand",
                place.file,
                place.line,
                found.path,
            )
        ] = None

    def _report(self, found: ApiRoute, message: str, hint: str, place: Place | None = None) -> None:
        if place is None or not place.file:
            place = self._sources.place_of(found.route.endpoint)
        label = f"{' '.join(sorted(found.route.methods))} {found.path}"
        self._diagnostics[Diagnostic(message, hint, place.file, place.line, label)] = None


def _function_name(endpoint: Any) -> str:
    function = unwrapped(endpoint)
    name = str(getattr(endpoint, "__name__", "") or getattr(function, "__name__", ""))
    if name == "__call__":
        name = type(endpoint).__name__
    return re.sub(r"\W+", "_", name).strip("_") or "route"


def _diagnostic_order(diagnostic: Diagnostic) -> tuple[str, int, str, str]:
    return diagnostic.file, diagnostic.line, diagnostic.route, diagnostic.message
