"""`backend/serving/health.py` of every workspace: what is asked by those who watch over it."""

import asyncio
import logging
from types import ModuleType

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from scaffolds.backends import backend_module


@pytest.fixture(scope="module")
def serving() -> ModuleType:
    return backend_module("serving")


async def holds() -> bool:
    return True


async def redis_answers() -> bool:
    return False


async def raises() -> bool:
    raise ConnectionError("canary")


async def hangs() -> bool:
    await asyncio.sleep(3600)
    return True


def client(serving: ModuleType, *checks: object, root_path: str = "") -> TestClient:
    app = FastAPI()
    serving.serve(app, ready=checks)
    return TestClient(app, root_path=root_path)


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
@pytest.mark.parametrize(
    ("root_path", "prefix"), [("", ""), ("/behind", ""), ("/behind", "/behind")]
)
def test_a_process_that_serves_is_well(
    serving: ModuleType, path: str, root_path: str, prefix: str
) -> None:
    path = prefix + path
    with client(serving, holds, root_path=root_path) as asking:
        answer = asking.get(path)
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
        assert answer.headers["cache-control"] == "no-store"
        assert asking.head(path).status_code == 200
        assert asking.post(path).status_code == 404


def test_it_is_ready_only_when_all_checks_say_so(
    serving: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backend_module("serving.health"), "CHECK_TIMEOUT", 0.05)
    with client(serving, holds, redis_answers, raises, hangs) as asking:
        answer = asking.get("/readyz")
        assert asking.get("/healthz").status_code == 200
    assert answer.status_code == 503
    failing = ["redis_answers", "raises", "hangs"]
    assert answer.json() == {"status": "not ready", "failing": failing}


def test_the_log_hears_once_that_a_check_fails(
    serving: ModuleType, caplog: pytest.LogCaptureFixture
) -> None:
    with client(serving, raises) as asking, caplog.at_level(logging.INFO):
        for _ in range(3):
            asking.get("/readyz")
    assert caplog.messages.count("Not ready: raises") == 1


def test_neither_is_described(serving: ModuleType) -> None:
    app = FastAPI()
    serving.serve(app)
    assert app.openapi()["paths"] == {}
