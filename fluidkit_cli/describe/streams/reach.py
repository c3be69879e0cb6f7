"""Which statements of a body run, as far as it is decided which way its conditions go."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from .bindings import Body, Path


class Decides(Protocol):
    """Tells what is known of the expressions of one body."""

    def holds(self, test: ast.expr) -> bool | None:
        """Whether a condition holds, if that can be told."""

    def never_returns(self, call: ast.Call) -> bool:
        """Whether a call always raises, as that of a function that says `NoReturn`."""


@dataclass(slots=True)
class Reach:
    """What can be reached in one run of a body."""

    gives_none: bool = False
    """Whether a bare `return` or the end can be."""
    limits: dict[int, int] = field(default_factory=dict)
    """How many statements of a block are, if not all."""
    taken: set[int] = field(default_factory=set)
    """Blocks that run whenever the statement is reached that they belong to."""

    def has(self, path: Path) -> bool:
        """Whether the statement at `path` is reached."""
        return all(self.limits.get(step.block, step.index + 1) > step.index for step in path)

    def follow(self, body: Body, decide: Decides) -> None:
        """Finds it all out. From top to bottom, so `decide` may ask what has been found above."""
        if not isinstance(body, ast.Lambda):
            self.gives_none |= self._passes(body.body, decide)

    def _passes(self, statements: Sequence[ast.stmt], decide: Decides) -> bool:
        """Whether the end of a block is reached."""
        for index, statement in enumerate(statements):
            if not self._passes_one(statement, decide):
                self.limits[id(statements)] = index + 1
                return False
        return True

    def _passes_one(self, statement: ast.stmt, decide: Decides) -> bool:  # noqa: PLR0911 - a case for each kind
        match statement:
            case ast.Return():
                self.gives_none |= statement.value is None
                return False
            case ast.Raise() | ast.Break() | ast.Continue():
                return False
            case ast.Expr(ast.Call() as call) | ast.Expr(ast.Await(ast.Call() as call)):
                return not decide.never_returns(call)
            case ast.If(test, body, orelse):
                return self._passes_either(body, orelse, is_first=decide.holds(test), decide=decide)
            case ast.With(items, body) | ast.AsyncWith(items, body):
                return self._passes(body, decide) or any(map(_suppresses, items))
            case ast.For(body=body, orelse=orelse) | ast.AsyncFor(body=body, orelse=orelse):
                self._passes(body, decide)
                return self._passes(orelse, decide) or _breaks(body)
            case ast.While(test, body, orelse):
                self._passes(body, decide)
                is_endless = decide.holds(test) is True
                is_left = not is_endless and self._passes(orelse, decide)
                return is_left or _breaks(body)
            case ast.Try():
                return self._passes_try(statement, decide)
            case ast.Match():
                return self._passes_match(statement, decide)
            case _:
                return True

    def _passes_either(
        self,
        body: list[ast.stmt],
        orelse: list[ast.stmt],
        *,
        is_first: bool | None,
        decide: Decides,
    ) -> bool:
        ends = []
        if is_first is not None:
            self.taken.add(id(body if is_first else orelse))
        for block, is_dead in ((body, is_first is False), (orelse, is_first is True)):
            if is_dead:
                self.limits[id(block)] = 0
            else:
                ends.append(self._passes(block, decide))
        return any(ends)

    def _passes_try(self, statement: ast.Try, decide: Decides) -> bool:
        ends = [self._passes(statement.body, decide) and self._passes(statement.orelse, decide)]
        ends += [self._passes(handler.body, decide) for handler in statement.handlers]
        return self._passes(statement.finalbody, decide) and any(ends)

    def _passes_match(self, statement: ast.Match, decide: Decides) -> bool:
        ends = []
        is_taken = False
        for case in statement.cases:
            matches = False if is_taken else _matches(case, statement.subject, decide)
            if matches is False:
                self.limits[id(case.body)] = 0
            else:
                ends.append(self._passes(case.body, decide))
            is_taken |= matches is True
        return any(ends) or not is_taken


def _matches(case: ast.match_case, subject: ast.expr, decide: Decides) -> bool | None:
    """Whether a case is taken once those above are not, if that can be told."""
    guard = True if case.guard is None else decide.holds(case.guard)
    found = _fits(case.pattern, subject, decide)
    if found is False or guard is False:
        return False
    return True if found and guard else None


def _fits(pattern: ast.pattern, subject: ast.expr, decide: Decides) -> bool | None:
    match pattern:
        case ast.MatchAs(inner):
            return inner is None or _fits(inner, subject, decide)
        case ast.MatchValue(value):
            return decide.holds(ast.Compare(subject, [ast.Eq()], [value]))
        case ast.MatchSingleton(value):
            return decide.holds(ast.Compare(subject, [ast.Is()], [ast.Constant(value)]))
        case ast.MatchClass(cls, [], []):
            return decide.holds(ast.Call(ast.Name("isinstance"), [subject, cls], []))
        case ast.MatchOr(patterns):
            found = [_fits(one, subject, decide) for one in patterns]
            return True if True in found else (None if None in found else False)
        case _:
            return None


def _suppresses(item: ast.withitem) -> bool:
    return "suppress" in ast.unparse(item.context_expr)


def _breaks(body: Sequence[ast.stmt]) -> bool:
    """Whether a loop is left by a `break` of its own."""
    return any(isinstance(statement, ast.Break) for statement in _own_statements(body))


def _own_statements(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Those of a loop's body, without those of loops and functions within."""
    for statement in body:
        yield statement
        match statement:
            case ast.For(orelse=inner) | ast.AsyncFor(orelse=inner) | ast.While(orelse=inner):
                yield from _own_statements(inner)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                continue
            case _:
                for part in ast.iter_child_nodes(statement):
                    yield from _own_statements(_block_of(part))


def _block_of(part: ast.AST) -> list[ast.stmt]:
    match part:
        case ast.stmt():
            return [part]
        case ast.ExceptHandler(body=body) | ast.match_case(body=body):
            return body
        case _:
            return []
