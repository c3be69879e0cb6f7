"""What a decorated function says of its request: its parameters, and the type of its `result`."""

import collections.abc
import functools
import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, get_args, get_origin, get_type_hints

from pydantic_core import PydanticSerializationError, to_jsonable_python

from .calls import NOTHING, Call
from .errors import InvalidRequest
from .events import ServerSentEvent
from .options import Content
from .values import Reader, json_or_text, text_reader

_PATH_PARAMETER = re.compile(r"\{([^{}:]+)(?::[^{}]*)?\}")
_ASYNC = (collections.abc.AsyncIterator, collections.abc.AsyncIterable)
_SYNC = (collections.abc.Iterator, collections.abc.Iterable)
_GENERATORS = (collections.abc.AsyncGenerator, collections.abc.Generator)


@dataclass(frozen=True)
class Endpoint:
    """A decorated function. `result` is the type of that parameter, which the caller does not give.

    A parameter that the path names goes there, `data` into the body (of a GET: into the query), a
    mapping called `headers` into the headers, and all others into the query.
    """

    method: str
    path: str
    function: Callable[..., Any]
    signature: inspect.Signature
    result: Any

    @functools.cached_property
    def reader(self) -> Reader[Any]:
        """Of an answer in one piece."""
        return text_reader() if self.result is str else Reader(self.result)

    @property
    def is_async(self) -> bool:
        return inspect.iscoroutinefunction(self.function)

    def call(self, *args: Any, **kwargs: Any) -> Call:
        """The request that a call asks for.

        Raises:
            TypeError: it is not what the function takes.
            InvalidRequest: `data` cannot be written as JSON.
        """
        bound = self.signature.bind(*args, **kwargs)
        bound.apply_defaults()
        values = dict(bound.arguments)
        in_path = {
            name: values.pop(name) for name in _PATH_PARAMETER.findall(self.path)
        }
        headers: Mapping[str, Any] = values.pop("headers", None) or {}
        body = NOTHING
        if self.method != "GET" and values.get("data") is not None:
            # whole, with the defaults of the caller's own model
            body = self._plain(values["data"])
        if self.method != "GET":
            values.pop("data", None)
        return Call(
            self.method,
            self.path,
            path=in_path,
            query=values,
            headers=headers,
            body=body,
        )

    def _plain(self, data: Any) -> Any:
        try:
            return to_jsonable_python(data, by_alias=True)
        except PydanticSerializationError as error:
            refused = InvalidRequest(f"cannot be sent: {error}")
            raise refused.placed(f"{self.method} {self.path}") from error

    def arguments(self, result: Any, *args: Any, **kwargs: Any) -> Mapping[str, Any]:
        """What the function itself is called with."""
        return {**self.signature.bind(*args, **kwargs).arguments, "result": result}


def read_endpoint(
    method: str, path: str, function: Callable[..., Any], *, names: Any
) -> Endpoint:
    """`names` are those that annotations may mention beside the globals of the function.

    Raises:
        TypeError: it has no `result`, or not all parameters that the path names.
    """
    hints = get_type_hints(function, localns=names, include_extras=True)
    signature = inspect.signature(function)
    if "result" not in hints:
        raise TypeError(f"{_name(function)} must have a parameter `result` with a type")
    parameters = [
        each for name, each in signature.parameters.items() if name != "result"
    ]
    missing = set(_PATH_PARAMETER.findall(path)) - {each.name for each in parameters}
    if missing:
        raise TypeError(
            f"{_name(function)} has no parameter {', '.join(sorted(missing))}: {path}"
        )
    public = signature.replace(parameters=parameters)
    return Endpoint(method, path, function, public, hints["result"])


def content_of(endpoint: Endpoint, *, parse: Callable[[str], Any] | None) -> Content:
    """What a streaming function reads.

    Raises:
        TypeError: its `result` is no iterator of a type, or not one of its own kind.
    """
    item = _item_type(endpoint)
    if parse is not None:
        return Content(Reader(item, parse=parse), ("events", "lines", "text"))
    if item is ServerSentEvent:
        return Content(Reader(Any, parse=json_or_text), ("events",), as_events=True)
    if get_origin(item) is ServerSentEvent:
        return Content(Reader(get_args(item)[-1]), ("events",), as_events=True)
    if item is str:
        return Content(text_reader(), ("events", "lines", "text"))
    return Content(Reader(item), ("events", "lines"))


def _item_type(endpoint: Endpoint) -> Any:
    name, result = _name(endpoint.function), endpoint.result
    origin: Any = get_origin(result) or result
    if origin not in (*_ASYNC, *_SYNC, *_GENERATORS):
        raise TypeError(
            f"{name} must have a streaming result type: AsyncIterator[T] or Iterator[T]"
        )
    if endpoint.is_async and origin in _SYNC:
        raise TypeError(f"{name} is async and must use AsyncIterator, not Iterator")
    if not endpoint.is_async and origin in _ASYNC:
        raise TypeError(f"{name} is not async and must use Iterator, not AsyncIterator")
    if not get_args(result):
        raise TypeError(
            f"{name} has a result with no inner type specified: AsyncIterator[T]"
        )
    return get_args(result)[0]


def _name(function: Callable[..., Any]) -> str:
    return getattr(function, "__qualname__", repr(function))
