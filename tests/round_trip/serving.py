"""Serves the app of each case from a process of its own: `python serving.py FOLDER...`.

Prints the port of each, in their order, as one line of JSON. A path operation that is written as
`...` answers with a value of the type that it declares, made up by polyfactory; so does any other
function that the app's module has.
"""

import ast
import inspect
import json
import os
import random
import socket
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_type_hints

import uvicorn
from fastapi import FastAPI, routing
from polyfactory.factories.pydantic_factory import ModelFactory
from pydantic import BaseModel, create_model

from fluidkit_cli.describe import load_app
from fluidkit_cli.describe.routes import ApiRoute, walk_routes

SEED = 7


def main() -> None:
    folders = [Path(folder) for folder in sys.argv[1:]]
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in folders]
    for folder, listener in zip(folders, listeners, strict=True):
        if os.fork() == 0:
            serve(folder, listener)
    print(json.dumps([listener.getsockname()[1] for listener in listeners]), flush=True)
    for _ in folders:
        os.wait()


def serve(folder: Path, listener: socket.socket) -> None:
    """Until the process is told to end."""
    random.seed(SEED)
    app = load_app("app:app", directory=folder)
    fill_module("app")
    fill_routes(app)
    uvicorn.Server(uvicorn.Config(app, log_level="critical")).run(sockets=[listener])


def fill_module(name: str) -> None:
    module = sys.modules[name]
    for key, thing in list(vars(module).items()):
        if inspect.isfunction(thing) and "return" in thing.__annotations__ and is_stub(thing):
            setattr(module, key, stand_in(thing))


def fill_routes(app: FastAPI) -> None:
    """Has FastAPI call those that have a body, and make up what the others answer."""
    routes = [found.route for found in walk_routes(app) if isinstance(found, ApiRoute)]
    models = {route.endpoint: route.response_model for route in routes if is_stub(route.endpoint)}
    call = routing.run_endpoint_function

    async def answer(*, dependant: Any, **rest: Any) -> Any:
        if dependant.call in models:
            return made_up(models[dependant.call])
        return await call(dependant=dependant, **rest)

    routing.run_endpoint_function = answer


def stand_in(function: Callable[..., Any]) -> Callable[..., Any]:
    """Gives what a function that is written as `...` says that it gives."""
    declared = get_type_hints(function, include_extras=True)["return"]

    async def give(*arguments: object, **named: object) -> Any:
        return made_up(declared)

    return give if inspect.iscoroutinefunction(function) else lambda *a, **named: made_up(declared)


def forget(folder: Path) -> None:
    """As if nothing in `folder` had been imported."""
    sys.path[:] = [path for path in sys.path if path != str(folder)]
    for name, module in list(sys.modules.items()):
        if (getattr(module, "__file__", None) or "").startswith(f"{folder}/"):
            del sys.modules[name]


def is_stub(endpoint: Callable[..., Any]) -> bool:
    try:
        [function] = ast.parse(textwrap.dedent(inspect.getsource(endpoint))).body
    except (OSError, TypeError, SyntaxError, ValueError):
        return False
    if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    values = [node.value for node in function.body if isinstance(node, ast.Expr)]
    constants = [value.value for value in values if isinstance(value, ast.Constant)]
    return len(constants) == len(function.body)


class _Made(BaseModel):
    """What is made up is a field of one of these."""


class _Factory(ModelFactory[_Made]):
    __is_base_factory__ = True
    __model__ = _Made

    @classmethod
    def get_provider_map(cls) -> dict[Any, Callable[[], Any]]:
        return {**super().get_provider_map(), object: lambda: {"any": ["thing", None, 1]}}

    @classmethod
    def get_field_value(cls, field_meta: Any, *rest: Any, **named: Any) -> Any:
        declared = field_meta.annotation
        if isinstance(declared, type) and hasattr(declared, "_fields"):
            return declared(*map(made_up, get_type_hints(declared).values()))
        return super().get_field_value(field_meta, *rest, **named)


def made_up(annotation: Any) -> Any:
    """A value of a type; it differs from call to call."""
    if annotation is None:
        return None
    model = create_model("Made", __base__=_Made, value=(annotation, ...))
    return _Factory.create_factory(model, __random_seed__=random.randrange(1 << 30)).build().value  # type: ignore[attr-defined]


if __name__ == "__main__":
    main()
