"""The places in a function that give names their values, and which of them reach a use."""

import ast
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Literal

Body = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.Module


@dataclass(frozen=True, slots=True)
class Step:
    """A place in a block of statements, which begins at `line`."""

    block: int
    index: int
    is_loop: bool
    line: int


Path = tuple[Step, ...]
"""The steps from a function's body down to a statement."""

Way = Literal[
    "parameter",
    "spread",
    "assigned",
    "augmented",
    "declared",
    "looped",
    "entered",
    "caught",
    "imported",
    "defined",
    "lost",
]


@dataclass(frozen=True, slots=True)
class Binding:
    """One place that gives a name its value; `indexes` lead into what is unpacked there."""

    way: Way
    node: ast.AST
    path: Path
    indexes: tuple[int, ...] = ()
    is_certain: bool = True


def within(block: Sequence[ast.stmt], *, is_loop: bool) -> Step:
    """The place before the first statement of a block."""
    return step_to(block, -1, is_loop=is_loop)


def step_to(block: Sequence[ast.stmt], index: int, *, is_loop: bool) -> Step:
    """The place of a statement of a block."""
    return Step(id(block), index, is_loop, block[0].lineno)


def parameters_of(function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> list[ast.arg]:
    """Those that are passed by position first, `*args` and `**kwargs` left out."""
    arguments = function.args
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]


def defaults_of(body: Body) -> dict[str, ast.expr]:
    """The defaults of a function's parameters."""
    if isinstance(body, ast.Module):
        return {}
    arguments = body.args
    positional = [*arguments.posonlyargs, *arguments.args]
    last = positional[len(positional) - len(arguments.defaults) :]
    pairs = zip(last, arguments.defaults, strict=True)
    named = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    return {argument.arg: node for argument, node in (*pairs, *named) if node is not None}


def reaching(
    bindings: Sequence[Binding], use: Path, *, taken: Collection[int] = ()
) -> list[Binding]:
    """Those of a name's bindings whose value may arrive at `use`.

    `taken` are blocks that run for certain. A binding hides all before it if each way to `use`
    passes it: it stands in a block around `use`, above. What comes below `use` arrives only around
    a loop.
    """
    passed = {step.block for step in use}
    surely = set(taken) - passed
    hiding = max(
        (i for i, b in enumerate(bindings) if _dominates(_as_taken(b, surely), use)), default=None
    )
    depth = 0 if hiding is None else len(bindings[hiding].path)
    around_loop = any(step.is_loop for step in use[depth:])
    found = [
        binding
        for index, binding in enumerate(bindings)
        if index == hiding
        or ((hiding is None or index > hiding) and (around_loop or not is_below(binding, use)))
    ]
    return found or list(bindings)


def _as_taken(binding: Binding, taken: Collection[int]) -> Binding:
    """As if what stands in a block that runs for certain stood before and after it."""
    if not any(step.block in taken for step in binding.path):
        return binding
    return replace(binding, path=tuple(s for s in binding.path if s.block not in taken))


def is_settled(bindings: Sequence[Binding], use: Path) -> bool:
    """Whether what is bound at `use` was bound above, and in the same turn of each loop."""
    hiding = [binding for binding in bindings if _dominates(binding, use)]
    return bool(hiding) and not any(step.is_loop for step in use[len(hiding[-1].path) :])


def _dominates(binding: Binding, use: Path) -> bool:
    if binding.way == "parameter":
        return True
    if not binding.is_certain or not binding.path or len(binding.path) > len(use):
        return False
    *above, own = binding.path
    step = use[len(above)]
    return list(use[: len(above)]) == above and step.block == own.block and step.index > own.index


def is_below(binding: Binding, use: Path) -> bool:
    """Whether what is bound there comes after `use` in one run of the body."""
    for step, used in zip(binding.path, use, strict=False):
        if step.block != used.block:
            return step.line > used.line
        if step.index != used.index:
            return step.index > used.index
    # `x = f(x)`: the right side is read first.
    return binding.is_certain and len(binding.path) == len(use)
