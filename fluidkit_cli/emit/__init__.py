"""Clients for the routes of an `Api`, one emitter a language. Pure: text out, nothing written."""

from .clients import Client, clients_of
from .typescript import emit_typescript, import_line, type_text

__all__ = ["Client", "clients_of", "emit_typescript", "import_line", "type_text"]
