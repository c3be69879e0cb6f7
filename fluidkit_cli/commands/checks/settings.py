"""The workspace's `.env`, beside the example of it."""

import re
from pathlib import Path

from ...workspace import Workspace
from .check import Check

_NAME = re.compile(r"^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=", re.MULTILINE)


def settings(workspace: Workspace) -> Check:
    """Which names the example has and `.env` has not."""
    file = workspace.root / ".env"
    missing = [name for name in _names(workspace.root / ".env.example") if name not in _names(file)]
    if missing:
        mend = f"Add them to {file}" if file.is_file() else "cp .env.example .env"
        return Check("settings", f".env lacks {', '.join(missing)}", "warning", mend)
    return Check("settings", ".env has what .env.example names" if file.is_file() else "no .env")


def _names(file: Path) -> list[str]:
    try:
        return _NAME.findall(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
