from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from backend.data.documents import REPORT, stored_documents
from backend.main import app


@pytest.fixture
def client() -> Iterator[TestClient]:
    """Starts the application and ends it, which deletes what it made."""
    with TestClient(app) as client:
        yield client


def test_the_list_has_the_size_of_what_is_downloaded(client: TestClient):
    for file in client.get("/api/files").json():
        response = client.get(f"/api/files/{file['id']}/download")
        assert len(response.content) == file["size"] == int(response.headers["content-length"])


def test_a_download_has_the_name_and_the_bytes_of_the_file(client: TestClient):
    response = client.get("/api/files/123/download")
    assert response.headers["content-disposition"] == 'attachment; filename="report.pdf"'
    assert response.content == REPORT.read_bytes()
    assert response.content.startswith(b"%PDF-")


@pytest.mark.parametrize("file_id", ["9", "report.pdf", "..%2F..%2Fmain.py"])
def test_no_other_file_can_be_downloaded(client: TestClient, file_id: str):
    assert client.get(f"/api/files/{file_id}/download").status_code == 404


def test_a_missing_file_is_named(client: TestClient):
    assert client.get("/api/files/9/download").json() == {"detail": "There is no file 9"}


def test_what_was_made_is_deleted_at_the_end():
    with TestClient(app):
        archive: Path = stored_documents()["124"]
        assert archive.stat().st_size > 1_000_000
    assert not archive.parent.exists()
