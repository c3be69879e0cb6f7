"""Each case's app is called in-process by its Python client: what comes is as described."""

import asyncio
import importlib
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from fastapi import FastAPI, routing
from pydantic import TypeAdapter

from fluidkit_cli.api import Api, ByFlag, Empty, Events, File, Json, NamedType, Route, Single
from fluidkit_cli.client import AppTransport
from fluidkit_cli.describe import load_app
from fluidkit_cli.describe.remote import describe_remotely
from fluidkit_cli.emit import clients_of, emit_python
from fluidkit_cli.emit.python.arguments import arguments_of
from fluidkit_cli.emit.python.clients import modules_of
from fluidkit_cli.emit.python.names import identifier
from fluidkit_cli.emit.python.objects import with_named_objects
from fluidkit_cli.files import write_changed

from .checking import Checker
from .left_out import LEFT_OUT
from .serving import fill_module, fill_routes, forget
from .test_round_trip import CASES, item_faults

SILENT = {"channels"}
"""Whose streams wait for what somebody else publishes."""

BREAKING = {"attributes: counted"}
"""Whose server breaks now and then, which the case is about."""

MOST_ITEMS = 3
PATIENCE = 10


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the apps
@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_what_python_clients_receive_is_of_the_described_types(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = describe_remotely(Path(sys.executable), app="app:app", root=folder)
    name = f"python_client_of_{folder.name}"
    write_changed(tmp_path / name, emit_python(api, package="app"))
    monkeypatch.syspath_prepend(tmp_path)
    package = importlib.import_module(name)
    with in_process(folder, monkeypatch) as app:
        exchange = Exchange(folder.name, with_named_objects(api), app)
        assert list(exchange.plain(package)) == []
        assert asyncio.run(exchange.awaited(package)) == []


@contextmanager
def in_process(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FastAPI]:
    """The app of a case, whose path operations answer with what they declare."""
    monkeypatch.setattr(routing, "run_endpoint_function", routing.run_endpoint_function)
    try:
        app = load_app("app:app", directory=folder)
        fill_module("app")
        fill_routes(app)
        yield app
    finally:
        forget(folder)


class Exchange:
    """All calls of one app."""

    def __init__(self, case: str, api: Api, app: FastAPI) -> None:
        self._case = case
        self._api = api
        self._checker = Checker(api)
        self._named: Mapping[str, NamedType] = {each.name: each for each in api.types}
        self._transport = AppTransport(app, raise_app_exceptions=False)

    def plain(self, package: Any) -> Iterator[str]:
        with package.Client("http://test", transport=self._transport) as client:
            for label, method, answer, arguments in self._calls(client):
                try:
                    items = _received(method(**arguments), answer)
                except package.ClientError as error:
                    yield f"{label}: {error!r} {error.__cause__!r:.300}"
                else:
                    yield from self._faults(label, items, answer)

    async def awaited(self, package: Any) -> list[str]:
        faults = []
        async with package.AsyncClient("http://test", transport=self._transport) as client:
            for label, method, answer, arguments in self._calls(client):
                try:
                    async with asyncio.timeout(PATIENCE):
                        items = await _areceived(method(**arguments), answer)
                except package.ClientError as error:
                    faults.append(f"{label}: {error!r} {error.__cause__!r:.300}")
                else:
                    faults += self._faults(label, items, answer)
        return faults

    def _calls(self, client: Any) -> Iterator[tuple[str, Any, Single, dict[str, Any]]]:
        clients = clients_of(self._api, package="app", naming="python", identify=identifier)
        for module in modules_of(clients):
            for name, route in module.routes.items():
                label = f"{self._case}: {route.name}"
                if not {label, f"{self._case}: {name}"}.isdisjoint(LEFT_OUT.keys() | BREAKING):
                    continue
                method = getattr(getattr(client, module.name), name)
                for whole in (False, True):
                    arguments = self._arguments(route, method, whole=whole)
                    for answer, chosen in _chosen(route, arguments, self._named):
                        once = {"reconnect": "never"} if isinstance(answer, Events) else {}
                        yield f"{label}({chosen!r:.300})", method, answer, {**chosen, **once}

    def _arguments(self, route: Route, method: Any, *, whole: bool) -> dict[str, Any]:
        """As little as may be, or everything."""
        hints = get_type_hints(method, include_extras=True)
        return {
            each.name: _value(self._checker.sample(each.type, whole=whole), hints[each.name])
            for each in arguments_of(route, named=self._named)
            if (each.required or whole) and not each.is_flag
        }

    def _faults(self, label: str, items: list[Any], answer: Single) -> Iterator[str]:
        if not items and self._case not in SILENT:
            yield f"{label}: nothing came"
        for item in items:
            for fault in item_faults(item, answer, self._checker):
                yield f"{label}: {fault}"


def _value(sample: Any, hint: Any) -> Any:
    if isinstance(sample, dict) and "$file" in sample:
        return (sample["name"], sample["$file"].encode())
    if isinstance(sample, list) and sample and isinstance(sample[0], dict) and "$file" in sample[0]:
        return [_value(each, hint) for each in sample]
    return TypeAdapter(hint).validate_json(json.dumps(sample))


def _chosen(
    route: Route, arguments: dict[str, Any], named: Mapping[str, NamedType]
) -> Iterator[tuple[Single, dict[str, Any]]]:
    match route.answer:
        case ByFlag(on=on, off=off):
            flag = next(each for each in arguments_of(route, named=named) if each.is_flag)
            yield on, {**arguments, flag.name: True}
            yield off, {**arguments, flag.name: False}
        case answer:
            yield answer, arguments


def _received(came: Any, answer: Single) -> list[Any]:
    match answer:
        case Json() | Empty():
            return [_plain(came)]
        case File():
            return [{"size": len(came.read()), "name": came.name}]
        case _:
            return [_shown(each, answer) for each in islice(_items(came, answer), MOST_ITEMS)]


async def _areceived(came: Any, answer: Single) -> list[Any]:
    match answer:
        case Json() | Empty():
            return [_plain(await came)]
        case File():
            return [{"size": len(await came.read()), "name": came.name}]
        case _:
            found = []
            async for each in _items(came, answer):
                found.append(_shown(each, answer))
                if len(found) == MOST_ITEMS:
                    break
            return found


def _items(came: Any, answer: Single) -> Any:
    return came.events() if isinstance(answer, Events) else came


def _shown(item: Any, answer: Single) -> Any:
    if isinstance(answer, Events):
        return {"type": item.event, "value": _plain(item.value)}
    return _plain(item)


def _plain(value: Any) -> Any:
    """As it was on the wire."""
    return TypeAdapter(Any).dump_python(value, mode="json", by_alias=True, exclude_unset=True)
