"""Walks an app's routes, whichever way its FastAPI keeps them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from fastapi.routing import APIRoute
from starlette.routing import Mount, Route, WebSocketRoute

from .included import included_routes


@dataclass(frozen=True, slots=True)
class ApiRoute:
    """An operation of FastAPI's. `route` has the attributes of `APIRoute` as they take effect,
    with the prefixes, dependencies and defaults of the routers around it. `app` handles what it
    raises: the mounted one that it is part of, or the outermost."""

    path: str
    route: Any
    app: Any


@dataclass(frozen=True, slots=True)
class ForeignRoute:
    """A route that no client can be made for."""

    path: str
    kind: str
    endpoint: Any


def walk_routes(app: Any) -> Iterator[ApiRoute | ForeignRoute]:
    """The routes in the app's order, mounted apps in their place, hidden ones left out."""
    yield from _walk(app.routes, prefix="", app=app)


def _walk(routes: Iterable[Any], prefix: str, *, app: Any) -> Iterator[ApiRoute | ForeignRoute]:
    for route in _effective(routes):
        original = getattr(route, "original_route", route)
        path = prefix + _template(route.path) if getattr(route, "path", None) else prefix
        match original:
            case APIRoute():
                if route.include_in_schema:
                    yield ApiRoute(path, route, app)
            case Mount():
                yield from _walk(original.routes, path, app=_handling(original, app))
            case WebSocketRoute():
                yield ForeignRoute(path, "a WebSocket", original.endpoint)
            case Route() if original.include_in_schema:
                yield ForeignRoute(path, "a plain Starlette route", original.endpoint)


def _handling(mount: Mount, outer: Any) -> Any:
    mounted = getattr(mount, "_base_app", mount.app)
    return mounted if hasattr(mounted, "exception_handlers") else outer


def _effective(routes: Iterable[Any]) -> Iterator[Any]:
    # Since FastAPI 0.137 an included router stays one lazy route; 0.137.2 made walking it public.
    try:
        from fastapi.routing import iter_route_contexts  # noqa: PLC0415
    except ImportError:
        yield from _lazy_routes(routes)
    else:
        for route in routes:
            yield from included_routes(route) or iter_route_contexts([route])


def _lazy_routes(routes: Iterable[Any]) -> Iterator[Any]:
    for route in routes:
        contexts = getattr(route, "effective_route_contexts", None)
        if contexts is None:
            yield route
            continue
        for context in contexts():
            yield getattr(context, "starlette_route", None) or context


_PATH_PARAMETER = re.compile(r"{(\w+)(?::(\w+))?}")


def _template(path: str) -> str:
    """Keeps of a parameter's convertor only `:path`, which lets it hold slashes."""
    return _PATH_PARAMETER.sub(
        lambda match: f"{{{match[1]}:path}}" if match[2] == "path" else f"{{{match[1]}}}", path
    )


def path_parameters(path: str) -> dict[str, bool]:
    """The names in a path, each with whether it may hold slashes."""
    return {match[1]: match[2] == "path" for match in _PATH_PARAMETER.finditer(path)}
