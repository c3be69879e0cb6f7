"""What an app's own modules import and do not get, in functions that nobody has called too."""

import ast
import glob
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

_CAUGHT = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}
_DECIDED = {"TYPE_CHECKING", "__name__", "platform", "version_info"}
"""Of what a condition speaks that is the same where the app is deployed."""


@dataclass(frozen=True, slots=True)
class Absent:
    """A module that is not found where `file`, relative to the root, imports it.

    `distribution` is whose it is, if it is installed, but hidden.
    """

    module: str
    distribution: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class _Import:
    """`from module import name`, or `import module`."""

    module: str
    name: str
    line: int

    @property
    def whole(self) -> str:
        return f"{self.module}.{self.name}" if self.name else self.module


def absent_imports(app: str, *, root: Path, missed: Mapping[str, str]) -> list[Absent]:
    """What the modules below `root` that the app has imported, or can import later, do not get.

    Sorted. An import that may fail (`try`, `suppress`), and one that only others reach
    (`TYPE_CHECKING`, `sys.platform` …), does not count. `missed` is what `hide` tells.
    """
    found: set[Absent] = set()
    open_ends, seen = [*_files_of(app.partition(":")[0], root), *_imported(root)], set[Path]()
    while open_ends:
        file = open_ends.pop()
        if file in seen:
            continue
        seen.add(file)
        for each in _imports_in(file, root):
            open_ends += _files_of(each.whole, root)
            if absent := _absent(each, root):
                where = file.relative_to(root).as_posix()
                found.add(Absent(absent, missed.get(absent, ""), where, each.line))
    return sorted(found, key=lambda each: (each.file, each.line, each.module))


def _imported(root: Path) -> Iterator[Path]:
    files = (getattr(module, "__file__", None) for module in list(sys.modules.values()))
    for file in map(Path, filter(None, files)):
        if file.suffix == ".py" and file.is_relative_to(root):
            yield file


def _files_of(module: str, root: Path) -> Iterator[Path]:
    """What is run when a module below `root` is imported: also the packages that it is in."""
    place = root
    for part in module.split("."):
        place /= part
        files = (place / "__init__.py", place.with_name(f"{part}.py"))
        yield from (file for file in files if file.is_file())


def _imports_in(file: Path, root: Path) -> Iterator[_Import]:
    package = file.relative_to(root).parent.parts
    for node in _statements(file):
        match node:
            case ast.Import():
                yield from (_Import(each.name, "", node.lineno) for each in node.names)
            case ast.ImportFrom():
                around = package[: max(len(package) + 1 - node.level, 0)] if node.level else ()
                module = ".".join((*around, *filter(None, [node.module])))
                names = (each.name for each in node.names)
                yield from (_Import(module, n if n != "*" else "", node.lineno) for n in names)
            case _:
                pass


def _statements(file: Path) -> Iterator[ast.AST]:
    """Those that count. Not by recursion: what people write may be nested deeply."""
    try:
        open_ends: list[ast.AST] = [ast.parse(file.read_bytes())]
    except (OSError, SyntaxError, ValueError):
        return  # whoever imports it is told
    while open_ends:
        match open_ends.pop():
            case (ast.Try() | ast.TryStar()) as node if any(map(_catches, node.handlers)):
                open_ends += [*node.orelse, *node.finalbody]
            case ast.If() as node if _names(node.test) & _DECIDED:
                pass
            case ast.With() as node if any(_suppresses(item.context_expr) for item in node.items):
                pass
            case ast.expr():
                pass
            case node:
                yield node
                open_ends += ast.iter_child_nodes(node)


def _catches(handler: ast.ExceptHandler) -> bool:
    return handler.type is None or bool(_names(handler.type) & _CAUGHT)


def _suppresses(context: ast.expr) -> bool:
    names = _names(context)
    return "suppress" in names and bool(names & _CAUGHT)


def _names(node: ast.expr) -> set[str]:
    return {
        each.id if isinstance(each, ast.Name) else each.attr
        for each in ast.walk(node)
        if isinstance(each, ast.Name | ast.Attribute)
    }


def _absent(wanted: _Import, root: Path) -> str:
    """The part of it that nobody has; empty where all is there."""
    loaded = sys.modules.get(wanted.module)
    is_namespace = getattr(loaded, "__file__", "") is None
    if wanted.whole in sys.modules or (loaded and not is_namespace):
        return ""
    first = wanted.module.partition(".")[0]
    if first in sys.stdlib_module_names:
        return ""  # of other systems, too
    if _is_below(first, root):
        return "" if _is_below(wanted.module, root) else wanted.module
    return _missing(wanted.whole)


def _is_below(module: str, root: Path) -> bool:
    """Whatever its kind: a folder without `__init__.py`, or compiled."""
    place = root.joinpath(*module.split("."))
    return place.is_dir() or any(place.parent.glob(f"{glob.escape(place.name)}.*"))


def _missing(module: str) -> str:
    """Asks for one part after the other; only namespaces are imported for it, which run nothing."""
    parts = module.split(".")
    for count in range(1, len(parts) + 1):
        name = ".".join(parts[:count])
        if name in sys.modules and getattr(sys.modules[name], "__spec__", None) is None:
            return ""  # it is made while the app runs
        spec = find_spec(name)
        if spec is None:
            return name
        if spec.has_location or spec.submodule_search_locations is None:
            return ""  # what is in it, only it can tell
    return ""
