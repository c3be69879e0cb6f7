"""The classes of one Python module of the app: one that is plain, one that awaits."""

from collections.abc import Mapping
from dataclasses import dataclass

from ...api import ByFlag, NamedType, Route, Single
from ..names import free_name, pascal_case
from .answers import Prefix, returned
from .arguments import arguments_of
from .layout import INDENT, Code, flat, render, row
from .methods import Method, method_text
from .names import MENTIONED, identifier
from .text import docstring, phrase
from .types import TypePrinter

_PREFIXES: tuple[Prefix, Prefix] = ("", "Async")


@dataclass(frozen=True, slots=True)
class Module:
    """A module of the app: its file and attribute, its class, and its methods with their names."""

    name: str
    class_name: str
    source: str
    routes: Mapping[str, Route]


class ModulePrinter:
    """Prints the classes of modules, and the names that they give to types."""

    def __init__(self, printer: TypePrinter, named: Mapping[str, NamedType]) -> None:
        self._printer = printer
        self._named = named

    def text(self, module: Module) -> str:
        """What stands below the imports: names of types, then a class for each way to call."""
        aliases = Aliases(taken={f"{prefix}{module.class_name}" for prefix in _PREFIXES})
        classes = [self._class(module, prefix, aliases) for prefix in _PREFIXES]
        return "\n\n\n".join([*(["\n".join(aliases.lines)] if aliases.lines else []), *classes])

    def _class(self, module: Module, prefix: Prefix, aliases: "Aliases") -> str:
        kind = "awaited" if prefix else "plain"
        opening = [
            f"class {prefix}{module.class_name}:",
            *docstring([f"The routes of {phrase(module.source)}, {kind}."], indent=INDENT),
            "",
            f"{INDENT}def __init__(self, routes: {prefix}Routes) -> None:",
            f"{INDENT * 2}self._routes = routes",
        ]
        methods = [
            method_text(self._method(name, route, prefix, aliases), printer=self._printer)
            for name, route in module.routes.items()
        ]
        return "\n\n".join(["\n".join(opening), *methods])

    def _method(self, name: str, route: Route, prefix: Prefix, aliases: "Aliases") -> Method:
        def alias(type: Code, role: str) -> Code:
            return aliases.name(type, f"{pascal_case(name)}{role}")

        answers = tuple(
            returned(answer, printer=self._printer, alias=alias, prefix=prefix)
            for answer in _single(route)
        )
        arguments = tuple(arguments_of(route, named=self._named))
        return Method(
            name, route, arguments, answers, prefix, lambda type: alias(type, f"{prefix}Returned")
        )


class Aliases:
    """Names for types that are too long to stand in a signature."""

    def __init__(self, taken: set[str]) -> None:
        self.lines: list[str] = []
        self._taken = taken | MENTIONED
        self._names: dict[tuple[str, str], str] = {}

    def name(self, type: Code, wanted: str) -> str:
        key = (flat(type), wanted)
        if key not in self._names:
            name = free_name(identifier(wanted), taken=self._taken)
            self._taken.add(name)
            self._names[key] = name
            self.lines.append(render(row(f"{name} = ", type)))
        return self._names[key]


def _single(route: Route) -> tuple[Single, ...]:
    answer = route.answer
    return (answer.on, answer.off) if isinstance(answer, ByFlag) else (answer,)
