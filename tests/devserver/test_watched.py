"""Which files the API is made of."""

from pathlib import Path

import pytest

from fluidkit_cli.devserver.watcher import Watched

ROOT = Path("/project")


@pytest.mark.parametrize(
    ("file", "concerns"),
    [
        ("backend/main.py", True),
        ("pyproject.toml", True),
        (".env", True),
        ("backend/.env", False),
        ("backend/.#main.py", False),
        ("backend/main.py~", False),
        ("README.md", False),
    ],
)
def test_a_change_of_the_api_is_one_of_its_python_files_or_of_its_settings(
    file: str, concerns: bool
) -> None:
    assert Watched(ROOT, ignored=frozenset()).concerns(ROOT / file) is concerns


def test_a_link_to_nothing_hides_no_other_file(tmp_path: Path) -> None:
    for name in ("a.py", "z.py"):
        (tmp_path / name).touch()
    for name in ("0.py", "b.py", "zz.py"):
        (tmp_path / name).symlink_to("nowhere")
    found = Watched(tmp_path, ignored=frozenset()).versions()
    assert found.keys() == {tmp_path / "a.py", tmp_path / "z.py"}
