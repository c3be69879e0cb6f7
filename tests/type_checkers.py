"""What the two type checkers of Python, in their strictest modes, complain about in a folder."""

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from fluidkit_cli.toolchain import find_node

_PYRIGHT = Path(__file__).parent / "typescript/node_modules/pyright/index.js"
_VERSION = "3.11"
_LIMIT = 300.0


def by_mypy(folder: Path) -> list[str]:
    """`file.py:7: code`, by line."""
    settings = f"[mypy]\nstrict = true\npython_version = {_VERSION}\n"
    (folder / "mypy.ini").write_text(settings, encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--no-incremental", "--no-error-summary"]
    command += ["--output=json", "."]
    run = _run(command, folder)
    found = [json.loads(line) for line in run.stdout.splitlines()]
    assert run.returncode == bool(found), run.stdout + run.stderr
    return _sorted((each["file"], each["line"], each["code"]) for each in found)


def by_pyright(folder: Path) -> list[str]:
    """As `by_mypy`, with pyright's own names of rules."""
    settings = {"include": ["."], "typeCheckingMode": "strict", "pythonVersion": _VERSION}
    (folder / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    assert _PYRIGHT.is_file(), f"run {Path(__file__).parent / 'typescript/install.py'} first"
    command = [str(find_node()), str(_PYRIGHT), "--pythonpath", sys.executable, "--outputjson"]
    run = _run(command, folder)
    found = json.loads(run.stdout)["generalDiagnostics"]
    return _sorted(
        (
            Path(each["file"]).relative_to(folder.resolve()).as_posix(),
            each["range"]["start"]["line"] + 1,
            each.get("rule", each["message"]),
        )
        for each in found
    )


def _run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=_LIMIT, check=False
    )


def _sorted(places: Iterable[tuple[str, int, str]]) -> list[str]:
    return [f"{file}:{line}: {rule}" for file, line, rule in sorted(places)]
