"""Which files of `build/` a build has made: the others are somebody's, and must not be lost."""

import os
from collections.abc import Iterator
from pathlib import Path

_LIST = ".files"
_BYTE_CODE = "__pycache__"


def write_list(folder: Path) -> None:
    """Leaves in `folder` the names of all that lies there."""
    lines = sorted(f"{name}\n" for name in _files(folder))
    (folder / _LIST).write_text("".join(lines), encoding="utf-8", errors="surrogateescape")


def foreign_files(folder: Path) -> list[str]:
    """What came into `folder` afterwards, sorted; nothing where no list tells.

    Byte code and the environment that `build/README.md` speaks of are made anew by who needs them.
    """
    try:
        text = (folder / _LIST).read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return []
    return sorted({*_files(folder)} - {*text.splitlines(), _LIST})


def _files(folder: Path) -> Iterator[str]:
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not _is_made_anew(Path(place, name))]
        links = [name for name in folders if Path(place, name).is_symlink()]
        yield from (Path(place, name).relative_to(folder).as_posix() for name in (*names, *links))


def _is_made_anew(folder: Path) -> bool:
    return folder.name == _BYTE_CODE or (folder / "pyvenv.cfg").is_file()
