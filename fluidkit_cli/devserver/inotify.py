"""Has Linux tell which watched files change: at once, without a thread and without waking up idly.

See inotify(7). The watcher of other systems, watchfiles, looks every few milliseconds instead.
"""

import asyncio
import contextlib
import ctypes
import os
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from .watched import Watched

INCOMPLETE_SECONDS = 0.05
"""How long a file that was begun, changed or taken away may take until it is whole (again)."""

_READ_BYTES = 65536

_ATTRIB, _MODIFY = 0x4, 0x2
_CLOSE_WRITE = 0x8
_MOVED_FROM, _MOVED_TO = 0x40, 0x80
_CREATE, _DELETE = 0x100, 0x200
_OVERFLOW = 0x4000
_IS_FOLDER = 0x40000000
_ONLY_FOLDERS = 0x01000000

_COMPLETE = _CLOSE_WRITE | _MOVED_TO
_MASK = _COMPLETE | _ATTRIB | _MODIFY | _MOVED_FROM | _CREATE | _DELETE | _ONLY_FOLDERS

_EVENT = struct.Struct("iIII")


class Inotify:
    """Calls `tell` with the files that changed; a folder stands for all that was in it.

    A file that somebody closed or put in place is told at once. What may be half of a save, as the
    removal before another file takes the place, is told a little later, unless the rest comes.
    """

    def __init__(
        self,
        watched: Watched,
        *,
        tell: Callable[[set[Path]], None],
        fail: Callable[[Exception], None],
    ) -> None:
        self._watched = watched
        self._tell = tell
        self._fail = fail
        self._loop = asyncio.get_running_loop()
        self._descriptor = -1
        self._folders: dict[int, Path] = {}
        self._incomplete: dict[Path, asyncio.TimerHandle] = {}

    def start(self) -> None:
        """Begins to listen.

        Raises:
            OSError: the system refuses, perhaps since too much is watched already.
        """
        self._descriptor = _checked(_libc().inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC))
        try:
            self._watch()
        except OSError:
            self.stop()
            raise
        self._loop.add_reader(self._descriptor, self._read)

    def follow(self, watched: Watched) -> None:
        """Listens for these from now on; calls `fail` when the system refuses."""
        self._watched = watched
        try:
            self._watch()
        except OSError as error:
            self._fail(error)

    def stop(self) -> None:
        """Tells nothing any more."""
        for timer in self._incomplete.values():
            timer.cancel()
        self._incomplete.clear()
        if self._descriptor >= 0:
            self._loop.remove_reader(self._descriptor)
            os.close(self._descriptor)
            self._descriptor = -1

    def _watch(self) -> None:
        """Watches the folders that there are now, and no others."""
        libc = _libc()
        watched = {}
        for folder in self._watched.folders():
            with contextlib.suppress(FileNotFoundError, NotADirectoryError, PermissionError):
                # a folder that is watched already keeps its number, wherever it was moved
                number = libc.inotify_add_watch(self._descriptor, os.fsencode(folder), _MASK)
                watched[_checked(number)] = folder
        for number in self._folders.keys() - watched.keys():
            libc.inotify_rm_watch(self._descriptor, number)
        self._folders = watched

    def _read(self) -> None:
        try:
            events = list(_events(os.read(self._descriptor, _READ_BYTES)))
            files = self._complete_files(events)
            if any(event.mask & (_IS_FOLDER | _OVERFLOW) for event in events):
                files |= self._look_for_folders(missed=any(e.mask & _OVERFLOW for e in events))
        except BlockingIOError:
            return
        except OSError as error:
            self._fail(error)
            return
        if files:
            self._tell(files)

    def _complete_files(self, events: "list[_Event]") -> set[Path]:
        """The others are told later."""
        files = set()
        for event in events:
            folder = self._folders.get(event.watch)
            if folder is None:
                continue
            file = folder / event.name  # or what a package is installed into
            if not self._watched.concerns(file):
                continue
            if timer := self._incomplete.pop(file, None):
                timer.cancel()
            if event.mask & _COMPLETE:
                files.add(file)
            else:
                due = self._loop.call_later(INCOMPLETE_SECONDS, self._tell_incomplete, file)
                self._incomplete[file] = due
        return files

    def _tell_incomplete(self, file: Path) -> None:
        del self._incomplete[file]
        self._tell({file})

    def _look_for_folders(self, *, missed: bool) -> set[Path]:
        """What changed by folders that came or went; all there is, where events were `missed`."""
        before = set(self._folders.values())
        self._watch()
        now = set(self._folders.values())
        fresh = now if missed else now - before
        found = {file for folder in fresh for file in _files(folder)}
        return {file for file in found if self._watched.concerns(file)} | (before - now)


@dataclass(frozen=True, slots=True)
class _Event:
    watch: int
    mask: int
    name: str


def _events(data: bytes) -> Iterator[_Event]:
    while data:
        watch, mask, _, length = _EVENT.unpack_from(data)
        name, data = data[_EVENT.size : _EVENT.size + length], data[_EVENT.size + length :]
        yield _Event(watch, mask, os.fsdecode(name.rstrip(b"\0")))


def _files(folder: Path) -> list[Path]:
    with contextlib.suppress(OSError):
        return list(folder.iterdir())
    return []


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
