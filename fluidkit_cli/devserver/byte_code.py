"""Makes imports of the user's code read its source.

Two saves of equal length within a second leave byte code that looks valid and is not. What is
installed keeps its byte code: without it, each start would compile whole libraries.
"""

from collections.abc import Mapping
from importlib.machinery import SourceFileLoader
from typing import Any

from .library import installed


def read_sources() -> None:
    """From now on byte code is neither read nor written but for installed packages.

    Whoever loads the user's code does it by this loader or a descendant, found by whichever finder:
    without the times of a source, it takes no notice of byte code.
    """
    folders = installed()
    stats = SourceFileLoader.path_stats

    def path_stats(loader: SourceFileLoader, path: str) -> Mapping[str, Any]:
        if path.startswith(folders):
            return stats(loader, path)
        raise OSError(f"{path} is read whenever it is imported")

    SourceFileLoader.path_stats = path_stats  # type: ignore[method-assign, assignment]
