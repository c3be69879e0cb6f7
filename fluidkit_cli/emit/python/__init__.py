"""Python clients: one file a Python module, the models, and the runtime that they call."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ...api import Alias, Api, NamedType
from ...errors import FluidkitError
from ...files import GeneratedFile
from ...templates import scaffolds_folder
from ..clients import clients_of
from ..type_names import by_module, type_names
from ..typescript.cycles import Named, untangled
from .clients import clients_text, imported, modules_of
from .dialect import PYTHON
from .imports import import_lines
from .models import declaration, type_variables
from .modules import ModulePrinter
from .names import identifier
from .objects import with_named_objects
from .text import comment
from .types import TypePrinter

_RUNTIME = Path(__file__).parents[2] / "client"
_NOT_COPIED = {"__init__", "api_client", "decorators", "signatures"}
"""What is for requests that are declared by hand."""


def emit_python(api: Api, *, package: str, known: Mapping[str, str] = {}) -> list[GeneratedFile]:
    """All files of the client, those first that others import: equal for equal arguments.

    `package` is the first part of the app's module, which names leave out. `known` are the
    `known_names` of the `models.py` that is to be replaced: no model is called otherwise because
    another one came.

    Raises:
        FluidkitError: a type is nested too deeply.
    """
    try:
        api = with_named_objects(api)
        names = type_names(api.types, known=known, dialect=PYTHON)
        return [*_runtime_files(), *_own_files(api, package, names)]
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


def _own_files(api: Api, package: str, names: dict[str, str]) -> Iterable[GeneratedFile]:
    frames = _frames()
    yield GeneratedFile("models.py", _models_text(api, names, frames))
    modules = modules_of(clients_of(api, package=package, naming="python", identify=identifier))
    printer = ModulePrinter(
        TypePrinter(names, prefix="models."), {each.name: each for each in api.types}
    )
    for module in modules:
        text = printer.text(module)
        frame = frames.get_template("module.py.jinja")
        rendered = frame.render(
            source=comment(module.source), imports=import_lines(text), text=text
        )
        yield GeneratedFile(f"{module.name}.py", rendered)
    text = clients_text(modules)
    imports = import_lines(text, own=imported(modules))
    frame = frames.get_template("clients.py.jinja")
    yield GeneratedFile("clients.py", frame.render(imports=imports, text=text))
    for name in ("__init__.py", "py.typed", "ruff.toml"):
        yield GeneratedFile(name, (_folder() / f"{name}.jinja").read_text(encoding="utf-8"))


def _models_text(api: Api, names: dict[str, str], frames: Environment) -> str:
    printer = TypePrinter(names, binary="bytes")
    named = {each.name: each for each in api.types}
    declarations = {
        each.name: declaration(_written_out(each, named), printer=printer) for each in api.types
    }
    parts = by_module(api.types, declarations, names=names, dialect=PYTHON)
    variables = [f'{name} = TypeVar("{name}")' for name in type_variables(api.types)]
    text = "\n\n\n".join([*(["\n".join(variables)] if variables else []), *parts])
    return frames.get_template("models.py.jinja").render(imports=import_lines(text), text=text)


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
