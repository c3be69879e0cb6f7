"""Which conditions hold where a statement stands."""

import ast
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from .bindings import Path


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition, and whether it holds."""

    test: ast.expr
    holds: bool


@dataclass(frozen=True, slots=True)
class Tested:
    """A guard of a place, where it was tested, and at which of the place's steps it begins."""

    guard: Guard
    path: Path
    depth: int


@dataclass(frozen=True, slots=True)
class Guards:
    """Those of one body: all through a block, or in it below a statement."""

    through: defaultdict[int, list[Guard]] = field(default_factory=lambda: defaultdict(list))
    below: defaultdict[int, list[tuple[int, Guard]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def at(self, path: Path) -> Iterator[Tested]:
        """What holds at `path`, the outermost first."""
        for depth, step in enumerate(path):
            for guard in self.through.get(step.block, ()):
                yield Tested(guard, path[:depth], depth)
            for index, guard in self.below.get(step.block, ()):
                if index < step.index:
                    yield Tested(guard, (*path[:depth], replace(step, index=index)), depth)


def guards_of(statements: Sequence[ast.stmt]) -> Guards:
    """The guards of a body, without those of functions within."""
    guards = Guards()
    _read(statements, guards)
    return guards


def _read(statements: Sequence[ast.stmt], guards: Guards) -> None:
    for index, statement in enumerate(statements):
        for guard in _left_behind(statement):
            guards.below[id(statements)].append((index, guard))
        match statement:
            case ast.If(test, body, orelse):
                guards.through[id(body)].append(Guard(test, True))
                guards.through[id(orelse)].append(Guard(test, False))
            case ast.While(test, body):
                guards.through[id(body)].append(Guard(test, True))
            case ast.Match(subject, cases):
                _read_cases(subject, cases, guards)
        for block in _blocks(statement):
            _read(block, guards)


def _left_behind(statement: ast.stmt) -> Iterator[Guard]:
    """What holds once a statement has been passed."""
    match statement:
        case ast.Assert(test):
            yield Guard(test, True)
        case ast.If(test, body, orelse):
            if _leaves(body):
                yield Guard(test, False)
            elif _leaves(orelse):
                yield Guard(test, True)


def _leaves(block: Sequence[ast.stmt]) -> bool:
    leaving = ast.Return | ast.Raise | ast.Break | ast.Continue
    return bool(block) and isinstance(block[-1], leaving)


def _blocks(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return
    for name in ("body", "orelse", "finalbody"):
        yield getattr(statement, name, [])
    for part in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
        yield part.body


def _read_cases(subject: ast.expr, cases: Sequence[ast.match_case], guards: Guards) -> None:
    above: list[ast.pattern] = []
    for case in cases:
        pattern = case.pattern
        named = pattern.name if isinstance(pattern, ast.MatchAs) else None
        for matched in (subject, *([ast.Name(named, ast.Load())] if named else [])):
            found = [Guard(test, False) for one in above if (test := _test_of(one, matched))]
            if test := _test_of(pattern, matched):
                found.append(Guard(test, True))
            guards.through[id(case.body)] += found
        if case.guard is None and _is_whole(pattern):
            above.append(pattern)


def _test_of(pattern: ast.pattern, subject: ast.expr) -> ast.expr | None:
    """The condition that holds where a pattern fits."""
    match pattern:
        case ast.MatchAs(ast.pattern() as inner):
            return _test_of(inner, subject)
        case ast.MatchClass(cls):
            return ast.Call(ast.Name("isinstance", ast.Load()), [subject, cls], [])
        case ast.MatchValue(value):
            return ast.Compare(subject, [ast.Eq()], [value])
        case ast.MatchSingleton(value):
            return ast.Compare(subject, [ast.Is()], [ast.Constant(value)])
        case ast.MatchOr(patterns):
            tests = [_test_of(one, subject) for one in patterns]
            found = [test for test in tests if test is not None]
            return ast.BoolOp(ast.Or(), found) if len(found) == len(tests) else None
        case _:
            return None


def _is_whole(pattern: ast.pattern) -> bool:
    """Whether it does not fit only where its condition does not hold."""
    parts = (part for part in ast.walk(pattern) if isinstance(part, ast.MatchClass))
    return not any(part.patterns or part.kwd_patterns for part in parts)
