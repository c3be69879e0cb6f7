"""Which files the API is made of."""

from pathlib import Path

import pytest

from fluidkit_cli.devserver.watched import Watched

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


def test_a_package_that_is_a_link_is_watched_and_a_circle_ends(tmp_path: Path) -> None:
    root, shared = tmp_path / "shop", tmp_path / "shared"
    shared.mkdir()
    root.mkdir()
    (shared / "__init__.py").touch()
    (shared / "again").symlink_to(shared)
    (root / "backend").symlink_to(shared)
    (root / "disk").symlink_to("/")
    assert Watched(root, ignored=frozenset()).folders() == [root, root / "backend"]


def test_of_a_library_only_what_is_installed_into_it_concerns_the_api() -> None:
    library = Path("/venv/site-packages")
    watched = Watched(ROOT, ignored=frozenset(), libraries=frozenset({library}))
    for name in ("shop-1.0.dist-info", "shop.py", "shop.pth"):
        assert watched.concerns(library / name) and watched.is_installed(library / name)
    assert not watched.concerns(library / "shop/data.json")
    assert not watched.is_installed(ROOT / "main.py")
