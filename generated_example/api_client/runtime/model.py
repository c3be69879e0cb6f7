# Copied by fluidkit. Changes to this file are overwritten.
"""The base of the models in generated clients, and what FastAPI says of values it refused."""

from typing import Any

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """An object as it is on the wire.

    A field that may be absent is None when it is, and is sent only where it was set. Fields whose
    name is none in Python go by a similar one, and are filled by either.
    """

    model_config = ConfigDict(populate_by_name=True, protected_namespaces=())


class ValidationError(Model):
    """One value that was refused: where it stands (`["body", "email"]`), and why."""

    loc: list[str | int]
    msg: str
    type: str
    """The rule, by pydantic's name for it: `string_too_short`."""
    input: Any = None
    ctx: dict[str, Any] | None = None
    """The rule's own values: `{"min_length": 1}`."""


class HTTPValidationError(Model):
    """The body of FastAPI's 422. Its `detail` is text where a route raised the error by hand."""

    detail: list[ValidationError] | str
