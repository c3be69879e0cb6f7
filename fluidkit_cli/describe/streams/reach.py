"""Which statements of a body run, as far as it is decided which way its conditions go."""

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from .bindings import Body, Path

Decide = Callable[[ast.expr], bool | None]


@dataclass(slots=True)
class Reach:
    """What can be reached in one run of a body."""

    gives_none: bool = False
    """Whether a bare `return` or the end can be."""
    limits: dict[int, int] = field(default_factory=dict)
    """How many statements of a block are, if not all."""

    def has(self, path: Path) -> bool:
        """Whether the statement at `path` is reached."""
        return all(self.limits.get(step.block, step.index + 1) > step.index for step in path)

    def follow(self, body: Body, decide: Decide) -> None:
        """Finds it all out. From top to bottom, so `decide` may ask what has been found above."""
        if not isinstance(body, ast.Lambda):
            self.gives_none |= self._passes(body.body, decide)

    def _passes(self, statements: Sequence[ast.stmt], decide: Decide) -> bool:
        """Whether the end of a block is reached."""
        for index, statement in enumerate(statements):
            if not self._passes_one(statement, decide):
                self.limits[id(statements)] = index + 1
                return False
        return True

    def _passes_one(self, statement: ast.stmt, decide: Decide) -> bool:  # noqa: PLR0911 - a case for each kind
        match statement:
            case ast.Return():
                self.gives_none |= statement.value is None
                return False
            case ast.Raise() | ast.Break() | ast.Continue():
                return False
            case ast.If(test, body, orelse):
                return self._passes_either(body, orelse, is_first=decide(test), decide=decide)
            case ast.With(items, body) | ast.AsyncWith(items, body):
                return self._passes(body, decide) or any(map(_suppresses, items))
            case ast.For(body=body, orelse=orelse) | ast.AsyncFor(body=body, orelse=orelse):
                self._passes(body, decide)
                return self._passes(orelse, decide) or _breaks(statement)
            case ast.While(test, body):
                self._passes(body, decide)
                return _breaks(statement) or decide(test) is not True
            case ast.Try():
                return self._passes_try(statement, decide)
            case ast.Match(cases=cases):
                return any([self._passes(case.body, decide) for case in cases]) or True
            case _:
                return True

    def _passes_either(
        self,
        body: list[ast.stmt],
        orelse: list[ast.stmt],
        *,
        is_first: bool | None,
        decide: Decide,
    ) -> bool:
        ends = []
        for block, is_dead in ((body, is_first is False), (orelse, is_first is True)):
            if is_dead:
                self.limits[id(block)] = 0
            else:
                ends.append(self._passes(block, decide))
        return any(ends)

    def _passes_try(self, statement: ast.Try, decide: Decide) -> bool:
        ends = [self._passes(statement.body, decide) and self._passes(statement.orelse, decide)]
        ends += [self._passes(handler.body, decide) for handler in statement.handlers]
        return self._passes(statement.finalbody, decide) and any(ends)


def _suppresses(item: ast.withitem) -> bool:
    return "suppress" in ast.unparse(item.context_expr)


def _breaks(loop: ast.stmt) -> bool:
    return any(isinstance(part, ast.Break) for part in ast.walk(loop))
