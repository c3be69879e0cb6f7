"""Gives every type a unique name, whatever the order of routes and imports."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from ..api import NamedType
from ..api.origins import qualified_names
from .forms import INPUT, Form
from .references import renamed


@dataclass(frozen=True, slots=True)
class Definition:
    """One form of one Python type.

    `key` is what references call it until it has a name. `origin` is where the type stands,
    `package.module:Outer.Inner`; `identity` is the same for all forms of one type alone.
    """

    key: str
    origin: str
    identity: str
    form: Form
    type: NamedType


def names_of(definitions: Sequence[Definition]) -> dict[str, str]:
    """A name for each key; forms of one type that are equal on the wire share one.

    Of several types with an equal name, that whose origin is the first of the alphabet keeps it and
    the others are qualified. What files of an earlier time call them is the emitters' business.
    """
    bases = _base_names(definitions)
    taken = set(bases.values())
    shapes = _shapes(definitions)
    forms: dict[str, list[Form]] = {}
    for definition in sorted(definitions, key=_form_first):
        forms.setdefault(shapes[definition.key], []).append(definition.form)
    named: dict[str, str] = {}
    plain: set[str] = set()
    for definition in sorted(definitions, key=_form_first):
        shape, base = shapes[definition.key], bases[definition.identity]
        if shape not in named:
            is_plain = definition.identity not in plain
            named[shape] = base if is_plain else _free(base + _suffix(forms[shape]), taken)
            plain.add(definition.identity)
    return {definition.key: named[shapes[definition.key]] for definition in definitions}


def _form_first(definition: Definition) -> tuple[Form, str]:
    return definition.form, definition.origin


def _suffix(forms: Sequence[Form]) -> str:
    """Of equal forms, what is read gives the name: it is the one that people write."""
    return (INPUT if INPUT in forms else forms[0]).suffix


def _base_names(definitions: Sequence[Definition]) -> dict[str, str]:
    origins = {each.identity: each.origin for each in sorted(definitions, key=_place)}
    bases: dict[str, str] = {}
    taken: set[str] = set()
    for identity, origin in origins.items():
        plain = next(qualified_names(origin))
        if plain not in taken:
            bases[identity] = _free(plain, taken)
    for identity, origin in origins.items():
        if identity not in bases:
            names = list(qualified_names(origin))
            name = next((name for name in names if name not in taken), names[0])
            bases[identity] = _free(name, taken)
    return bases


def _place(definition: Definition) -> tuple[str, Form]:
    return definition.origin, definition.form


def _free(name: str, taken: set[str]) -> str:
    free = (
        name if name not in taken else next(n for i in count(2) if (n := f"{name}{i}") not in taken)
    )
    taken.add(free)
    return free


def _shapes(definitions: Sequence[Definition]) -> dict[str, str]:
    """The same text for forms of one type that are equal on the wire, all the way down.

    All forms of a type count as equal until they are seen to differ, which recursive types need;
    each round may tell more of them apart.
    """
    forms = Counter(definition.identity for definition in definitions)
    several = [definition for definition in definitions if forms[definition.identity] > 1]
    shapes = {definition.key: definition.identity for definition in definitions}
    while True:
        refined = shapes | _refined(several, shapes)
        if len(set(refined.values())) == len(set(shapes.values())):
            return refined
        shapes = refined


def _refined(definitions: Sequence[Definition], shapes: dict[str, str]) -> dict[str, str]:
    numbers: dict[tuple[str, NamedType], int] = {}
    refined = {}
    for definition in definitions:
        structure = definition.identity, renamed(definition.type, shapes)
        number = numbers.setdefault(structure, len(numbers))
        refined[definition.key] = f"{definition.identity}#{number}"
    return refined
