"""Clients for the routes of an `Api`, one emitter a language. Pure: text out, nothing written."""

from .clients import Client, clients_of
from .python import emit_python
from .typescript import emit_typescript, module_file, type_printer
from .typescript.memory import Memory
from .typescript.type_names import known_names

__all__ = [
    "Client",
    "Memory",
    "clients_of",
    "emit_python",
    "emit_typescript",
    "known_names",
    "module_file",
    "type_printer",
]
