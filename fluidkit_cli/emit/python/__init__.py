"""Python clients: one file a Python module, the models, and the runtime that they call."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ...api import Alias, Api, NamedType
from ...errors import FluidkitError
from ...files import GeneratedFile
from ...templates import scaffolds_folder
from ..clients import clients_of
from ..memory import Memory
from ..type_names import by_module, type_names
from ..typescript.cycles import Named, untangled
from .arguments import form_of
from .clients import clients_text, imported, modules_of
from .dialect import PYTHON
from .imports import import_lines
from .models import declaration, type_variables
from .modules import Module, ModulePrinter
from .names import identifier
from .objects import with_named_objects
from .text import comment
from .types import TypePrinter

_RUNTIME = Path(__file__).parents[2] / "client"
_NOT_COPIED = {"__init__", "api_client", "decorators", "signatures"}
"""What is for requests that are declared by hand."""


def emit_python(
    api: Api, *, package: str, known: Mapping[str, str] = {}, memory: Memory | None = None
) -> list[GeneratedFile]:
    """All files of the client, those first that others import: equal for equal arguments.

    `package` is the first part of the app's module, which names leave out. `known` are the
    `known_names` of the `models.py` that is to be replaced: no model is called otherwise because
    another one came. `memory` saves time, and changes nothing.

    Raises:
        FluidkitError: a type is nested too deeply.
    """
    try:
        api = with_named_objects(api)
        names = type_names(api.types, known=known, dialect=PYTHON)
        memory = memory or Memory()
        memory.begin(names, sources=api.types)
        return [
            *_runtime_files(),
            *_own_files(_Printing(api, names, memory, _frames()), package),
        ]
    except RecursionError as error:
        raise FluidkitError(
            "A type of the app is nested too deeply", hint="Give its inner part a name of its own"
        ) from error


def _runtime_files() -> Iterable[GeneratedFile]:
    frame = _frames().get_template("copied.py.jinja")
    for source in sorted(_RUNTIME.glob("*.py")):
        if source.stem not in _NOT_COPIED:
            text = frame.render(text=source.read_text(encoding="utf-8"))
            yield GeneratedFile(f"runtime/{source.name}", text)
    facade = (_folder() / "runtime.py").read_text(encoding="utf-8")
    yield GeneratedFile("runtime/__init__.py", frame.render(text=facade))


@dataclass(frozen=True, slots=True)
class _Printing:
    """What all files of one client are printed from."""

    api: Api
    names: Mapping[str, str]
    memory: Memory
    frames: Environment

    @property
    def named(self) -> dict[str, NamedType]:
        return {each.name: each for each in self.api.types}


def _own_files(printing: _Printing, package: str) -> Iterable[GeneratedFile]:
    clients = clients_of(printing.api, package=package, naming="python", identify=identifier)
    modules = modules_of(clients)
    yield GeneratedFile("models.py", _models_text(printing))
    yield from _module_files(modules, printing)
    text = clients_text(modules)
    imports = import_lines(text, own=imported(modules))
    frame = printing.frames.get_template("clients.py.jinja")
    yield GeneratedFile("clients.py", frame.render(imports=imports, text=text))
    for name in ("__init__.py", "py.typed", "ruff.toml"):
        yield GeneratedFile(name, (_folder() / f"{name}.jinja").read_text(encoding="utf-8"))


def _models_text(printing: _Printing) -> str:
    printer = TypePrinter(printing.names, binary="bytes")
    types, named = printing.api.types, printing.named
    taken = frozenset(printing.names.values())

    def declared(type: NamedType) -> str:
        return declaration(_written_out(type, named), printer=printer, taken=taken)

    declarations = {
        each.name: printing.memory.text(("type", each.name), [each], partial(declared, each))
        for each in types
    }
    parts = by_module(types, declarations, names=printing.names, dialect=PYTHON)
    variables = [f'{name} = TypeVar("{name}")' for name in type_variables(types)]
    text = "\n\n\n".join([*(["\n".join(variables)] if variables else []), *parts])
    frame = printing.frames.get_template("models.py.jinja")
    return frame.render(imports=import_lines(text), text=text)


def _module_files(modules: Iterable[Module], printing: _Printing) -> Iterable[GeneratedFile]:
    named = printing.named
    printer = ModulePrinter(TypePrinter(printing.names, prefix="models."), named)
    frame = printing.frames.get_template("module.py.jinja")

    def printed(module: Module) -> str:
        text = printer.text(module)
        return frame.render(source=comment(module.source), imports=import_lines(text), text=text)

    for module in modules:
        key = ("module", module.name, module.class_name)
        routes = module.routes.values()
        sources = [*routes, *(form_of(route, named=named) for route in routes)]
        text = printing.memory.text(key, sources, partial(printed, module))
        yield GeneratedFile(f"{module.name}.py", text)


def _written_out(type: NamedType, named: Named) -> NamedType:
    """To type checkers a union that has itself among its members is an error."""
    return replace(type, type=untangled(type, named=named)) if isinstance(type, Alias) else type


def _frames() -> Environment:
    """The templates of generated files. They only substitute: what they are given is text."""
    return Environment(
        loader=FileSystemLoader(_folder()),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,
    )


def _folder() -> Path:
    return scaffolds_folder() / "client" / "python"
