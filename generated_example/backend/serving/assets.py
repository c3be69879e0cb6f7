"""The files of a built front end, and all that can be known of them before they are asked for."""

import hashlib
import mimetypes
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

RawHeaders = list[tuple[bytes, bytes]]

CODINGS = {"br": ".br", "gzip": ".gz"}  # in order of preference, as the build writes them
PLAIN = "identity"

KEPT_BYTES = 256 * 1024
"""Of a file that is kept in memory: as much may wait in the connection of each slow reader."""

KEPT_BYTES_IN_ALL = 64 * 1024 * 1024

_TYPES = {  # what Python knows depends on its version and on what else is installed
    ".avif": "image/avif",
    ".js": "text/javascript",
    ".map": "application/json",
    ".mjs": "text/javascript",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
}
_ACCEPTED = re.compile(r"\s*([\w*-]+)\s*(?:;\s*q=([01](?:\.\d*)?)\s*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Form:
    """A file as it is sent in one coding; `content` is None for one that is too large to keep."""

    path: Path
    coding: str
    status: os.stat_result
    described: RawHeaders
    content: bytes | None

    etag: str = field(init=False)
    headers: RawHeaders = field(init=False)

    def __post_init__(self) -> None:
        size = self.status.st_size if self.content is None else len(self.content)
        modified = formatdate(self.status.st_mtime, usegmt=True)
        etag = _etag(self.status, self.content, self.coding)
        headers = [
            *self.described,
            (b"content-length", str(size).encode()),
            (b"last-modified", modified.encode()),
            (b"etag", etag.encode()),
        ]
        object.__setattr__(self, "etag", etag)
        object.__setattr__(self, "headers", headers)


@dataclass(frozen=True, slots=True)
class Asset:
    """What one address answers: the same content in several codings, one of them none."""

    forms: Mapping[str, Form]

    @property
    def plain(self) -> Form:
        return self.forms[PLAIN]

    def form_for(self, accept_encoding: str) -> Form:
        """The one that the client likes best."""
        if len(self.forms) == 1:
            return self.plain
        return next(
            (self.forms[each] for each in _preferred(accept_encoding) if each in self.forms),
            self.plain,
        )


@dataclass(frozen=True, slots=True)
class Moved:
    """An address that has a slash too many or too few; `to` is relative, and of this very site."""

    to: str


Site = Mapping[str, Asset | Moved]
"""By path, without the slash that all of them begin with."""


def find_assets(folder: Path) -> Site:
    """All that lies in `folder`, as `path`, and its pages under their addresses, too.

    `about.html` is the page `about`, `guide/index.html` is `guide/`: links in them are relative.
    """
    folder = folder.resolve()
    files = {file.relative_to(folder).as_posix(): file for file in _files(folder)}
    found = _Reading(folder).assets(files)
    pages = {page: asset for name, asset in found.items() if (page := _page(name)) is not None}
    moved: dict[str, Asset | Moved] = {}
    for page in pages:
        if page.endswith("/"):
            moved[page[:-1]] = Moved(f"./{_last(page[:-1])}/")
        elif page:
            moved[f"{page}/"] = Moved(f"../{_last(page)}")
    return moved | pages | found


def _files(folder: Path) -> Iterator[Path]:
    """Without what a link finds elsewhere."""
    for root, _, names in os.walk(folder):
        for name in names:
            file = Path(root, name)
            if file.is_file() and file.resolve().is_relative_to(folder):
                yield file


def _page(name: str) -> str | None:
    if name == "index.html" or name.endswith("/index.html"):
        return name.removesuffix("index.html")
    return name.removesuffix(".html") if name.endswith(".html") else None


def _last(path: str) -> str:
    return quote(path.rpartition("/")[2])


class _Reading:
    """Reads files, and keeps what is small while there is room: the smallest first."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._room = KEPT_BYTES_IN_ALL

    def assets(self, files: Mapping[str, Path]) -> dict[str, Asset]:
        by_size = sorted(files.items(), key=lambda each: (each[1].stat().st_size, each[0]))
        contents = {name: self._content(file) for name, file in by_size}
        return {name: _asset(name, files, contents) for name in files}

    def _content(self, file: Path) -> bytes | None:
        size = file.stat().st_size
        if size > min(KEPT_BYTES, self._room):
            return None
        self._room -= size
        return file.read_bytes()


def _asset(name: str, files: Mapping[str, Path], contents: Mapping[str, bytes | None]) -> Asset:
    named = {PLAIN: name} | {coding: name + suffix for coding, suffix in CODINGS.items()}
    present = {coding: each for coding, each in named.items() if each in files}
    shared = [
        (b"content-type", content_type(name).encode()),
        (b"cache-control", _caching(name)),
        (b"accept-ranges", b"bytes"),
        *([(b"vary", b"accept-encoding")] if len(present) > 1 else []),
    ]
    forms = {}
    for coding, each in present.items():
        own = [] if coding == PLAIN else [(b"content-encoding", coding.encode())]
        file = files[each]
        forms[coding] = Form(file, coding, file.stat(), [*shared, *own], contents[each])
    return Asset(forms)


def _etag(status: os.stat_result, content: bytes | None, coding: str) -> str:
    """By the content, where it is known: machines and builds may differ in the time of a file."""
    if content is None:
        return f'"{status.st_mtime_ns:x}-{status.st_size:x}-{coding}"'
    return f'"{hashlib.sha256(content).hexdigest()[:20]}-{coding}"'


def content_type(name: str) -> str:
    """By the name alone, the same on every machine."""
    suffix = os.path.splitext(name)[1].lower()  # noqa: PTH122
    guessed, coding = mimetypes.MimeTypes().guess_type(name)
    media_type = _TYPES.get(suffix) or (guessed if coding is None else None)
    media_type = media_type or "application/octet-stream"
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type


def _caching(name: str) -> bytes:
    """The names of immutable assets hold a hash of their content; all else is asked for again."""
    is_immutable = name.startswith("_app/immutable/")
    return b"public, max-age=31536000, immutable" if is_immutable else b"no-cache"


@lru_cache(maxsize=256)
def _preferred(accept_encoding: str) -> tuple[str, ...]:
    """The codings that are welcome, the best first. Nobody has to name that there is none, see
    https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3
    """
    parts = map(_ACCEPTED.fullmatch, accept_encoding.split(","))
    weights = {part[1].lower(): float(part[2] or 1) for part in parts if part}
    others = weights.get("*")
    least = 0.0001 if others is None else others
    welcome = {coding: weights.get(coding, others or 0) for coding in CODINGS}
    welcome[PLAIN] = weights.get(PLAIN, least)
    return tuple(sorted((each for each in welcome if welcome[each]), key=lambda e: -welcome[e]))
