"""What the app's types are called in a client: as it calls them already, wherever it can.

In its file of types they stand by Python module, each group below a comment `From shop.models`. A
type whose name is not its own in Python has that above it: `Python: Outer.Item`.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..api import NamedType
from ..api.origins import qualified_names
from .names import free_name
from .text import comment_phrase


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a language writes types.

    `file` is where they stand and `comment` what begins a comment in it. `declaration` finds the
    name at the start of one, and `documentation` the text of the app, of which no line counts.
    `legal` makes a name of any text.
    """

    file: str
    comment: str
    declaration: re.Pattern[str]
    documentation: re.Pattern[str]
    legal: Callable[[str], str]


def known_names(text: str, *, dialect: Dialect) -> dict[str, str]:
    """The names that a file of types has given, by where the types stand: `shop.models:Outer.Item`.

    Forms of one type, as `ItemInput`, count as types of their own. A file of another kind gives
    none.
    """
    names: dict[str, str] = {}
    seen: set[str] = set()
    module = python = ""
    for line in dialect.documentation.sub("", text).splitlines():
        if after := _after(f"{dialect.comment} From ", line):
            module = after
        elif after := _after(f"{dialect.comment} Python: ", line):
            python = after
        elif found := dialect.declaration.match(line):
            if module and found[1] not in seen:  # an enumeration is declared twice
                names.setdefault(f"{module}:{python or found[1]}", found[1])
            seen.add(found[1])
            python = ""
    return names


def type_names(
    types: Sequence[NamedType], *, known: Mapping[str, str], dialect: Dialect
) -> dict[str, str]:
    """What each type of the `Api` is called, by its name there.

    A `known` one keeps its name, and whoever else would have that gets a longer one.
    """
    places = _places(types)
    legal = dialect.legal
    names: dict[str, str] = {}

    def give(wishes: Callable[[NamedType], Iterable[str]]) -> None:
        taken = set(names.values())
        for each in sorted(types, key=lambda each: each.name):
            if each.name not in names:
                name = next((name for name in wishes(each) if name not in taken), "")
                if name:
                    names[each.name] = name
                    taken.add(name)

    give(lambda each: _if_legal(known.get(places[each.name], ""), legal))
    give(lambda each: [legal(each.name)])
    give(lambda each: map(legal, _longer_names(each, places[each.name])))
    for each in sorted(types, key=lambda each: each.name):
        if each.name not in names:
            names[each.name] = free_name(legal(each.name), taken=set(names.values()))
    return names


def by_module(
    types: Sequence[NamedType],
    declarations: Mapping[str, str],
    *,
    names: Mapping[str, str],
    dialect: Dialect,
) -> Iterator[str]:
    """The parts of the file; `declarations` and `names` go by the types' names in the `Api`."""
    places = _places(types)
    groups: defaultdict[str, list[NamedType]] = defaultdict(list)
    for each in sorted(types, key=lambda each: names[each.name]):
        groups[places[each.name].partition(":")[0]].append(each)
    for module in sorted(groups):
        if module:
            yield f"{dialect.comment} From {module}"
        for each in groups[module]:
            python = places[each.name].partition(":")[2]
            is_plain = python in ("", names[each.name])
            note = "" if is_plain else f"{dialect.comment} Python: {python}\n"
            yield note + declarations[each.name]


def _places(types: Iterable[NamedType]) -> dict[str, str]:
    """The origin of each type by its name, and for a form of one that stands elsewhere too, what
    its name has more than the plain one: `shop.models:ItemInput`."""
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for each in types:
        groups[each.origin].append(each.name)
    places = {}
    for origin, names in groups.items():
        plain = min(names, key=lambda name: (len(name), name))
        for name in names:
            place = f"{origin}{name.removeprefix(plain)}" if origin else ""
            places[name] = comment_phrase(place)
    return places


def _if_legal(name: str, legal: Callable[[str], str]) -> list[str]:
    return [name] if name and legal(name) == name else []


def _after(start: str, line: str) -> str:
    return line.removeprefix(start) if line.startswith(start) else ""


def _longer_names(each: NamedType, place: str) -> list[str]:
    if not place:
        return []
    suffix = place.removeprefix(comment_phrase(each.origin))
    return [name + suffix for name in qualified_names(each.origin)]
