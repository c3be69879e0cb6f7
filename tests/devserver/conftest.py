"""A real run for the tests that need one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from devserver.running import Dev, make_workspace, running


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A tiny workspace in which nothing runs yet."""
    return make_workspace(tmp_path / "tiny")


@pytest.fixture
def dev(workspace: Path) -> Iterator[Dev]:
    """A run that is ready."""
    with running(workspace) as started:
        yield started.ready()
