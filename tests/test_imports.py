"""The import rules of the package, read from its source."""

import ast
import functools
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "fluidkit_cli"

# Each layer may import itself and those before it.
LAYERS = (
    {"api", "errors", "printable"},
    {"workspace", "python_client", "toolchain", "templates", "files", "layout", "repository"}
    | {"bundle", "unfinished", "svelte", "project", "surroundings", "findings"},
    {"describe", "emit", "devserver", "client"}
    | {"step", "installation", "production", "generation"},
    {"console", "paper", "json_paper"},
    {"commands"},
    {"cli"},
    {"__main__"},
)
WRITING = {"console", "paper", "json_paper"}
MAY_PRINT = {
    "cli",
    "__main__",
    "commands",
    "devserver.supervisor",
    "console",
    "paper",
    "json_paper",
}
EMBEDDED_PACKAGES = {"fastapi", "starlette", "pydantic", "pydantic_core", "uvicorn"}
# where the app's Python has it: uvicorn's extra `standard` brings it
EMBEDDED_PACKAGES |= {"dotenv"}
# where the app's Python is 3.14: its standard library has it
EMBEDDED_PACKAGES |= {"annotationlib"}
MEETING_POINTS = {"devserver.supervisor", "devserver.regeneration"}


def test_imports_run_one_way() -> None:
    wrong = [
        f"{module} imports {target}"
        for module, target in _own_imports()
        if _layer(target) > _layer(module) and target not in WRITING
    ]
    assert wrong == []


def test_emit_and_describe_do_not_know_each_other() -> None:
    pairs = {(_part(module), _part(target)) for module, target in _own_imports()}
    assert ("emit", "describe") not in pairs
    assert ("describe", "emit") not in pairs


def test_emit_and_describe_meet_in_commands_and_the_supervisor_only() -> None:
    users: dict[str, set[str]] = {}
    for module, target in _own_imports():
        users.setdefault(module, set()).add(_part(target))
    meeting = {m for m, parts in users.items() if {"emit", "describe"} <= parts}
    allowed = {m for m in meeting if _part(m) == "commands"} | MEETING_POINTS
    assert meeting <= allowed


def test_only_commands_cli_and_the_supervisor_use_the_console() -> None:
    users = {module for module, target in _own_imports() if target in WRITING}
    assert {m for m in users if m not in MAY_PRINT and _part(m) != "commands"} == set()


def test_only_the_console_prints() -> None:
    printing = {
        module
        for module, tree in _modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
    }
    assert printing <= {"console"}


def test_what_runs_inside_the_apps_python_needs_nothing_of_ours() -> None:
    wrong = []
    for module in sorted(_reached_from({"embedded", *_entries()})):
        for name in _foreign_imports(_modules()[module]):
            if name not in sys.stdlib_module_names and name not in EMBEDDED_PACKAGES:
                wrong.append(f"{module} imports {name}")
    assert wrong == []


def test_the_client_needs_nothing_else_of_ours() -> None:
    targets = {target for module, target in _own_imports() if _part(module) == "client"}
    assert {_part(target) for target in targets} == {"client"}


def test_the_client_is_imported_without_the_command_line() -> None:
    script = "import fluidkit_cli.client, sys; print(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True
    )
    loaded = set(run.stdout.split())
    assert "fluidkit_cli.client.sse" in loaded
    assert loaded.isdisjoint({"fluidkit_cli.cli", "fluidkit_cli.console", "typer", "fastapi"})


def test_the_package_imports_itself_relatively() -> None:
    wrong = [m for m, tree in _modules().items() if "fluidkit_cli" in _foreign_imports(tree)]
    assert wrong == []


@pytest.mark.parametrize("module", sorted(p.name for p in PACKAGE.iterdir() if p.name[0] != "_"))
def test_every_part_has_its_place(module: str) -> None:
    known = {part for layer in LAYERS for part in layer} | {"py", "embedded", "scaffolds"}
    assert module.removesuffix(".typed").removesuffix(".py") in known


def _entries() -> set[str]:
    return {"describe.child", "devserver.forkserver", "production.plain"}


def _layer(module: str) -> int:
    part = _part(module)
    return next((i for i, layer in enumerate(LAYERS) if part in layer), 0)


def _part(module: str) -> str:
    return module.partition(".")[0]


@functools.cache
def _modules() -> dict[str, ast.Module]:
    """Every module of the package by its name within it (`describe.routes`)."""
    found = {}
    for file in sorted(PACKAGE.rglob("*.py")):
        parts = file.relative_to(PACKAGE).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = ast.parse(file.read_text(encoding="utf-8"))
    return found


@functools.cache
def _own_imports() -> list[tuple[str, str]]:
    """Pairs of a module and a module of ours that it imports."""
    modules = _modules()
    return [
        (module, target)
        for module, tree in modules.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.level
        for target in _targets(module, node, modules)
    ]


def _targets(module: str, node: ast.ImportFrom, modules: dict[str, ast.Module]) -> set[str]:
    file = PACKAGE.joinpath(*module.split("."))
    is_package = module == "" or (file / "__init__.py").is_file()
    parts = module.split(".") if module else []
    base = parts[: len(parts) - node.level + (1 if is_package else 0)]
    stem = [*base, *(node.module.split(".") if node.module else [])]
    full = {".".join([*stem, alias.name]) for alias in node.names}
    return {name for name in full if name in modules} or ({".".join(stem)} & modules.keys())


def _foreign_imports(tree: ast.Module) -> set[str]:
    """First parts of the absolute imports of a module."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            names.add(node.module.partition(".")[0])
    return names


def _reached_from(entries: set[str]) -> set[str]:
    imports: dict[str, set[str]] = {}
    for module, target in _own_imports():
        imports.setdefault(module, set()).add(target)
    reached: set[str] = set()
    waiting = {e for e in entries if e in _modules()}
    while waiting:
        module = waiting.pop()
        reached.add(module)
        parents = {".".join(module.split(".")[:n]) for n in range(1, module.count(".") + 1)}
        waiting |= (imports.get(module, set()) | parents) - reached
    return reached & _modules().keys()
