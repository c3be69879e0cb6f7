"""Whether what is installed here is what will be installed there."""

from collections.abc import Callable

import pytest

from fluidkit_cli.bundle.dependencies import NotInstalled, Undeclared, check_dependencies
from fluidkit_cli.errors import FluidkitError
from fluidkit_cli.workspace import Workspace

from .conftest import Told, package

Make = Callable[[list[str], Told], Workspace]
BOTH: Told = [package("fastapi", "0.165"), package("uvicorn", "0.54")]


def test_what_the_dependencies_do_not_bring_is_told(project: Make) -> None:
    told = [*BOTH, package("pytest"), package("Fastapi_CLI")]
    workspace = project(["fastapi", "uvicorn"], told)
    assert check_dependencies(workspace) == {"pytest", "fastapi-cli"}


def test_of_two_of_a_name_the_first_one_is_imported(project: Make) -> None:
    told = [*BOTH, package("redis", "7.0"), package("Redis", "5.0")]
    assert check_dependencies(project(["fastapi", "uvicorn", "redis>=6"], told)) == frozenset()


def test_without_uvicorn_nothing_would_run(project: Make) -> None:
    with pytest.raises(Undeclared, match="uvicorn is not among the dependencies"):
        check_dependencies(project(["fastapi"], BOTH))


@pytest.mark.parametrize(
    ("dependency", "said"),
    [
        ("redis>=6", 'asks for "redis>=6", which is not installed'),
        ("fastapi>=1", 'asks for "fastapi>=1", and the environment has fastapi 0.165'),
    ],
)
def test_what_was_tried_must_be_what_is_asked_for(
    project: Make, dependency: str, said: str
) -> None:
    with pytest.raises(NotInstalled, match=said):
        check_dependencies(project(["fastapi", "uvicorn", dependency], BOTH))


def test_what_is_for_another_system_need_not_be_installed(project: Make) -> None:
    told = project(["fastapi", "uvicorn", "pywin32; sys_platform == 'win32'"], BOTH)
    assert check_dependencies(told) == frozenset()


def test_a_dependency_that_is_none_is_named(project: Make) -> None:
    with pytest.raises(FluidkitError, match="depends on 'fastapi >< 1'"):
        check_dependencies(project(["fastapi >< 1"], BOTH))
