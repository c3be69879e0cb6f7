from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api_client import ApiError, Client, Progress
from api_client.models import Problem
from backend.data.documents import REPORT, stored_documents
from backend.main import app


def test_the_list_has_the_size_of_what_is_downloaded(client: Client):
    for file in client.files.list_files():
        download = client.files.download_file(file.id)
        assert len(download.read()) == file.size == download.total


def test_a_download_has_the_name_and_the_bytes_of_the_file(client: Client, tmp_path: Path):
    told: list[Progress] = []
    saved = client.files.download_file("123").save(tmp_path, on_progress=told.append)
    assert saved == tmp_path / "report.pdf"
    assert saved.read_bytes() == REPORT.read_bytes()
    size = REPORT.stat().st_size
    assert told[-1] == Progress(size, size)


@pytest.mark.parametrize("file_id", ["9", "report.pdf"])
def test_a_missing_file_is_named(client: Client, file_id: str):
    with pytest.raises(ApiError) as caught:
        client.files.download_file(file_id).read()
    assert caught.value.status == 404
    assert caught.value.body == Problem(detail=f"There is no file {file_id}")


def test_no_other_file_can_be_downloaded():
    assert TestClient(app).get("/api/files/..%2F..%2Fmain.py/download").status_code == 404


def test_what_was_made_is_deleted_at_the_end():
    with TestClient(app):
        archive: Path = stored_documents()["124"]
        assert archive.stat().st_size > 1_000_000
    assert not archive.parent.exists()
