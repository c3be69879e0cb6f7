"""What a route declares that it may raise: an exception, with the types of its bodies."""

from collections.abc import Iterable, Sequence

from ...api import DeclaredError, ErrorStatus, HTTPValidationError, Type
from .layout import INDENT, Brackets, Code, Either, call, flat, render, row, subscript
from .text import docstring, string_literal
from .types import TypePrinter


def declaration(
    errors: Sequence[DeclaredError], name: str, *, method: str, printer: TypePrinter
) -> str:
    """The lines of the class."""
    bodies = {status: _body(status, errors, printer) for status in statuses(errors)}
    base = subscript("DeclaredError", [_status(bodies), _union(bodies.values())])
    items = tuple(row(f"{_key(status)}: ", body) for status, body in bodies.items())
    declared = row("declared = ", Brackets("{", items, "}"))
    told = ", ".join(map(str, bodies))
    return "\n".join(
        [
            render(row(call(f"class {name}", [base]), ":")),
            *docstring([f"What `{method}` declares: {told}."], indent=INDENT),
            "",
            INDENT + render(declared, depth=1),
        ]
    )


def statuses(errors: Sequence[DeclaredError]) -> list[ErrorStatus]:
    return list(dict.fromkeys(error.status for error in errors))


def _body(status: ErrorStatus, errors: Sequence[DeclaredError], printer: TypePrinter) -> Code:
    """What comes with it. FastAPI's own 422 may stand beside what covers 422."""
    own = [error.body for error in errors if error.status == status]
    if own == [HTTPValidationError()]:
        own += [error.body for error in errors if error.status in ("4XX", "default")][:1]
    return _union(_printed(each, printer) for each in own)


def _printed(body: Type | HTTPValidationError, printer: TypePrinter) -> Code:
    if isinstance(body, HTTPValidationError):
        return "HTTPValidationError"
    return printer.type(body)


def _union(codes: Iterable[Code]) -> Code:
    printed = {flat(code): code for code in codes}
    if "Any" in printed:
        return "Any"
    return Either(tuple(printed.values())) if len(printed) > 1 else next(iter(printed.values()))


def _status(statuses: Iterable[ErrorStatus]) -> Code:
    """A range has too many to name."""
    texts = list(map(str, statuses))
    is_exact = all(text.isdigit() for text in texts)
    return subscript("Literal", texts) if is_exact else "int"


def _key(status: ErrorStatus) -> str:
    return str(status) if isinstance(status, int) else string_literal(status)
