"""What the system knows about processes that are not our children.

The one seam between systems: where there is no /proc, nothing is known, and nothing that depends
on it is done.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_LISTENING = "0A"
_START_FIELD = 19
"""Of `/proc/PID/stat`, counted behind the command: starttime, in ticks since the boot."""


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that listens on a port."""

    pid: int
    command: str


def started(pid: int) -> int:
    """When the process started, to tell it from a later one with its number; 0 when unknown."""
    try:
        status = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0
    return int(status.rpartition(")")[2].split()[_START_FIELD])


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
