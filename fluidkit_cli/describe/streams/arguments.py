"""What a call passes, and under which names it arrives."""

import ast
from collections.abc import Callable

from .bindings import Body, parameters_of
from .values import Arguments, Dictionary, Sequence, Value


def arguments_of(call: ast.Call, value: Callable[[ast.expr], Value]) -> Arguments:
    """The arguments of a call, those that are spread among them where they can be told."""
    positional: list[Value] = []
    named: dict[str, Value] = {}
    is_complete = True
    for node in call.args:
        match value(node.value) if isinstance(node, ast.Starred) else Sequence((value(node),)):
            case Sequence(items):
                positional.extend(items)
            case _:
                is_complete = False
    for keyword in call.keywords:
        found = value(keyword.value)
        match keyword.arg, found:
            case str(name), _:
                named[name] = found
            case None, Dictionary(entries):
                named |= dict(entries)
            case _:
                is_complete = False
    return Arguments(tuple(positional), tuple(named.items()), is_complete)


def passed_to(body: Body, arguments: Arguments, receiver: Value | None) -> dict[str, Value]:
    """The values of a function's parameters, `*args` and `**kwargs` where they are complete."""
    if isinstance(body, ast.Module):
        return {}
    names = [parameter.arg for parameter in parameters_of(body)]
    places = len(body.args.posonlyargs) + len(body.args.args)
    given = arguments.positional if receiver is None else (receiver, *arguments.positional)
    passed = dict(zip(names[:places], given, strict=False))
    passed |= {name: value for name, value in arguments.named if name in names}
    if arguments.is_complete and body.args.vararg is not None:
        passed[body.args.vararg.arg] = Sequence(given[places:])
    if arguments.is_complete and body.args.kwarg is not None:
        others = ((name, value) for name, value in arguments.named if name not in names)
        passed[body.args.kwarg.arg] = Dictionary(tuple(others))
    return passed
