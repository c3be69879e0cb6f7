"""What a build has put into `build/`: what else is there is somebody's, and must not be lost."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

_LIST = ".files"
_BYTE_CODE = "__pycache__"


def write_list(folder: Path) -> None:
    """Leaves in `folder` a list of all that lies there, as `sha256sum --check` reads it."""
    lines = sorted(_described(folder), key=_name)
    text = "".join(f"{line}\n" for line in lines)
    (folder / _LIST).write_text(text, encoding="utf-8", errors="surrogateescape")


def written_since(folder: Path) -> list[str]:
    """What has come into `folder` or has changed there, sorted; nothing where no list tells.

    Byte code and the environment that `build/README.md` speaks of are made anew by who needs them.
    """
    try:
        text = (folder / _LIST).read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return []
    return sorted(_name(line) for line in {*_described(folder)} - {*text.split("\n")})


def _described(folder: Path) -> Iterator[str]:
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not _is_made_anew(Path(place, name))]
        links = (name for name in folders if Path(place, name).is_symlink())
        for file in (Path(place, name) for name in (*names, *links)):
            shown = file.relative_to(folder).as_posix()
            if shown != _LIST:
                yield f"{_digest(file)}  {shown}"


def _name(line: str) -> str:
    return line.partition("  ")[2]


def _digest(file: Path) -> str:
    if not file.is_file():
        return "none"
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _is_made_anew(folder: Path) -> bool:
    return folder.name == _BYTE_CODE or (folder / "pyvenv.cfg").is_file()
