"""How texts within a value become dates, and the calls of `runtime/dates.ts` that say so."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, assert_never

from ..text import value_key
from .declarations import member_value
from .layout import LINE, Doc, enclosed, row

Kind = Literal["string", "array", "object"]


@dataclass(frozen=True, slots=True)
class Date:
    """The value itself is the text of a date."""


@dataclass(frozen=True, slots=True)
class Each:
    """Every item of a list, or every value of an object with any keys."""

    item: "Revival"
    of: Literal["items", "values"] = "items"


@dataclass(frozen=True, slots=True)
class Places:
    """The items of a tuple, and those that may follow; None holds no date."""

    items: "tuple[Revival | None, ...]"
    rest: "Revival | None" = None


@dataclass(frozen=True, slots=True)
class Fields:
    """Keys of an object, and all that are not among them; None holds no date."""

    fields: "tuple[tuple[str, Revival | None], ...]"
    rest: "Revival | None" = None


@dataclass(frozen=True, slots=True)
class Nullable:
    """The value, unless it is null."""

    value: "Revival"


@dataclass(frozen=True, slots=True)
class ByKind:
    """What the value is, by the kind of JSON that it is."""

    kinds: "tuple[tuple[Kind, Revival], ...]"


@dataclass(frozen=True, slots=True)
class ByTag:
    """What the object is, by the text of one of its keys' value."""

    tag: str
    cases: "tuple[tuple[str, Revival], ...]"


@dataclass(frozen=True, slots=True)
class Named:
    """A named type of the `Api`, with a revival for each of its variables."""

    name: str
    arguments: "tuple[Revival | None, ...]" = ()


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of the generic type around it."""

    name: str


Revival = Date | Each | Places | Fields | Nullable | ByKind | ByTag | Named | Variable


@dataclass(frozen=True, slots=True)
class Words:
    """What functions of the runtime, those of named types, and variables are called in a file."""

    function: Callable[[str], str]
    reviver: Callable[[str], str]
    variables: Mapping[str, str] = field(default_factory=dict)


def expression(revival: Revival | None, words: Words) -> Doc:  # noqa: C901, PLR0911 - one case a kind
    """TypeScript that gives a function of a value."""
    match revival:
        case None:
            return words.function("asIs")
        case Date():
            return words.function("date")
        case Each(item, of):
            return _applied(words.function("each" if of == "items" else "values"), [item], words)
        case Nullable(value):
            return _applied(words.function("nullable"), [value], words)
        case Places(items, rest):
            listed = enclosed("[", [expression(item, words) for item in items], "]")
            return _with_rest(words.function("places"), listed, rest, words)
        case Fields(fields, rest):
            return _with_rest(words.function("fields"), _literal(fields, words), rest, words)
        case ByKind(kinds):
            return row(f"{words.function('byKind')}(", _literal(kinds, words), ")")
        case ByTag(tag, cases):
            by = _object([(tag, _literal(cases, words))])
            return row(f"{words.function('byTag')}(", by, ")")
        case Named(name, arguments):
            reviver = words.reviver(name)
            return _applied(reviver, arguments, words) if arguments else reviver
        case Variable(name):
            return words.variables[name]
        case _:
            assert_never(revival)


def called_by(revival: Revival | None) -> set[str]:
    """The named types whose functions the expression calls."""
    match revival:
        case Named(name, arguments):
            return {name, *_called_by(arguments)}
        case Each(inner) | Nullable(inner):
            return called_by(inner)
        case Places(items, rest):
            return _called_by([*items, rest])
        case Fields(fields, rest):
            return _called_by([*(value for _, value in fields), rest])
        case ByKind(cases) | ByTag(cases=cases):
            return _called_by(value for _, value in cases)
        case _:
            return set()


def _called_by(revivals: Iterable[Revival | None]) -> set[str]:
    return {name for each in revivals for name in called_by(each)}


def _applied(function: str, arguments: Iterable[Revival | None], words: Words) -> Doc:
    return enclosed(f"{function}(", [expression(each, words) for each in arguments], ")")


def _with_rest(function: str, first: Doc, rest: Revival | None, words: Words) -> Doc:
    """A literal that is the only argument keeps its brackets beside the parentheses."""
    if rest is None:
        return row(f"{function}(", first, ")")
    return enclosed(f"{function}(", [first, expression(rest, words)], ")")


def _literal(members: Iterable[tuple[str, Revival | None]], words: Words) -> Doc:
    return _object((key, expression(value, words)) for key, value in members)


def _object(members: Iterable[tuple[str, Doc]]) -> Doc:
    found = [member_value(value_key(key), value) for key, value in members]
    return enclosed("{", found, "}", padding=LINE)
