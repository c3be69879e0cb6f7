"""Describes a FastAPI app: any app in, one `Api` out."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .application import describe_app
    from .failure import Failure, failure_of
    from .loading import AppNotFound, load_app

__all__ = ["AppNotFound", "Failure", "describe_app", "failure_of", "load_app"]

_MODULES = {
    "AppNotFound": "loading",
    "Failure": "failure",
    "describe_app": "application",
    "failure_of": "failure",
    "load_app": "loading",
}


def __getattr__(name: str) -> Any:
    # The command line needs only `describe.remote`: it should not wait for FastAPI's import.
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415

    return getattr(import_module(f".{_MODULES[name]}", __name__), name)
