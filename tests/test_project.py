"""The name of a project."""

from pathlib import Path

import pytest

from fluidkit_cli.errors import BadArgument
from fluidkit_cli.project import check_installable, project_name, requirements
from fluidkit_cli.templates import RenderedFile, render_workspace


@pytest.mark.parametrize("name", ["shop", "Shop2", "my-shop", "my_shop", "my.shop", "jsonic", "a"])
def test_a_usable_name_is_the_projects(name: str) -> None:
    assert project_name(Path("/anywhere") / name) == name


@pytest.mark.parametrize("name", ["1x", "-x", "x-", ".x", "a b", "a/..", "Ünï", "a\n", "x;rm"])
def test_a_name_that_installers_refuse_is_refused(name: str) -> None:
    with pytest.raises(BadArgument, match="cannot be the name"):
        project_name(Path("/anywhere") / name)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("json", "Python has a module"),
        ("class", "keyword"),
        ("backend", "part of every workspace"),
        ("node_modules", "Vite"),
        ("node-modules", "Vite"),
        ("test", "Python has a module"),
        ("CON", "Windows"),
        ("com1.2", "Windows"),
    ],
)
def test_a_name_that_something_else_goes_by_is_refused_with_the_reason(
    name: str, reason: str
) -> None:
    with pytest.raises(BadArgument, match=reason):
        project_name(Path("/anywhere") / name)


DIRECT = ["FastAPI", "aiofiles", "sse_starlette", "debugpy", "fastapi-cli", "pytest", "httpx2"]
OF_THEIRS = [
    "starlette",
    "AnyIO",
    "pydantic-core",
    "websockets",
    "python-dotenv",
    "typing_extensions",
]


@pytest.mark.parametrize("name", [*DIRECT, *OF_THEIRS])
def test_a_project_cannot_go_by_the_name_of_what_it_depends_on(name: str) -> None:
    with pytest.raises(BadArgument, match="depends on"):
        check_installable(name, workspace_files("demo"))
    check_installable(f"{name}-2", workspace_files("demo"))


def test_what_only_another_template_depends_on_is_free(tmp_path: Path) -> None:
    check_installable("aiofiles", workspace_files("minimal"))


@pytest.mark.parametrize("name", ["django", "jinja2", "sqlalchemy"])
def test_what_only_an_extra_would_bring_is_free(name: str) -> None:
    check_installable(name, workspace_files("demo"))


def workspace_files(template: str) -> list[RenderedFile]:
    values = {"name": "shop", "package_manager": "npm"}
    return render_workspace(template, mode="spa", values=values)


def test_what_the_project_depends_on_is_read_with_its_group_dev() -> None:
    pyproject = b'[project]\ndependencies = ["fastapi>=1"]\n[dependency-groups]\ndev = ["pytest"]\n'
    assert requirements(pyproject) == ["fastapi>=1", "pytest"]
