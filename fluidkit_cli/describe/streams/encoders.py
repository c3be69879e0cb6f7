"""Which values an encoder writes as pydantic would, so that pydantic's schema tells the type."""

import dataclasses
import datetime
import decimal
import enum
import pathlib
import types
import typing
import uuid
from collections.abc import Iterable, Iterator
from typing import Any, get_args, get_origin

from pydantic import AfterValidator, BaseModel, BeforeValidator, WrapValidator

from . import annotations
from .values import Encoder

_JSON = (str, int, float, bool, type(None))
_FASTAPI = (*_JSON, datetime.datetime, datetime.date, datetime.time, uuid.UUID, pathlib.PurePath)


def writes(encoder: Encoder, annotation: Any) -> bool:
    """Whether `json.dumps` or `jsonable_encoder` writes values of this type as pydantic would."""
    is_fastapi = encoder == "fastapi"

    def all_written(parts: Iterable[Any]) -> bool:
        return all(writes(encoder, part) for part in parts)

    is_changed = any(map(_is_pydantics, getattr(annotation, "__metadata__", ())))
    annotation = annotations.plain(annotation)
    origin = get_origin(annotation)
    if annotation in (Any, object, Ellipsis) or origin is typing.Literal:
        return not is_changed
    if not is_changed and origin in (typing.Union, types.UnionType, list, tuple, dict):
        return all_written(get_args(annotation))
    cls = annotations.class_of(annotation)
    if cls is None or is_changed:
        return False
    is_fields = is_fastapi and dataclasses.is_dataclass(cls) and not _is_pydantic(cls)
    if annotations.is_typed_dict(cls) or is_fields:
        return all_written(annotations.hints_of(cls).values())
    if is_fastapi and issubclass(cls, BaseModel):
        return True
    return cls in (list, tuple, dict) or issubclass(cls, _FASTAPI if is_fastapi else _JSON)


def _is_pydantics(metadata: Any) -> bool:
    """Whether it changes what pydantic writes, and nobody else."""
    if isinstance(metadata, AfterValidator | BeforeValidator | WrapValidator):
        return False  # they are about what comes in
    has_alias = getattr(metadata, "serialization_alias", None) is not None
    return has_alias or hasattr(metadata, "__get_pydantic_core_schema__")


def _is_pydantic(cls: type[Any]) -> bool:
    return hasattr(cls, "__pydantic_fields__")


def left_to(encoder: Encoder, annotation: Any) -> Iterator[type[Any]]:
    """Classes within a type that pydantic leaves in Python's form, and `encoder` writes its own
    way. Plain `json.dumps` refuses them, so what it does write is right."""
    for cls in _classes_within(annotation, seen=set()):
        is_plain_enum = issubclass(cls, enum.Enum) and not issubclass(cls, str | int)
        match encoder:
            case "fastapi" if issubclass(cls, decimal.Decimal | datetime.timedelta):
                yield cls
            case "custom" if issubclass(cls, set | frozenset) or is_plain_enum:
                yield cls
            case _:
                continue


def _classes_within(annotation: Any, *, seen: set[Any]) -> Iterator[type[Any]]:
    cls = annotations.class_of(annotation)
    parts = list(get_args(annotation))
    if cls is not None and cls not in seen:
        seen.add(cls)
        yield cls
        is_record = issubclass(cls, BaseModel) or dataclasses.is_dataclass(cls)
        if is_record or annotations.is_typed_dict(cls):
            parts.extend(annotations.hints_of(cls).values())
    for part in parts:
        yield from _classes_within(part, seen=seen)
