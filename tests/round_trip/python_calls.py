"""Calls random apps by their Python clients: what arrives is what was sent, and what comes is what
was answered."""

import asyncio
import importlib
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, get_type_hints

from pydantic import TypeAdapter, ValidationError

from fluidkit_cli.api import Api, Json
from fluidkit_cli.client import AppTransport
from fluidkit_cli.client.lifespan import App
from fluidkit_cli.describe import describe_app
from fluidkit_cli.emit import clients_of, emit_python
from fluidkit_cli.emit.python.arguments import Argument, arguments_of
from fluidkit_cli.emit.python.clients import modules_of
from fluidkit_cli.emit.python.names import identifier
from fluidkit_cli.emit.python.objects import with_named_objects
from fluidkit_cli.files import write_changed

from .random_routes import Offered, RandomApp, Taken

ROUTES = 20
CALLS = 3
_ANY: TypeAdapter[Any] = TypeAdapter(Any)


def faults(seed: int, *, folder: Path) -> list[str]:
    """What differs for routes of that seed; the client is left in the folder."""
    made = RandomApp(seed)
    for _ in range(ROUTES):
        made.add_route()
    api = describe_app(made.app, root=folder)
    name = f"client_of_{seed}"
    write_changed(folder / name, emit_python(api, package="app"))
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        package = importlib.import_module(name)
    finally:
        sys.path.remove(str(folder))
    return list(_Calls(made, with_named_objects(api), package).faults())


class _Calls:
    """All calls of one app."""

    def __init__(self, made: RandomApp, api: Api, package: Any) -> None:
        self._made = made
        self._api = api
        self._package = package
        self._wire = _Wire(made.app)
        self._named = {each.name: each for each in api.types}

    def faults(self) -> Iterator[str]:
        clients = clients_of(self._api, package="app", naming="python", identify=identifier)
        transport = AppTransport(self._wire)
        with self._package.Client("http://test", transport=transport) as client:
            awaited = self._package.AsyncClient("http://test", transport=transport)
            for module in modules_of(clients):
                for name, route in module.routes.items():
                    offered = self._made.offered[route.path]
                    plain = getattr(getattr(client, module.name), name)
                    other = _awaited(getattr(getattr(awaited, module.name), name), route.answer)
                    arguments = arguments_of(route, named=self._named)
                    for method in (plain, other):
                        for fault in self._of_method(method, plain, arguments, offered):
                            yield f"{module.name}.{name} {route.path}: {fault}"

    def _of_method(
        self, method: Any, plain: Any, arguments: list[Argument], offered: Offered
    ) -> Iterator[str]:
        hints = get_type_hints(plain, include_extras=True)
        for _ in range(CALLS):
            try:
                sent = {each.name: each for each in _sent(arguments, hints, offered, self._made)}
                came, is_error = self._called(method, sent), False
            except (_CannotBeSent, self._package.InvalidRequest):
                continue  # as a path, and a header, cannot hold every text
            except self._package.ApiError as error:
                came, is_error = error.body, True
            except self._package.ClientError as error:
                yield f"{error!r:.300}, {error.__cause__!r:.300}"
                continue
            if is_error != offered.is_error:
                yield f"answered {self._wire.body!r:.300} to {sent}"
                continue
            yield from self._arrivals(sent, offered)
            yield from self._answers(came, offered)

    def _called(self, method: Any, sent: "dict[str, _Sent]") -> Any:
        self._made.came = {}
        self._wire.body = b""
        came = method(**{name: each.given for name, each in sent.items()})
        return list(came) if hasattr(came, "events") else came

    def _arrivals(self, sent: "dict[str, _Sent]", offered: Offered) -> Iterator[str]:
        expected = {each.taken.name: each.value for each in sent.values()}
        for taken in offered.taken:
            arrived, wanted = self._made.came[taken.name], expected.get(taken.name)
            if _shown(arrived) != _shown(wanted):
                yield f"{taken}: {arrived!r:.200} arrived, not {wanted!r:.200}"

    def _answers(self, came: Any, offered: Offered) -> Iterator[str]:
        if isinstance(came, list) and self._wire.is_stream:
            for got, data in zip(came, self._wire.items, strict=True):
                yield from _difference(got, data, offered)
        else:
            yield from _difference(came, self._wire.body, offered)


@dataclass(frozen=True, slots=True)
class _Sent:
    """A value: as the client is given it, and as the app is to have it."""

    name: str
    taken: Taken
    given: Any
    value: Any


class _CannotBeSent(Exception):
    """No client could have the app take this value as it is."""


def _sent(
    arguments: list[Argument], hints: dict[str, Any], offered: Offered, made: RandomApp
) -> Iterator[_Sent]:
    by_wire_name = {each.wire_name.casefold(): each for each in offered.taken}
    for each in arguments:
        taken = by_wire_name[each.wire_name.casefold()]
        if not each.required and made.random.random() < 1 / 2:
            continue
        value = taken.made.value()
        if taken.place == "file":
            yield _Sent(each.name, taken, value, value)
            continue
        adapter = TypeAdapter(taken.made.annotation)
        wire = adapter.dump_json(value, by_alias=True, warnings=False)
        # to FastAPI null is no body, and in a form no text is no value; what an app sends it does
        # not always take; and one of several models may take what another one wrote
        if wire == b"null" or (taken.place == "form" and b'""' in wire):
            raise _CannotBeSent
        try:
            expected = adapter.validate_json(wire)
        except ValidationError as error:
            raise _CannotBeSent from error
        given = TypeAdapter(hints[each.name]).validate_json(wire)
        if not _is_alike(_shown(given), json.loads(wire)):
            raise _CannotBeSent
        yield _Sent(each.name, taken, given, expected)


def _difference(got: Any, wire: bytes, offered: Offered) -> Iterator[str]:
    sent = json.loads(wire)
    if _is_alike(_shown(got), sent):
        return
    # of a union that takes it in several ways the app's own type may keep as little
    own = TypeAdapter(offered.made.annotation).validate_json(wire)
    if not _is_alike(_shown(got), _shown(own)):
        yield f"{offered.made.annotation}: {got!r:.300} came, not {sent!r:.300}"


def _shown(value: Any) -> Any:
    return json.loads(_ANY.dump_json(value, by_alias=True, exclude_unset=True, warnings=False))


def _is_alike(one: Any, other: Any) -> bool:
    match one, other:
        case dict(), dict():
            return one.keys() == other.keys() and all(_is_alike(one[k], other[k]) for k in one)
        case list(), list():
            return len(one) == len(other) and all(map(_is_alike, one, other))
        case _:
            return (type(one), one) == (type(other), other) or _is_one_time(one, other)


def _is_one_time(one: Any, other: Any) -> bool:
    """A duration, and a point in time, can be written in several ways."""
    for adapter in (TypeAdapter(timedelta), TypeAdapter(datetime)):
        try:
            if adapter.validate_python(one) == adapter.validate_python(other):
                return True
        except (ValidationError, TypeError):
            continue
    return False


def _awaited(method: Any, answer: Any) -> Any:
    """The method of an asynchronous client as one to call."""

    async def all_of(stream: Any) -> list[Any]:
        return [item async for item in stream]

    def call(**arguments: Any) -> Any:
        async def within() -> Any:
            came = method(**arguments)
            return await came if isinstance(answer, Json) else await all_of(came)

        return asyncio.run(within())

    return call


class _Wire:
    """The app, and the bytes that it answered last."""

    def __init__(self, app: App) -> None:
        self.body = b""
        self.is_stream = False
        self._app = app

    @property
    def items(self) -> list[bytes]:
        lines = self.body.splitlines()
        events = [line.removeprefix(b"data: ") for line in lines if line.startswith(b"data: ")]
        return events or [line for line in lines if line]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def kept(message: Any) -> None:
            if message["type"] == "http.response.start":
                kind = dict(message["headers"]).get(b"content-type", b"")
                self.is_stream = b"event-stream" in kind or b"jsonl" in kind
            self.body += message.get("body", b"")
            await send(message)

        await self._app(scope, receive, kept)
