"""A client for APIs that stream: server-sent events, JSON lines and text, by type.

from fluidkit_cli.client import APIClient
"""

import importlib.util

if importlib.util.find_spec("httpx2") is None:
    raise ImportError("The client needs httpx2: pip install 'fluidkit-cli[client]'")

from .api_client import APIClient, Verb
from .app_transport import AppTransport
from .async_stream import AsyncStream
from .errors import (
    ApiError,
    ClientError,
    ConnectionFailed,
    DataError,
    InvalidRequest,
    ServerError,
)
from .events import ServerSentEvent
from .stream import Stream

__all__ = [
    "APIClient",
    "ApiError",
    "AppTransport",
    "AsyncStream",
    "ClientError",
    "ConnectionFailed",
    "DataError",
    "InvalidRequest",
    "ServerError",
    "ServerSentEvent",
    "Stream",
    "Verb",
]
