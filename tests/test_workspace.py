"""Finding the workspace and reading its configuration."""

from pathlib import Path

import pytest

from fluidkit_cli.errors import BadArgument
from fluidkit_cli.workspace import BadConfiguration, WorkspaceNotFound, find_workspace


def write(folder: Path, text: str) -> None:
    folder.joinpath("pyproject.toml").write_text(text, encoding="utf-8")


def test_an_empty_table_is_a_workspace_with_the_defaults(tmp_path: Path) -> None:
    write(tmp_path, "[tool.fluidkit]\n")
    workspace = find_workspace(tmp_path)
    assert workspace.root == tmp_path
    assert workspace.app == "backend.main:app"
    assert workspace.package == "backend"
    assert workspace.output == tmp_path / "frontend/src/lib/api"
    assert workspace.proxy == ("/api",)
    assert (workspace.port, workspace.api_port) == (None, None)


def test_it_is_found_from_a_folder_inside(tmp_path: Path) -> None:
    write(tmp_path, "[tool.fluidkit]\n")
    inside = tmp_path / "frontend/src"
    inside.mkdir(parents=True)
    assert find_workspace(inside).root == tmp_path


def test_a_project_of_something_else_is_passed_over(tmp_path: Path) -> None:
    write(tmp_path, "[tool.fluidkit]\n")
    inside = tmp_path / "frontend"
    inside.mkdir()
    write(inside, '[project]\nname = "other"\n')
    assert find_workspace(inside).root == tmp_path


def test_dates_are_text_unless_the_project_asks_for_more(tmp_path: Path) -> None:
    write(tmp_path, "[tool.fluidkit]\n")
    assert find_workspace(tmp_path).dates == "string"
    write(tmp_path, '[tool.fluidkit]\ndates = "Date"\n')
    assert find_workspace(tmp_path).dates == "Date"
    write(tmp_path, '[tool.fluidkit]\ndates = "date"\n')
    with pytest.raises(BadConfiguration, match="dates") as caught:
        find_workspace(tmp_path)
    assert caught.value.hint == 'It must be "string" or "Date"'


def test_the_output_follows_the_front_end(tmp_path: Path) -> None:
    write(tmp_path, '[tool.fluidkit]\nfrontend = "web"\n')
    assert find_workspace(tmp_path).output == tmp_path / "web/src/lib/api"


def test_fastapis_own_entrypoint_names_the_app(tmp_path: Path) -> None:
    write(tmp_path, '[tool.fastapi]\nentrypoint = "shop.main:api"\n[tool.fluidkit]\n')
    assert find_workspace(tmp_path).app == "shop.main:api"


def test_no_workspace_is_an_error_that_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceNotFound) as caught:
        find_workspace(tmp_path)
    assert "fluidkit new" in caught.value.hint


def test_an_unknown_key_names_the_nearest_known_one(tmp_path: Path) -> None:
    write(tmp_path, '[tool.fluidkit]\nfront-end = "web"\n')
    with pytest.raises(BadConfiguration, match="front-end") as caught:
        find_workspace(tmp_path)
    assert '"frontend"' in caught.value.hint


def test_a_key_that_is_near_none_is_told_all_keys(tmp_path: Path) -> None:
    write(tmp_path, "[tool.fluidkit]\ncolour = 1\n")
    with pytest.raises(BadConfiguration, match="colour") as caught:
        find_workspace(tmp_path)
    assert caught.value.hint.startswith("Known are api-port, app, dates, ")


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("port = 0", "a port"),
        ("port = true", "a port"),
        ("port = '5173'", "a port"),
        ("proxy = '/api'", 'a list of texts, as ["/api"]'),
        ("proxy = [1]", "a list of texts"),
        ("mode = 'mpa'", '"spa" or "ssr"'),
        ("app = ''", "a text"),
        ("routes = {a = 1}", "a table of tables"),
        ("routes.chat.kind = 'websocket'", '"sse"'),
        ("routes.chat.item = 'Token'", "backend.models:Item"),
        ("routes.chat.item = ':Token'", "backend.models:Item"),
        ("routes.chat.events = 'm:Token'", "a table of types"),
        ("routes.chat.events = {token = 1}", "a table of types"),
        ("routes.chat.ends = '[DONE]'", 'a list of texts, as ["[DONE]"]'),
    ],
)
def test_an_impossible_value_says_what_it_must_be(tmp_path: Path, line: str, wanted: str) -> None:
    write(tmp_path, f"[tool.fluidkit]\n{line}\n")
    with pytest.raises(BadConfiguration) as caught:
        find_workspace(tmp_path)
    assert wanted in caught.value.hint


def test_what_a_route_answers_is_read_as_it_is(tmp_path: Path) -> None:
    override = 'kind = "sse"\nevents = {token = "shop:Token"}\nends = ["[DONE]"]\n'
    write(tmp_path, f"[tool.fluidkit.routes.chat]\n{override}")
    assert find_workspace(tmp_path).routes == {
        "chat": {"kind": "sse", "events": {"token": "shop:Token"}, "ends": ["[DONE]"]}
    }


def test_an_unknown_key_of_a_route_names_the_route_and_the_nearest_key(tmp_path: Path) -> None:
    write(tmp_path, '[tool.fluidkit.routes."chat"]\nitems = "shop:Token"\n')
    with pytest.raises(BadConfiguration, match=r'"items" under \[tool.*routes."chat"\]') as caught:
        find_workspace(tmp_path)
    assert '"item"' in caught.value.hint


@pytest.mark.parametrize("text", ["[tool.fluidkit", "tool = 1", "[tool]\nfluidkit = 1", "a = \x00"])
def test_a_broken_file_is_named(tmp_path: Path, text: str) -> None:
    write(tmp_path, text)
    with pytest.raises(BadConfiguration, match=r"pyproject\.toml"):
        find_workspace(tmp_path)


def test_a_python_client_is_made_only_where_it_is_asked_for(tmp_path: Path) -> None:
    write(tmp_path, "[tool.fluidkit]\n")
    assert find_workspace(tmp_path).python_client is None
    write(tmp_path, '[tool.fluidkit]\npython-client = "clients/shop"\n')
    assert find_workspace(tmp_path).python_client == tmp_path / "clients/shop"


@pytest.mark.parametrize(
    ("folder", "message"),
    [
        ("frontend/src/lib/api", "cannot hold both clients"),
        ("api-client", "Python cannot import api-client"),
        ("clients/class", "Python cannot import class"),
        ("json", "json would hide the module of that name"),
        ("httpx2", "httpx2 would hide the module of that name"),
        ("fastapi", "fastapi would hide the module of that name"),
    ],
)
def test_a_python_client_needs_a_folder_that_python_can_import(
    tmp_path: Path, folder: str, message: str
) -> None:
    write(tmp_path, f'[tool.fluidkit]\npython-client = "{folder}"\n')
    with pytest.raises(BadArgument, match=message):
        find_workspace(tmp_path)
