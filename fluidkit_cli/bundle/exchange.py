"""Puts a folder in the place of another one, at one stroke where the system can."""

import ctypes
import os
import shutil
import sys
from pathlib import Path

_HERE = -100  # AT_FDCWD
_EXCHANGE = 2  # RENAME_EXCHANGE, and RENAME_SWAP of macOS


def put_in_place(new: Path, folder: Path) -> None:
    """Makes `new` be `folder`; what that was is removed.

    Whoever looks sees the old one or the new one, however we end. Where the system cannot exchange
    two folders, there is a moment without any, and `restore` brings the old one back.

    Raises:
        OSError: the system refuses; the old one is still in place.
    """
    _discard(_last(new))
    if not os.path.lexists(folder):
        new.rename(folder)
    elif _exchange(new, folder):
        _discard(new)
    else:
        folder.rename(_last(new))
        try:
            new.rename(folder)
        except BaseException:
            _last(new).rename(folder)
            raise
        _discard(_last(new))


def restore(new: Path, folder: Path) -> None:
    """Brings back what an exchange that was broken off between its two moves has left."""
    if not os.path.lexists(folder) and _last(new).is_dir():
        _last(new).rename(folder)


def _last(new: Path) -> Path:
    return new.with_name(f"last-{new.name}")


def _discard(folder: Path) -> None:
    """Under another name: a removal that is broken off must not look like a whole folder."""
    trash = folder.with_name(f"old-{folder.name}")
    shutil.rmtree(trash, ignore_errors=True)
    if folder.exists():
        folder.rename(trash)
        shutil.rmtree(trash, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Whether the system has exchanged them: not all file systems can, nor all systems."""
    library = ctypes.CDLL(None, use_errno=True)
    paths = os.fsencode(one), os.fsencode(other)
    try:
        if sys.platform == "darwin":
            return bool(library.renamex_np(*paths, _EXCHANGE) == 0)
        return bool(library.renameat2(_HERE, paths[0], _HERE, paths[1], _EXCHANGE) == 0)
    except AttributeError:  # a C library that does not know it
        return False
