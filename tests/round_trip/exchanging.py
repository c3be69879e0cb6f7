"""Sends and takes values of random types through FastAPI, and compares with what is described."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Annotated, Any

from fastapi import Body, FastAPI
from fastapi.testclient import TestClient

from fluidkit_cli.api import Api, Json, Route
from fluidkit_cli.describe import describe_app
from fluidkit_cli.emit import emit_typescript
from fluidkit_cli.files import write_changed
from fluidkit_cli.toolchain import find_node
from fluidkit_cli.workspace import DateForm

from .checking import Checker
from .random_types import Made, Maker

TOOLS = Path(__file__).parents[1] / "typescript"
TYPES = 40
VALUES = 3
SETTINGS: tuple[Mapping[str, Any], ...] = (
    *[{}] * 3,
    {"response_model_by_alias": False},
    {"response_model_exclude_none": True},
    {"response_model_exclude_unset": True},
    {"response_model_exclude_defaults": True},
)


def faults(seed: int, *, folder: Path, dates: DateForm = "string") -> list[str]:
    """What differs for types of that seed; the clients and their values are left in the folder."""
    exchange = Exchange(Maker(seed), Random(seed))
    for _ in range(TYPES):
        exchange.add_type()
    api = describe_app(exchange.app, root=folder)
    found = list(exchange.faults(api))
    return [*found, *exchange.complaints(api, folder, dates=dates)]


@dataclass(slots=True)
class Exchange:
    """An app with a route that sends and one that takes values of each type."""

    maker: Maker
    random: Random
    app: FastAPI = field(default_factory=FastAPI)
    made: dict[str, Made] = field(default_factory=dict)
    sent: list[tuple[str, Any]] = field(default_factory=list)

    def add_type(self) -> None:
        made = self.maker.made()
        path = f"/{len(self.made)}"
        self.made[path] = made

        def sends() -> Any:
            return made.value()

        def takes(body: Any) -> None: ...

        sends.__name__ = f"sends_{len(self.made)}"
        takes.__annotations__["body"] = Annotated[made.annotation, Body()]
        settings = self.random.choice(SETTINGS)
        self.app.get(path, response_model=made.annotation, **settings)(sends)
        self.app.post(path)(takes)

    def faults(self, api: Api) -> Iterator[str]:
        """By the described types, of values that come and of those that are taken."""
        checker = Checker(api)
        client = TestClient(self.app)
        for route in api.routes:
            of_one = self._sent if route.method == "GET" else self._taken
            for fault in of_one(route, checker, client):
                yield f"{route.method} {route.path} {self.made[route.path].annotation}: {fault}"

    def _sent(self, route: Route, checker: Checker, client: TestClient) -> Iterator[str]:
        assert isinstance(route.answer, Json), route
        for _ in range(VALUES):
            value = client.get(route.path).json()
            self.sent.append((route.name, value))
            yield from checker.faults(value, route.answer.type)

    def _taken(self, route: Route, checker: Checker, client: TestClient) -> Iterator[str]:
        assert route.body is not None
        for whole in (False, True):
            sample = checker.sample(route.body.type, whole=whole)
            answer = client.post(route.path, json=sample)
            # FastAPI takes null for no body, and a type with a name may have it within
            if answer.status_code != 200 and sample is not None:
                yield f"refuses {sample!r:.200}: {answer.text:.300}"

    def complaints(self, api: Api, folder: Path, *, dates: DateForm) -> list[str]:
        """Of the compiler, about the values that came, as the clients give them."""
        write_changed(folder, emit_typescript(api, package="", naming="python", dates=dates))
        [clients] = folder.rglob("*.api.ts")
        values = "".join(
            f"export const value_{number}: Awaited<ReturnType<typeof app.{name}>> =\n\t{value};\n"
            for number, (name, value) in enumerate(given(self.sent, clients))
        )
        source = f"import type * as app from './{clients.relative_to(folder).as_posix()}';\n"
        (folder / "values.ts").write_text(source + values, encoding="utf-8")
        return compiled(folder)


def given(sent: list[tuple[str, Any]], clients: Path) -> list[tuple[str, str]]:
    """What generated functions make of answers, as TypeScript."""
    answers = clients.with_name("answers.json")
    answers.write_text(json.dumps(sent), encoding="utf-8")
    command: list[str | Path] = [find_node(), Path(__file__).with_name("reviving.ts")]
    run = subprocess.run(
        [*command, clients, answers], capture_output=True, text=True, timeout=60, check=False
    )
    assert run.returncode == 0, run.stderr
    return [(name, value) for (name, _), value in zip(sent, json.loads(run.stdout), strict=True)]


def compiled(folder: Path) -> list[str]:
    settings = {"extends": str(TOOLS / "tsconfig.json"), "include": [f"{folder}/**/*.ts"]}
    project = folder / "tsconfig.json"
    project.write_text(json.dumps(settings), encoding="utf-8")
    compiler = TOOLS / "node_modules/typescript7/bin/tsc"
    command: list[str | Path] = [find_node(), compiler, "--project", project]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=120, check=False
    ).stdout.splitlines()
