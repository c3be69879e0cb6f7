"""Which folders hold installed packages, and which hold code that people change."""

import os
import site
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from traceback import walk_tb


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


def library_folders() -> tuple[str, ...]:
    """Where a change means that another library, or another Python, is to be used.

    The folders of the standard library are not among them: that changes with its Python.
    """
    places = packages()
    used = {os.path.dirname(file) for _, file in _files() if file.startswith(places)}  # noqa: PTH120
    executable = str(Path(sys.executable).parent)
    return tuple(sorted({*used, *places, sys.prefix, executable}))


def source_folders(root: Path) -> tuple[str, ...]:
    """Where imported code lies that is neither installed nor below `root`: editable installs."""
    known = (*installed(), f"{root}{os.sep}", f"{Path(__file__).parents[1]}{os.sep}")
    files = (file for _, file in _files() if not file.startswith((*known, "<")))
    return tuple(sorted({os.path.dirname(file) for file in files if os.path.isabs(file)}))  # noqa: PTH117, PTH120


def is_raised_by_library(error: BaseException) -> bool:
    """Whether the code that raised it was installed, and so perhaps not made for forks."""
    files = [frame.f_code.co_filename for frame, _ in walk_tb(error.__traceback__)]
    return bool(files) and files[-1].startswith(packages())
