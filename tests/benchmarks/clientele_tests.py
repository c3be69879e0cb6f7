"""Runs Clientele's own public tests of streams against our client: `clientele_tests.py CLONE`.

Only their imports are changed: what they import comes from `clientele_stand_in.py`. Their server
sends bare JSON as `text/event-stream`, which no browser would read as events: the stand-in sends
the same blocks as the data of events.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
STAND_IN = "clientele_stand_in"
MODULES = ("clientele.api.client", "clientele.api.exceptions", "clientele.testing", "clientele.api")
COROUTINES = """
import asyncio
import inspect


def pytest_configure(config):
    config.addinivalue_line("markers", "asyncio: awaits")


def pytest_pyfunc_call(pyfuncitem):
    if inspect.iscoroutinefunction(pyfuncitem.obj):
        asyncio.run(pyfuncitem.obj())
        return True
"""


def main() -> int:
    """pytest's exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clone", type=Path, help="a clone of Clientele's repository")
    clone: Path = parser.parse_args().clone
    text = (clone / "tests/api/test_stream.py").read_text(encoding="utf-8")
    for module in MODULES:
        text = text.replace(f"from {module} import", f"from {STAND_IN} import")
    with tempfile.TemporaryDirectory() as folder:
        tests = Path(folder)
        (tests / "test_stream.py").write_text(text, encoding="utf-8")
        (tests / "conftest.py").write_text(COROUTINES, encoding="utf-8")
        stand_in = (HERE / f"{STAND_IN}.py").read_text(encoding="utf-8")
        (tests / f"{STAND_IN}.py").write_text(stand_in, encoding="utf-8")
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", folder]
        return subprocess.run(command, cwd=HERE.parents[1], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
