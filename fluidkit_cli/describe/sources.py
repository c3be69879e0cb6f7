"""The source files of the app, each read once."""

import ast
import functools
import inspect
import os
import sys
import tokenize
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

_INSTALLED = f"{os.sep}site-packages{os.sep}"

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: a POSIX path relative to the root (absolute outside it), a line."""

    file: str
    line: int


def unwrapped(function: Any) -> Any:
    """The Python function behind partials, methods, callable objects and `functools.wraps`."""
    while True:
        if isinstance(function, functools.partial):
            function = function.func
        elif inspect.ismethod(function):
            function = function.__func__
        elif hasattr(function, "__wrapped__"):
            function = function.__wrapped__
        elif not inspect.isroutine(function) and not inspect.isclass(function):
            call = inspect.getattr_static(type(function), "__call__", None)
            if not inspect.isfunction(call):
                return function
            function = call
        else:
            return function


class SourceFiles:
    """Reads source below and beside `root`. Keep one for as long as files may not change."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._inside = os.path.join(root, "")  # noqa: PTH118 - with the separator at its end
        self._shown: dict[str, str] = {}
        self._own: dict[str, bool] = {}
        self._texts: dict[str, str] = {}
        self._lines_of: dict[str, list[str]] = {}
        self._functions: dict[str, dict[tuple[str, int], FunctionNode]] = {}
        self._trees: dict[str, ast.Module | None] = {}
        self._loaded: dict[str, ModuleType] = {}

    def place(self, file: str, line: int) -> Place:
        """`file` as it is shown to people."""
        if file not in self._shown:
            path = Path(file)
            is_inside = path.is_relative_to(self._root)
            shown = path.relative_to(self._root) if is_inside else path
            self._shown[file] = shown.as_posix()
        return Place(self._shown[file], line)

    def place_of(self, function: Callable[..., Any]) -> Place:
        """The `def` line of a function; no file where there is no source."""
        code = getattr(unwrapped(function), "__code__", None)
        if not isinstance(code, CodeType):
            return Place("", 0)
        return self.place(code.co_filename, self._definition_line(code))

    def tree(self, file: str) -> ast.Module | None:
        """The parsed file, or nothing where there is no source that parses."""
        if file not in self._trees:
            try:
                self._trees[file] = ast.parse(self.text(file))
            except (SyntaxError, ValueError):
                self._trees[file] = None
        return self._trees[file]

    def function(self, code: CodeType) -> FunctionNode | None:
        """The definition that `code` was compiled from."""
        if code.co_filename not in self._functions:
            tree = self.tree(code.co_filename)
            self._functions[code.co_filename] = _functions(tree) if tree else {}
        return self._functions[code.co_filename].get((code.co_name, code.co_firstlineno))

    def text(self, file: str) -> str:
        """The file's text, empty where it cannot be read."""
        if file not in self._texts:
            try:
                with tokenize.open(file) as source:
                    self._texts[file] = source.read()
            except (OSError, SyntaxError, UnicodeDecodeError):
                self._texts[file] = ""
        return self._texts[file]

    def module(self, file: str) -> ModuleType | None:
        """The loaded module of a file of the app's."""
        return self._modules().get(file)

    def files_with(self, word: str) -> list[str]:
        """The app's own files, of those that are loaded, whose text has `word` in it."""
        return [file for file in self._modules() if word in self.text(file)]

    def _modules(self) -> dict[str, ModuleType]:
        if not self._loaded:
            found = ((getattr(m, "__file__", None) or "", m) for m in list(sys.modules.values()))
            self._loaded = {file: m for file, m in found if self.is_own(file)}
        return self._loaded

    def is_own(self, file: str) -> bool:
        """Whether it is the app's: below the root, and not installed there."""
        if file not in self._own:
            # of texts, not of paths: heavy packages have thousands of modules
            is_source = file.endswith(".py") and _INSTALLED not in file
            self._own[file] = is_source and os.path.normpath(file).startswith(self._inside)
        return self._own[file]

    def _definition_line(self, code: CodeType) -> int:
        # The code object starts at the first decorator. Parsing for this alone would cost more.
        lines = self._lines(code.co_filename)
        numbers = range(code.co_firstlineno, len(lines) + 1)
        definitions = (f"def {code.co_name}", f"async def {code.co_name}")
        found = (n for n in numbers if lines[n - 1].lstrip().startswith(definitions))
        return next(found, code.co_firstlineno)

    def _lines(self, file: str) -> list[str]:
        if file not in self._lines_of:
            self._lines_of[file] = self.text(file).splitlines()
        return self._lines_of[file]


def _functions(tree: ast.Module) -> dict[tuple[str, int], FunctionNode]:
    return {
        (node.name, min(node.lineno, *(d.lineno for d in node.decorator_list), node.lineno)): node
        for node in ast.walk(tree)
        if isinstance(node, FunctionNode)
    }
