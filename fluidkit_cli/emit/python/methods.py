"""One route as a method of a generated class: of the plain one, and of the one that awaits."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ...api import ByFlag, Route
from .answers import LONGEST_INLINE, Prefix, Returned
from .arguments import Argument
from .calls import call_of, flag_test
from .documents import method_document
from .layout import INDENT, WIDTH, Brackets, Code, Either, annotated, flat, render, row, subscript
from .text import docstring
from .types import TypePrinter

_BODY = 2


@dataclass(frozen=True, slots=True)
class Method:
    """What a method is printed from. `returned` has what comes, or, where a flag decides, what
    comes when it is set and what when it is not; `error` is the name of what it may raise, if any;
    `alias` gives a name to what may be either."""

    name: str
    route: Route
    arguments: tuple[Argument, ...]
    returned: tuple[Returned, ...]
    prefix: Prefix
    error: str
    alias: Callable[[Code], Code]


def method_text(method: Method, *, printer: TypePrinter) -> str:
    """The lines of the method, indented as in its class."""
    return "\n".join(_lines(method, printer))


def _lines(method: Method, printer: TypePrinter) -> Iterator[str]:
    document = method_document(method.route, method.arguments, error=method.error)
    doc = docstring(document, indent=_BODY * INDENT)
    call = row("call = ", call_of(method.route, method.arguments, error=method.error))
    match method.route.answer, method.returned:
        case ByFlag() as by, (on, off):
            yield from _overloads(method, by, printer)
            parameters = _parameters(method, printer, flag="bool")
            yield _signature(method, parameters, _either(method, on, off), is_async=False)
            yield from [*doc, _statement(call)]
            yield f"{INDENT * _BODY}if {flag_test(by, method.arguments)}:"
            yield from _result(on, depth=_BODY + 1, returns_it=bool(method.prefix))
            yield from _result(off, depth=_BODY, returns_it=bool(method.prefix))
        case _, returned:
            [only] = returned
            is_awaited = bool(method.prefix) and only.kind != "stream"
            parameters = _parameters(method, printer, options=only.options)
            yield _signature(method, parameters, _fitting(method, only.type), is_async=is_awaited)
            yield from [*doc, _statement(call)]
            yield from _result(only, depth=_BODY, is_awaited=is_awaited)


def _overloads(method: Method, by: ByFlag, printer: TypePrinter) -> Iterator[str]:
    """The one that needs no flag comes first, the one for a flag known at run time last."""
    on, off = method.returned
    for value in (by.default, not by.default, None):
        flag = "bool" if value is None else f"Literal[{value}]"
        chosen = _either(method, on, off) if value is None else _type(method, on if value else off)
        is_default = value == by.default
        yield f"{INDENT}@overload"
        parameters = _parameters(method, printer, flag=flag, is_chosen=not is_default)
        yield _signature(method, parameters, chosen, is_async=False, end=" ...")


def _parameters(
    method: Method,
    printer: TypePrinter,
    *,
    options: str = "StreamKeywords",
    flag: str = "",
    is_chosen: bool = False,
) -> list[Code]:
    """`flag` is the type of the flag, which `is_chosen` does without a default."""
    declared = [
        (each, _flag(each, flag, is_chosen) if each.is_flag else each.declared(printer))
        for each in method.arguments
    ]
    named = [code for each, code in declared if not each.is_positional]
    return [
        "self",
        *(code for each, code in declared if each.is_positional),
        *(["*", *named] if named else []),
        f"**options: Unpack[{options}]",
    ]


def _flag(argument: Argument, type: str, is_chosen: bool) -> Code:
    if argument.required or is_chosen:
        return f"{argument.name}: {type}"
    return f"{argument.name}: {type} | None = None"


def _signature(
    method: Method, parameters: Sequence[Code], type: Code, *, is_async: bool, end: str = ""
) -> str:
    start = "async def" if is_async else "def"
    brackets = Brackets(f"{start} {method.name}(", tuple(parameters), f") -> {flat(type)}:{end}")
    return INDENT + render(brackets, depth=1)


def _fitting(method: Method, type: Code) -> Code:
    """The type, by a name if it does not fit on the last line of a signature."""
    is_long = len(f"{INDENT}) -> {flat(type)}:") > WIDTH
    return method.alias(type) if is_long else type


def _type(method: Method, returned: Returned) -> Code:
    is_awaited = bool(method.prefix) and returned.kind != "stream"
    return subscript("Awaitable", [returned.type]) if is_awaited else returned.type


def _either(method: Method, on: Returned, off: Returned) -> Code:
    types = list(dict.fromkeys(flat(_type(method, each)) for each in (on, off)))
    text = " | ".join(types)
    return text if len(text) <= LONGEST_INLINE else method.alias(Either(tuple(types)))


def _result(
    returned: Returned, *, depth: int, is_awaited: bool = False, returns_it: bool = False
) -> Iterator[str]:
    """`returns_it` leaves it to the caller to await what comes."""
    start = "await " if is_awaited else ""
    if returns_it or returned.kind == "stream":
        yield _statement(row("return ", returned.call), depth)
    elif returned.kind == "value":
        call = row(start, returned.call)
        yield INDENT * depth + annotated("answer", returned.type, call, depth=depth)
        yield f"{INDENT * depth}return answer"
    else:
        yield _statement(row(start, returned.call), depth)


def _statement(code: Code, depth: int = _BODY) -> str:
    return INDENT * depth + render(code, depth=depth)
