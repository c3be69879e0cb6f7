"""What a route declares that it may raise: the type of it, and the statuses that tell it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ...api import DeclaredError, ErrorStatus, HTTPValidationError, Type
from .declarations import declare_type
from .layout import Doc
from .types import TypePrinter, alternatives, below, generic, literal

_FASTAPI_ALONE = (DeclaredError(422, HTTPValidationError()),)


@dataclass(frozen=True, slots=True)
class Raised:
    """The statuses, and the type's name, imports and declaration.

    FastAPI's 422 alone has no type of its own: it is what the runtime takes for granted.
    """

    statuses: tuple[str, ...]
    name: str = ""
    imports: tuple[str, ...] = ()
    declaration: str = ""


def raised(errors: tuple[DeclaredError, ...], *, printer: TypePrinter, name: str) -> Raised:
    """`name` is what the type is called, if it needs one."""
    statuses = tuple(dict.fromkeys(literal(error.status) for error in errors))
    if not errors or errors == _FASTAPI_ALONE:
        return Raised(statuses)
    members = [_member(alike, errors, printer) for alike in _by_body(errors)]
    union = below(alternatives(members)) if len(members) > 1 else members[0]
    return Raised(statuses, name, tuple(_imports(errors)), declare_type(name, union))


def bodies(errors: Iterable[DeclaredError]) -> list[Type]:
    """The types of the app's own that come with them."""
    return [e.body for e in errors if not isinstance(e.body, HTTPValidationError)]


def _by_body(errors: tuple[DeclaredError, ...]) -> list[list[DeclaredError]]:
    alike: dict[str, list[DeclaredError]] = {}
    for error in errors:
        alike.setdefault(repr(error.body), []).append(error)
    return list(alike.values())


def _member(
    alike: list[DeclaredError], errors: tuple[DeclaredError, ...], printer: TypePrinter
) -> Doc:
    statuses = [_statuses(error.status, errors) for error in alike]
    return generic("ApiError", _body(alike[0], printer), alternatives(statuses))


def _body(error: DeclaredError, printer: TypePrinter) -> Doc:
    if isinstance(error.body, HTTPValidationError):
        return "HTTPValidationError"
    return printer.type(error.body)


def _statuses(status: ErrorStatus, errors: tuple[DeclaredError, ...]) -> Doc:
    """The status, or those of a range that the route does not declare more closely."""
    if isinstance(status, int):
        return str(status)
    closer = dict.fromkeys(literal(e.status) for e in errors if _is_closer(e, than=status))
    return generic("StatusOf", literal(status), *([alternatives(closer)] if closer else []))


def _is_closer(error: DeclaredError, *, than: ErrorStatus) -> bool:
    """FastAPI's own 422 is not: that stands beside the range, which may answer with 422 too."""
    if isinstance(error.body, HTTPValidationError):
        return False
    if than == "default":
        return error.status != than
    return isinstance(error.status, int) and str(error.status)[0] == str(than)[0]


def _imports(errors: tuple[DeclaredError, ...]) -> Iterator[str]:
    yield "ApiError"
    if any(isinstance(error.body, HTTPValidationError) for error in errors):
        yield "HTTPValidationError"
    if any(isinstance(error.status, str) for error in errors):
        yield "StatusOf"
