"""Run by the app's own Python: loads this package under a private name and calls an entry.

That Python need not have us installed, and an installed `fluidkit_cli` of another version must
neither be shadowed nor be taken for this one. Nothing is added to `sys.path`. The guard is run by
our own Python, without its site-packages.
"""

import importlib
import importlib.util
import sys
from pathlib import Path

NO_FASTAPI = 78  # exit code; above what commands use, and no signal's

_NAME = "_fluidkit_worker"
_ENTRIES = {
    "alone": f"{_NAME}.describe.alone",
    "describe": f"{_NAME}.describe.child",
    "forkserver": f"{_NAME}.devserver.forkserver",
    "guard": f"{_NAME}.devserver.guard",
    "installed": f"{_NAME}.describe.installed",
    "serve": f"{_NAME}.production.plain",
    "worker": f"{_NAME}.devserver.worker",
}
_WITHOUT_FASTAPI = ("guard", "installed")


def main() -> None:
    """`argv[1]` names the entry, the rest are its arguments."""
    entry, *arguments = sys.argv[1:]
    if entry not in _WITHOUT_FASTAPI and importlib.util.find_spec("fastapi") is None:
        sys.exit(NO_FASTAPI)
    _load_package(Path(__file__).resolve().parent)
    importlib.import_module(_ENTRIES[entry]).main(arguments)


def _load_package(folder: Path) -> None:
    spec = importlib.util.spec_from_file_location(
        _NAME, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[_NAME] = module
    spec.loader.exec_module(module)


if __name__ == "__main__":
    main()
