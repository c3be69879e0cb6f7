"""The backend's modules of every workspace as a package, and a Redis for them."""

import importlib
import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from fluidkit_cli.templates import scaffolds_folder
from running import free_port, wait_for

BACKEND = scaffolds_folder() / "workspace/base/backend"
_PACKAGE = "backend_of_a_workspace"


def backend_module(name: str) -> ModuleType:
    """A module of the template `base`, as `backend.name` in a workspace."""
    if _PACKAGE not in sys.modules:
        spec = importlib.util.spec_from_file_location(
            _PACKAGE, BACKEND / "__init__.py", submodule_search_locations=[str(BACKEND)]
        )
        assert spec and spec.loader
        package = importlib.util.module_from_spec(spec)
        sys.modules[_PACKAGE] = package
        spec.loader.exec_module(package)
    return importlib.import_module(f"{_PACKAGE}.{name}")


class RedisServer:
    """A redis-server of our own, which can be killed and started again with its files."""

    def __init__(self, folder: Path, *, keeps: bool, fsync: str) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}"
        self._folder = folder
        self._keeps = "yes" if keeps else "no"
        self._fsync = fsync
        self.start()

    def start(self) -> None:
        settings = ["--bind", "127.0.0.1", "--save", "", "--dir", str(self._folder)]
        keeping = ["--appendonly", self._keeps, "--appendfsync", self._fsync]
        self._process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), *settings, *keeping],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_for(lambda: self.ask("PING") == "PONG")

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def ask(self, *command: str) -> str:
        """What it answers; nothing while it is away."""
        asked = ["redis-cli", "-p", str(self.port), *command]
        run = subprocess.run(asked, capture_output=True, text=True, timeout=20, check=False)
        return run.stdout.strip()


@contextmanager
def redis_server(
    folder: Path, *, keeps: bool = True, fsync: str = "everysec"
) -> Iterator[RedisServer]:
    """With "always", nothing is lost however busy the disk is."""
    server = RedisServer(folder, keeps=keeps, fsync=fsync)
    try:
        yield server
    finally:
        server.kill()
