import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from fluidkit_cli.describe import AppNotFound, failure_of, load_app

APP = "from fastapi import FastAPI\napp = FastAPI(title='first')\n"


NO_NAMES = (
    "",
    "plain",
    "plain:",
    ":app",
    "./main:app",
    "..main:app",
    "a/b:app",
    "main:app ",
    "m:a:b",
)


@pytest.fixture(autouse=True)
def forgotten(tmp_path: Path, forget_modules: Callable[[Path], None]) -> object:
    yield
    forget_modules(tmp_path)


def test_an_app_is_found_by_module_and_attribute(tmp_path: Path) -> None:
    package = tmp_path / "backend"
    package.mkdir()
    (package / "main.py").write_text(APP, encoding="utf-8")
    assert load_app("backend.main:app", directory=tmp_path).title == "first"


def test_a_factory_is_called(tmp_path: Path) -> None:
    source = "from fastapi import FastAPI\ndef create_app(): return FastAPI(title='made')\n"
    (tmp_path / "made.py").write_text(source, encoding="utf-8")
    assert load_app("made:create_app()", directory=tmp_path).title == "made"


def test_the_folder_of_the_app_comes_first_and_once(tmp_path: Path) -> None:
    (tmp_path / "json_app.py").write_text(APP, encoding="utf-8")
    load_app("json_app:app", directory=tmp_path)
    load_app("json_app:app", directory=tmp_path)
    assert sys.path[0] == str(tmp_path)
    assert sys.path.count(str(tmp_path)) == 1


@pytest.mark.parametrize(
    ("target", "message"),
    [
        *((odd, f"{odd!r} does not name an app") for odd in NO_NAMES),
        ("missing:app", "No module missing for missing:app"),
        ("package.missing:app", "No module package.missing for package.missing:app"),
        ("present:nothing", "No FastAPI app at present:nothing"),
        ("present:number", "present:number is of type int, not a FastAPI app"),
    ],
)
def test_what_is_no_app_is_named_with_a_remedy(target: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "package").mkdir()
    (tmp_path / "present.py").write_text("number = 1\n", encoding="utf-8")
    with pytest.raises(AppNotFound) as caught:
        load_app(target, directory=tmp_path)
    assert caught.value.message == message
    assert caught.value.hint


def test_an_app_of_another_name_in_the_module_is_named(tmp_path: Path) -> None:
    (tmp_path / "renamed.py").write_text(APP.replace("app =", "application ="), encoding="utf-8")
    with pytest.raises(AppNotFound) as caught:
        load_app("renamed:app", directory=tmp_path)
    assert caught.value.hint.startswith("Name renamed:application in pyproject.toml")


def test_the_remedy_has_every_place_that_may_name_an_app(tmp_path: Path) -> None:
    with pytest.raises(AppNotFound) as caught:
        load_app("missing:app", directory=tmp_path)
    for place in ("[tool.fastapi]", "[tool.fluidkit]", "--app"):
        assert place in caught.value.hint


def test_a_factory_that_was_not_called_is_shown_with_its_brackets(tmp_path: Path) -> None:
    (tmp_path / "uncalled.py").write_text(f"{APP}def make(): return app\n", encoding="utf-8")
    with pytest.raises(AppNotFound) as caught:
        load_app("uncalled:make", directory=tmp_path)
    assert caught.value.hint == "If it makes one, have it called: uncalled:make()"


def test_who_names_a_file_learns_the_name_of_its_module(tmp_path: Path) -> None:
    (tmp_path / "filed.py").write_text(APP, encoding="utf-8")
    with pytest.raises(AppNotFound) as caught:
        load_app("filed.py:app", directory=tmp_path)
    assert "filed:app" in caught.value.hint


def test_a_missing_import_of_the_app_is_the_apps_own_error(tmp_path: Path) -> None:
    (tmp_path / "importing.py").write_text("import no_such_package\n", encoding="utf-8")
    with pytest.raises(ModuleNotFoundError, match="no_such_package"):
        load_app("importing:app", directory=tmp_path)


SERVING = (
    "uvicorn.run(app)",
    "uvicorn.Server(uvicorn.Config(app)).run()",
    "import asyncio\nasyncio.run(uvicorn.Server(uvicorn.Config(app)).serve())",
)


@pytest.mark.parametrize("serve", SERVING)
def test_a_server_that_the_module_runs_is_refused_where_it_stands(
    serve: str, tmp_path: Path
) -> None:
    text = f"import uvicorn\n{APP}{serve}\n"
    (tmp_path / "serving.py").write_text(text, encoding="utf-8")
    with pytest.raises(BaseException, match="while the app is imported: put it below") as caught:
        load_app("serving:app", directory=tmp_path)
    failure = failure_of(caught.value, root=tmp_path)
    assert (failure.file, failure.line) == (
        str(tmp_path / "serving.py"),
        len(text.splitlines()),
    )


def test_a_server_in_a_thread_of_its_own_is_none_of_ours(tmp_path: Path) -> None:
    source = f"""{APP}
import threading, uvicorn
uvicorn_server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None))
uvicorn_server.should_exit = True
thread = threading.Thread(target=uvicorn_server.run)
thread.start()
thread.join(10)
"""
    (tmp_path / "threaded.py").write_text(source, encoding="utf-8")
    assert load_app("threaded:app", directory=tmp_path).title == "first"
