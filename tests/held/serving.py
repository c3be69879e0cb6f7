"""The worker of `app.py` as production runs it, bare for comparison, and the front before it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from fluidkit_cli.templates import scaffolds_folder
from fluidkit_cli.toolchain import find_node
from running import answer, free_port, wait_for
from scaffolds.backends import BACKEND

FRONTEND = scaffolds_folder() / "workspace/modes/ssr/frontend"
HANDLER = "export function handler(request, response) { response.end('page'); }\n"


@dataclass(frozen=True, slots=True)
class Served:
    """A process and where it answers."""

    port: int
    process: "subprocess.Popen[bytes]"
    log: Path

    def wait(self, path: str) -> None:
        """Until it answers there."""
        url = f"http://127.0.0.1:{self.port}{path}"
        wait_for(lambda: self.process.poll() is not None or answer(url))
        assert self.process.poll() is None, self.logged

    @property
    def logged(self) -> str:
        return self.log.read_text(encoding="utf-8")

    @property
    def memory(self) -> int:
        """KiB that it has for itself."""
        text = Path(f"/proc/{self.process.pid}/smaps_rollup").read_text(encoding="ascii")
        return int(text.partition("Pss_Anon:")[2].split()[0])

    @property
    def seconds(self) -> float:
        """CPU time that it has taken."""
        stat = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii")
        fields = stat.rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def worker(folder: Path, *, bare: bool = False, rate: float = 1) -> Iterator[Served]:
    """One worker with the application of `app.py`, in a folder of its own."""
    folder.mkdir(parents=True)
    shutil.copytree(BACKEND, folder / "backend")
    shutil.copy2(Path(__file__).with_name("app.py"), folder / "backend/main.py")
    program = [sys.executable, "-m", "backend.serving"]
    if bare or not (folder / "backend/serving/__main__.py").is_file():
        program = [sys.executable, "-m", "uvicorn", "backend.main:app", "--log-level", "warning"]
    port = free_port()
    settings = {"RATE": str(rate), "STREAMS_PER_USER": "100000", **({"BARE": "1"} if bare else {})}
    with _running([*program, "--port", str(port)], folder, port, settings) as served:
        served.wait("/api/left")
        yield served


@contextmanager
def front(folder: Path, api: Served) -> Iterator[Served]:
    """The front server of `ssr` before it."""
    (folder / "build").mkdir(parents=True)
    shutil.copy2(FRONTEND / "server.js", folder)
    if (FRONTEND / "server").is_dir():
        shutil.copytree(FRONTEND / "server", folder / "server")
    (folder / "build/handler.js").write_text(HANDLER, encoding="utf-8")
    (folder / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    port = free_port()
    settings = {"PORT": str(port), "FLUIDKIT_API_URL": f"http://127.0.0.1:{api.port}"}
    with _running([str(find_node()), "server.js"], folder, port, settings) as served:
        served.wait("/api/left")
        yield served


@contextmanager
def both(folder: Path, *, rate: float = 1) -> Iterator[tuple[Served, Served]]:
    """A worker and its front."""
    with ExitStack() as stack:
        api = stack.enter_context(worker(folder / "api", rate=rate))
        yield api, stack.enter_context(front(folder / "front", api))


@contextmanager
def _running(
    command: list[str], folder: Path, port: int, settings: dict[str, str]
) -> Iterator[Served]:
    ours = {key: value for key, value in os.environ.items() if not key.startswith("FLUIDKIT_")}
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**ours, **settings},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield Served(port, process, log)
    finally:
        process.kill()
        process.wait()
