"""The types of decorators: what type checkers make of a decorated function.

They know what it returns, and not what it takes. Python's typing cannot take away a parameter that
is given by its name, as `*, result: …`; and an overload for functions whose first parameter it is
would have mypy forget the results of all that stream a `dict`, since `Any` fits both overloads.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Protocol, TypeVar, overload

from .async_stream import AsyncStream
from .stream import Stream

T = TypeVar("T")
R = TypeVar("R")


class Streaming(Protocol):
    """Of a function that streams: what it returns is the stream."""

    @overload
    def __call__(
        self, function: Callable[..., Awaitable[AsyncIterator[T]]], /
    ) -> Callable[..., AsyncStream[T]]: ...

    @overload
    def __call__(
        self, function: Callable[..., Iterator[T]], /
    ) -> Callable[..., Stream[T]]: ...


class Calling(Protocol):
    """Of a function that has its answer in one piece."""

    def __call__(self, function: Callable[..., R], /) -> Callable[..., R]: ...
