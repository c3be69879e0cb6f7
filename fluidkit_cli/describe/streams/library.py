"""What well-known functions and methods give: JSON, pydantic, iteration, strings."""

import datetime
import uuid
from collections.abc import Callable
from typing import Any

from fastapi.encoders import jsonable_encoder

from ..forms import BY_NAME, OUTPUT, Form
from .dicts import merged
from .members import join
from .texts import is_str
from .values import (
    Arguments,
    Constant,
    Dictionary,
    Dumped,
    Encoded,
    Instance,
    Items,
    Json,
    Known,
    Partial,
    Sequence,
    Unclear,
    Value,
)

ItemsOf = Callable[[Value], Value | None]


def function_call(  # noqa: PLR0911 - a case for each kind
    function: Any, arguments: Arguments, *, items: ItemsOf
) -> Value | None:
    """What a function of a library gives; nothing if it is not one that we know."""
    name = name_of(function)
    first = arguments.get("", 0)
    if first is not None and name in _RENDERERS:
        return Encoded(Json(first) if _RENDERERS[name] else first)
    if function is jsonable_encoder or name == "dataclasses.asdict":
        return _encoded(function, first, arguments)
    if function is bool and isinstance(first, Constant):
        return Constant(bool(first.value))
    if name in _RESULTS:
        return Instance(_RESULTS[name])
    if name in JSON_WRITERS:
        return _json(name, first, arguments)
    if first is None:
        return Dictionary(arguments.named) if function is dict and arguments.is_complete else None
    if function is dict:
        named = Dictionary(arguments.named)
        return merged((first, named)) if arguments.is_complete else None
    if name in _ITERATING:
        return _iterated(name, first, items)
    return first if name in _SAME else _on_values(name, first, arguments, items=items)


def name_of(function: Any) -> str:
    """Module and name; bound methods of C classes name no module."""
    return f"{getattr(function, '__module__', '')}.{getattr(function, '__qualname__', '')}"


def _iterated(name: str, first: Value, items: ItemsOf) -> Value | None:
    """Of a dict its keys, of text its letters."""
    if isinstance(first, Unclear) or (isinstance(first, Sequence) and name in _IN_ORDER):
        return first
    item = items(first)
    return None if item is None else Items(item)


def _on_values(name: str, first: Value, arguments: Arguments, *, items: ItemsOf) -> Value | None:
    match name:
        case "builtins.str" if len(arguments.positional) == 1 and is_str(first):
            return first
        case "builtins.str" | "builtins.repr" | "builtins.format":
            return Instance(str)
        case _ if name in _CHOOSING:
            given = arguments.positional
            return items(first) if len(given) == 1 else join(given) if name in _OF_MANY else None
        case "typing.cast":
            return Instance(first.thing) if isinstance(first, Known) else None
        case "functools.partial":
            return Partial(first, Arguments(arguments.positional[1:], arguments.named))
        case _:
            return _paired(name, arguments.positional, items)


def _paired(name: str, values: tuple[Value, ...], items: ItemsOf) -> Value | None:
    """What gives items together with others: `enumerate`, `zip`, and `filter` without its test."""
    if name not in _PAIRED:
        return None
    found = [items(value) for value in values]
    given = tuple(item for item in found if item is not None)
    match name, given:
        case "builtins.enumerate", (item, *_):
            return Items(Sequence((Instance(int), item)))
        case "builtins.zip", _ if len(given) == len(values):
            return Items(Sequence(given))
        case "builtins.filter", (*_, item) if found[-1] is not None:
            return Items(item)
        case "contextlib.closing" | "contextlib.aclosing", _:
            # `items` gives what a `with` gives.
            return Items(values[0])
        case _:
            return None


_PAIRED = {
    *("builtins.enumerate", "builtins.zip", "builtins.filter"),
    *("contextlib.closing", "contextlib.aclosing"),
}
_OF_MANY = {"builtins.max", "builtins.min"}
_CHOOSING = _OF_MANY | {"builtins.anext", "builtins.next", "random.Random.choice"}
"""Functions whose result is one of the items, or one of their many arguments."""

_IN_ORDER = {"builtins.iter", "builtins.list", "builtins.tuple"}
_ITERATING = {
    *("builtins.iter", "builtins.aiter", "builtins.reversed", "builtins.sorted"),
    *("builtins.list", "builtins.tuple", "builtins.set", "builtins.frozenset"),
}
"""Functions whose result has the items of their first argument."""

_SAME = {
    *("asyncio.tasks.create_task", "asyncio.tasks.ensure_future"),
    *("asyncio.tasks.wait_for", "asyncio.tasks.shield", "copy.copy", "copy.deepcopy"),
}
"""Functions whose result is the value of their first argument."""

_RESULTS: dict[str, Any] = {
    "builtins.all": bool,
    "builtins.any": bool,
    "builtins.bool": bool,
    "builtins.float": float,
    "builtins.int": int,
    "builtins.len": int,
    "builtins.range": list[int],
    "builtins.round": float,
    "time.monotonic": float,
    "time.perf_counter": float,
    "time.time": float,
    "time.time_ns": int,
    "uuid.uuid4": uuid.UUID,
    # Bound methods of C classes.
    "None.date.today": datetime.date,
    "None.datetime.fromtimestamp": datetime.datetime,
    "None.datetime.now": datetime.datetime,
    "None.datetime.utcnow": datetime.datetime,
    "None.Random.random": float,
    "random.Random.randint": int,
    "random.Random.uniform": float,
}

# Those of responses, and whether they write JSON.
_RENDERERS = {
    "fastapi.responses.ORJSONResponse.render": True,
    "fastapi.responses.UJSONResponse.render": True,
    "starlette.responses.JSONResponse.render": True,
    "starlette.responses.Response.render": False,
}

JSON_WRITERS = {"json.dumps", "orjson.dumps", "ujson.dumps", "simplejson.dumps"}


def _json(name: str, first: Value | None, arguments: Arguments) -> Value | None:
    if first is None:
        return None
    if arguments.get("cls") is not None:
        return Json(Dumped(first, "custom", OUTPUT))
    is_orjson = name.startswith("orjson")
    default = arguments.get("default", 1 if is_orjson else None)
    if default is not None and default != Constant(None):
        first = Dumped(first, "custom", OUTPUT)
    return Encoded(Json(first)) if is_orjson else Json(first, is_indented(arguments))


def is_indented(arguments: Arguments) -> bool:
    """Whether a writer of JSON is told to use more than one line."""
    return arguments.get("indent") not in (None, Constant(None))


def _encoded(function: Any, first: Value | None, arguments: Arguments) -> Value | None:
    if first is None:
        return None
    if function is not jsonable_encoder:
        has_factory = len(arguments.positional) > 1 or arguments.get("dict_factory") is not None
        return None if has_factory else Dumped(first, "python", BY_NAME)
    form = form_of(arguments, default_by_alias=True)
    return ODD_ARGUMENTS if form is None else Dumped(first, "fastapi", form)


ODD_ARGUMENTS = Unclear(
    "its arguments change what is written", "Make a model of what is sent, and dump it whole"
)


# They change how it looks, not what it says.
_HARMLESS = {"ensure_ascii", "indent", "obj", "warnings"}


_DEFAULTS = {
    ("mode", Constant("json")),
    ("mode", Constant("python")),
    ("round_trip", Constant(False)),
}


def form_of(arguments: Arguments, *, default_by_alias: bool) -> Form | None:
    """The form that `by_alias=`, `exclude_none=` ... make; nothing where they are unclear."""
    flags = {"by_alias": default_by_alias}
    for name, value in arguments.named:
        if name in _HARMLESS or value == Constant(None) or (name, value) in _DEFAULTS:
            continue
        is_flag = name == "by_alias" or name.startswith("exclude_")
        if not is_flag or not isinstance(value, Constant):
            return None
        flags[name] = bool(value.value)
    has_more = len(arguments.positional) > 1 or not arguments.is_complete
    if has_more or flags.get("exclude_computed_fields"):
        return None
    return Form(
        "serialization",
        by_name=not flags["by_alias"],
        omits_defaults=flags.get("exclude_unset", False) or flags.get("exclude_defaults", False),
        omits_none=flags.get("exclude_none", False),
    )
