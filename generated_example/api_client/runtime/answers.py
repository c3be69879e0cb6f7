# Copied by fluidkit. Changes to this file are overwritten.
"""Answers in one piece, as values."""

from typing import TypeVar

from .calls import Call
from .errors import DataError
from .exchange import Answer
from .media import is_json
from .values import Reader, text_of

T = TypeVar("T")


def read_value(answer: Answer, reader: Reader[T], call: Call) -> T:
    """The value of a body; where there is none, what `null` stands for.

    Raises:
        DataError: it is not of the type, or not even JSON.
    """
    content_type, body = answer.headers.get("content-type", ""), answer.body
    try:
        if body and not reader.is_text and not is_json(content_type):
            raise DataError(
                "content_type",
                payload=content_type or "no type",
                reason="asked for application/json",
            )
        return reader.value(body or (b"" if reader.is_text else b"null"))
    except DataError as error:
        error.payload = text_of(body)
        raise error.placed(call.name, status=answer.status) from error.__cause__
