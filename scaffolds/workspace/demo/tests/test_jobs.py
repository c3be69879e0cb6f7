import asyncio

import pytest

from api_client import ApiError, AppTransport, Client
from api_client.models import Ended, NewExport, Progress
from backend.data import export


def test_a_job_is_followed_to_its_end(client: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(export, "PAUSE", 0)
    *progress, ended = client.jobs.follow_export(started(client, rows=1000))
    assert all(isinstance(each, Progress) for each in progress)
    done = [each.done for each in progress]
    assert done == sorted(done)
    assert done[-1] == progress[-1].total == 1000
    assert ended == Ended(id=ended.id, status="done", reason="")


def test_a_job_is_stopped(client: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(export, "PAUSE", 3600)
    job = started(client, rows=1000)
    assert client.jobs.stop_export(job).status == "stopped"
    assert list(client.jobs.follow_export(job))[-1].status == "stopped"


def test_an_unknown_job_is_not_found(client: Client):
    with pytest.raises(ApiError, match="404: This job is no longer there"):
        client.jobs.stop_export("made-up")
    with pytest.raises(ApiError, match="404: This job is no longer there"):
        next(client.jobs.follow_export("made-up"))


def test_a_job_is_unknown_to_other_visitors(client: Client, transport: AppTransport):
    job = started(client, rows=100)
    with pytest.raises(ApiError, match="404"):
        Client("http://test", transport=transport).jobs.stop_export(job)
    assert client.jobs.stop_export(job).id


@pytest.mark.parametrize("rows", [0, 100_001])
def test_a_job_has_its_bounds(client: Client, rows: int):
    with pytest.raises(ApiError, match="422"):
        started(client, rows=rows)


def test_an_export_ends_with_its_last_row(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(export, "PAUSE", 0)

    async def done() -> list[int]:
        return [progress.done async for progress in export.export(120)]

    assert asyncio.run(done()) == [0, 50, 100, 120]


def started(client: Client, *, rows: int) -> str:
    """The id of the job."""
    return client.jobs.start_export(NewExport(rows=rows))
