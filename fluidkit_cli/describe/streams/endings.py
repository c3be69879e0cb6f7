"""Which yields of a generator are its last: after them it ends, whatever happens."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from .bindings import Body


@dataclass(frozen=True, slots=True)
class _After:
    """Whether a generator ends without another yield: after a block, at a `break`, and so on."""

    block: bool = True
    at_break: bool = False
    at_return: bool = True
    at_raise: bool = True


def last_yields(body: Body) -> frozenset[int]:
    """The `id` of each `yield`, a statement of its own, after which nothing is yielded.

    Of a loop that passes on what another generator yields, `for x in inner(): yield x`, it is last
    where the loop is: then the other's last is.
    """
    if isinstance(body, ast.Lambda):
        return frozenset()
    return frozenset(map(id, _last(body.body, _After())))


def passed_on(loop: ast.For | ast.AsyncFor) -> ast.Yield | None:
    """The only `yield` of a loop, where it yields the loop's items as they are."""
    match loop.target, [part for part in ast.walk(loop) if isinstance(part, ast.Yield)]:
        case ast.Name(name), [ast.Yield(ast.Name(used)) as passing] if used == name:
            stores = (n for n in ast.walk(loop) if isinstance(n, ast.Name) and n.id == name)
            is_same = sum(isinstance(store.ctx, ast.Store) for store in stores) == 1
            return passing if is_same and not _yields(loop.orelse) else None
        case _:
            return None


def _last(statements: Sequence[ast.stmt], after: _After) -> Iterator[ast.expr]:
    for index, statement in enumerate(statements):
        ends = _ends(statements[index + 1 :], after)
        match statement:
            case ast.Expr(ast.Yield() | ast.YieldFrom() as node) if ends:
                yield node
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                continue
            case ast.For() | ast.AsyncFor() | ast.While():
                passing = None if isinstance(statement, ast.While) else passed_on(statement)
                if passing is not None and ends:
                    yield passing
                else:
                    yield from _last(statement.body, replace(after, block=False, at_break=ends))
                yield from _last(statement.orelse, replace(after, block=ends))
            case ast.Try():
                yield from _last_of_try(statement, replace(after, block=ends))
            case ast.With(body=body) | ast.AsyncWith(body=body):
                # It may suppress what is raised in it.
                yield from _last(body, replace(after, block=ends, at_raise=after.at_raise and ends))
            case _:
                for block in _blocks(statement):
                    yield from _last(block, replace(after, block=ends))


def _last_of_try(statement: ast.Try, after: _After) -> Iterator[ast.expr]:
    yield from _last(statement.finalbody, after)
    if _yields(statement.finalbody):
        after = _After(False, False, False, False)
    for part in (statement.orelse, *(handler.body for handler in statement.handlers)):
        yield from _last(part, after)
    is_caught = bool(statement.handlers)
    at_raise = after.at_raise and not _yields(statement.handlers)
    body = replace(
        after,
        block=after.block and not _yields(statement.orelse),
        at_raise=at_raise and (after.block or not is_caught),
    )
    yield from _last(statement.body, body)


def _ends(following: Sequence[ast.stmt], after: _After) -> bool:
    for statement in following:
        match statement:
            case ast.Return():
                return after.at_return and not _yields([statement])
            case ast.Raise():
                return after.at_raise
            case ast.Break():
                return after.at_break
            case ast.Continue():
                return False
            case _ if _yields([statement]):
                return False
    return after.block


def _blocks(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    match statement:
        case ast.If(_, body, orelse):
            yield from (body, orelse)
        case ast.Match(cases=cases):
            yield from (case.body for case in cases)


def _yields(statements: Sequence[ast.AST]) -> bool:
    """Whether they yield, or a function within does: no loss, such a one stands further up."""
    parts = (part for statement in statements for part in ast.walk(statement))
    return any(isinstance(part, ast.Yield | ast.YieldFrom) for part in parts)
