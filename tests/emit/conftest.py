"""The real tools that generated TypeScript must please: both compilers, prettier, Node."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from fluidkit_cli.toolchain import find_node

TOOLS = Path(__file__).parents[1] / "typescript"
STYLE = ["--use-tabs", "--single-quote", "--trailing-comma=none", "--print-width=100"]


@dataclass(frozen=True, slots=True)
class TypeScript:
    """Each method returns what the tool complains about, empty if it is content."""

    node: Path

    def complaints_about_types(self, folder: Path) -> str:
        settings = {"extends": str(TOOLS / "tsconfig.json"), "include": [f"{folder}/**/*.ts"]}
        project = folder / "tsconfig.json"
        project.write_text(json.dumps(settings), encoding="utf-8")
        compilers = ("typescript", "typescript7")
        return "".join(
            self._run(f"{name}/bin/tsc", "--project", str(project)) for name in compilers
        )

    def complaints_about_layout(self, folder: Path) -> str:
        return self._run("prettier/bin/prettier.cjs", *STYLE, "--check", f"{folder}/**/*.ts")

    def run(self, script: str, *, folder: Path) -> str:
        """What the script prints; Node strips the types of what it imports."""
        file = folder / "script.ts"
        file.write_text(script, encoding="utf-8")
        command: list[str | Path] = [self.node, "--disable-warning=ExperimentalWarning", file]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def _run(self, tool: str, *arguments: str) -> str:
        command: list[str | Path] = [self.node, TOOLS / "node_modules" / tool, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.fixture(scope="session")
def typescript() -> TypeScript:
    assert (TOOLS / "node_modules").is_dir(), (
        "Install the tools: python tests/typescript/install.py"
    )
    return TypeScript(find_node())
