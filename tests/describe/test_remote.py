import contextlib
import subprocess
import sys
import time
import venv
from pathlib import Path

import pytest

import fluidkit_cli
from fluidkit_cli import embedded
from fluidkit_cli.api import Json, Scalar
from fluidkit_cli.describe import remote
from fluidkit_cli.describe.remote import AppFailed, DescribingFailed, describe_remotely
from fluidkit_cli.errors import FluidkitError, MissingTool

PYTHON = Path(sys.executable)
APP = """
import sys
from fastapi import FastAPI
print("noise on standard output")
print("noise on standard error", file=sys.stderr)
app = FastAPI()
@app.get("/")
def root() -> int: ...
"""


def write(folder: Path, source: str) -> Path:
    (folder / "main.py").write_text(source, encoding="utf-8")
    return folder


def test_an_app_that_prints_is_described(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    api = describe_remotely(PYTHON, app="main:app", root=write(tmp_path, APP))
    assert [(route.name, route.answer) for route in api.routes] == [
        ("root", Json(Scalar("integer")))
    ]
    assert capfd.readouterr() == ("", "")


def test_a_broken_app_says_where_it_broke(tmp_path: Path) -> None:
    write(tmp_path, "import sys\nprint('before', file=sys.stderr)\nx = 1 / 0\n")
    with pytest.raises(AppFailed) as caught:
        describe_remotely(PYTHON, app="main:app", root=tmp_path)
    failure = caught.value.failure
    assert (failure.type, failure.file, failure.line) == (
        "ZeroDivisionError",
        str(tmp_path / "main.py"),
        3,
    )
    assert caught.value.output == "before\n"
    assert "main.py:3: ZeroDivisionError: division by zero" in caught.value.message


def test_a_missing_app_is_told_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(FluidkitError, match="No FastAPI app at main:other") as caught:
        describe_remotely(PYTHON, app="main:other", root=write(tmp_path, APP))
    assert "[tool.fluidkit]" in caught.value.hint


def test_a_python_without_fastapi_is_told_with_a_remedy(tmp_path: Path) -> None:
    venv.create(tmp_path / "bare", symlinks=True)
    python = tmp_path / "bare" / "bin" / "python"
    with pytest.raises(MissingTool, match="FastAPI is not installed") as caught:
        describe_remotely(python, app="main:app", root=write(tmp_path, APP))
    assert caught.value.hint == f"{python} -m pip install fastapi"


def test_a_python_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(MissingTool, match="does not run"):
        describe_remotely(tmp_path / "python", app="main:app", root=tmp_path)


def test_a_child_that_dies_is_told_with_its_last_words(tmp_path: Path) -> None:
    write(
        tmp_path,
        "import os, sys\nsys.stderr.write('last words\\n')\nsys.stderr.flush()\nos._exit(9)",
    )
    with pytest.raises(DescribingFailed, match="exit code 9") as caught:
        describe_remotely(PYTHON, app="main:app", root=tmp_path)
    assert caught.value.hint == "last words"


def test_a_signal_that_ends_the_child_is_named(tmp_path: Path) -> None:
    write(tmp_path, "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n")
    with pytest.raises(DescribingFailed, match="ended by SIGSEGV while main:app"):
        describe_remotely(PYTHON, app="main:app", root=tmp_path)


def test_an_app_that_exits_is_told_with_what_it_wrote(tmp_path: Path) -> None:
    write(tmp_path, "import sys\nprint('no DATABASE_URL', file=sys.stderr)\nsys.exit(1)\n")
    with pytest.raises(AppFailed, match=r"main\.py:3: SystemExit: 1") as caught:
        describe_remotely(PYTHON, app="main:app", root=tmp_path)
    assert caught.value.hint == "It wrote: no DATABASE_URL"


def test_threads_of_the_app_are_not_waited_for_but_its_clean_up_is_done(tmp_path: Path) -> None:
    write(
        tmp_path,
        f"""
import atexit, pathlib, threading
threading.Thread(target=threading.Event().wait).start()
atexit.register(pathlib.Path({str(tmp_path / "cleaned")!r}).touch)
{APP}""",
    )
    assert describe_remotely(PYTHON, app="main:app", root=tmp_path).routes
    assert (tmp_path / "cleaned").exists()


def test_what_the_app_starts_is_neither_waited_for_nor_left_behind(tmp_path: Path) -> None:
    program = [sys.executable, "-c", "import time; time.sleep(600)"]
    file = tmp_path / "pid"
    write(
        tmp_path,
        f"""
import pathlib, subprocess
pid = subprocess.Popen({program!r}).pid
pathlib.Path({str(file)!r}).write_text(str(pid), encoding="utf-8")
{APP}""",
    )
    assert describe_remotely(PYTHON, app="main:app", root=tmp_path).routes
    deadline = time.monotonic() + 5
    while _runs(int(file.read_text(encoding="utf-8"))):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _runs(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return "zombie" not in Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return False


def test_an_import_that_never_ends_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "_TIME_LIMIT", 0.5)
    write(tmp_path, "import threading\nthreading.Event().wait(30)\n")
    with pytest.raises(DescribingFailed, match="more than"):
        describe_remotely(PYTHON, app="main:app", root=tmp_path)


def test_the_child_sees_an_installed_package_beside_itself(tmp_path: Path) -> None:
    installed = tmp_path / "fluidkit_cli"
    installed.mkdir()
    (installed / "__init__.py").write_text("version = 'another'\n", encoding="utf-8")
    folder = Path(fluidkit_cli.__file__).parent
    source = f"""
import sys
import fluidkit_cli
assert fluidkit_cli.version == "another", fluidkit_cli.__file__
assert not [path for path in sys.path if path.startswith({str(folder)!r})], sys.path
{APP}
"""
    assert describe_remotely(PYTHON, app="main:app", root=write(tmp_path, source)).routes


def test_the_command_line_does_not_wait_for_fastapi() -> None:
    code = "import sys, fluidkit_cli.describe.remote; sys.exit('fastapi' in sys.modules)"
    root = Path(embedded.__file__).parents[1]
    subprocess.run([PYTHON, "-c", code], cwd=root, check=True, timeout=60)
