"""What one function's body says: where names get values, what it yields and returns."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from .bindings import Binding, Body, Path, is_settled, parameters_of, step_to, within
from .changes import Changes, changes_of
from .endings import last_yields, passed_on
from .guards import Guards, guards_of


@dataclass(slots=True)
class Facts:
    """Of one body, without those of functions within it."""

    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    paths: dict[int, Path] = field(default_factory=dict)
    returns: list[ast.expr] = field(default_factory=list)
    yields: list[ast.Yield | ast.YieldFrom] = field(default_factory=list)
    last_yields: frozenset[int] = frozenset()
    """Those after which the generator ends, by their `id`."""
    passed_on: dict[int, ast.expr] = field(default_factory=dict)
    """Of a `yield` that passes the items of a loop on: what the loop takes them from."""
    changes: Changes = field(default_factory=Changes)
    guards: Guards = field(default_factory=Guards)


def facts_of(body: Body) -> Facts:
    """Reads a body once, from top to bottom."""
    reader = _Reader()
    if not isinstance(body, ast.Module):
        for parameter in parameters_of(body):
            reader.bind(parameter.arg, Binding("parameter", parameter, ()))
        for spread in filter(None, (body.args.vararg, body.args.kwarg)):
            reader.bind(spread.arg, Binding("spread", spread, ()))
    if isinstance(body, ast.Lambda):
        reader.facts.returns.append(body.body)
        reader.expression(body.body, ())
    else:
        reader.block(body.body, (), is_loop=False)
        reader.facts.guards = guards_of(body.body)
    reader.facts.changes = changes_of(body)
    if reader.facts.yields:
        reader.facts.last_yields = last_yields(body)
    for name in _rebound_within(body):
        reader.bind(name, Binding("lost", body, ()))
    return reader.facts


class _Reader:
    def __init__(self) -> None:
        self.facts = Facts()

    def bind(self, name: str, binding: Binding) -> None:
        self.facts.bindings.setdefault(name, []).append(binding)

    def block(self, statements: Sequence[ast.stmt], path: Path, *, is_loop: bool) -> None:
        for index, statement in enumerate(statements):
            self._statement(statement, (*path, step_to(statements, index, is_loop=is_loop)))

    def expression(self, node: ast.AST, path: Path) -> None:
        """Notes names, yields and `:=`, but not those of functions within."""
        for part in _own_parts(node):
            match part:
                case ast.Name():
                    self.facts.paths[id(part)] = path
                case ast.Yield() | ast.YieldFrom():
                    self.facts.yields.append(part)
                    self.facts.paths[id(part)] = path
                case ast.NamedExpr(target, value):
                    self.bind(target.id, Binding("assigned", value, path, is_certain=False))

    def _statement(self, statement: ast.stmt, path: Path) -> None:
        match statement:
            case ast.FunctionDef(name) | ast.AsyncFunctionDef(name):
                self.bind(name, Binding("defined", statement, path))
            case ast.ClassDef(name):
                self.bind(name, Binding("lost", statement, path))
            case ast.Return(ast.expr() as value):
                self.facts.returns.append(value)
                self.facts.paths[id(value)] = path
                self.expression(value, path)
            case ast.Import(names) | ast.ImportFrom(names=names):
                for alias in names:
                    name = alias.asname or alias.name.partition(".")[0]
                    self.bind(name, Binding("imported", statement, path))
            case _:
                self._assignment(statement, path)

    def _assignment(self, statement: ast.stmt, path: Path) -> None:
        match statement:
            case ast.Assign(targets, value):
                self.expression(value, path)
                for target in targets:
                    self._target(target, Binding("assigned", value, path))
            case ast.AnnAssign(ast.Name(name), annotation, value):
                self.bind(name, Binding("declared", annotation, path))
                if value is not None:
                    self.expression(value, path)
                    self.bind(name, Binding("assigned", value, path))
            case ast.AugAssign(ast.Name(name) as target, _, value):
                self.expression(value, path)
                self.facts.paths[id(target)] = path
                is_certain = is_settled(self.facts.bindings.get(name, ()), path)
                self.bind(name, Binding("augmented", statement, path, (), is_certain))
            case _:
                self._compound(statement, path)

    def _compound(self, statement: ast.stmt, path: Path) -> None:
        is_loop = isinstance(statement, ast.For | ast.AsyncFor | ast.While)
        self._before(statement, path)
        for name, value in ast.iter_fields(statement):
            if name in ("body", "orelse", "finalbody") and isinstance(value, list):
                self.block(value, path, is_loop=is_loop and name == "body")
            elif name == "handlers":
                self._handlers(value, path)
            elif isinstance(statement, ast.Match) and name == "cases":
                self._cases(statement, path)
            else:
                for part in value if isinstance(value, list) else [value]:
                    if isinstance(part, ast.AST):
                        self.expression(part, path)

    def _before(self, statement: ast.stmt, path: Path) -> None:
        """Binds what a statement binds before its block runs."""
        match statement:
            case ast.For(target, values, body) | ast.AsyncFor(target, values, body):
                inside = (*path, within(body, is_loop=True))
                self._target(target, Binding("looped", values, inside))
                if (passing := passed_on(statement)) is not None:
                    self.facts.passed_on[id(passing)] = values
            case ast.If(test, body) | ast.While(test, body):
                inside = (*path, within(body, is_loop=isinstance(statement, ast.While)))
                for named in _named_before(test):
                    self.bind(named.target.id, Binding("assigned", named.value, inside))
            case ast.With(items, body) | ast.AsyncWith(items, body):
                for item in items:
                    if item.optional_vars is not None:
                        for place in (path, (*path, within(body, is_loop=False))):
                            binding = Binding("entered", item.context_expr, place)
                            self._target(item.optional_vars, binding)

    def _handlers(self, handlers: Sequence[ast.ExceptHandler], path: Path) -> None:
        for handler in handlers:
            inside = (*path, within(handler.body, is_loop=False))
            if handler.type is not None and handler.name is not None:
                self.bind(handler.name, Binding("caught", handler.type, inside))
            self.block(handler.body, path, is_loop=False)

    def _cases(self, statement: ast.Match, path: Path) -> None:
        for case in statement.cases:
            match case.pattern:
                case ast.MatchAs(name=str(name)):
                    inside = (*path, within(case.body, is_loop=False))
                    self.bind(name, Binding("assigned", statement.subject, inside))
                case pattern:
                    self._captured(pattern, path)
            if case.guard is not None:
                self.expression(case.guard, path)
            self.block(case.body, path, is_loop=False)

    def _captured(self, pattern: ast.pattern, path: Path) -> None:
        for part in ast.walk(pattern):
            match part:
                case (
                    ast.MatchAs(name=str(name))
                    | ast.MatchStar(str(name))
                    | ast.MatchMapping(rest=str(name))
                ):
                    self.bind(name, Binding("lost", part, path, is_certain=False))

    def _target(self, target: ast.expr, binding: Binding) -> None:
        match target:
            case ast.Name(name):
                self.bind(name, binding)
            case ast.Tuple(targets) | ast.List(targets):
                for index, part in enumerate(targets):
                    indexes = (*binding.indexes, index)
                    self._target(
                        part,
                        Binding(
                            binding.way, binding.node, binding.path, indexes, binding.is_certain
                        ),
                    )
            case ast.Starred(ast.Name(name)):
                self.bind(name, Binding("lost", binding.node, binding.path))
            case _:
                self.expression(target, binding.path)


def _named_before(test: ast.expr) -> Iterator[ast.NamedExpr]:
    """The `:=` of a condition that are behind it once it holds."""
    match test:
        case ast.NamedExpr():
            yield test
        case ast.UnaryOp(ast.Not(), inner) | ast.Compare(inner) | ast.BoolOp(ast.Or(), [inner, *_]):
            yield from _named_before(inner)
        case ast.BoolOp(ast.And(), parts):
            for part in parts:
                yield from _named_before(part)


def _own_parts(node: ast.AST) -> Iterator[ast.AST]:
    waiting = [node]
    while waiting:
        part = waiting.pop()
        yield part
        if not isinstance(part, ast.Lambda):
            waiting.extend(reversed(list(ast.iter_child_nodes(part))))


def _rebound_within(body: ast.AST) -> Iterator[str]:
    """Names that a function within assigns through `nonlocal` or `global`."""
    for node in ast.walk(body):
        if isinstance(node, ast.Nonlocal | ast.Global):
            yield from node.names
