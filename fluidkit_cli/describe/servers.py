"""Servers that a module starts while it is imported: its import would never end."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import Any


class ServesWhileImported(BaseException):
    """The module runs a server of its own; a base exception, for it is not to be handled there."""


@contextlib.contextmanager
def no_servers() -> Iterator[None]:
    """Has uvicorn raise ServesWhileImported in the context, but for servers in other threads."""
    try:
        import uvicorn  # noqa: PLC0415 - the app's Python may lack it
    except ImportError:
        yield
        return
    with (
        _refused(uvicorn, "run", "uvicorn.run()"),
        _refused(uvicorn.Server, "run", "uvicorn.Server.run()"),
        _refused(uvicorn.Server, "serve", "uvicorn.Server.serve()"),
    ):
        yield


@contextlib.contextmanager
def _refused(owner: Any, name: str, shown: str) -> Iterator[None]:
    original: Callable[..., Any] = getattr(owner, name)

    def refuse(*arguments: Any, **options: Any) -> Any:
        if threading.current_thread() is not threading.main_thread():
            return original(*arguments, **options)
        raise ServesWhileImported(
            f'{shown} runs while the app is imported: put it below if __name__ == "__main__":'
        )

    setattr(owner, name, refuse)
    try:
        yield
    finally:
        setattr(owner, name, original)
