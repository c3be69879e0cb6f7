"""What generated clients, and their users, import of the runtime."""

from .app_transport import AppTransport
from .async_download import AsyncDownload
from .async_routes import AsyncRoutes
from .async_stream import AsyncStream
from .base_client import AsyncBaseClient, BaseClient
from .calls import NOTHING, Call, with_flag
from .download import Download
from .errors import (
    ApiError,
    ClientError,
    ConnectionFailed,
    DataError,
    DeclaredError,
    InvalidRequest,
    ServerError,
)
from .events import ServerSentEvent
from .model import HTTPValidationError, Model, ValidationError
from .options import RequestKeywords, StreamKeywords
from .progress import Progress
from .routes import Routes
from .stream import Stream
from .uploads import Upload
from .values import TEXT

__all__ = [
    "NOTHING",
    "TEXT",
    "ApiError",
    "AppTransport",
    "AsyncBaseClient",
    "AsyncDownload",
    "AsyncRoutes",
    "AsyncStream",
    "BaseClient",
    "Call",
    "ClientError",
    "ConnectionFailed",
    "DataError",
    "DeclaredError",
    "Download",
    "HTTPValidationError",
    "InvalidRequest",
    "Model",
    "Progress",
    "RequestKeywords",
    "Routes",
    "ServerError",
    "ServerSentEvent",
    "Stream",
    "StreamKeywords",
    "Upload",
    "ValidationError",
    "with_flag",
]
