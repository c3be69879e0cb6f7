"""Whether packages have been installed or removed since they were imported beforehand."""

import sysconfig
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Library:
    """Where installed packages are, and when the last one came or went: each has a folder there."""

    folder: str
    changed_at: int

    @property
    def outdated(self) -> bool:
        """Whether that is no longer true."""
        return _changed_at(self.folder) != self.changed_at


def present_library() -> Library:
    """That of the Python that runs this."""
    folder = sysconfig.get_paths()["purelib"]
    return Library(folder, _changed_at(folder))


def _changed_at(folder: str) -> int:
    """0 when there is no such folder."""
    try:
        return Path(folder).stat().st_mtime_ns
    except OSError:
        return 0
