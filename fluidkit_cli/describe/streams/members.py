"""Values that may be one of several."""

from collections.abc import Iterable

from .values import Constant, OneOf, Sent, Value


def join(values: Iterable[Value]) -> Value:
    """Any of `values`; None of them at all is None, as a function without `return` gives."""
    found = list(values)
    members: list[Value] = []
    for value in found:  # not a set: annotations with lists in them have no hash
        members.extend(member for member in members_of(value) if member not in members)
    if len(members) == 1:
        return members[0]
    return OneOf(tuple(members)) if found else Constant(None)


def members_of(value: Value) -> tuple[Value, ...]:
    """The values that `value` may be."""
    return value.members if isinstance(value, OneOf) else (value,)


NOTHING = OneOf(())
"""No value at all, as a generator sends whose `yield` is never reached."""


def items_of(sent: Value) -> Value:
    """The same, wherever it is yielded."""
    items = [one.value if isinstance(one, Sent) else one for one in members_of(sent)]
    return join(items) if items else NOTHING


def sendings(sent: Value) -> list[Sent]:
    """Each value of a stream with where it is yielded."""
    return [one if isinstance(one, Sent) else Sent(one, None, False) for one in members_of(sent)]
