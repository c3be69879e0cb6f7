"""Each case's app is started, and each generated function called: what comes is as described."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, assert_never

import pytest

from fluidkit_cli.api import (
    Api,
    Body,
    ByFlag,
    Empty,
    Event,
    Events,
    File,
    Json,
    Parameter,
    Records,
    Route,
    Single,
    Text,
)
from fluidkit_cli.describe.remote import describe_remotely
from fluidkit_cli.emit import Client, clients_of, emit_typescript, module_file
from fluidkit_cli.files import write_changed
from fluidkit_cli.toolchain import find_node

from .checking import Checker
from .left_out import LEFT_OUT

HERE = Path(__file__).parent
CASES = sorted((HERE.parent / "describe/cases").iterdir())
OWN_OPTIONS = {"headers", "on", "signal"}


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a generated function, and what it must answer with."""

    case: str
    client: Client
    answer: Single
    arguments: dict[str, Any]

    @property
    def label(self) -> str:
        return f"{self.case}: {self.client.name}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a call, items or an error."""

    call: Call
    items: list[Any]
    error: str = ""


@pytest.fixture(scope="session")
def apis() -> dict[str, Api]:
    return {folder.name: describe_case(folder) for folder in CASES}


@pytest.fixture(scope="session")
def outcomes(apis: dict[str, Api], tmp_path_factory: pytest.TempPathFactory) -> list[Outcome]:
    """All functions of all cases, each called with as little as may be, and with everything."""
    folder = tmp_path_factory.mktemp("clients")
    calls = [call for case, api in apis.items() for call in calls_of(case, api)]
    for case, api in apis.items():
        write_changed(folder / case, emit_typescript(api, package="app", naming="python"))
    with served(CASES) as urls:
        plan = [{**call.arguments, **address(call, folder, urls)} for call in calls]
        (folder / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
        command: list[str | Path] = [find_node(), HERE / "calling.ts", folder / "plan.json"]
        run = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stderr
    return [
        Outcome(call, came.get("items", []), json.dumps(came) if "error" in came else "")
        for call, came in zip(calls, json.loads(run.stdout), strict=True)
    ]


@pytest.mark.parametrize("case", [folder.name for folder in CASES])
def test_what_arrives_is_of_the_described_types(
    case: str, apis: dict[str, Api], outcomes: list[Outcome]
) -> None:
    checker = Checker(apis[case])
    own = [outcome for outcome in outcomes if outcome.call.case == case]
    assert [fault for outcome in own for fault in faults(outcome, checker)] == []


def test_every_function_is_called_or_left_out_for_a_reason(
    apis: dict[str, Api], outcomes: list[Outcome]
) -> None:
    called = {outcome.call.label for outcome in outcomes}
    everything = {f"{case}: {c.name}" for case, api in apis.items() for c in clients(api)}
    assert everything - called == LEFT_OUT.keys()
    assert all(LEFT_OUT.values())


def describe_case(folder: Path) -> Api:
    return describe_remotely(Path(sys.executable), app="app:app", root=folder)


def clients(api: Api) -> list[Client]:
    return clients_of(api, package="app", naming="python")


def calls_of(case: str, api: Api) -> Iterator[Call]:
    checker = Checker(api)
    for client in clients(api):
        if f"{case}: {client.name}" in LEFT_OUT:
            continue
        for whole in (False, True):
            arguments = arguments_of(client.route, checker, whole=whole)
            for answer, chosen in chosen_answers(client.route, arguments):
                yield Call(case, client, answer, chosen)


def arguments_of(route: Route, checker: Checker, *, whole: bool) -> dict[str, Any]:
    taken: list[Parameter | Body] = [*route.parameters, *([route.body] if route.body else [])]
    values = {each.name: checker.sample(each.type, whole=whole) for each in taken}
    optional = {each.name for each in taken if not each.required}
    return {
        "positional": [value for name, value in values.items() if name not in optional],
        "options": {
            f"{name}_" if name in OWN_OPTIONS else name: value
            for name, value in values.items()
            if whole and name in optional
        },
    }


def chosen_answers(
    route: Route, arguments: dict[str, Any]
) -> Iterator[tuple[Single, dict[str, Any]]]:
    match route.answer:
        case ByFlag(flag, in_body, _, on, off):
            for value, answer in ((True, on), (False, off)):
                if in_body:
                    yield answer, with_flag_in_body(route, flag, value, arguments)
                else:
                    yield answer, with_flag(route, flag, value, arguments)
        case answer:
            yield answer, arguments


def with_flag_in_body(
    route: Route, flag: str, value: bool, arguments: dict[str, Any]
) -> dict[str, Any]:
    if route.body is not None and not route.body.required:
        options = arguments["options"]
        body = {**options.get(route.body.name, {}), flag: value}
        return {**arguments, "options": {**options, route.body.name: body}}
    *others, body = arguments["positional"]
    return {**arguments, "positional": [*others, {**body, flag: value}]}


def with_flag(route: Route, flag: str, value: bool, arguments: dict[str, Any]) -> dict[str, Any]:
    needed = [parameter.wire_name for parameter in route.parameters if parameter.required]
    if flag in needed:
        positional = list(arguments["positional"])
        positional[needed.index(flag)] = value
        return {**arguments, "positional": positional}
    names = {parameter.wire_name: parameter.name for parameter in route.parameters}
    return {**arguments, "options": {**arguments["options"], names[flag]: value}}


def address(call: Call, folder: Path, urls: dict[str, str]) -> dict[str, Any]:
    return {
        "folder": str(folder / call.case),
        "module": module_file(call.client.module_path),
        "name": call.client.name,
        "kind": kind_of(call.answer),
        "baseUrl": urls[call.case],
    }


def kind_of(answer: Single) -> str:
    match answer:
        case Json() | Empty():
            return "json"
        case Events():
            return "events"
        case Records():
            return "values"
        case Text():
            return "chunks"
        case File():
            return "file"
        case _:
            assert_never(answer)


@contextmanager
def served(cases: list[Path]) -> Iterator[dict[str, str]]:
    """The apps of the cases, each at its address."""
    command: list[str | Path] = [sys.executable, HERE / "serving.py", *cases]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        try:
            assert process.stdout is not None
            ports = json.loads(process.stdout.readline())
            yield {
                folder.name: f"http://127.0.0.1:{port}"
                for folder, port in zip(cases, ports, strict=True)
            }
        finally:
            os.killpg(process.pid, signal.SIGKILL)  # a process for each case


def faults(outcome: Outcome, checker: Checker) -> Iterator[str]:
    label = f"{outcome.call.client.name}({json.dumps(outcome.call.arguments)})"
    if outcome.error:
        yield f"{label}: {outcome.error}"
    elif not outcome.items:
        yield f"{label}: nothing came"
    for item in outcome.items:
        yield from (
            f"{label}: {fault}" for fault in item_faults(item, outcome.call.answer, checker)
        )


def item_faults(item: Any, answer: Single, checker: Checker) -> Iterator[str]:
    match answer:
        case Json(described) | Records(described):
            yield from checker.faults(item, described)
        case Events(events):
            yield from event_faults(item, events, checker)
        case Text():
            yield from () if isinstance(item, str) else [f"{item!r} is no text"]
        case File():
            yield from () if item.keys() == {"size", "name"} else [f"{item!r} is no file"]
        case Empty():
            yield from () if item is None else [f"{item!r} is not nothing"]
        case _:
            assert_never(answer)


def event_faults(item: Any, events: tuple[Event, ...], checker: Checker) -> Iterator[str]:
    if not events:
        return
    kinds = {event.name: event for event in events}
    if item["type"] not in kinds:
        yield f"no event is called {item['type']!r}"
    else:
        yield from checker.faults(item["value"], kinds[item["type"]].type)
