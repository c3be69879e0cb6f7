"""What the methods of pydantic's models, of containers and of strings give."""

from collections import abc
from typing import Any, get_args

from pydantic import BaseModel, TypeAdapter

from . import annotations
from .library import ODD_ARGUMENTS, ItemsOf, form_of, is_indented
from .members import join
from .objects import item_at, values_of_object
from .operations import without_none
from .texts import filled, parts_of, text_of
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
    Sequence,
    Unclear,
    Value,
)


def method_call(  # noqa: PLR0911 - a case for each kind
    receiver: Value, name: str, arguments: Arguments, *, items: ItemsOf
) -> Value | None:
    """What a method of a library gives; nothing if it is not one that we know."""
    if name in _WRITERS and _is_model(receiver, name):
        return _written(receiver, name, arguments)
    match receiver:
        case Known(thing) if isinstance(thing, type) and issubclass(thing, BaseModel):
            return Instance(thing) if name in _MAKERS else None
        case Instance(annotation) if annotations.class_of(annotation) is TypeAdapter:
            return _adapter_call(annotation, name, arguments)
        case Instance(annotation) if name in ("get", "get_nowait") and _is_queue(annotation):
            return Instance(get_args(annotation)[0])
        case Instance(annotation) if name in ("model_copy", "copy"):
            # An update is not validated.
            return receiver if arguments.get("update") is None else None
        case Instance(annotation) if name in ("isoformat", "strftime", "hex"):
            module = getattr(annotations.class_of(annotation), "__module__", "")
            return Instance(str) if module in ("datetime", "uuid") else None
        case _ if name in ("items", "values", "keys", "get") and _is_mapping(receiver):
            return _mapping_call(receiver, name, arguments, items)
        case _:
            return _text_call(receiver, name, arguments)


_WRITERS = {"model_dump_json", "json", "model_dump", "dict"}
_MAKERS = {
    *("model_validate", "model_validate_json", "model_construct"),
    *("parse_obj", "parse_raw", "from_orm"),
}


def _is_model(value: Value, writer: str) -> bool:
    """Whether every value it may be, but None, is a model with pydantic's own `writer`."""
    match value:
        case Instance(annotation):
            members = annotations.alternatives(annotations.plain(annotation))
            classes = [annotations.class_of(m) for m in members if m is not type(None)]
            return all(_has_own(cls, writer) for cls in classes)
        case Known(thing):
            return _has_own(type(thing), writer)
        case _:
            return False


def _has_own(cls: type[Any] | None, writer: str) -> bool:
    if cls is None or not issubclass(cls, BaseModel):
        return False
    module: str = getattr(cls, writer).__module__
    return module.partition(".")[0] in ("pydantic", "sqlmodel")


def _written(receiver: Value, name: str, arguments: Arguments) -> Value | None:
    form = form_of(arguments, default_by_alias=_writes_aliases(receiver))
    if form is None:
        return Json(ODD_ARGUMENTS) if name in ("model_dump_json", "json") else ODD_ARGUMENTS
    model = without_none(receiver)
    if name in ("model_dump_json", "json"):
        return Json(Dumped(model, "pydantic", form), is_indented(arguments))
    is_json = arguments.get("mode") == Constant("json")
    return Dumped(model, "pydantic" if is_json else "python", form)


def _writes_aliases(value: Value) -> bool:
    if isinstance(value, Known):
        value = Instance(type(value.thing))
    cls = annotations.class_of(value.annotation) if isinstance(value, Instance) else None
    return bool(getattr(cls, "model_config", {}).get("serialize_by_alias", False))


def _adapter_call(annotation: Any, name: str, arguments: Arguments) -> Value | None:
    adapted = Instance(get_args(annotation)[0]) if get_args(annotation) else None
    if adapted is None or name not in ("dump_json", "dump_python"):
        is_maker = name in ("validate_python", "validate_json", "validate_strings")
        return adapted if is_maker else None
    form = form_of(arguments, default_by_alias=_writes_aliases(adapted))
    if form is None:
        return Encoded(Json(ODD_ARGUMENTS)) if name == "dump_json" else ODD_ARGUMENTS
    if name == "dump_json":
        return Encoded(Json(Dumped(adapted, "pydantic", form)))
    is_json = arguments.get("mode") == Constant("json")
    return Dumped(adapted, "pydantic" if is_json else "python", form)


def _is_queue(annotation: Any) -> bool:
    cls = annotations.class_of(annotation)
    return cls is not None and cls.__name__.endswith("Queue") and bool(get_args(annotation))


def _is_mapping(receiver: Value) -> bool:
    match receiver:
        case Dictionary():
            return True
        case Known(thing):
            return isinstance(thing, abc.Mapping)
        case Instance(annotation):
            cls = annotations.class_of(annotation)
            return cls is not None and issubclass(cls, abc.Mapping)
        case _:
            return False


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
            is_dict = cls is not None and issubclass(cls, abc.Mapping)
            return Instance(arguments[1]) if is_dict and len(arguments) > 1 else None
        case _:
            return None


def _text_call(receiver: Value, name: str, arguments: Arguments) -> Value | None:  # noqa: PLR0911 - a case for each kind
    if parts_of(receiver) is None or isinstance(receiver, Unclear):
        return None
    match name:
        case "encode":
            return Encoded(receiver)
        case "decode":
            return receiver.text if isinstance(receiver, Encoded) else Instance(str)
        case "strip" | "rstrip" | "lstrip":
            is_json = isinstance(receiver, Json) and arguments == Arguments()
            return receiver if is_json else Instance(str)
        case "join":
            return _joined(receiver, arguments.get("", 0))
        case "split" | "splitlines" | "rsplit":
            return Items(Instance(str))
        case "format" if not arguments.named and arguments.is_complete:
            return filled(receiver, arguments.positional, mark="{}")
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
