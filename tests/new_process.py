"""`fluidkit new` as a process, and tools that stand in for those that install."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

INSTALLS = f'until [ -e ../go ]; do sleep 0.02; done; ln -sfn "{sys.prefix}" .venv'
"""A uv that waits until the test lets it go, and then gives the workspace this test's packages."""


def fluidkit(folder: Path, *arguments: str, tools: Path | None = None) -> list[str]:
    """The command's standard output, line by line; it must succeed."""
    run = ended(folder, *arguments, tools=tools)
    assert run.returncode == 0, run.stderr
    return run.stdout.splitlines()


def ended(
    folder: Path, *arguments: str, tools: Path | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments),
        cwd=folder,
        env=environment(tools),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def started(folder: Path, *arguments: str, tools: Path) -> "subprocess.Popen[str]":
    """Runs beside the test, which reads its errors."""
    return subprocess.Popen(
        command(*arguments),
        cwd=folder,
        env=environment(tools),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "fluidkit_cli", *arguments]


def environment(tools: Path | None) -> dict[str, str]:
    """`tools` come before all others on PATH."""
    before = f"{tools}{os.pathsep}" if tools else ""
    return {**os.environ, "PATH": f"{before}{os.environ['PATH']}", "COLUMNS": "500"}


def write_tools(folder: Path, scripts: Mapping[str, str]) -> None:
    folder.mkdir(exist_ok=True)
    for name, script in scripts.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        (folder / name).chmod(0o755)


def git(folder: Path, *arguments: str) -> str:
    run = subprocess.run(
        ["git", *arguments], cwd=folder, capture_output=True, text=True, check=True
    )
    return run.stdout.strip()
