"""Clients for the routes of an `Api`, one emitter a language. Pure: text out, nothing written."""

from .clients import Client, clients_of
from .memory import Memory
from .python import emit_python
from .python.dialect import PYTHON
from .type_names import Dialect, known_names
from .typescript import emit_typescript, module_file, type_printer
from .typescript.dialect import TYPESCRIPT

__all__ = [
    "PYTHON",
    "TYPESCRIPT",
    "Client",
    "Dialect",
    "Memory",
    "clients_of",
    "emit_python",
    "emit_typescript",
    "known_names",
    "module_file",
    "type_printer",
]
