"""Where channels and runs keep their events: in memory, and in a Redis."""

from collections.abc import Iterator

import pytest

from scaffolds.backends import RedisServer, backend_module, redis_server


@pytest.fixture(scope="session")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """One for all tests that do it no harm."""
    with redis_server(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture(params=["memory", "redis"])
def store(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The one that channels use in this test, empty."""
    channel = backend_module("channel")
    channel.store.cache_clear()
    monkeypatch.delenv("REDIS_URL", raising=False)
    if request.param == "redis":
        server: RedisServer = request.getfixturevalue("redis")
        server.ask("FLUSHALL")
        monkeypatch.setenv("REDIS_URL", server.url)
    yield request.param
    channel.store.cache_clear()
