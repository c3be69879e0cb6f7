"""The imports of a generated file, found in what it says."""

import ast
from collections import defaultdict
from collections.abc import Iterator

from .layout import WIDTH, Brackets, render

_NAMES = {
    "collections.abc": "Awaitable",
    "datetime": "datetime",
    "decimal": "Decimal",
    "enum": "Enum IntEnum StrEnum",
    "functools": "functools",
    "typing": "Any Generic Literal TypeVar Union overload",
    "uuid": "UUID",
    "pydantic": "ConfigDict Field",
    "typing_extensions": "TypeAliasType Unpack",
    ".": "models",
    ".runtime": """
        AsyncBaseClient AsyncDownload AsyncRoutes AsyncStream BaseClient Call DeclaredError
        Download HTTPValidationError Model NOTHING
        RequestKeywords Routes ServerSentEvent Stream StreamKeywords TEXT Upload with_flag
    """,
}
_ORIGINS = {name: module for module, names in _NAMES.items() for name in names.split()}
_STANDARD = {"collections.abc", "datetime", "decimal", "enum", "functools", "typing", "uuid"}


def import_lines(text: str) -> list[str]:
    """One line, or several, for each module: the standard library's, others', our own."""
    by_module: defaultdict[str, set[str]] = defaultdict(set)
    for name in _mentioned(ast.parse(text)):
        if name in _ORIGINS:
            by_module[_ORIGINS[name]].add(name)
    groups: list[list[str]] = [[], [], []]
    for module in sorted(by_module, key=lambda module: (module.startswith("."), module)):
        groups[_group(module)].append(_statement(module, sorted(by_module[module], key=_rank)))
    # plain imports come first, as isort has it
    groups[0].sort(key=lambda line: not line.startswith("import "))
    return ["\n".join(group) for group in groups if group]


def _mentioned(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name):
                yield name
            case ast.Call(
                func=ast.Name(id="TypeAliasType"), args=[_, ast.Constant(value=str(value))]
            ):
                yield from _mentioned(ast.parse(value))


def _group(module: str) -> int:
    return 2 if module.startswith(".") else 0 if module in _STANDARD else 1


def _statement(module: str, names: list[str]) -> str:
    if names == [module]:
        return f"import {module}"
    text = f"from {module} import {', '.join(names)}"
    if len(text) <= WIDTH:
        return text
    return render(Brackets(f"from {module} import (", tuple(names), ")"))


def _rank(name: str) -> tuple[int, str]:
    """As isort has it: constants, classes, functions."""
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[0].isupper() else 2
    return kind, name
