"""The folder of a new workspace."""

import errno
import os
import subprocess
from pathlib import Path

import pytest

from fluidkit_cli.errors import BadArgument, FluidkitError
from fluidkit_cli.layout import check_vacant, lay_out, lay_out_missing, located
from fluidkit_cli.templates import RenderedFile

FILES = [RenderedFile("README.md", b"# shop"), RenderedFile("backend/main.py", b"app = 1")]


def everything(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_a_name_that_no_disk_takes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadArgument, match="cannot be used: File name too long"):
        check_vacant(tmp_path / ("a" * 300))


def test_a_missing_folder_and_an_empty_one_are_vacant(tmp_path: Path) -> None:
    check_vacant(tmp_path)
    check_vacant(tmp_path / "shop")


@pytest.mark.parametrize("content", ["precious.txt", ".git"])
def test_a_folder_that_is_not_empty_is_not_vacant(tmp_path: Path, content: str) -> None:
    (tmp_path / content).touch()
    with pytest.raises(BadArgument, match="not empty"):
        check_vacant(tmp_path)


def test_a_file_is_not_vacant(tmp_path: Path) -> None:
    (tmp_path / "shop").touch()
    with pytest.raises(BadArgument, match="is a file"):
        check_vacant(tmp_path / "shop")


def test_files_are_laid_out_and_nothing_else_is_left(tmp_path: Path) -> None:
    lay_out(tmp_path / "shop", FILES)
    assert everything(tmp_path) == [
        "shop",
        "shop/README.md",
        "shop/backend",
        "shop/backend/main.py",
    ]
    assert (tmp_path / "shop/README.md").read_bytes() == b"# shop"


def test_the_folder_is_as_open_to_others_as_any_other(tmp_path: Path) -> None:
    (tmp_path / "usual").mkdir()
    lay_out(tmp_path / "shop", FILES)
    assert (tmp_path / "shop").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_an_empty_folder_is_filled_and_not_replaced(tmp_path: Path) -> None:
    root = tmp_path / "shop"
    root.mkdir()
    before = root.stat().st_ino
    lay_out(root, FILES)
    assert root.stat().st_ino == before
    assert everything(root) == ["README.md", "backend", "backend/main.py"]


@pytest.mark.parametrize("exists", [True, False])
def test_an_interruption_while_writing_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exists: bool
) -> None:
    root = tmp_path / "shop"
    if exists:
        root.mkdir()
    before = everything(tmp_path)
    interrupt_at(monkeypatch, "write_bytes", "main.py")
    with pytest.raises(KeyboardInterrupt):
        lay_out(root, FILES)
    assert everything(tmp_path) == before


def test_an_interruption_while_filling_a_folder_leaves_it_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupt_at(monkeypatch, "rename", "backend")
    with pytest.raises(KeyboardInterrupt):
        lay_out(tmp_path, FILES)
    assert everything(tmp_path) == []


def interrupt_at(monkeypatch: pytest.MonkeyPatch, method: str, name: str) -> None:
    """Ctrl-C when `method` is called on a path that ends in `name`."""
    original = getattr(Path, method)

    def interrupted(path: Path, argument: object) -> object:
        if path.name == name:
            raise KeyboardInterrupt
        return original(path, argument)

    monkeypatch.setattr(Path, method, interrupted)


def test_two_that_lay_out_the_same_folder_do_not_mix(tmp_path: Path) -> None:
    root = tmp_path / "shop"
    lay_out(root, [RenderedFile("first", b"")])
    with pytest.raises(BadArgument, match="not empty"):
        lay_out(root, FILES)
    assert everything(tmp_path) == ["shop", "shop/first"]


def test_a_folder_that_is_filled_meanwhile_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "shop"
    original = Path.rename

    def late(path: Path, target: Path) -> Path:
        if target == root:
            (root / "theirs").mkdir(parents=True)
        return original(path, target)

    monkeypatch.setattr(Path, "rename", late)
    with pytest.raises(BadArgument, match="not empty"):
        lay_out(root, FILES)
    assert everything(tmp_path) == ["shop", "shop/theirs"]


def test_a_place_that_cannot_be_written_is_an_error_of_one_line() -> None:
    with pytest.raises(FluidkitError, match=r"could not be written: .+"):
        lay_out(Path("/proc/shop"), FILES)  # closed to root too


def test_whoever_claims_the_folder_does_so_before_others_see_it(tmp_path: Path) -> None:
    root = tmp_path / "shop"
    seen: list[bool] = []
    lay_out(root, FILES, claim=lambda folder: seen.append((folder / "README.md").exists()))
    assert seen == [True]
    with pytest.raises(BadArgument, match="not empty"):
        lay_out(root, FILES, claim=lambda folder: None)


def test_of_two_that_fill_the_same_folder_at_once_one_takes_everything_back(
    tmp_path: Path,
) -> None:
    ours = [*FILES, RenderedFile("backend/ours.py", b"")]
    theirs = [*FILES, RenderedFile("backend/theirs.py", b"")]

    root = tmp_path / "shop"
    root.mkdir()
    with pytest.raises(BadArgument, match="not empty"):
        lay_out(root, ours, claim=lambda folder: lay_out(root, theirs))
    assert everything(root) == ["README.md", "backend", "backend/main.py", "backend/theirs.py"]
    assert [path.name for path in tmp_path.iterdir()] == ["shop"]


def test_what_was_killed_while_it_wrote_is_removed_by_the_next(tmp_path: Path) -> None:
    killed = subprocess.Popen(["true"])
    killed.wait()
    for owner in (killed.pid, os.getpid()):
        (tmp_path / f".shop-fluidkit-{owner}-x_1/shop").mkdir(parents=True)
    lay_out(tmp_path / "shop", FILES)
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"shop", f".shop-fluidkit-{os.getpid()}-x_1"}


def test_what_is_missing_is_added_and_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_bytes(b"mine")
    lay_out_missing(tmp_path, FILES)
    assert (tmp_path / "README.md").read_bytes() == b"mine"
    assert (tmp_path / "backend/main.py").read_bytes() == b"app = 1"


def test_a_path_through_a_link_keeps_the_name_that_was_typed(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert located(tmp_path / "link") == tmp_path / "link"


def test_what_a_kill_has_left_is_removed_by_who_goes_on(tmp_path: Path) -> None:
    killed = subprocess.Popen(["true"])
    killed.wait()
    (tmp_path / f".shop-fluidkit-{killed.pid}-x_1/shop").mkdir(parents=True)
    (tmp_path / "shop").mkdir()
    lay_out_missing(tmp_path / "shop", FILES)
    assert [path.name for path in tmp_path.iterdir()] == ["shop"]


def test_a_full_disk_leaves_no_half_of_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write_half(self: Path, content: bytes) -> int:
        with self.open("wb") as file:
            file.write(content[:2])
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))

    monkeypatch.setattr(Path, "write_bytes", write_half)
    with pytest.raises(FluidkitError, match=r"README\.md could not be written: File too large"):
        lay_out_missing(tmp_path / "shop", FILES)
    assert everything(tmp_path) == []


def test_a_link_to_nothing_is_not_followed(tmp_path: Path) -> None:
    root = tmp_path / "shop"
    root.mkdir()
    (root / "README.md").symlink_to(tmp_path / "outside.md")
    lay_out_missing(root, FILES)
    assert not (tmp_path / "outside.md").exists()


def test_a_link_to_another_folder_is_not_followed(tmp_path: Path) -> None:
    outside, root = tmp_path / "outside", tmp_path / "shop"
    outside.mkdir()
    root.mkdir()
    (root / "backend").symlink_to(outside)
    lay_out_missing(root, FILES)
    assert everything(outside) == []
    assert (root / "README.md").is_file()
