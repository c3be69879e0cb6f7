"""The one seam between systems: what Linux tells of processes and file systems, others may not.

Where there is no /proc, as on macOS, nothing is known, and nothing that depends on it is done. The
guard loads this module, too: it imports nothing but the standard library.
"""

import contextlib
import os
import resource
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

CAN_FORK = hasattr(os, "fork")
"""Whether a process can be made from one that has imported everything already."""

_PROC = Path("/proc")
_LAST_STANDARD = 2
_LISTENING = "0A"
_START_FIELD = 19
"""Of `/proc/PID/stat`, counted behind the command: starttime, in ticks since the boot."""

_SILENT_FILE_SYSTEMS = frozenset(
    {"9p", "drvfs", "nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "vboxsf", "vmhgfs"}
    | {"prl_fs", "virtiofs", "fakeowner"}
)
"""Folders of another machine, or of the one around this one: what is saved there is not told here.

9p and drvfs are Windows' disks in WSL, vboxsf to virtiofs those of virtual machines, fakeowner of
Docker Desktop.
"""


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that listens on a port."""

    pid: int
    command: str


def started(pid: int) -> int:
    """When the process started, to tell it from a later one with its number; 0 when unknown."""
    status = _status(pid)
    return int(status[_START_FIELD]) if status else 0


def is_stopped(pid: int) -> bool:
    """Whether it neither works nor has ended, as after SIGSTOP."""
    return _status(pid)[:1] in (["T"], ["t"])


def is_traced(pid: int) -> bool:
    """Whether a debugger has it in its hands."""
    with contextlib.suppress(OSError):
        lines = (_PROC / str(pid) / "status").read_text(encoding="utf-8", errors="replace")
        return "TracerPid:\t0\n" not in lines
    return False


def most_open_files() -> int:
    """How many descriptors a process may have."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return sys.maxsize if limit == resource.RLIM_INFINITY else limit


def open_standard_descriptors() -> None:
    """Where who started us has closed them, /dev/null: else files of ours would get their numbers.

    A child would have its own input and output in the place of such a file.
    """
    descriptor = os.open(os.devnull, os.O_RDWR)
    while descriptor <= _LAST_STANDARD:
        descriptor = os.dup(descriptor)
    os.close(descriptor)


def members(run_id: str) -> Iterator[int]:
    """The processes whose environment says that they are of the run, but for this one."""
    mark = f"FLUIDKIT_RUN={run_id}".encode()
    for folder in _PROC.glob("[0-9]*"):
        with contextlib.suppress(OSError):
            environment = (folder / "environ").read_bytes().split(b"\0")
            if mark in environment and int(folder.name) != os.getpid():
                yield int(folder.name)


def any_lives(groups: Iterable[int]) -> bool:
    """Zombies do not count: who has inherited them may be slow to reap."""
    if not (_PROC / "self/stat").exists():
        return any(map(_exists, groups))
    wanted = {str(group) for group in groups}
    for file in _PROC.glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _, group, *_ = file.read_text(errors="replace").rpartition(")")[2].split()
            if group in wanted and state != "Z":
                return True
    return False


def holder_of(port: int) -> Holder | None:
    """Who listens on the port, if that can be found out."""
    sockets = {f"socket:[{inode}]" for inode in _listeners(port)}
    if not sockets:
        return None
    for folder in _PROC.glob("[0-9]*/fd"):
        with contextlib.suppress(OSError):
            if any(_target(entry) in sockets for entry in folder.iterdir()):
                return Holder(int(folder.parent.name), _command(folder.parent))
    return None


def silent_file_system(folder: Path) -> str:
    """The kind of its file system, if that does not tell of all that is saved; mostly empty."""
    with contextlib.suppress(OSError):
        mounts = (_PROC / "self/mounts").read_bytes()
        kind = _kind_of_mount(os.fsencode(folder.resolve()), mounts)
        if kind in _SILENT_FILE_SYSTEMS or kind.startswith("fuse."):
            return kind
    return ""


def _status(pid: int) -> list[str]:
    """The fields of `/proc/PID/stat` behind the command; none when unknown."""
    try:
        status = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return status.rpartition(")")[2].split()


def _exists(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except OSError:
        return False
    return True


def _listeners(port: int) -> Iterator[str]:
    """The inodes of sockets that listen on the port, for IPv4 and IPv6."""
    for name in ("tcp", "tcp6"):
        with contextlib.suppress(OSError):
            for row in (_PROC / "net" / name).read_text(encoding="ascii").splitlines()[1:]:
                fields = row.split()
                if fields[3] == _LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                    yield fields[9]


def _target(descriptor: Path) -> str:
    with contextlib.suppress(OSError):  # closed meanwhile
        return str(descriptor.readlink())
    return ""


def _command(folder: Path) -> str:
    arguments = (folder / "cmdline").read_bytes().split(b"\0")
    return b" ".join(arguments).decode("utf-8", "replace").strip()


def _kind_of_mount(path: bytes, mounts: bytes) -> str:
    """That of the innermost mount which holds the path; of two at one place the later one."""
    innermost, found = b"", ""
    for row in mounts.splitlines():
        _, point, kind, *_ = row.split()
        # spaces and their like are written as octal numbers
        place = point.decode("unicode_escape").encode("latin-1").rstrip(b"/") + b"/"
        if (path + b"/").startswith(place) and len(place) >= len(innermost):
            innermost, found = place, kind.decode("ascii", "replace")
    return found
