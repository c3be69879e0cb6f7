"""The app that benchmarks of `fluidkit dev` edit: a route whose answer and docstring change.

It runs in a workspace of the template `minimal`, and in a Python that has heavy packages, too.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

MODULE = "backend/routes/greetings.py"
CLIENT = "frontend/src/lib/api/greetings.api.ts"
HEAVY = "import pandas\nfrom langchain.agents import create_agent\n"
PACKAGES = (
    *("fastapi==0.165.0", "uvicorn[standard]==0.54.0", "fastapi-cli==0.0.34"),
    *("pandas==3.0.0", "langchain==1.4.7"),
)

_ROUTE = '''

@router.get("/mark")
def mark() -> str:
    """mark0000"""
    return "mark0000"
'''


def new_workspace(root: Path) -> Path:
    """A workspace with the route, which runs in `heavy_python`."""
    new = (sys.executable, "-m", "fluidkit_cli", "new", str(root), "--template", "minimal")
    subprocess.run([*new, "--no-git"], check=True, stdout=subprocess.DEVNULL)
    with (root / MODULE).open("a", encoding="utf-8") as file:
        file.write(_ROUTE)
    pyproject, table = root / "pyproject.toml", "[tool.fluidkit]\n"
    text = pyproject.read_text(encoding="utf-8")
    pyproject.write_text(text.replace(table, f'{table}python = "{heavy_python()}"\n'), "utf-8")
    return root


def add_imports(root: Path, lines: str) -> None:
    """Makes the route's module import more."""
    file = root / MODULE
    file.write_text(lines + file.read_text(encoding="utf-8"), encoding="utf-8")


def set_mark(root: Path, number: int) -> str:
    """Saves answer and docstring number so and so, after the one before; the text of both."""
    file = root / MODULE
    text, mark = file.read_text(encoding="utf-8"), f"mark{number:04}"
    file.write_text(text.replace(f"mark{number - 1:04}", mark), encoding="utf-8")
    return mark


def marked(url: str) -> str:
    """The answer of the API at this address; empty when there is none."""
    try:
        with urllib.request.urlopen(f"{url}/api/mark", timeout=2) as response:
            return str(response.read(), "utf-8")
    except OSError:
        return ""


def heavy_python() -> Path:
    """A Python that has the packages, made once."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "fluidkit-benchmarks" / "_".join(PACKAGES)
    python = folder / "bin/python"
    if not (folder / "installed").exists():
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        install = (python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
        subprocess.run([*install, *PACKAGES], check=True)
        (folder / "installed").touch()
    return python


@contextmanager
def open_streams(url: str, count: int) -> Iterator[None]:
    """Reads so many streams of the clock, each again after each cut, while the block lasts."""
    ended = threading.Event()

    def read() -> None:
        while not ended.is_set():
            try:
                with urllib.request.urlopen(f"{url}/api/clock", timeout=3) as response:
                    while not ended.is_set() and response.readline():
                        pass
            except OSError:
                ended.wait(0.05)

    readers = [threading.Thread(target=read) for _ in range(count)]
    for reader in readers:
        reader.start()
    try:
        yield
    finally:
        ended.set()
        for reader in readers:
            reader.join(timeout=5)


@contextmanager
def started(command: Sequence[str | Path], *, folder: Path) -> Iterator[None]:
    """Runs the command while the block lasts, and ends all that it started."""
    with subprocess.Popen(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        process_group=0,
    ) as process:
        try:
            yield
        finally:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=3)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
