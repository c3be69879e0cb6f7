"""What each route's client is called and in which file it is, in any language."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from itertools import takewhile
from typing import Protocol

from ..api import Api, Route
from ..workspace import Naming
from .modules import module_paths
from .names import RUNTIME_TYPES, free_name, identifier


class Identify(Protocol):
    def __call__(self, name: str, *, naming: Naming) -> str: ...


@dataclass(frozen=True, slots=True)
class Client:
    """The function that calls a route: its name, and its file without what a language appends."""

    route: Route
    name: str
    module_path: str


def clients_of(
    api: Api, *, package: str, naming: Naming, identify: Identify = identifier
) -> list[Client]:
    """One client a route, by file, then in the order of the Python source.

    `identify` makes of a name one that the language takes.
    """
    by_module: defaultdict[str, list[Route]] = defaultdict(list)
    for route in sorted(dict.fromkeys(api.routes), key=_place):
        by_module[route.module].append(route)
    paths = module_paths(by_module, package=package)
    return [
        Client(route, name, paths[module])
        for module in sorted(by_module, key=paths.__getitem__)
        for route, name in zip(
            by_module[module],
            _names(by_module[module], partial(identify, naming=naming)),
            strict=True,
        )
    ]


def _place(route: Route) -> tuple[str, int, str, str, str]:
    return route.file, route.line, route.path, route.method, route.name


def _names(routes: list[Route], identify: Callable[[str], str]) -> list[str]:
    """The routes' own names; where several share one, each with what tells it from the others."""
    sharing: defaultdict[str, list[Route]] = defaultdict(list)
    for route in routes:
        sharing[identify(route.name)].append(route)
    names: dict[Route, str] = {}
    taken = set(RUNTIME_TYPES)
    for name, group in sorted(sharing.items(), key=lambda item: len(item[1])):
        suffixes = _suffixes(group) if len(group) > 1 else [""]
        for route, suffix in zip(group, suffixes, strict=True):
            wanted = identify(f"{route.name}_{suffix}") if suffix else name
            names[route] = free_name(wanted, taken=taken)
            taken.add(names[route])
    return [names[route] for route in routes]


def _suffixes(routes: list[Route]) -> list[str]:
    """The methods if they differ, else what differs in the paths, else both."""
    methods = [route.method.lower() for route in routes]
    paths = _differences([route.path for route in routes])
    for suffixes in (methods, paths):
        if len(set(suffixes)) == len(routes):
            return suffixes
    return [f"{method}_{path}".rstrip("_") for method, path in zip(methods, paths, strict=True)]


def _differences(paths: Iterable[str]) -> list[str]:
    """`/v1/items`, `/v2/items` -> `v1`, `v2`."""
    segments = [path.strip("/").split("/") for path in paths]
    start = _shared(segments)
    rest = [parts[start:] for parts in segments]
    end = _shared([parts[::-1] for parts in rest])
    return ["_".join(_words(parts[: len(parts) - end])) for parts in rest]


def _shared(lists: list[list[str]]) -> int:
    """How many items all lists begin with."""
    columns = zip(*lists, strict=False)
    return sum(1 for _ in takewhile(lambda column: len(set(column)) == 1, columns))


def _words(segments: list[str]) -> list[str]:
    return [word for segment in segments for word in re.findall(r"[A-Za-z0-9]+", segment)]
