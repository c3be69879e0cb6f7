"""Looks for secrets in the files that everybody can get."""

import gzip
import re
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from mmap import ACCESS_READ, mmap
from pathlib import Path

from .secret_values import Secret
from .written import Content, Sought

_PRIVATE_KEY = re.compile(
    rb"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----(?:\s|\\+[rn])+[\w+/=:, -]{20}"
)
_LARGEST_KEY = 1 << 16  # bytes of a file that is looked at as a key


@dataclass(frozen=True, slots=True)
class Leak:
    """A file, and what it holds: the value of a setting, which is named, or a private key."""

    file: Path
    what: str


def leaks_in(folder: Path, secrets: Iterable[Secret]) -> Iterator[Leak]:
    """The files below `folder` that hold a secret or a private key, in whatever form, sorted.

    Brotli is not read: it is what the adapter makes of the file beside it.
    """
    sought = [(secret.name, Sought.of(secret.value)) for secret in secrets]
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        with _content(file) as content:
            has_key = _PRIVATE_KEY.search(content)
            names = {name for name, text in sought if text.is_in(content)}
        if has_key:
            yield Leak(file, "a private key")
        yield from (Leak(file, f"the value of {name}") for name in sorted(names))


def holds_private_key(file: Path) -> bool:
    """Whether it is one in the form PEM, not only code that speaks of them."""
    return file.stat().st_size <= _LARGEST_KEY and bool(_PRIVATE_KEY.search(file.read_bytes()))


@contextmanager
def _content(file: Path) -> Iterator[Content]:
    """Not read at once: a front end may have films."""
    if file.suffix == ".gz":
        yield _unpacked(file.read_bytes())
    elif file.stat().st_size == 0:  # which cannot be mapped
        yield b""
    else:
        with file.open("rb") as opened, mmap(opened.fileno(), 0, access=ACCESS_READ) as mapped:
            yield mapped


def _unpacked(content: bytes) -> bytes:
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error):
        return content
