"""What the parts of the reader ask of each other."""

import ast
from typing import Protocol

from ..sources import SourceFiles
from .conditions import Conditions
from .scopes import Scope, Scopes
from .values import Unclear, Value


class Evaluates(Protocol):
    """Reads expressions; evaluation.py has the one that does."""

    sources: SourceFiles
    scopes: Scopes
    conditions: Conditions

    def value(self, node: ast.expr, scope: Scope) -> Value:
        """What an expression can be."""

    def items(self, value: Value) -> Value | None:
        """What iterating over a value gives."""

    def item(self, value: Value, key: Value) -> Value | None:
        """`value[key]`."""

    def unclear(self, node: ast.AST, scope: Scope, reason: str = "", hint: str = "") -> Unclear:
        """Says that nothing is known of `node`."""
