import asyncio
import json
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from backend.data import export
from backend.main import app


@pytest.fixture
def client() -> Iterator[TestClient]:
    """As it is served: with one event loop, in which jobs go on from request to request."""
    with TestClient(app) as client:
        yield client


def test_a_job_is_followed_to_its_end(client: TestClient, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(export, "PAUSE", 0)
    job = started(client, rows=1000)
    *progress, ended = events(client, job)
    assert [name for name, _ in progress] == ["progress"] * len(progress)
    done = [value["done"] for _, value in progress]
    assert done == sorted(done)
    assert done[-1] == progress[-1][1]["total"] == 1000
    assert ended == ("ended", {"id": ended[1]["id"], "status": "done", "reason": ""})


def test_a_job_is_stopped(client: TestClient, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(export, "PAUSE", 3600)
    job = started(client, rows=1000)
    assert client.post(f"/api/jobs/{job}/stop").json()["status"] == "stopped"
    assert events(client, job)[-1][1]["status"] == "stopped"


@pytest.mark.parametrize("path", ["", "/stop"])
def test_an_unknown_job_is_not_found(client: TestClient, path: str):
    response = client.request("POST" if path else "GET", f"/api/jobs/made-up{path}")
    assert response.status_code == 404


@pytest.mark.parametrize("rows", [0, 100_001])
def test_a_job_has_its_bounds(client: TestClient, rows: int):
    assert client.post("/api/jobs", json={"rows": rows}).status_code == 422


def test_an_export_ends_with_its_last_row(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(export, "PAUSE", 0)

    async def done() -> list[int]:
        return [progress.done async for progress in export.export(120)]

    assert asyncio.run(done()) == [0, 50, 100, 120]


def started(client: TestClient, *, rows: int) -> str:
    """The id of the job."""
    response = client.post("/api/jobs", json={"rows": rows})
    assert response.status_code == 202
    return response.json()


def events(client: TestClient, job: str) -> list[tuple[str, dict]]:
    """The names and values of the events of a job, to its end."""
    found = []
    for block in client.get(f"/api/jobs/{job}").text.strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines())
        found.append((fields["event"], json.loads(fields["data"])))
    return found
