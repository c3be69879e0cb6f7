"""The classes of one Python module of the app: one that is plain, one that awaits."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from ...api import ByFlag, NamedType, Route, Single
from ..names import free_name, pascal_case
from .answers import Prefix, returned
from .arguments import arguments_of
from .errors import declaration
from .layout import INDENT, Code, assigned, flat
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
        errors = {name: aliases.reserve(f"{pascal_case(name)}Error") for name in _failing(module)}
        classes = [self._class(module, prefix, aliases, errors) for prefix in _PREFIXES]
        return "\n\n\n".join(
            [
                *(["\n".join(aliases.lines)] if aliases.lines else []),
                *(
                    declaration(module.routes[name].errors, own, method=name, printer=self._printer)
                    for name, own in errors.items()
                ),
                *classes,
            ]
        )

    def _class(
        self, module: Module, prefix: Prefix, aliases: "Aliases", errors: Mapping[str, str]
    ) -> str:
        kind = "awaited" if prefix else "plain"
        opening = [
            f"class {prefix}{module.class_name}:",
            *docstring([f"The routes of {phrase(module.source)}, {kind}."], indent=INDENT),
            "",
            f"{INDENT}def __init__(self, routes: {prefix}Routes) -> None:",
            f"{INDENT * 2}self._routes = routes",
        ]
        methods = [
            method_text(method, printer=self._printer)
            for method in self._methods(module, prefix, aliases, errors)
        ]
        return "\n\n".join(["\n".join(opening), *methods])

    def _methods(
        self, module: Module, prefix: Prefix, aliases: "Aliases", errors: Mapping[str, str]
    ) -> Iterator[Method]:
        for name, route in module.routes.items():
            alias = partial(aliases.role, pascal_case(name))
            answers = tuple(
                returned(answer, printer=self._printer, alias=alias, prefix=prefix)
                for answer in _single(route)
            )
            yield Method(
                name,
                route,
                tuple(arguments_of(route, named=self._named)),
                answers,
                prefix,
                errors.get(name, ""),
                partial(alias, role=f"{prefix}Returned"),
            )


class Aliases:
    """Names for types that are too long to stand in a signature."""

    def __init__(self, taken: set[str]) -> None:
        self.lines: list[str] = []
        self._taken = taken | MENTIONED
        self._names: dict[tuple[str, str], str] = {}

    def role(self, start: str, type: Code, role: str) -> str:
        key = (flat(type), start + role)
        if key not in self._names:
            self._names[key] = name = self.reserve(start + role)
            self.lines.append(assigned(name, type))
        return self._names[key]

    def reserve(self, wanted: str) -> str:
        """The name, or a similar one that is not taken."""
        name = free_name(identifier(wanted), taken=self._taken)
        self._taken.add(name)
        return name


def _failing(module: Module) -> list[str]:
    """The methods whose routes declare errors."""
    return [name for name, route in module.routes.items() if route.errors]


def _single(route: Route) -> tuple[Single, ...]:
    answer = route.answer
    return (answer.on, answer.off) if isinstance(answer, ByFlag) else (answer,)
