import re

import pytest
from fastapi.testclient import TestClient

from api_client import Client
from backend.data import release
from backend.main import app


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release, "PAUSE", 0)


def test_the_log_is_text_that_ends_with_the_job(client: Client):
    lines = "".join(client.logs.stream_logs()).splitlines()
    assert all(re.match(r"\d\d:\d\d:\d\d (DEBUG|INFO|WARNING|ERROR) +\S", line) for line in lines)
    assert len(lines) > 40
    assert lines[-1].endswith("Release 2026.4 is live in 4 regions")


def test_a_level_leaves_out_what_is_below_it(client: Client):
    lines = "".join(client.logs.stream_logs(level="warning")).splitlines()
    assert {line.split()[1] for line in lines} == {"WARNING", "ERROR"}


def test_an_unknown_level_is_refused():
    assert TestClient(app).get("/api/logs/stream?level=loud").status_code == 422
