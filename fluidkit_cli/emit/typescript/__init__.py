"""TypeScript clients: one file a Python module, their types, and the runtime they call."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ...api import Api, NamedType, Type
from ...errors import FluidkitError
from ...files import GeneratedFile
from ...templates import scaffolds_folder
from ...workspace import DateForm, Naming
from ..clients import Client, clients_of
from ..memory import Memory
from ..text import comment_phrase
from ..type_names import by_module, type_names
from .dates import Dates, body_of, dates_of, revivals_of, singles
from .declarations import declare
from .dialect import TYPESCRIPT
from .imports import import_statement
from .layout import render
from .module import module_text
from .revivers import revivers
from .settling import settled_named, settled_type
from .shapes import references, simplified
from .types import DATES_AS_TEXT, TypePrinter


def emit_typescript(  # noqa: PLR0913 - all that the files follow from, and what they were
    api: Api,
    *,
    package: str,
    naming: Naming,
    dates: DateForm = "string",
    svelte: bool = False,
    known: Mapping[str, str] = {},
    memory: Memory | None = None,
) -> list[GeneratedFile]:
    """All files of the client, those first that others import: equal for equal arguments.

    `package` is the first part of the app's module, which file names leave out; `dates` is what a
    `datetime` is to the page; `svelte` says whether the files go where Svelte compiles them.
    `known` are the `known_names` of the `types.ts` that is to be replaced: no type is called
    otherwise because another one came. `memory` saves time, and changes nothing.

    Raises:
        FluidkitError: a header's name is none that HTTP allows, or a type is nested too deeply.
    """
    frames = _frames()
    try:
        clients = clients_of(api, package=package, naming=naming)
        printing = _printing(api, known=known, dates=dates)
        memory = memory or Memory()
        memory.begin(printing.printer.names, sources=api.types, dates=dates)
        return [
            *_copied_files(_RUNTIME_FILES, frames),
            *_copied_files(_SVELTE_FILES if svelte else (), frames),
            *_type_files(api, frames, printing=printing, memory=memory),
            *_date_files(api, frames, printing=printing),
            *_module_files(clients, _Modules(printing, naming, frames), memory=memory),
        ]
    except RecursionError as error:
        raise FluidkitError(
            "A type of the app is nested too deeply", hint="Give its inner part a name of its own"
        ) from error


def module_file(module_path: str) -> str:
    """The file of a client's module."""
    return f"{module_path}.api.ts"


def type_printer(
    api: Api, *, known: Mapping[str, str] = {}, dates: DateForm = "string"
) -> Callable[[Type], str]:
    """Prints types of `api`, each on one line, as the client has them."""
    printing = _printing(api, known=known, dates=dates)

    def printed(type: Type) -> str:
        settled = settled_type(type, dates=printing.dates) if printing.dates else type
        return render(printing.printer.type(simplified(settled)), width=_ONE_LINE)

    return printed


_ONE_LINE = 1 << 30


_RUNTIME_FILES = ("runtime.ts", "runtime/**/*.ts")
_SVELTE_FILES = ("live/**/*.ts", "live.svelte.ts")


def _copied_files(patterns: tuple[str, ...], frames: Environment) -> list[GeneratedFile]:
    folder = _typescript_folder()
    frame = frames.get_template("copied.ts.jinja")
    sources = [source for pattern in patterns for source in sorted(folder.glob(pattern))]
    return [
        GeneratedFile(
            source.relative_to(folder).as_posix(),
            frame.render(text=source.read_text(encoding="utf-8")),
        )
        for source in sources
        if source.is_file()
    ]


def _type_files(
    api: Api, frames: Environment, *, printing: "_Printing", memory: Memory
) -> list[GeneratedFile]:
    if not api.types:
        return []
    printer = printing.printer
    declarations = {
        type.name: memory.text(
            ("type", type.name),
            [type],
            partial(declare, printer.named[type.name], printer=printer),
        )
        for type in api.types
    }
    parts = list(by_module(api.types, declarations, names=printer.names, dialect=TYPESCRIPT))
    if any(DATES_AS_TEXT in references(body_of(type)) for type in printer.named.values()):
        parts.insert(0, import_statement("./runtime.ts", types=["DatesAsText"]))
    text = frames.get_template("types.ts.jinja").render(parts=parts)
    return [GeneratedFile("types.ts", text)]


def _date_files(api: Api, frames: Environment, *, printing: "_Printing") -> list[GeneratedFile]:
    if not (dates := printing.dates):
        return []
    answers = [answer for route in api.routes for answer in singles(route.answer)]
    roots = [root for answer in answers for root in revivals_of(answer, dates=dates).values()]
    file = revivers(roots, dates=dates, names=printing.printer.names)
    if not file.declarations:
        return []
    frame = frames.get_template("dates.ts.jinja")
    text = frame.render(imports=file.imports, declarations=file.declarations)
    return [GeneratedFile("dates.ts", text)]


def _module_files(
    clients: list[Client], modules: "_Modules", *, memory: Memory
) -> list[GeneratedFile]:
    by_path: defaultdict[str, list[Client]] = defaultdict(list)
    for client in clients:
        by_path[client.module_path].append(client)
    files = []
    for path, members in by_path.items():
        key = ("module", path, modules.naming, tuple(client.name for client in members))
        sources = [client.route for client in members]
        text = memory.text(key, sources, partial(modules.text, members))
        files.append(GeneratedFile(module_file(path), text))
    return files


@dataclass(frozen=True, slots=True)
class _Printing:
    """Prints types. Without `dates` they are text."""

    printer: TypePrinter
    dates: Dates | None


@dataclass(frozen=True, slots=True)
class _Modules:
    """Prints the files of modules."""

    printing: _Printing
    naming: Naming
    frames: Environment

    def text(self, members: list[Client]) -> str:
        module = module_text(
            members,
            printer=self.printing.printer,
            naming=self.naming,
            dates=self.printing.dates,
        )
        source = comment_phrase(members[0].route.file or members[0].route.module)
        frame = self.frames.get_template("module.api.ts.jinja")
        return frame.render(source=source, imports=module.imports, declarations=module.declarations)


def _printing(api: Api, *, known: Mapping[str, str], dates: DateForm) -> _Printing:
    named: dict[str, NamedType] = {type.name: type for type in api.types}
    names = type_names(api.types, known=known, dialect=TYPESCRIPT)
    if dates == "string":
        return _Printing(TypePrinter(named, names), None)
    found = dates_of(named)
    settled = {name: settled_named(type, dates=found) for name, type in named.items()}
    return _Printing(TypePrinter(settled, names), found)


def _frames() -> Environment:
    """The templates of generated files. They only substitute: what they are given is text."""
    return Environment(
        loader=FileSystemLoader(_typescript_folder()),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,
    )


def _typescript_folder() -> Path:
    return scaffolds_folder() / "client" / "typescript"
