"""What of the backend is deployed."""

from pathlib import Path

import pytest

from fluidkit_cli.bundle.backend import PrivateKey, copy_backend
from fluidkit_cli.errors import FluidkitError
from fluidkit_cli.repository import make_first_commit
from fluidkit_cli.workspace import Workspace, find_workspace

DEPLOYED = {
    "main.py": "app = 1",
    "data/report.pdf": "%PDF",
    "py.typed": "",
    "routes/test_results.py": "router = 1",
    "tests/fixtures.py": "they are the subject here",
}
LEFT_OUT = {
    ".env": "SECRET=1",
    ".hidden/notes": "",
    "__pycache__/main.cpython-312.pyc": "",
    "conftest.py": "",
    ".coverage": "SQLite format 3\0",
    "app.sqlite3": "SQLite format 3\0",
    "app.sqlite3-wal": "",
    "main.py~": "",
    "#main.py#": "",
    "main.py.orig": "",
    "routes/test_items.py": "async def test_items(): ...",
    "routes/items_test.py": "class TestItems: ...",
    "routes/tests/test_more.py": "def test_more(): ...",
    "routes/tests/data.json": "{}",
    "venv/pyvenv.cfg": "",
    "venv/lib/x.py": "",
    "web/src/app.html": "",
}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    for name, text in {**DEPLOYED, **LEFT_OUT}.items():
        file = tmp_path / "backend" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text('[tool.fluidkit]\nfrontend = "backend/web"\n')
    return find_workspace(tmp_path)


def test_code_and_data_are_deployed_and_nothing_else(workspace: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "build"
    folder.mkdir()
    assert copy_backend(workspace, folder) == ["backend/app.sqlite3", "backend/app.sqlite3-wal"]
    made = [path for path in (folder / "backend").rglob("*") if path.is_file()]
    names = {path.relative_to(folder / "backend").as_posix() for path in made}
    assert names == set(DEPLOYED)


def test_a_backend_may_lie_in_src(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (workspace.root / "backend").rename(tmp_path / "src/backend")
    copy_backend(workspace, tmp_path / "build")
    assert (tmp_path / "build/backend/main.py").is_file()


def test_a_backend_that_lies_elsewhere_is_named(workspace: Workspace, tmp_path: Path) -> None:
    (workspace.root / "backend").rename(tmp_path / "elsewhere")
    with pytest.raises(
        FluidkitError, match=f"is backend.main:app, and .* no backend in {tmp_path}"
    ):
        copy_backend(workspace, tmp_path / "build")


def test_a_database_is_left_out_and_told_unless_git_has_it(
    workspace: Workspace, tmp_path: Path
) -> None:
    make_first_commit(workspace.root, message="All")
    (workspace.root / "backend/data/local.db").write_bytes(b"SQLite format 3\0")
    assert copy_backend(workspace, tmp_path / "build") == ["backend/data/local.db"]
    assert (tmp_path / "build/backend/app.sqlite3").exists()
    assert not (tmp_path / "build/backend/data/local.db").exists()


def test_a_private_key_is_refused_by_name(workspace: Workspace, tmp_path: Path) -> None:
    key = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEF\n-----END PRIVATE KEY-----\n"
    (workspace.root / "backend/data/server.pem").write_text(key)
    with pytest.raises(PrivateKey, match=r"^backend/data/server\.pem holds a private key"):
        copy_backend(workspace, tmp_path / "build")
