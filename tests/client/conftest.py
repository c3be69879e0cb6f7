"""The backend of these tests, served by uvicorn on a free port."""

from collections.abc import Iterator

import pytest
import uvicorn

from .serving import address, serving


@pytest.fixture(scope="session")
def server() -> Iterator[uvicorn.Server]:
    with serving() as started:
        yield started


@pytest.fixture(scope="session")
def served(server: uvicorn.Server) -> str:
    """Its address."""
    return address(server)
