"""Shows an `Api` as text that people can review, and loads the apps of cases."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fluidkit_cli.api import (
    Alias,
    Answer,
    Api,
    Array,
    ByFlag,
    DeclaredError,
    Diagnostic,
    Empty,
    Enumeration,
    Events,
    Field,
    File,
    HTTPValidationError,
    Json,
    Literal,
    Mapping,
    Model,
    NamedType,
    Object,
    Records,
    Reference,
    Route,
    Scalar,
    Text,
    Tuple,
    Type,
    TypeVariable,
    Union,
    Unknown,
)
from fluidkit_cli.describe import describe_app, load_app

Describe = Callable[..., Api]


@pytest.fixture
def describe() -> Iterator[Describe]:
    """Describes the app in a folder, and forgets its modules afterwards."""
    folders: list[Path] = []

    def describe(folder: Path, app: str = "app:app") -> Api:
        folders.append(folder)
        return describe_app(load_app(app, directory=folder), root=folder)

    yield describe
    for folder in folders:
        forget(folder)


@pytest.fixture
def write_app(tmp_path: Path, describe: Describe) -> Callable[[str], Api]:
    """Describes an app from its source."""

    def write_app(source: str) -> Api:
        (tmp_path / "app.py").write_text(source, encoding="utf-8")
        return describe(tmp_path)

    return write_app


@pytest.fixture
def shown() -> Callable[[Api], str]:
    return show


@pytest.fixture(name="show_type")
def show_type_fixture() -> Callable[[Type], str]:
    return show_type


@pytest.fixture
def forget_modules() -> Callable[[Path], None]:
    return forget


def forget(folder: Path) -> None:
    """As if nothing in `folder` had been imported."""
    sys.path[:] = [path for path in sys.path if path != str(folder)]
    for name, module in list(sys.modules.items()):
        if (getattr(module, "__file__", None) or "").startswith(f"{folder}/"):
            del sys.modules[name]


def show(api: Api) -> str:
    """One line for each route, parameter, type and diagnostic."""
    lines = [line for route in api.routes for line in _route(route)]
    lines += [line for named in api.types for line in _named(named)]
    lines += [line for diagnostic in api.diagnostics for line in _diagnostic(diagnostic)]
    return "".join(f"{line}\n" for line in lines)


def _route(route: Route) -> Iterator[str]:
    yield f"{route.method} {route.path} {route.name} -> {_answer(route.answer)}"
    note = " (deprecated)" if route.deprecated else ""
    yield f"    # {route.module} {route.file}:{route.line} {route.operation_id}{note}"
    if route.description:
        yield f"    # {route.description.splitlines()[0]}"
    for parameter in route.parameters:
        wire = f" as {parameter.wire_name}" if parameter.wire_name != parameter.name else ""
        mark = ("" if parameter.required else "?") + ("/" if parameter.spans_segments else "")
        note = f"  # {parameter.description}" if parameter.description else ""
        name = f"{parameter.location} {parameter.name}{mark}{wire}"
        yield f"    {name}: {show_type(parameter.type)}{note}"
    if route.body is not None:
        mark = "" if route.body.required else "?"
        how = "" if route.body.encoding == "json" else f" as {route.body.encoding}"
        yield f"    body {route.body.name}{mark}{how}: {show_type(route.body.type)}"
    if route.errors:
        yield f"    errors {', '.join(map(_error, route.errors))}"


def _error(error: DeclaredError) -> str:
    if isinstance(error.body, HTTPValidationError):
        return f"{error.status}"
    return f"{error.status}: {show_type(error.body)}"


def _answer(answer: Answer) -> str:  # noqa: PLR0911 - a case for each kind
    match answer:
        case Json(described):
            return f"json {show_type(described)}"
        case Empty():
            return "empty"
        case Events(()):
            return "events of any kind"
        case Events(events, ends):
            kinds = (f"{e.name}: {show_type(e.type)} ({e.encoding})" for e in events)
            return f"events {', '.join(kinds)}" + "".join(f" until {end!r}" for end in ends)
        case Records(item):
            return f"records {show_type(item)}"
        case Text(may_be_html):
            return "text or HTML" if may_be_html else "text"
        case File(media_type):
            return f"file {media_type}"
        case ByFlag(flag, in_body, default, on, off):
            where = "body" if in_body else "parameter"
            return f"by the {where}'s {flag} = {default}: [{_answer(on)}] or [{_answer(off)}]"


def _named(named: NamedType) -> Iterator[str]:
    match named:
        case Model(name, fields, extra, parameters=parameters):
            yield f"model {name}{_variables(parameters)}" + (
                f" [{show_type(extra)}]" if extra is not None else ""
            )
            yield from (f"    {_field(field)}" for field in fields)
        case Enumeration(name, members):
            values = ", ".join(f"{member.name} = {member.value!r}" for member in members)
            yield f"enum {name} {{ {values} }}"
        case Alias(name, described, parameters=parameters):
            yield f"alias {name}{_variables(parameters)} = {show_type(described)}"
    if named.description:
        yield f"    # {named.description.splitlines()[0]}"


def _variables(parameters: tuple[str, ...]) -> str:
    return f"<{', '.join(parameters)}>" if parameters else ""


def _field(field: Field) -> str:
    note = f"  # {field.description}" if field.description else ""
    return f"{field.name}{'' if field.required else '?'}: {show_type(field.type)}{note}"


def _diagnostic(diagnostic: Diagnostic) -> Iterator[str]:
    yield f"! {diagnostic.file}:{diagnostic.line} {diagnostic.route}: {diagnostic.message}"
    yield f"    {diagnostic.hint}"


def show_type(described: Type) -> str:  # noqa: C901, PLR0911 - a case for each kind
    """A type in a notation close to TypeScript's."""
    match described:
        case Scalar(name, form):
            return f"{name}({form})" if form else name
        case Literal(value):
            return repr(value)
        case Array(item):
            return f"{show_type(item)}[]"
        case Tuple(items, rest):
            parts = [*map(show_type, items), *([f"...{show_type(rest)}"] if rest else [])]
            return f"[{', '.join(parts)}]"
        case Mapping(key, value):
            return f"{{{show_type(key)}: {show_type(value)}}}"
        case Union(members):
            return f"({' | '.join(map(show_type, members))})"
        case Object(fields, extra):
            parts = [*map(_field, fields), *([f"...{show_type(extra)}"] if extra else [])]
            return f"{{ {'; '.join(parts)} }}"
        case Reference(name, ()):
            return name
        case Reference(name, arguments):
            return f"{name}<{', '.join(map(show_type, arguments))}>"
        case TypeVariable(name):
            return name
        case Unknown():
            return "unknown"
