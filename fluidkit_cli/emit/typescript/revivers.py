"""`dates.ts`: for each type with dates that routes answer with, the function that makes them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ..names import free_name, type_name
from .dates import Dates, body_of, parameters_of
from .imports import import_statement, renamed
from .layout import HARD_LINE, LINE, TAB_WIDTH, WIDTH, Doc, Group, Indent, enclosed, render, row
from .revivals import Revival, Words, called_by, expression

_TYPE = "Revive"
_PURE = "// @__NO_SIDE_EFFECTS__"
"""Has bundlers drop the calls for which nobody asks."""
_SHORT_CALL = re.compile(r"\w+\(\w{1,25}\)")


@dataclass(frozen=True, slots=True)
class Revivers:
    """The file's text: imports, then what it declares. No reviver, no file."""

    imports: tuple[str, ...]
    declarations: tuple[str, ...]


def reviver_name(type_name: str) -> str:
    """What is called the function that makes the dates of a type."""
    return f"revive{type_name}"


def revivers(roots: Iterable[Revival], *, dates: Dates, names: Mapping[str, str]) -> Revivers:
    """The functions that `roots` call, each after those that it calls itself.

    `names` is what the types are called in `types.ts`.
    """
    file = _File(dates, names)
    for name in sorted({name for root in roots for name in called_by(root)}):
        file.add(name)
    return file.text()


@dataclass(slots=True)
class _File:
    """Collects what it declares, by the types' names in the `Api`, and what it imports."""

    dates: Dates
    names: Mapping[str, str]
    declarations: dict[str, str] = field(default_factory=dict)
    functions: set[str] = field(default_factory=set)
    open: list[str] = field(default_factory=list)
    recursive: set[str] = field(default_factory=set)

    def add(self, name: str) -> None:
        """Declares the function after those that it calls, but for itself and those around it."""
        if name in self.open:
            self.recursive.add(name)
        if name in self.declarations or name in self.open:
            return
        self.open.append(name)
        revival = self.dates.revival(body_of(self.dates.named[name]))
        for called in sorted(called_by(revival)):
            self.add(called)
        self.open.pop()
        self.declarations[name] = self._declared(name, revival)

    def text(self) -> Revivers:
        if not self.declarations:
            return Revivers((), ())
        types = [renamed(_TYPE, self._type)]
        mentioned = [self.names[name] for name in self.declarations]
        return Revivers(
            (
                import_statement("./runtime/dates.ts", values=self.functions, types=types),
                import_statement("./types.ts", types=mentioned),
            ),
            tuple(self.declarations.values()),
        )

    @property
    def _type(self) -> str:
        return free_name(_TYPE, taken=set(self.names.values()))

    def _declared(self, name: str, revival: Revival | None) -> str:
        type, function = self.names[name], reviver_name(self.names[name])
        parameters = parameters_of(self.dates.named[name])
        if parameters:
            return self._generic(name, revival)
        value = expression(revival, Words(self._function, self._reviver))
        if name not in self.recursive:
            return _assignment(f"export const {function}: {self._type}<{type}>", value)
        body = _applied_to_value(f"{self._type}<{type}>", value, depth=1)
        opening = enclosed(f"export function {function}(", ["value: unknown"], f"): {type} {{")
        return _block(render(opening), body, "}")

    def _generic(self, name: str, revival: Revival | None) -> str:
        """A function of those that make the dates of the variables."""
        taken = set(self.names.values())
        parameters = parameters_of(self.dates.named[name])
        local = {each: free_name(type_name(each), taken=taken) for each in parameters}
        given = {each: reviver_name(type) for each, type in local.items()}
        listed = ", ".join(local.values())
        result = f"{self._type}<{self.names[name]}<{listed}>>"
        opening = enclosed(
            f"export function {reviver_name(self.names[name])}<{listed}>(",
            [f"{given[each]}: {self._type}<{local[each]}>" for each in parameters],
            f"): {result} {{",
        )
        value = expression(revival, Words(self._function, self._reviver, given))
        body = [render(row("return ", value, ";"), depth=1)]
        if name in self.recursive:
            inner = _applied_to_value(result, value, depth=2)
            body = ["return (value) => {", *(f"\t{line}" for line in inner), "};"]
        return _block(f"{_PURE}\n{render(opening)}", body, "}")

    def _function(self, name: str) -> str:
        self.functions.add(name)
        return name

    def _reviver(self, name: str) -> str:
        return reviver_name(self.names[name])


def _applied_to_value(type: str, value: Doc, *, depth: int) -> list[str]:
    """What is made where it is called: what it calls itself may be declared further down."""
    made = _assignment(f"const revive: {type}", value, depth=depth)
    return [made, "return revive(value);"]


def _block(opening: str, lines: Iterable[str], closing: str) -> str:
    return "\n".join([opening, *(f"\t{line}" for line in lines), closing])


def _assignment(left: str, value: Doc, *, depth: int = 0) -> str:
    """`left = value;`, broken where prettier does: behind the `=` only what nothing else helps."""
    if isinstance(value, str) or _is_short_call(value):
        return render(row(f"{left} =", Group(Indent(row(LINE, value))), ";"), depth=depth)
    head = render(value, width=1).partition("\n")[0]
    is_long = len(f"{left} = {head}") + depth * TAB_WIDTH > WIDTH
    placed = Indent(row(HARD_LINE, value)) if is_long else row(" ", value)
    return render(row(f"{left} =", placed, ";"), depth=depth)


def _is_short_call(value: Doc) -> bool:
    """A call of one word, which prettier moves as a whole."""
    return bool(_SHORT_CALL.fullmatch(render(value, width=1 << 20)))
