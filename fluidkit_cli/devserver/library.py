"""Which folders hold installed packages, and which hold code that people change."""

import os
import site
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


def installed() -> tuple[str, ...]:
    """The standard library and the folders of packages, each with a separator at its end."""
    paths = sysconfig.get_paths()
    folders = [paths[name] for name in ("stdlib", "platstdlib")]
    return tuple(folder + os.sep for folder in dict.fromkeys([*folders, *packages()]))


def packages() -> tuple[str, ...]:
    """Where pip puts packages for this Python."""
    paths = sysconfig.get_paths()
    folders = [paths["purelib"], paths["platlib"], *site.getsitepackages()]
    return tuple(dict.fromkeys([*folders, site.getusersitepackages()]))


def installed_modules() -> tuple[str, ...]:
    """What has been imported from there, in the order of its import."""
    folders = installed()
    return tuple(name for name, file in _files() if file.startswith(folders))


def _files() -> Iterator[tuple[str, str]]:
    for name, module in list(sys.modules.items()):
        if file := getattr(module, "__file__", None):
            yield name, str(file)


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
