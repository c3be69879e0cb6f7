"""What Linux tells of watched folders."""

import asyncio
import errno
import resource
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from fluidkit_cli.devserver.inotify import INCOMPLETE_SECONDS, Inotify
from fluidkit_cli.devserver.watched import Watched


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with one module in it."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app/main.py").write_text("x = 1\n", encoding="utf-8")
    return tmp_path


class Told:
    """What has been told, one set of paths after the other."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._news = asyncio.Event()
        self.sets: list[set[str]] = []

    def __call__(self, files: set[Path]) -> None:
        self.sets.append({str(file.relative_to(self._root)) for file in files})
        self._news.set()

    def refused(self, error: Exception) -> None:
        """The system has had enough."""
        raise AssertionError(error)

    async def next(self) -> set[str]:
        """The oldest that was not asked for yet."""
        async with asyncio.timeout(5):
            while not self.sets:
                self._news.clear()
                await self._news.wait()
        return self.sets.pop(0)


@asynccontextmanager
async def listening(root: Path) -> AsyncIterator[Told]:
    told = Told(root)
    listener = Inotify(Watched(root, ignored=frozenset()), tell=told, fail=told.refused)
    listener.start()
    try:
        yield told
    finally:
        listener.stop()


def test_a_file_is_told_once_and_when_it_is_closed(root: Path) -> None:
    async def main() -> None:
        async with listening(root) as told:
            with (root / "app/main.py").open("w", encoding="utf-8") as file:
                file.write("x = 2\n")
                file.flush()
                await asyncio.sleep(0)
                assert told.sets == []
            assert await told.next() == {"app/main.py"}
            await asyncio.sleep(INCOMPLETE_SECONDS * 2)
            assert told.sets == []

    asyncio.run(main())


def test_a_file_that_stays_open_is_told_all_the_same(root: Path) -> None:
    async def main() -> None:
        async with listening(root) as told:
            with (root / "app/main.py").open("a", encoding="utf-8") as file:
                file.write("y = 2\n")
                file.flush()
                assert await told.next() == {"app/main.py"}

    asyncio.run(main())


def test_a_file_that_takes_the_place_of_another_is_told_once(root: Path) -> None:
    async def main() -> None:
        main, fresh = root / "app/main.py", root / "app/.main.swp"
        async with listening(root) as told:
            main.rename(root / "app/main.py~")  # as vim does
            fresh.write_text("x = 3\n", encoding="utf-8")
            fresh.rename(main)
            assert await told.next() == {"app/main.py"}
            await asyncio.sleep(INCOMPLETE_SECONDS * 2)
            assert told.sets == []

    asyncio.run(main())


def test_a_removed_file_is_told(root: Path) -> None:
    async def main() -> None:
        async with listening(root) as told:
            (root / "app/main.py").unlink()
            assert await told.next() == {"app/main.py"}

    asyncio.run(main())


def test_files_that_make_no_api_are_not_told(root: Path) -> None:
    async def main() -> None:
        async with listening(root) as told:
            for name in ("app/notes.md", "app/.#main.py", "app/main.pyc"):
                (root / name).write_text("", encoding="utf-8")
            (root / ".env").write_text("A=1\n", encoding="utf-8")
            assert await told.next() == {".env"}

    asyncio.run(main())


def test_a_new_folder_is_watched_and_what_came_with_it_told(root: Path) -> None:
    async def main() -> None:
        async with listening(root) as told:
            (root / "app/more/deep").mkdir(parents=True)
            (root / "app/more/deep/one.py").write_text("", encoding="utf-8")
            assert await told.next() == {"app/more/deep/one.py"}
            (root / "app/more/deep/one.py").write_text("x = 1\n", encoding="utf-8")
            assert await told.next() == {"app/more/deep/one.py"}

    asyncio.run(main())


def test_a_folder_is_known_by_its_new_name_and_its_old_one_told(root: Path) -> None:
    async def main() -> None:
        async with listening(root) as told:
            (root / "app").rename(root / "server")
            assert await told.next() == {"app", "server/main.py"}
            (root / "server/main.py").write_text("x = 4\n", encoding="utf-8")
            assert await told.next() == {"server/main.py"}

    asyncio.run(main())


def test_all_files_are_told_where_the_system_has_lost_count(root: Path) -> None:
    queue = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text(encoding="ascii"))

    async def main() -> None:
        async with listening(root) as told:
            files = [root / "one.txt", root / "two.txt"]
            for number in range(queue):  # equal events in a row would be merged
                files[number % 2].touch()
            (root / "app/main.py").write_text("x = 5\n", encoding="utf-8")
            assert await told.next() == {"app/main.py"}

    asyncio.run(main())


def test_a_system_that_refuses_is_an_error(root: Path) -> None:
    async def main() -> None:
        told = Told(root)
        listener = Inotify(Watched(root, ignored=frozenset()), tell=told, fail=told.refused)
        before = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, before[1]))
        try:
            with pytest.raises(OSError, match="Too many open files") as caught:
                listener.start()
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, before)
        assert caught.value.errno == errno.EMFILE
        listener.stop()

    asyncio.run(main())
