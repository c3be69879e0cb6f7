"""What all tests share: the application, in this process, called by its own typed client."""

from collections.abc import Iterator

import pytest

from api_client import AppTransport, Client
from backend.main import app


@pytest.fixture
def transport() -> Iterator[AppTransport]:
    """Starts the application, and ends it: what goes on between requests goes on here too."""
    with AppTransport(app) as transport:
        yield transport


@pytest.fixture
def client(transport: AppTransport) -> Iterator[Client]:
    """One visitor, who keeps cookies."""
    with Client("http://test", transport=transport) as client:
        yield client
