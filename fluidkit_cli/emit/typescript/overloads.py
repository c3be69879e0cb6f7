"""A route whose caller chooses by a flag what it answers: an overload for each, and one body."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ...api import ByFlag, Literal
from ..text import doc_comment, property_key
from .answers import either, undecided
from .functions import Function, call_comment, runtime_call, signature
from .layout import render, row
from .parameters import Argument
from .types import TypePrinter, literal, object_type


@dataclass(frozen=True, slots=True)
class Choice:
    """The function as it is when the flag is set, and when it is not; neither is narrowed."""

    by: ByFlag
    on: Function
    off: Function


def choice_function(choice: Choice, *, printer: TypePrinter) -> str:
    """The overload that needs no flag comes first: it has the comment that people see.

    The last one is for a flag that is known only when the function is called.
    """
    default = choice.by.default
    lines = []
    for value in (default, not default, None):
        lines += doc_comment(_comment(choice, value))
        function = _undecided(choice) if value is None else _narrowed(choice, value)
        lines.append(render(row(signature(function, printer=printer), ";")))
    return "\n".join([*lines, *_implementation(choice, printer)])


def _comment(choice: Choice, value: bool | None) -> list[str]:
    if value is None:
        return [f"When `{choice.by.flag}` is known only at run time."]
    if value == choice.by.default:
        return call_comment(choice.on if value else choice.off)
    return [f"With `{choice.by.flag}: {literal(value)}`."]


def _narrowed(choice: Choice, value: bool) -> Function:
    function = choice.on if value else choice.off
    arguments = (_chosen(argument, choice.by, value) for argument in function.arguments)
    return replace(function, arguments=tuple(arguments))


def _undecided(choice: Choice) -> Function:
    arguments = (_asked(argument, choice.by) for argument in choice.on.arguments)
    returned = undecided(choice.on.returned, choice.off.returned)
    return replace(choice.on, arguments=tuple(arguments), returned=returned)


def _asked(argument: Argument, by: ByFlag) -> Argument:
    """The flag as it is, but not left out: without it another overload holds."""
    is_needed = _is_optional_flag(argument, by) or _is_optional_body(argument, by)
    return replace(argument, is_chosen=True) if is_needed else argument


def _chosen(argument: Argument, by: ByFlag, value: bool) -> Argument:
    """The flag with the one value, or the body that has it."""
    if by.in_body and argument.location == "body":
        mark = "?" if value == by.default else ""
        is_needed = _is_optional_body(argument, by) and value != by.default
        narrowing = object_type([f"{_key(by)}{mark}: {literal(value)}"])
        return replace(argument, narrowing=narrowing, is_chosen=is_needed)
    if _is_flag(argument, by):
        is_needed = _is_optional_flag(argument, by) and value != by.default
        return replace(argument, type=Literal(value), is_chosen=is_needed)
    return argument


def _is_flag(argument: Argument, by: ByFlag) -> bool:
    return not by.in_body and argument.location == "query" and argument.wire_name == by.flag


def _is_optional_body(argument: Argument, by: ByFlag) -> bool:
    return by.in_body and argument.location == "body" and not argument.required


def _is_optional_flag(argument: Argument, by: ByFlag) -> bool:
    return _is_flag(argument, by) and not argument.required


def _implementation(choice: Choice, printer: TypePrinter) -> Iterable[str]:
    both = replace(choice.on, returned=either(choice.on.returned, choice.off.returned))
    default, other = (choice.on, choice.off) if choice.by.default else (choice.off, choice.on)
    yield render(row(signature(both, printer=printer), " {"))
    yield f"\tif ({_test(choice)}) {{"
    yield f"\t\t{_return(other, depth=2)}"
    yield "\t}"
    yield f"\t{_return(default, depth=1)}"
    yield "}"


def _return(function: Function, *, depth: int) -> str:
    return render(row("return ", runtime_call(function), ";"), depth=depth)


def _test(choice: Choice) -> str:
    """Whether the flag has the value that it does not have by itself."""
    value = _value(choice)
    return f"{value} === false" if choice.by.default else value


def _value(choice: Choice) -> str:
    arguments = choice.on.arguments
    if not choice.by.in_body:
        return next(each.value for each in arguments if _is_flag(each, choice.by))
    body = next(each for each in arguments if each.location == "body")
    key = _key(choice.by)
    if not body.required:
        return f"{body.value}?.{key}" if key == choice.by.flag else f"{body.value}?.[{key}]"
    return f"{body.value}.{key}" if key == choice.by.flag else f"{body.value}[{key}]"


def _key(by: ByFlag) -> str:
    return property_key(by.flag)
