"""How large what was built is: by kind, as it lies there and as it is sent."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_COMPRESSED = (".br", ".gz")
SCRIPTS = "JavaScript"
_KINDS = {".js": SCRIPTS, ".mjs": SCRIPTS, ".css": "CSS", ".html": "pages"}
_OTHER = "assets"
KINDS = (SCRIPTS, "CSS", "pages", _OTHER)

_PUBLIC = ("static/", "frontend/build/client/", "frontend/build/prerendered/")


@dataclass(frozen=True, slots=True)
class Size:
    """Of some files: how many, their bytes, and the bytes that a browser gets of them."""

    files: int = 0
    raw: int = 0
    sent: int = 0

    def __add__(self, other: "Size") -> "Size":
        return Size(self.files + other.files, self.raw + other.raw, self.sent + other.sent)


@dataclass(frozen=True, slots=True)
class Sizes:
    """Of a folder that was put together. Compressed copies count as files, not as a kind.

    `public` is what browsers get, by kind. `server` makes pages, in the mode ssr. `largest` are
    scripts by their paths, the largest first.
    """

    public: Mapping[str, Size]
    largest: tuple[tuple[str, Size], ...]
    server: Size
    backend: Size
    total: Size

    @property
    def front_end(self) -> Size:
        return sum(self.public.values(), Size())


def sizes_of(folder: Path, *, package: str, largest: int = 3) -> Sizes:
    """Looks at every file below; `package` is the name of the backend's package or module."""
    files = {path.relative_to(folder).as_posix(): path for path in _files(folder)}
    public = {name for name in files if name.startswith(_PUBLIC)}
    shown = {name: _sent(files[name]) for name in public if not name.endswith(_COMPRESSED)}
    scripts = [(name, size) for name, size in shown.items() if _kind(name) == SCRIPTS]
    scripts.sort(key=lambda each: (-each[1].sent, each[0]))
    server = [name for name in files if name.startswith("frontend/") and name not in public]
    backend = [name for name in files if name.startswith((f"{package}/", f"{package}.py"))]
    return Sizes(
        {kind: _sum(s for name, s in shown.items() if _kind(name) == kind) for kind in KINDS},
        tuple(scripts[:largest]),
        _sum(_raw(files[name]) for name in server),
        _sum(_raw(files[name]) for name in backend),
        _sum(map(_raw, files.values())),
    )


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def _kind(name: str) -> str:
    return _KINDS.get(Path(name).suffix, _OTHER)


def _raw(path: Path) -> Size:
    size = path.stat().st_size
    return Size(1, size, size)


def _sent(path: Path) -> Size:
    """What browsers take is the smallest that lies there."""
    copies = (path.with_name(path.name + suffix) for suffix in _COMPRESSED)
    size = path.stat().st_size
    return Size(1, size, min([size, *(each.stat().st_size for each in copies if each.is_file())]))


def _sum(sizes: Iterable[Size]) -> Size:
    return sum(sizes, Size())
