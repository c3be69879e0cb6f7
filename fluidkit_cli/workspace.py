"""Finds the workspace and reads its `[tool.fluidkit]`."""

import difflib
import json
import os
import tomllib
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from .errors import FluidkitError
from .python_client import check_python_client

Mode = Literal["spa", "ssr"]
PackageManager = Literal["npm", "pnpm", "bun"]
Naming = Literal["python", "camelCase"]
DateForm = Literal["string", "Date"]
Reload = Literal["overlap", "handover"]
AnswerKind = Literal["json", "sse", "jsonl", "text", "file"]


@dataclass(frozen=True, slots=True)
class Workspace:
    """A project that holds both sides. All paths are absolute; `python` may not exist (yet).

    `python_client` is where a Python client goes, if one is wanted. `port` and `api_port` are
    None unless pinned. `preload` names modules to import beforehand, once for all reloads; None has
    each reload start a Python of its own. `routes` says, by function or operation id, what a route
    answers: `kind` (an `AnswerKind`), `item` (a type, `backend.models:Item`), `events` (a type by
    the name of each event) and `ends` (the texts that end a stream), as far as given.
    """

    root: Path
    app: str
    frontend: Path
    output: Path
    python: Path
    python_client: Path | None = None
    proxy: tuple[str, ...] = ("/api",)
    mode: Mode = "spa"
    package_manager: PackageManager = "npm"
    port: int | None = None
    api_port: int | None = None
    naming: Naming = "python"
    dates: DateForm = "string"
    reload: Reload = "overlap"
    preload: tuple[str, ...] | None = ()
    routes: Mapping[str, Mapping[str, object]] = field(default_factory=dict)

    @property
    def state(self) -> Path:
        """The folder of what runs now: `dev.json`, the log, the lock."""
        return self.root / ".fluidkit"

    @property
    def package(self) -> str:
        """The import name of the backend's package."""
        return self.app.partition(":")[0].partition(".")[0]


class WorkspaceNotFound(FluidkitError):
    """No `pyproject.toml` with `[tool.fluidkit]` here or above."""


class BadConfiguration(FluidkitError):
    """`pyproject.toml` cannot be read, or says something impossible."""


def find_workspace(start: Path) -> Workspace:
    """The workspace that holds the folder `start`.

    Raises:
        WorkspaceNotFound: neither `start` nor a folder above has `[tool.fluidkit]`.
        BadConfiguration, BadArgument: its `pyproject.toml` is broken, or wrong.
    """
    for folder in (start.resolve(), *start.resolve().parents):
        file = folder / "pyproject.toml"
        if file.is_file():
            project = _read(file)
            if "fluidkit" in _table(project, "tool", file):
                return _workspace(folder, project)
    raise WorkspaceNotFound(
        f"No fluidkit workspace in {start} or above",
        hint="Go into one, or make one: fluidkit new myapp",
    )


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadConfiguration(
            f"{file} is broken: {error}", hint="Mend it and try again"
        ) from error


def _workspace(root: Path, project: dict[str, Any]) -> Workspace:
    file = root / "pyproject.toml"
    tool = _table(project, "tool", file)
    settings = _Settings(_table(tool, "fluidkit", file), file)
    entrypoint = _table(tool, "fastapi", file).get("entrypoint", "backend.main:app")
    frontend = settings.text("frontend", "frontend")
    python_client = settings.optional_text("python-client")
    workspace = Workspace(
        root=root,
        app=settings.text("app", entrypoint),
        frontend=root / frontend,
        output=root / settings.text("output", f"{frontend}/src/lib/api"),
        python=root / settings.text("python", _VIRTUAL_PYTHON),
        python_client=root / python_client if python_client else None,
        proxy=settings.texts("proxy", ("/api",)),
        mode=typing.cast(Mode, settings.choice("mode", typing.get_args(Mode))),
        package_manager=typing.cast(
            PackageManager, settings.choice("package-manager", typing.get_args(PackageManager))
        ),
        port=settings.port("port"),
        api_port=settings.port("api-port"),
        naming=typing.cast(Naming, settings.choice("naming", typing.get_args(Naming))),
        dates=typing.cast(DateForm, settings.choice("dates", typing.get_args(DateForm))),
        reload=typing.cast(Reload, settings.choice("reload", typing.get_args(Reload))),
        preload=settings.texts_or_false("preload"),
        routes={
            name: _checked_override(_Settings(override, file, f'tool.fluidkit.routes."{name}"'))
            for name, override in settings.tables("routes").items()
        },
    )
    settings.refuse_unknown()
    if workspace.python_client:
        check_python_client(workspace.python_client, output=workspace.output)
    return workspace


def _checked_override(settings: "_Settings") -> Mapping[str, object]:
    """As it is, once all that can be seen without the app is right."""
    settings.choice("kind", typing.get_args(AnswerKind))
    settings.reference("item")
    settings.references("events")
    settings.texts("ends", ())
    settings.refuse_unknown()
    return settings.values


_VIRTUAL_PYTHON = ".venv/Scripts/python.exe" if os.name == "nt" else ".venv/bin/python"


class _Settings:
    """Reads one key after another of a table and remembers which keys there are."""

    def __init__(self, values: dict[str, Any], file: Path, table: str = "tool.fluidkit") -> None:
        self.values = values
        self._file = file
        self._table = table
        self._known: set[str] = set()

    def text(self, key: str, default: str) -> str:
        value = self._take(key, default)
        if isinstance(value, str) and value:
            return value
        raise self._bad(key, "a text")

    def optional_text(self, key: str) -> str | None:
        return self.text(key, "") if key in self.values else self._take(key, None)

    def texts(self, key: str, default: tuple[str, ...]) -> tuple[str, ...]:
        value = self._take(key, list(default))
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        example = f", as {json.dumps([value])}" if isinstance(value, str) else ""
        raise self._bad(key, f"a list of texts{example}")

    def texts_or_false(self, key: str) -> tuple[str, ...] | None:
        return None if self._take(key, None) is False else self.texts(key, ())

    def choice(self, key: str, options: tuple[str, ...]) -> str:
        value = self._take(key, options[0])
        if value in options:
            return str(value)
        raise self._bad(key, " or ".join(f'"{option}"' for option in options))

    def port(self, key: str) -> int | None:
        value = self._take(key, None)
        if value is None or (type(value) is int and value in range(1, 1 << 16)):
            return value
        raise self._bad(key, "a port, 1 to 65535")

    def reference(self, key: str) -> None:
        if not _is_reference(self._take(key, "builtins:str")):
            raise self._bad(key, 'a type, as "backend.models:Item"')

    def references(self, key: str) -> None:
        value = self._take(key, {})
        if not (isinstance(value, dict) and all(map(_is_reference, value.values()))):
            raise self._bad(key, 'a table of types, as { token = "backend.models:Token" }')

    def tables(self, key: str) -> dict[str, dict[str, object]]:
        value = self._take(key, {})
        if isinstance(value, dict) and all(isinstance(item, dict) for item in value.values()):
            return value
        raise self._bad(key, "a table of tables")

    def refuse_unknown(self) -> None:
        for key in self.values:
            if key not in self._known:
                known = sorted(self._known)
                nearest = difflib.get_close_matches(key, known, n=1)
                raise BadConfiguration(
                    f'{self._file}: unknown key "{key}" under [{self._table}]',
                    hint=f'Did you mean "{nearest[0]}"?'
                    if nearest
                    else f"Known are {', '.join(known)}",
                )

    def _take(self, key: str, default: object) -> Any:
        self._known.add(key)
        return self.values.get(key, default)

    def _bad(self, key: str, wanted: str) -> BadConfiguration:
        return BadConfiguration(
            f"{self._file}: {key} under [{self._table}] is {self.values.get(key)!r}",
            hint=f"It must be {wanted}",
        )


def _is_reference(value: object) -> bool:
    module, _, name = value.partition(":") if isinstance(value, str) else ("", "", "")
    return bool(module.strip() and name.strip())


def _table(parent: dict[str, Any], key: str, file: Path) -> dict[str, Any]:
    value = parent.get(key, {})
    if isinstance(value, dict):
        return value
    raise BadConfiguration(f"{file}: {key} is {value!r}", hint=f"It must be a table: [{key}]")
