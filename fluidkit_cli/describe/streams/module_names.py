"""What the modules of the running app hold under their names, if it stays what it is."""

import ast
import sys
from collections.abc import Callable, Mapping
from typing import Any

from . import annotations
from .facts import Facts
from .objects import CONTAINERS, value_of_object
from .operations import widened
from .passing import Passed
from .protocol import Evaluates
from .scopes import Scope, source_of
from .values import Constant, Instance, Value

_MOST_IMPORTS = 8


class ModuleNames:
    """Looks up globals. What another module may set is not what it is while we look."""

    def __init__(self, evaluator: Evaluates, passed: Passed) -> None:
        self._evaluator = evaluator
        self._passed = passed

    def value(self, names: Mapping[str, Any], name: str, file: str) -> Value | None:
        """What a module, or a closure in it, holds under `name`; nothing where that may change."""
        declared = annotations.hint_in_module(names, name)
        if declared is not None and annotations.tells_much(declared):
            return Instance(declared)
        thing = names[name]
        value = value_of_object(thing)
        if not isinstance(value, Constant) and not isinstance(thing, CONTAINERS):
            return value
        name, file = self._origin(names, name, file)
        if self._may_change(name, file, is_constant=isinstance(value, Constant)):
            return None if declared is None else Instance(declared)
        # A value that was computed, as from the environment, is another one elsewhere.
        if self._is_written(name, thing, file):
            return value
        return widened(value) if declared is None else Instance(declared)

    def _may_change(self, name: str, file: str, *, is_constant: bool) -> bool:
        if self._known(("bound", name, file), lambda: self._is_bound_anew(name, file)):
            return True
        is_changed = ("changed", name, file)
        return not is_constant and self._known(is_changed, lambda: self._is_changed(name, file))

    def _is_bound_anew(self, name: str, file: str) -> bool:
        """Whether a function of the module does so, or any other module: `module.name = ...`."""
        if self._evaluator.sources.tree(file) is None:
            return True
        bindings = self._facts(file).bindings.get(name, ())
        is_lost = any(binding.way == "lost" for binding in bindings)
        others = self._evaluator.sources.files_with(name)
        return is_lost or any(map(self._sets(name), others))

    def _known(self, key: tuple[str, ...], find: Callable[[], bool]) -> bool:
        known = self._evaluator.scopes.changes
        if key not in known:
            known[key] = False  # what is passed to its own methods is asked for again
            known[key] = find()
        return known[key]

    def _is_changed(self, name: str, file: str) -> bool:
        """Whether the app changes it in place, anywhere."""
        others = [o for o in self._evaluator.sources.files_with(name) if o != file]
        return self._changes(file, name) or any(
            self._changes(other, f".{name}") or self._imports_and_changes(other, name)
            for other in others
        )

    def is_attribute_changed(self, name: str, thing: Any) -> bool:
        """Whether the app sets an attribute of this name, or changes the data it holds."""
        if not _is_data(thing):
            return False
        files = self._evaluator.sources.files_with
        if self._known(("set", name), lambda: any(map(self._sets(name), files(name)))):
            return True
        return isinstance(thing, CONTAINERS) and self._known(
            ("attribute", name), lambda: any(self._changes(f, f".{name}") for f in files(name))
        )

    def _sets(self, name: str) -> Callable[[str], bool]:
        return lambda file: f".{name}" in self._facts(file).changes.changed

    def _imports_and_changes(self, file: str, name: str) -> bool:
        bindings = self._facts(file).bindings.items()
        aliases = (
            local
            for local, found in bindings
            for binding in found
            if isinstance(binding.node, ast.ImportFrom)
            and any(a.name == name and (a.asname or name) == local for a in binding.node.names)
        )
        return any(self._changes(file, alias) for alias in aliases)

    def _changes(self, file: str, name: str) -> bool:
        changes = self._facts(file).changes
        if name in changes.changed:
            return True
        if name not in changes.passed:
            return False
        module = self._evaluator.sources.module(file)
        tree = self._evaluator.sources.tree(file)
        if module is None or tree is None:
            return True
        outside = Facts(changes=changes)
        return self._passed.is_changed(name, Scope(tree, outside, file, None, vars(module)))

    def _origin(self, names: Mapping[str, Any], name: str, file: str) -> tuple[str, str]:
        """Where a name that is imported comes from."""
        for _ in range(_MOST_IMPORTS):
            bindings = self._facts(file).bindings.get(name, [])
            nodes = [b.node for b in bindings if isinstance(b.node, ast.ImportFrom)]
            if len(nodes) != 1 or len(bindings) != 1:
                break
            alias = next(a for a in nodes[0].names if (a.asname or a.name) == name)
            module = source_of(nodes[0], names)
            origin = getattr(sys.modules.get(module), "__file__", None)
            if origin is None:
                break
            name, file, names = alias.name, origin, vars(sys.modules[module])
        return name, file

    def _is_written(self, name: str, thing: Any, file: str) -> bool:
        """Whether the value stands in the source, exactly as it is."""
        facts = self._facts(file)
        bindings = [b for b in facts.bindings.get(name, ()) if b.way != "declared"]
        if not bindings:
            return "*" not in facts.bindings  # a closure's
        match bindings:
            case [only] if only.way == "assigned" and not only.indexes:
                return self._is_literal(only.node, thing, file)
            case _:
                return False

    def _is_literal(self, node: ast.AST, thing: Any, file: str) -> bool:  # noqa: PLR0911 - a case for each kind
        if not _is_data(thing):
            return True  # its type alone is believed
        match node, thing:
            case ast.Constant(), _:
                return True
            case ast.Name(name), _ if name in self._facts(file).bindings:
                return self._is_written(name, thing, file)
            case ast.UnaryOp(_, inner), _:
                return self._is_literal(inner, 0, file)
            case ast.BinOp(left, _, right), str() | int() | float():
                return self._is_literal(left, thing, file) and self._is_literal(right, thing, file)
            case ((ast.List(parts) | ast.Tuple(parts)), list() | tuple()):
                pairs = zip(parts, thing, strict=False)
                is_whole = len(parts) == len(thing)
                return is_whole and all(self._is_literal(n, part, file) for n, part in pairs)
            case ast.Set(parts), set():
                return all(isinstance(part, ast.Constant) for part in parts)
            case ast.Dict(keys, values), dict() if len(keys) == len(thing):
                return all(isinstance(key, ast.Constant | ast.Attribute) for key in keys) and all(
                    self._is_literal(n, part, file)
                    for n, part in zip(values, thing.values(), strict=False)
                )
            case _:
                return False

    def _facts(self, file: str) -> Facts:
        tree = self._evaluator.sources.tree(file)
        return Facts() if tree is None else self._evaluator.scopes.facts(tree)


def _is_data(thing: Any) -> bool:
    return isinstance(value_of_object(thing), Constant) or isinstance(thing, CONTAINERS)
