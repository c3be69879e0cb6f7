"""The routes as a table for people: a block for each client file, all with the same columns.

Lines are tuples of spans, a text and its style each. Without a `width`, as in a pipe, every line is
whole; in a terminal what does not fit goes on below its column, and only types are shortened.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from rich.cells import cell_len

from ..findings import Span
from ..printable import printable
from .route_lines import ParameterLine, RouteLine
from .shortening import shortened

Spans = tuple[Span, ...]

_MARGIN = 2
_GAP = 2
_WIDEST_PADDED_TYPE = 60
_NARROWEST_TYPE = 24
_WIDEST_LINE = 160
"""Where there is no terminal: what is wider moves what follows on its own line alone."""

_PATH_SHARE = 0.45
_CLIENT_SHARE = 0.25
_ARROW = " → "

_METHOD_STYLES = {"GET": "blue", "POST": "green", "PUT": "yellow", "PATCH": "cyan", "DELETE": "red"}
_KIND_STYLES = {"sse": "magenta", "jsonl": "cyan", "text": "green", "file": "yellow"}
_KINDS = ("json", "empty", "sse", "jsonl", "text", "file")


def table(routes: Sequence[RouteLine], *, width: int | None) -> Iterator[Spans]:
    """All blocks, each with its client file and the Python file, and an empty line after it."""
    columns = _columns(routes, width)
    for source, block in groupby(routes, key=lambda route: route.source):
        lines = list(block)
        python = lines[0].file
        yield (printable(source), "bold"), (f"  {printable(python)}" if python else "", "dim")
        for route in lines:
            yield from _route(route, columns)
        yield ()


def is_shortened(routes: Sequence[RouteLine], *, width: int | None) -> bool:
    """Whether the table leaves out a part of a type."""
    columns = _columns(routes, width)
    return any(columns.fitting(_answer(route)) != _answer(route) for route in routes)


def summary(routes: Sequence[RouteLine], *, findings: int) -> str:
    """`23 routes: 15 json, 4 sse · 2 diagnostics`."""
    counts = Counter(route.kind for route in routes)
    kinds = [*_KINDS, *sorted(counts.keys() - set(_KINDS))]
    counted = ", ".join(f"{counts[kind]} {kind}" for kind in kinds if counts[kind])
    total = _count(len(routes), "route")
    return f"{total}: {counted}" + (f" · {_count(findings, 'diagnostic')}" if findings else "")


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where the columns path, client, kind, type and notes begin; `width` is that of the line."""

    path: int
    client: int
    kind: int
    type: int
    notes: int
    width: int | None

    def fitting(self, answer: str) -> str:
        """As much of it as there is room for."""
        if self.width is None:
            return answer
        room = self.width - self.type
        if cell_len(answer) <= room:
            return answer
        taken, arrow, type = answer.rpartition(_ARROW)
        taken = shortened(taken, width=room // 2) if arrow else ""
        return taken + arrow + shortened(type, width=room - cell_len(taken + arrow))


def _columns(routes: Sequence[RouteLine], width: int | None) -> _Columns:
    path = _MARGIN + _widest([route.method for route in routes]) + _GAP
    room = _WIDEST_LINE if width is None else width
    client = path + _usual([_path_text(r) for r in routes], most=int(room * _PATH_SHARE)) + _GAP
    client_width = _usual([r.client for r in routes], most=int(room * _CLIENT_SHARE)) + _GAP
    kind_width = _widest([route.kind for route in routes]) + _GAP
    if client + client_width + kind_width + _NARROWEST_TYPE > room:
        client = path  # on a line of its own, with all that follows
    kind = client + client_width
    type = kind + kind_width
    if type + _NARROWEST_TYPE > room:
        type = client
    notes = type + _usual([_answer(r) for r in routes], most=_WIDEST_PADDED_TYPE) + _GAP
    if width is not None:
        notes = max(min(notes, width - _widest([_notes(route) for route in routes])), type)
    return _Columns(path, client, kind, type, notes, width)


def _widest(texts: Sequence[str]) -> int:
    return max(map(cell_len, texts), default=0)


def _usual(texts: Sequence[str], *, most: int) -> int:
    """The widest, but for those that are wider than `most`: a few must not push all others."""
    return max((width for text in texts if (width := cell_len(text)) <= most), default=most)


def _route(route: RouteLine, columns: _Columns) -> Iterator[Spans]:
    flow = _Flow(columns.width)
    flow.add(_MARGIN, (route.method, _METHOD_STYLES.get(route.method, "dim")))
    flow.add(columns.path, *_path(route))
    flow.add(columns.client, (printable(route.client), "dim" if route.deprecated else "bold"))
    flow.add(columns.kind, (route.kind, _KIND_STYLES.get(route.kind, "")))
    flow.add(
        columns.type, (columns.fitting(_answer(route)), "yellow" if route.type == "unknown" else "")
    )
    if notes := _notes(route):
        flow.add_if_fits(columns.notes, (notes, "dim"), otherwise=columns.type)
    yield from flow.lines()


class _Flow:
    """Cells from left to right, each at its column: below, where the one before is too wide.

    Where there is no `width` it follows on the same line.
    """

    def __init__(self, width: int | None) -> None:
        self._width = width
        self._lines: list[list[Span]] = [[]]
        self._used = -_GAP

    def add(self, column: int, *spans: Span) -> None:
        if self._used + _GAP > column and self._width is not None:
            self._lines.append([])
            self._used = -_GAP
        self._put(max(column, self._used + _GAP), *spans)

    def add_if_fits(self, column: int, span: Span, *, otherwise: int) -> None:
        """At the column or right of it on this line, else below at the column `otherwise`."""
        place = max(column, self._used + _GAP)
        if self._width is None or place + cell_len(span[0]) <= self._width:
            self._put(place, span)
        else:
            self.add(otherwise, span)

    def lines(self) -> Iterator[Spans]:
        return map(tuple, self._lines)

    def _put(self, column: int, *spans: Span) -> None:
        for text, style in ((" " * (column - max(self._used, 0)), ""), *spans):
            self._lines[-1].append((text, style))
        self._used = column + sum(cell_len(text) for text, _ in spans)


def _path(route: RouteLine) -> Iterator[Span]:
    """The parameters in colour; those of the query in the manner of manual pages."""
    rest = printable(route.path)
    while "{" in rest and "}" in rest:
        before, _, rest = rest.partition("{")
        name, _, rest = rest.partition("}")
        yield before, ""
        yield f"{{{name}}}", "cyan"
    yield rest, ""
    yield _query(route.parameters), "dim"


def _path_text(route: RouteLine) -> str:
    return "".join(text for text, _ in _path(route))


def _query(parameters: Sequence[ParameterLine]) -> str:
    """`?q[&limit]`: what may be left out is in brackets."""
    names = [(p.required, printable(p.wire_name)) for p in parameters if p.location == "query"]
    required = "&".join(name for needed, name in names if needed)
    optional = "&".join(name for needed, name in names if not needed)
    if not required:
        return f"[?{optional}]" if optional else ""
    return f"?{required}[&{optional}]" if optional else f"?{required}"


def _answer(route: RouteLine) -> str:
    """`NewItem → Item`: what goes in, if that is a body, and what comes out."""
    if route.body is None:
        return printable(route.type)
    encoding = "" if route.body.encoding == "json" else f"{route.body.encoding} "
    return printable(f"{encoding}{route.body.type}{_ARROW}{route.type}")


def _notes(route: RouteLine) -> str:
    headers = [f"header {p.wire_name}" for p in route.parameters if p.location == "header"]
    errors = [f"{error.status} {error.type}" for error in route.errors]
    said = [error.removesuffix(" HTTPValidationError") for error in errors]
    return printable(", ".join([*(["deprecated"] if route.deprecated else []), *headers, *said]))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
