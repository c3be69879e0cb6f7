"""Hides installed distributions, so that an app is imported as if they were not there."""

import json
import re
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from importlib.machinery import ModuleSpec
from importlib.metadata import Distribution, DistributionFinder, distributions
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import unquote, urlsplit

_OURS = __name__.partition(".")[0]


def hide(names: Collection[str], *, root: Path, log: Path) -> Mapping[str, str]:
    """From now on, no module of these distributions is found, nor what they say of themselves.

    `names` are normalised. What lies in the folder `root` stays, whoever else claims it. Each
    module that is not found for this reason makes a line of `log`: its name, a tab, and the name
    of its distribution. The same is returned, and grows.
    """
    finder = _Finder(tuple(sys.meta_path), owners=_Owners(names, root=root), log=log)
    sys.meta_path[:] = [finder]
    return finder.missed


class _Finder:
    """Stands for all finders that there were before: a `None` of one would ask the next."""

    def __init__(self, finders: Sequence[Any], *, owners: "_Owners", log: Path) -> None:
        self._finders = finders
        self._owners = owners
        self._log = log
        self.missed: dict[str, str] = {}

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = next(filter(None, self._specs(name, path, target)), None)
        # we may be installed beside the app, and are no part of it
        if spec is None or name.partition(".")[0] == _OURS:
            return spec
        owner = self._owners.hidden_owner(spec.origin) if spec.has_location else None
        if owner is None:
            return spec
        self.missed[name] = owner
        with self._log.open("a", encoding="utf-8") as log:
            log.write(f"{name}\t{owner}\n")
        return None

    def find_distributions(
        self, context: DistributionFinder.Context | None = None
    ) -> Iterable[Distribution]:
        wanted = context or DistributionFinder.Context()
        for finder in self._finders:
            if hasattr(finder, "find_distributions"):
                found = finder.find_distributions(wanted)
                yield from (each for each in found if not self._owners.hides(each))

    def invalidate_caches(self) -> None:
        for finder in self._finders:
            if hasattr(finder, "invalidate_caches"):
                finder.invalidate_caches()

    def _specs(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None
    ) -> Iterable[ModuleSpec | None]:
        return (
            finder.find_spec(name, path, target)
            for finder in self._finders
            if hasattr(finder, "find_spec")
        )


class _Owners:
    """Whose a file is: of the distribution that lists it, else of the innermost folder around."""

    def __init__(self, names: Collection[str], *, root: Path) -> None:
        self._names = names
        self._files: dict[str, str] = {}
        self._folders: dict[Path, str | None] = {
            folder.resolve(): None for folder in (root, Path(sys.prefix))
        }
        shared: set[str] = set()
        for distribution in distributions():
            files = {_normal(str(distribution.locate_file(f))) for f in distribution.files or ()}
            editable = _editable_folder(distribution)
            owner = _name(distribution) if self.hides(distribution) else None
            if owner is None:
                shared |= files
            else:
                self._files |= dict.fromkeys(files, owner)
            if editable:
                self._folders[editable] = owner
        for file in shared:  # two may bring one file, as that of a namespace
            self._files.pop(file, None)

    def hides(self, distribution: Distribution) -> bool:
        return _name(distribution) in self._names

    def hidden_owner(self, file: str | None) -> str | None:
        if file is None or file in self._files:
            return self._files.get(file or "")
        around = Path(file).resolve().parents
        return next((self._folders[each] for each in around if each in self._folders), None)


def _name(distribution: Distribution) -> str:
    """https://packaging.python.org/en/latest/specifications/name-normalization/"""
    return re.sub(r"[-_.]+", "-", distribution.metadata["Name"] or "").lower()


def _normal(file: str) -> str:
    return file if "/../" not in file else str(Path(file).resolve())


def _editable_folder(distribution: Distribution) -> Path | None:
    source = json.loads(distribution.read_text("direct_url.json") or "{}")
    if not source.get("dir_info", {}).get("editable"):
        return None
    return Path(unquote(urlsplit(source["url"]).path)).resolve()
