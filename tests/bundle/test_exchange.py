"""One folder in the place of another."""

import subprocess
import sys
from pathlib import Path

import pytest

from fluidkit_cli.bundle import exchange
from fluidkit_cli.bundle.exchange import put_in_place, restore


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    new, folder = tmp_path / "state/build", tmp_path / "build"
    for each in (new, folder):
        each.mkdir(parents=True)
        (each / "which").write_text("new" if each == new else "old")
    return new, folder


@pytest.fixture(params=["at one stroke", "in two moves"])
def system(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "in two moves":
        monkeypatch.setattr(exchange, "_exchange", lambda one, other: False)


@pytest.mark.usefixtures("system")
def test_the_new_folder_takes_the_place_and_nothing_is_left(folders: tuple[Path, Path]) -> None:
    new, folder = folders
    put_in_place(new, folder)
    assert (folder / "which").read_text() == "new"
    assert not any(new.parent.iterdir())


@pytest.mark.usefixtures("system")
def test_what_is_left_of_an_exchange_is_not_in_the_way(folders: tuple[Path, Path]) -> None:
    new, folder = folders
    (new.parent / "last-build").mkdir()
    (new.parent / "last-build/which").touch()
    put_in_place(new, folder)
    assert (folder / "which").read_text() == "new"


@pytest.mark.usefixtures("system")
def test_a_first_folder_needs_no_exchange(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    put_in_place(tmp_path / "new", tmp_path / "build")
    assert list(tmp_path.iterdir()) == [tmp_path / "build"]


def test_what_cannot_be_put_in_place_leaves_the_old_one(
    folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    new, folder = folders
    monkeypatch.setattr(exchange, "_exchange", lambda one, other: False)
    (new / "which").unlink()
    new.rmdir()
    with pytest.raises(FileNotFoundError):
        put_in_place(new, folder)
    assert (folder / "which").read_text() == "old"


def test_two_moves_that_were_broken_off_are_taken_back(folders: tuple[Path, Path]) -> None:
    new, folder = folders
    folder.rename(new.parent / "last-build")
    restore(new, folder)
    assert (folder / "which").read_text() == "old"


LOOKING = """
import os, sys
folder = sys.argv[1]
print("looking", flush=True)
missing = 0
while not os.path.exists(folder + ".done"):
    try:
        os.stat(folder)
    except FileNotFoundError:
        missing += 1
print(missing)
"""


def test_whoever_looks_always_sees_a_folder(folders: tuple[Path, Path]) -> None:
    new, folder = folders
    command = [sys.executable, "-c", LOOKING, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as looking:
        assert looking.stdout is not None
        looking.stdout.readline()
        for _ in range(200):
            new.mkdir(exist_ok=True)
            put_in_place(new, folder)
        Path(f"{folder}.done").touch()
        assert looking.stdout.read().strip() == "0"
