"""What a fork server imports beforehand: learned from the workers, kept between runs."""

import contextlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import FluidkitError
from .state import write_json


@dataclass(frozen=True, slots=True)
class Learned:
    """Modules in the order of their import, and the packages that start threads by it."""

    modules: tuple[str, ...] = ()
    threaded: tuple[str, ...] = ()

    def with_modules(self, modules: Iterable[str]) -> "Learned":
        """Knows these too, but for those of threaded packages."""
        fresh = self.allowed(modules)
        return replace(self, modules=tuple(dict.fromkeys([*self.modules, *fresh])))

    def allowed(self, modules: Iterable[str]) -> list[str]:
        """Without those of threaded packages."""
        return [name for name in modules if name.partition(".")[0] not in self.threaded]

    def without(self, packages: Iterable[str]) -> "Learned":
        """Never preloads these packages again."""
        threaded = tuple(dict.fromkeys([*self.threaded, *packages]))
        kept = (name for name in self.modules if name.partition(".")[0] not in threaded)
        return Learned(modules=tuple(kept), threaded=threaded)


def read_learned(file: Path) -> Learned:
    """What an earlier run has learned; nothing when the file is missing or not ours."""
    try:
        stored = json.loads(file.read_text(encoding="utf-8"))
        return Learned(tuple(map(str, stored["modules"])), tuple(map(str, stored["threaded"])))
    except (OSError, ValueError, KeyError, TypeError):
        return Learned()


def write_learned(file: Path, learned: Learned) -> None:
    """Keeps it for the next fork server, and the next run; a disk that is full says so itself."""
    with contextlib.suppress(FluidkitError):
        write_json(file, {"modules": learned.modules, "threaded": learned.threaded})
