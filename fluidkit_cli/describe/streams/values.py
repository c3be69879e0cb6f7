"""What is known of a value without running the code that makes it."""

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from ...api import Type
from ..forms import Form
from ..sources import Place

if TYPE_CHECKING:
    from .scopes import Scope


@dataclass(frozen=True, slots=True)
class Unclear:
    """It may be anything: why, what would make it clear, and where, if that is not the route."""

    reason: str
    hint: str
    place: Place | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Constant:
    """Exactly this text, number, or None."""

    value: str | bytes | int | float | None

    def __eq__(self, other: object) -> bool:
        # 1 and True are equal in Python and two values on the wire.
        return (
            isinstance(other, Constant)
            and type(self.value) is type(other.value)
            and self.value == other.value
        )

    def __hash__(self) -> int:
        return hash(self.value)


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """Exactly this object of the imported app: a module, a class, a function, an instance."""

    thing: Any

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Known) and self.thing is other.thing

    def __hash__(self) -> int:
        return id(self.thing)


@dataclass(frozen=True, slots=True)
class Instance:
    """Some value that the annotation describes."""

    annotation: Any


@dataclass(frozen=True, slots=True)
class Flagged(Instance):
    """One of which an attribute is known."""

    attribute: str
    value: bool | None


@dataclass(frozen=True, slots=True)
class Dictionary:
    """A dict of exactly these keys."""

    entries: tuple[tuple[str, "Value"], ...]

    def get(self, key: str) -> "Value | None":
        return dict(self.entries).get(key)


@dataclass(frozen=True, slots=True)
class Merged:
    """A dict of what several have, `{**first, **second}`."""

    parts: tuple["Value", ...]


@dataclass(frozen=True, slots=True)
class Items:
    """An iterable of any number of these."""

    item: "Value"


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list or tuple of exactly these."""

    items: tuple["Value", ...]


@dataclass(frozen=True, slots=True)
class Text:
    """A string made of literal pieces and values."""

    parts: tuple["str | Value", ...]


@dataclass(frozen=True, slots=True)
class Json:
    """A string that is the JSON of a value, on one line unless `is_indented`."""

    content: "Value"
    is_indented: bool = False


@dataclass(frozen=True, slots=True)
class Encoded:
    """The bytes of a string."""

    text: "Value"


Encoder = Literal["json", "fastapi", "pydantic", "python", "custom"]
"""Who makes plain data of a value: `json.dumps`, `jsonable_encoder`, pydantic for JSON, pydantic
for Python (which leaves dates, decimals and the like to the next), or code of the user's."""


@dataclass(frozen=True, slots=True)
class Dumped:
    """The plain data of a value, as `model_dump` or `jsonable_encoder` give it."""

    content: "Value"
    encoder: Encoder
    form: Form


@dataclass(frozen=True, slots=True)
class ServerSentEvent:
    """An event object; its data is the text on the wire."""

    name: "Value | None"
    data: "Value | None"


@dataclass(frozen=True, slots=True)
class Arguments:
    """What a call passes. `is_complete` is false where it spreads something unclear."""

    positional: tuple["Value", ...] = ()
    named: tuple[tuple[str, "Value"], ...] = ()
    is_complete: bool = True

    def get(self, name: str, position: int | None = None) -> "Value | None":
        """The argument by its name, or else by its position."""
        for key, value in self.named:
            if key == name:
                return value
        if position is not None and position < len(self.positional):
            return self.positional[position]
        return None


@dataclass(frozen=True, slots=True)
class Response:
    """A response object and what it was made with."""

    cls: type[Any]
    arguments: Arguments
    place: Place


@dataclass(frozen=True, slots=True)
class Function:
    """A function or lambda of the source, with the names around it."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    scope: "Scope"


@dataclass(frozen=True, slots=True)
class Method:
    """An attribute of a value, which is most likely called next."""

    receiver: "Value"
    name: str


@dataclass(frozen=True, slots=True)
class Super:
    """`super()` in a method of the class below `above`."""

    above: type[Any]
    receiver: "Value | None"


@dataclass(frozen=True, slots=True)
class Described:
    """Plain data of a type that is known from elsewhere."""

    type: Type


@dataclass(frozen=True, slots=True)
class Partial:
    """A callable with some arguments given."""

    callee: "Value"
    arguments: Arguments


@dataclass(frozen=True, slots=True)
class Generator:
    """A generator function that was called: its body, ready to be read."""

    scope: "Scope"


@dataclass(frozen=True, slots=True)
class Sent:
    """What a generator yields: where, if that is in the app, and whether it ends then."""

    value: "Value"
    place: Place | None
    is_last: bool


@dataclass(frozen=True, slots=True)
class OneOf:
    """Any of several values."""

    members: tuple["Value", ...]


Value = (
    Unclear
    | Constant
    | Known
    | Instance
    | Dictionary
    | Merged
    | Items
    | Sequence
    | Text
    | Json
    | Encoded
    | Dumped
    | ServerSentEvent
    | Response
    | Function
    | Method
    | Super
    | Described
    | Partial
    | Generator
    | Sent
    | OneOf
)
