"""The imports of a generated file, found in what it says."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterable

from .layout import WIDTH, Brackets, render

_NAMES = {
    "collections.abc": "Awaitable",
    "datetime": "datetime",
    "decimal": "Decimal",
    "enum": "Enum IntEnum StrEnum",
    "typing": "Any Generic Literal TypeVar overload",
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

_STRING = r""""(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'"""
# In texts and comments no name counts, but in the text that is the value of an alias.
_NO_CODE = re.compile(
    rf'TypeAliasType\(\s*"\w+",\s*({_STRING})|"""(?:\\.|[^\\])*?"""|{_STRING}|#[^\n]*', re.DOTALL
)
# A member of an enumeration stands at the start of its line, and is called as the app likes.
_NAME = re.compile(r"^ {4}\w+ = |(?<![\w.])([A-Za-z]\w*)", re.MULTILINE)


def import_lines(text: str, *, own: Iterable[tuple[str, str]] = ()) -> list[str]:
    """One line, or several, for each module: the standard library's, others', our own.

    `own` are modules, and names in them, that the text mentions too.
    """
    by_module: defaultdict[str, set[str]] = defaultdict(set)
    for name in _mentioned(text):
        by_module[_ORIGINS[name]].add(name)
    for module, name in own:
        by_module[module].add(name)
    groups: list[list[str]] = [[], [], []]
    for module in sorted(by_module, key=lambda module: _natural(module.casefold())):
        groups[_group(module)].append(_statement(module, sorted(by_module[module], key=_rank)))
    # plain imports come first, as isort has it
    groups[0].sort(key=lambda line: not line.startswith("import "))
    return ["\n".join(group) for group in groups if group]


def _mentioned(text: str) -> set[str]:
    return {name for name in _NAME.findall(_code(text)) if name in _ORIGINS}


def _code(text: str) -> str:
    return _NO_CODE.sub(_code_of_alias, text)


def _code_of_alias(match: re.Match[str]) -> str:
    value = match[1]
    return f"TypeAliasType {_code(ast.literal_eval(value))}" if value else ""


def _group(module: str) -> int:
    return 2 if module.startswith(".") else 0 if module in _STANDARD else 1


def _statement(module: str, names: list[str]) -> str:
    if names == [module]:
        return f"import {module}"
    text = f"from {module} import {', '.join(names)}"
    if len(text) <= WIDTH:
        return text
    return render(Brackets(f"from {module} import (", tuple(names), ")"))


def _rank(name: str) -> tuple[int, list[str | int]]:
    """As isort has it: constants, classes, functions."""
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[0].isupper() else 2
    return kind, _natural(name)


def _natural(name: str) -> list[str | int]:
    """Sorts `v2` before `v10`."""
    parts = re.split(r"(\d+)", name)
    return [int(part) if number % 2 else part for number, part in enumerate(parts)]
