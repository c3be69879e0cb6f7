"""Declared errors beside FastAPI's own documentation of them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fluidkit_cli.api import Api
from fluidkit_cli.describe import load_app

CASES = Path(__file__).with_name("cases")
HTTP_METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}


@pytest.mark.parametrize("case", ["bodies", "errors", "operations", "parameters"])
def test_the_statuses_are_those_of_the_apps_documentation(
    case: str, describe: Callable[[Path], Api]
) -> None:
    api = describe(CASES / case)
    documented = documented_errors(load_app("app:app", directory=CASES / case).openapi())
    found = {
        (route.method, route.path.replace(":path}", "}")): {str(e.status) for e in route.errors}
        for route in api.routes
        if route.method in HTTP_METHODS
    }
    assert found
    assert found == {
        address: with_own_422(statuses) if "422" in found[address] else statuses
        for address, statuses in documented.items()
        if address in found
    }


def test_a_handler_of_the_apps_own_is_named_once(describe: Callable[[Path], Api]) -> None:
    api = describe(CASES / "own_refusals")
    [diagnostic] = api.diagnostics
    assert diagnostic.message.startswith("say_it_short answers invalid requests")


def documented_errors(openapi: dict[str, Any]) -> dict[tuple[str, str], set[str]]:
    return {
        (method.upper(), path): {status for status in operation["responses"] if status[0] in "45d"}
        for path, operations in openapi["paths"].items()
        for method, operation in operations.items()
    }


def with_own_422(statuses: set[str]) -> set[str]:
    """FastAPI answers with it also where its documentation has a range instead."""
    return statuses | {"422"} if statuses & {"4XX", "default"} else statuses
