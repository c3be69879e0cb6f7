"""Which functions never return, because they always raise."""

import ast
import inspect
import os
import sys
from typing import Any, Never, NoReturn

from . import annotations
from .scopes import Scope

_EXITING = (sys.exit, os._exit, os.abort)


def called_function(call: ast.Call, scope: Scope) -> Any | None:
    """The function of the running app that is called by its name, alone or in a module."""
    try:
        found = _named(call.func, scope)
    except (KeyError, AttributeError):
        return None
    is_function = inspect.isroutine(found) and not hasattr(found, "__wrapped__")
    return found if is_function else None


def _named(node: ast.expr, scope: Scope) -> Any:
    match node:
        case ast.Name(name):
            return scope.object(name)
        case ast.Attribute(inner, name):
            owner = _named(inner, scope)
            return getattr(owner, name) if inspect.ismodule(owner) else None
        case _:
            return None


def declares_no_return(function: Any) -> bool:
    """Whether a function says that it always raises."""
    says = annotations.hints_of(function).get("return")
    return function in _EXITING or says in (Never, NoReturn)
