"""What well-known functions and methods give: JSON, pydantic, iteration, strings."""

import datetime
import uuid
from collections.abc import Callable
from typing import Any, get_args

from fastapi.encoders import jsonable_encoder
from pydantic import BaseModel, TypeAdapter

from ..forms import BY_NAME, OUTPUT, Form
from . import annotations
from .objects import item_at, values_of_object
from .texts import parts_of, text_of
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
    join,
)

ItemsOf = Callable[[Value], Value | None]


def function_call(function: Any, arguments: Arguments, *, items: ItemsOf) -> Value | None:
    """What a function of a library gives; nothing if it is not one that we know."""
    name = f"{getattr(function, '__module__', '')}.{getattr(function, '__qualname__', '')}"
    first = arguments.get("", 0)
    if function is jsonable_encoder or name == "dataclasses.asdict":
        return _encoded(function, first, arguments)
    if name in _RESULTS:
        return Instance(_RESULTS[name])
    if name in _JSON_WRITERS:
        return _json(name, first, arguments)
    if first is None:
        return Dictionary(arguments.named) if function is dict and arguments.is_complete else None
    return _on_values(function, name, first, arguments, items)


def _on_values(
    function: Any, name: str, first: Value, arguments: Arguments, items: ItemsOf
) -> Value | None:
    match name:
        case "builtins.str" | "builtins.repr" | "builtins.format":
            is_text = function is str and parts_of(first) is not None
            return first if is_text and len(arguments.positional) == 1 else Instance(str)
        case "builtins.iter" | "builtins.aiter" | "builtins.reversed" | "builtins.sorted":
            return first
        case "builtins.list" | "builtins.tuple" | "builtins.set" | "builtins.frozenset":
            return first
        case "builtins.enumerate":
            item = items(first)
            return item and Items(Sequence((Instance(int), item)))
        case "builtins.zip":
            found = [items(value) for value in arguments.positional]
            places = tuple(item for item in found if item is not None)
            return Items(Sequence(places)) if len(places) == len(found) else None
        case "builtins.next" | "builtins.anext" | "builtins.min" | "builtins.max":
            return items(first)
        case "builtins.filter":
            item = items(arguments.positional[-1])
            return item and Items(item)
        case "contextlib.closing" | "contextlib.aclosing":
            return Items(first)
        case "asyncio.tasks.wait_for" | "asyncio.tasks.shield" | "copy.copy" | "copy.deepcopy":
            return first
        case "typing.cast":
            return Instance(first.thing) if isinstance(first, Known) else None
        case "functools.partial":
            return Partial(first, Arguments(arguments.positional[1:], arguments.named))
        case _:
            return None


_RESULTS: dict[str, Any] = {
    "builtins.bool": bool,
    "builtins.float": float,
    "builtins.int": int,
    "builtins.len": int,
    "builtins.range": list[int],
    "builtins.round": float,
    "time.monotonic": float,
    "time.perf_counter": float,
    "time.time": float,
    "uuid.uuid4": uuid.UUID,
    # Bound methods of C classes name no module.
    "None.date.today": datetime.date,
    "None.datetime.fromtimestamp": datetime.datetime,
    "None.datetime.now": datetime.datetime,
    "None.datetime.utcnow": datetime.datetime,
    "None.Random.random": float,
    "random.Random.randint": int,
    "random.Random.uniform": float,
}

_JSON_WRITERS = {"json.dumps", "orjson.dumps", "ujson.dumps", "simplejson.dumps"}


def _json(name: str, first: Value | None, arguments: Arguments) -> Value | None:
    if first is None:
        return None
    if arguments.get("cls") is not None:
        return Json(Dumped(first, "custom", OUTPUT))
    default = arguments.get("default")
    if default is not None and default != Constant(None):
        first = Dumped(first, "custom", OUTPUT)
    elif name.startswith("orjson"):
        # It writes dates, UUIDs and dataclasses, as a text each or by their fields.
        return Encoded(Json(first))
    return Json(first)


def _encoded(function: Any, first: Value | None, arguments: Arguments) -> Value | None:
    if first is None:
        return None
    if function is not jsonable_encoder:
        return Dumped(first, "json", BY_NAME)
    form = _form(arguments, default_by_alias=True)
    return None if form is None else Dumped(first, "fastapi", form)


def method_call(
    receiver: Value, name: str, arguments: Arguments, *, items: ItemsOf
) -> Value | None:
    """What a method of a library gives; nothing if it is not one that we know."""
    if name in _WRITERS and _is_model(receiver):
        return _written(receiver, name, arguments)
    match receiver:
        case Known(thing) if isinstance(thing, type) and issubclass(thing, BaseModel):
            return Instance(thing) if name in _MAKERS else None
        case Instance(annotation) if annotations.class_of(annotation) is TypeAdapter:
            return _adapter_call(annotation, name, arguments)
        case Instance(annotation) if name in ("get", "get_nowait") and _is_queue(annotation):
            return Instance(get_args(annotation)[0])
        case Instance(annotation) if name in ("model_copy", "copy"):
            return receiver
        case Instance(annotation) if name in ("isoformat", "strftime", "hex"):
            module = getattr(annotations.class_of(annotation), "__module__", "")
            return Instance(str) if module in ("datetime", "uuid") else None
        case Dictionary() | Known() | Instance() if name in ("items", "values", "keys", "get"):
            return _mapping_call(receiver, name, arguments, items)
        case _:
            return _text_call(receiver, name, arguments)


_WRITERS = {"model_dump_json", "json", "model_dump", "dict"}
_MAKERS = {
    *("model_validate", "model_validate_json", "model_construct"),
    *("parse_obj", "parse_raw", "from_orm"),
}


def _is_model(value: Value) -> bool:
    """Whether every value it may be, but None, is a pydantic model."""
    match value:
        case Instance(annotation):
            members = annotations.alternatives(annotations.plain(annotation))
            classes = [annotations.class_of(m) for m in members if m is not type(None)]
            return all(cls is not None and issubclass(cls, BaseModel) for cls in classes)
        case Known(thing):
            return isinstance(thing, BaseModel)
        case _:
            return False


def _written(receiver: Value, name: str, arguments: Arguments) -> Value | None:
    form = _form(arguments, default_by_alias=_writes_aliases(receiver))
    if form is None:
        return None
    dumped = Dumped(_without_none(receiver), "pydantic", form)
    return Json(dumped) if name in ("model_dump_json", "json") else dumped


def _without_none(value: Value) -> Value:
    if not isinstance(value, Instance):
        return value
    members = annotations.alternatives(annotations.plain(value.annotation))
    if type(None) not in members:
        return value
    return join(Instance(member) for member in members if member is not type(None))


def _writes_aliases(value: Value) -> bool:
    if isinstance(value, Known):
        value = Instance(type(value.thing))
    cls = annotations.class_of(value.annotation) if isinstance(value, Instance) else None
    return bool(getattr(cls, "model_config", {}).get("serialize_by_alias", False))


_HARMLESS = {"indent", "mode", "round_trip", "warnings", "ensure_ascii", "custom_encoder"}


def _form(arguments: Arguments, *, default_by_alias: bool) -> Form | None:
    """The form that `by_alias=`, `exclude_none=` ... make; nothing where they are unclear."""
    flags = {"by_alias": default_by_alias}
    for name, value in arguments.named:
        if name in _HARMLESS or name == "obj":
            continue
        is_flag = name == "by_alias" or name.startswith("exclude_")
        if not is_flag or not isinstance(value, Constant):
            return None
        if value.value is not None:
            flags[name] = bool(value.value)
    if not arguments.is_complete or flags.get("exclude_computed_fields"):
        return None
    return Form(
        "serialization",
        by_name=not flags["by_alias"],
        omits_defaults=flags.get("exclude_unset", False) or flags.get("exclude_defaults", False),
        omits_none=flags.get("exclude_none", False),
    )


def _adapter_call(annotation: Any, name: str, arguments: Arguments) -> Value | None:
    adapted = Instance(get_args(annotation)[0]) if get_args(annotation) else None
    if adapted is None or name not in ("dump_json", "dump_python"):
        is_maker = name in ("validate_python", "validate_json", "validate_strings")
        return adapted if is_maker else None
    form = _form(arguments, default_by_alias=_writes_aliases(adapted))
    if form is None:
        return None
    dumped = Dumped(adapted, "pydantic", form)
    return Encoded(Json(dumped)) if name == "dump_json" else dumped


def _is_queue(annotation: Any) -> bool:
    cls = annotations.class_of(annotation)
    return cls is not None and cls.__name__.endswith("Queue") and bool(get_args(annotation))


def _mapping_call(receiver: Value, name: str, arguments: Arguments, items: ItemsOf) -> Value | None:
    key, value = items(receiver), _mapped(receiver)
    if name == "get":
        found = item_at(receiver, arguments.get("", 0) or Constant(None))
        default = arguments.get("", 1) or Constant(None)
        return None if found is None else join([found, default])
    if key is None or value is None:
        return None
    return Items({"keys": key, "values": value, "items": Sequence((key, value))}[name])


def _mapped(receiver: Value) -> Value | None:
    match receiver:
        case Dictionary(entries):
            return join(value for _, value in entries)
        case Known(thing):
            return values_of_object(thing)
        case Instance(annotation):
            arguments = get_args(annotations.plain(annotation))
            cls = annotations.class_of(annotation)
            is_dict = cls is not None and issubclass(cls, dict)
            return Instance(arguments[1]) if is_dict and len(arguments) > 1 else None
        case _:
            return None


def _text_call(receiver: Value, name: str, arguments: Arguments) -> Value | None:
    if parts_of(receiver) is None or isinstance(receiver, Unclear):
        return None
    match name:
        case "encode":
            return Encoded(receiver)
        case "decode":
            return receiver.text if isinstance(receiver, Encoded) else Instance(str)
        case "strip" | "rstrip" | "lstrip":
            return receiver if isinstance(receiver, Json) else Instance(str)
        case "join":
            return _joined(receiver, arguments.get("", 0))
        case "split" | "splitlines" | "rsplit":
            return Items(Instance(str))
        case "format" | "replace" | "lower" | "upper" | "title" | "capitalize" | "ljust" | "rjust":
            return Instance(str)
        case _:
            return None


def _joined(separator: Value, pieces: Value | None) -> Value:
    middle = parts_of(separator)
    if not isinstance(pieces, Sequence) or middle is None:
        return Instance(str)
    parts: list[Any] = []
    for piece in pieces.items:
        found = parts_of(piece)
        if found is None:
            return Instance(str)
        parts.extend((*middle, *found) if parts else found)
    return text_of(tuple(parts))
