"""What a run serves from: copies of `build/`, which may be replaced meanwhile."""

import os
import shutil
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from ..devserver.removal import remove
from . import wording

_TRIES = 3
"""Another build may be put in place while one is copied."""

_ASSETS = ("static/_app/immutable", "frontend/build/client/_app/immutable")
"""With a hash in their names: what has the same name is the same in every build."""


class Releases:
    """Copies in `folder`, of hard links where the system can: they take next to no time and room.

    The assets of a build lie in the copy of the next one, too: who has one of its pages open asks
    for them. Nobody may write beside the code, as in a container: it would be lost.

    Where nothing can be copied, on a read-only file system or a full one, `build` itself
    is served, and `warn` is told why.
    """

    def __init__(
        self,
        build: Path,
        folder: Path,
        *,
        check: Callable[[], None],
        warn: Callable[[str], None],
    ) -> None:
        self.folder = folder
        self._build = build
        self._check = check
        self._warn = warn
        self._taken = 0
        self._assets: dict[Path, frozenset[Path]] = {}

    def take(self) -> Path:
        """The build as it is now, unless `check` raises that there is none."""
        self._check()
        self._taken += 1
        release = self.folder / str(self._taken)
        try:
            _copy(self._build, release)
            self._add_assets(release)
            _seal(release)
        except OSError as error:
            remove(release)
            self._warn(wording.not_copied(self._build.name, self._reason(error)))
            return self._build
        return release

    def drop(self, *, but: Collection[Path | None]) -> None:
        """Removes those that nothing runs from any more."""
        for release in self._assets.keys() - but:
            del self._assets[release]
            remove(release)

    def _reason(self, error: OSError) -> str:
        """Where the folder could not be made, that is why."""
        try:
            self.folder.mkdir(parents=True)
            self.folder.rmdir()
        except FileExistsError:
            pass
        except OSError as cause:
            error = cause
        return error.strerror or str(error)

    def _add_assets(self, release: Path) -> None:
        own = frozenset(_assets(release))
        last = next(reversed(self._assets), release)
        for file in self._assets.get(last, own) - own:
            (release / file).parent.mkdir(parents=True, exist_ok=True)
            _link(last / file, release / file)
        self._assets[release] = own


def _copy(build: Path, release: Path) -> None:
    """All of one build. Raises OSError."""
    for tried in range(1, _TRIES + 1):
        before = build.stat().st_ino
        try:
            _copy_tree(build, release)
            if build.stat().st_ino == before:
                return
        except OSError:
            if tried == _TRIES or build.stat().st_ino == before:
                raise
        remove(release)


def _copy_tree(build: Path, release: Path) -> None:
    for root, folders, files in os.walk(build, onerror=_raise):
        target = release / Path(root).relative_to(build)
        target.mkdir()
        links = [name for name in folders if Path(root, name).is_symlink()]
        for name in (*files, *links):
            _link(Path(root, name), target / name)


def _raise(error: OSError) -> None:
    raise error


def _seal(release: Path) -> None:
    """But for byte code."""
    for root, folders, files in os.walk(release, topdown=False):
        if "__pycache__" not in folders and any(name.endswith(".py") for name in files):
            Path(root, "__pycache__").mkdir()
        if Path(root).name != "__pycache__":
            Path(root).chmod(0o555)


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:  # another file system, or one without links, or a file of somebody else
        shutil.copy2(source, target, follow_symlinks=False)


def _assets(release: Path) -> Iterator[Path]:
    for folder in _ASSETS:
        for file in (release / folder).rglob("*"):
            if not file.is_dir():
                yield file.relative_to(release)
