"""A run serves the build that it was started from, until it is told to take the next one."""

import errno
import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from built_by_hand import lay_out
from fluidkit_cli.bundle.exchange import put_in_place
from fluidkit_cli.errors import FluidkitError
from fluidkit_cli.production import releases as module
from fluidkit_cli.production.releases import Releases
from fluidkit_cli.production.run_folder import run_folder
from running import answer, wait_for
from stopping import started

ASSETS = "static/_app/immutable"


def build(folder: Path, version: str) -> None:
    """Puts a build in place, as `fluidkit build` does."""
    staged = folder / "staged"
    (staged / ASSETS).mkdir(parents=True)
    (staged / "version").write_text(version, encoding="utf-8")
    (staged / ASSETS / f"{version}.js").write_text(version, encoding="utf-8")
    put_in_place(staged, folder / "build")


@pytest.fixture
def warnings() -> list[str]:
    return []


@pytest.fixture
def releases(tmp_path: Path, warnings: list[str]) -> Releases:
    (tmp_path / "run").mkdir()
    build(tmp_path, "one")
    return Releases(tmp_path / "build", tmp_path / "run", check=lambda: None, warn=warnings.append)


def version(release: Path) -> str:
    return (release / "version").read_text(encoding="utf-8")


def assets(release: Path) -> set[str]:
    return {file.stem for file in (release / ASSETS).iterdir()}


def test_each_is_the_build_of_its_time(tmp_path: Path, releases: Releases) -> None:
    first = releases.take()
    build(tmp_path, "two")
    second = releases.take()
    assert (version(first), version(second)) == ("one", "two")
    releases.drop(but=[second])
    assert not first.exists()
    assert version(second) == "two"


def test_the_assets_of_the_last_build_lie_in_the_next_one_too(
    tmp_path: Path, releases: Releases
) -> None:
    assert assets(releases.take()) == {"one"}
    build(tmp_path, "two")
    second = releases.take()
    assert assets(second) == {"one", "two"}
    releases.drop(but=[second])
    build(tmp_path, "three")
    assert assets(releases.take()) == {"two", "three"}
    assert assets(tmp_path / "build") == {"three"}


def test_nobody_writes_beside_the_code_but_byte_code(tmp_path: Path, releases: Releases) -> None:
    (tmp_path / "build/backend").mkdir()
    (tmp_path / "build/backend/main.py").touch()
    (tmp_path / "build/backend/routes/__pycache__").mkdir(parents=True)
    (tmp_path / "build/backend/routes/clock.py").touch()
    release = releases.take()
    modes = {
        str(each.relative_to(release)): each.stat().st_mode & 0o777
        for each in (release, *release.rglob("*"))
        if each.is_dir()
    }
    for byte_code in ("backend/__pycache__", "backend/routes/__pycache__"):
        assert modes.pop(byte_code) & 0o200
    assert set(modes.values()) == {0o555}
    assert "backend" in modes
    releases.drop(but=[])
    assert not release.exists()


def test_links_stay_links(tmp_path: Path, releases: Releases) -> None:
    (tmp_path / "build/latest").symlink_to("version")
    (tmp_path / "build/folder").symlink_to("static")
    release = releases.take()
    assert (release / "latest").readlink() == Path("version")
    assert (release / "folder").readlink() == Path("static")


def test_where_links_are_not_possible_files_are_copied(
    releases: Releases, monkeypatch: pytest.MonkeyPatch, warnings: list[str]
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuse)
    release = releases.take()
    assert version(release) == "one"
    assert (release / "version").stat().st_nlink == 1
    assert warnings == []


def test_where_nothing_can_be_written_the_build_itself_is_served(
    tmp_path: Path, releases: Releases, monkeypatch: pytest.MonkeyPatch, warnings: list[str]
) -> None:
    (tmp_path / "run").rmdir()

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "mkdir", refuse)
        release = releases.take()
    assert release == tmp_path / "build"
    assert warnings == [
        "build/ cannot be copied (Read-only file system): "
        "restart after each new build, or pages of it break"
    ]
    releases.drop(but=[])
    assert version(release) == "one"


def test_a_build_that_is_replaced_while_it_is_copied_is_not_mixed_with_the_next(
    tmp_path: Path, releases: Releases, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = module._link
    replaced: list[bool] = []

    def replace_once(source: Path, target: Path) -> None:
        link(source, target)
        if not replaced:
            replaced.append(True)
            build(tmp_path, "two")

    monkeypatch.setattr(module, "_link", replace_once)
    release = releases.take()
    assert (version(release), assets(release)) == ("two", {"two"})


def test_without_a_build_there_is_none(tmp_path: Path, warnings: list[str]) -> None:
    def check() -> None:
        raise FluidkitError("There is no build/")

    releases = Releases(tmp_path / "build", tmp_path / "run", check=check, warn=warnings.append)
    with pytest.raises(FluidkitError, match="There is no build/"):
        releases.take()


def test_what_a_killed_run_left_is_removed_by_the_next_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "killed").mkdir()
    with run_folder(tmp_path, "lives") as lives:
        with run_folder(tmp_path, "next") as last:
            assert sorted(each.name for each in tmp_path.iterdir()) == ["lives", "next"]
        assert not last.exists()
        assert lives.is_dir()
    assert list(tmp_path.iterdir()) == []


def test_where_no_folder_can_be_made_the_run_goes_on(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with run_folder(tmp_path / "file", "run") as folder:
        assert not folder.exists()


LATE = """
export async function handler(request, response) {
	if (request.url !== '/late') return response.end('page');
	const { text } = await import('./late.js');
	response.end(text);
}
"""


@contextmanager
def staged(folder: Path) -> Iterator[Path]:
    """A copy of the build, put in its place in the end."""
    copy = folder / "staged"
    shutil.copytree(folder / "build", copy)
    yield copy
    put_in_place(copy, folder / "build")


def test_pages_of_the_old_build_are_whole_until_the_new_one_is_taken(tmp_path: Path) -> None:
    lay_out(tmp_path, "ssr")
    pages = Path("frontend/build")
    (tmp_path / "build" / pages / "handler.js").write_text(LATE, encoding="utf-8")
    (tmp_path / "build" / pages / "late.js").write_text("export const text = 'old';", "utf-8")
    with started(tmp_path) as run:
        late = f"http://127.0.0.1:{run.port}/late"
        with staged(tmp_path) as new:
            (new / pages / "late.js").unlink()
            text = LATE.replace("late.js", "later.js")
            (new / pages / "handler.js").write_text(text, "utf-8")
            (new / pages / "later.js").write_text("export const text = 'new';", "utf-8")
        assert answer(late) == (200, "old")
        run.process.send_signal(signal.SIGHUP)
        wait_for(lambda: run.says("restarted 2 processes"))
        assert answer(late) == (200, "new")
        [own] = (tmp_path / ".fluidkit/start").iterdir()
        wait_for(lambda: [each.name for each in own.iterdir()] == ["2"])
    assert list((tmp_path / ".fluidkit/start").iterdir()) == []


def test_assets_of_the_old_build_are_there_for_pages_that_are_open(tmp_path: Path) -> None:
    lay_out(tmp_path, "spa")
    (tmp_path / "build" / ASSETS).mkdir(parents=True)
    (tmp_path / "build" / ASSETS / "old.js").write_text("0" * 300_000, encoding="utf-8")
    with started(tmp_path) as run:
        asset = f"http://127.0.0.1:{run.port}/_app/immutable"
        with staged(tmp_path) as new:
            (new / ASSETS / "old.js").unlink()
            (new / ASSETS / "new.js").write_text("new", encoding="utf-8")
        assert answer(f"{asset}/old.js") == (200, "0" * 300_000)
        assert answer(f"{asset}/new.js") != (200, "new")
        run.process.send_signal(signal.SIGHUP)
        wait_for(lambda: run.says("restarted 1 process "))
        assert answer(f"{asset}/old.js") == (200, "0" * 300_000)
        assert answer(f"{asset}/new.js") == (200, "new")


def test_a_restart_without_a_build_leaves_what_serves(tmp_path: Path) -> None:
    lay_out(tmp_path, "spa")
    with started(tmp_path) as run:
        shutil.rmtree(tmp_path / "build")
        run.process.send_signal(signal.SIGHUP)
        wait_for(lambda: run.says("nothing is restarted: There is no "))
        assert answer(f"http://127.0.0.1:{run.port}/api/answer") == (200, "42")


def test_killed_with_all_its_might_it_leaves_no_copies(tmp_path: Path) -> None:
    lay_out(tmp_path, "spa")
    with started(tmp_path) as run:
        copies = tmp_path / ".fluidkit/start"
        assert list(copies.iterdir()) != []
        run.process.kill()
        wait_for(lambda: list(copies.iterdir()) == [])
