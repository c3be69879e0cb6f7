"""Imports the FastAPI app that `module:attribute` names."""

import importlib
import inspect
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from fastapi import FastAPI

from ..errors import FluidkitError
from .servers import no_servers


class AppNotFound(FluidkitError):
    """There is no FastAPI app where one was named."""


def load_app(target: str, *, directory: Path) -> FastAPI:
    """Imports `module:attribute`, or calls the factory of `module:create_app()`.

    Raises:
        AppNotFound: the module, the attribute, or an app in it is missing.
        BaseException: whatever the app's own code raises while it is imported.
    """
    module_name, _, attribute = target.partition(":")
    if not (_is_dotted_name(module_name) and _is_dotted_name(attribute.removesuffix("()"))):
        raise AppNotFound(
            f"{target!r} does not name an app", hint="Write it as module:attribute, as main:app"
        )
    _search_first(directory)
    with no_servers():
        module = _import(module_name, target)
    value = _attribute(module, attribute.removesuffix("()"), target)
    if attribute.endswith("()"):
        value = value()
    if not isinstance(value, FastAPI):
        message = f"{target} is of type {type(value).__name__}, not a FastAPI app"
        is_factory = inspect.isfunction(value) and not attribute.endswith("()")
        hint = f"If it makes one, have it called: {target}()" if is_factory else _hint(module)
        raise AppNotFound(message, hint=hint)
    return value


def _is_dotted_name(text: str) -> bool:
    return all(part.isidentifier() for part in text.split("."))


_WHERE = (
    "in pyproject.toml, as entrypoint under [tool.fastapi] or app under [tool.fluidkit],"
    " or with --app"
)
_HINT = f"Name the app {_WHERE}"


def _hint(module: ModuleType) -> str:
    """With the name of an app that the module does have."""
    names = [name for name, value in vars(module).items() if isinstance(value, FastAPI)]
    return f"Name {module.__name__}:{names[0]} {_WHERE}" if names else _HINT


def _search_first(directory: Path) -> None:
    folder = str(directory)
    if folder not in sys.path[:1]:
        sys.path.insert(0, folder)


def _import(module_name: str, target: str) -> ModuleType:
    try:
        return importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        # Another missing name is an import inside the app: its own error says more.
        if error.name and f"{module_name}.".startswith(f"{error.name}."):
            is_file = module_name.endswith(".py")
            hint = f"Name {target.replace('.py:', ':')}: a module, no file" if is_file else _HINT
            raise AppNotFound(f"No module {error.name} for {target}", hint=hint) from None
        raise


def _attribute(module: ModuleType, attribute: str, target: str) -> Any:
    value: Any = module
    for name in attribute.split("."):
        if not hasattr(value, name):
            raise AppNotFound(f"No FastAPI app at {target}", hint=_hint(module))
        value = getattr(value, name)
    return value
