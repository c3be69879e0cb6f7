"""An app as it is where nothing but what it asks for is installed."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fluidkit_cli.describe.remote import AppFailed, describe_alone

APP = """
from fastapi import FastAPI
{imports}
app = FastAPI()
@app.get("/found")
def found() -> str:
    return "x"
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One that has our packages, and some of its own: `made-up` and two of one namespace."""
    folder = tmp_path_factory.mktemp("environment")
    made = [sys.executable, "-m", "venv", "--without-pip", str(folder)]
    subprocess.run(made, check=True, timeout=60)
    packages = next(folder.glob("lib/python*/site-packages"))
    ours = next(path for path in sys.path if path.endswith("site-packages"))
    (packages / "ours.pth").write_text(ours)
    install(packages, "made-up", ["made_up.py"])
    install(packages, "space-one", ["space/one.py"])
    install(packages, "space-two", ["space/two.py"])
    install(packages, "same-file", ["made_up_too.py"])
    install(packages, "Same_File.Again", ["made_up_too.py"])
    yield folder / "bin/python"
    shutil.rmtree(folder)


def install(packages: Path, name: str, modules: list[str], **source: object) -> None:
    told = packages / f"{name.replace('-', '_')}-1.0.dist-info"
    told.mkdir()
    (told / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (told / "RECORD").write_text("".join(f"{module},,\n" for module in modules))
    if source:
        (told / "direct_url.json").write_text(json.dumps(source))
    for module in modules:
        (packages / module).parent.mkdir(exist_ok=True)
        (packages / module).touch()


def tried(python: Path, root: Path, imports: str, *hidden: str) -> list[str]:
    (root / "main.py").write_text(APP.format(imports=imports))
    api, _ = describe_alone(python, app="main:app", root=root, hidden=hidden)
    return [route.path for route in api.routes]


@pytest.mark.parametrize(
    ("statement", "hidden"),
    [("import made_up", "made-up"), ("from space import two", "space-two")],
)
def test_a_hidden_package_is_missed_by_name(
    python: Path, tmp_path: Path, statement: str, hidden: str
) -> None:
    module = statement.removeprefix("import ").replace("from space import ", "space.")
    with pytest.raises(AppFailed) as caught:
        tried(python, tmp_path, statement, hidden)
    assert caught.value.missed == {module: hidden}
    assert caught.value.failure.line == 3
    assert tried(python, tmp_path, statement) == ["/found"]


ALLOWED = {
    "another of its namespace": ("from space import one", "space-two"),
    "caught": ("try:\n    import made_up\nexcept ImportError:\n    pass", "made-up"),
    "asked for": (
        "import importlib.util\nassert importlib.util.find_spec('made_up') is None",
        "made-up",
    ),
    "never run": ("def later():\n    import made_up", "made-up"),
    "a file of two": ("import made_up_too", "same-file"),
}


@pytest.mark.parametrize(("imports", "hidden"), ALLOWED.values(), ids=ALLOWED)
def test_what_an_app_can_do_without_is_no_fault(
    python: Path, tmp_path: Path, imports: str, hidden: str
) -> None:
    assert tried(python, tmp_path, imports, hidden) == ["/found"]


def test_names_are_compared_as_they_are_normalised(python: Path, tmp_path: Path) -> None:
    with pytest.raises(AppFailed) as caught:
        tried(python, tmp_path, "import made_up_too", "same-file", "same-file-again")
    assert set(caught.value.missed) == {"made_up_too"}


def test_nothing_tells_of_a_hidden_package(python: Path, tmp_path: Path) -> None:
    imports = """
from importlib.metadata import PackageNotFoundError, version
try:
    version("made-up")
except PackageNotFoundError:
    pass
else:
    raise SystemExit("found")
version("space-one")
"""
    assert tried(python, tmp_path, imports, "made-up") == ["/found"]


def test_what_lies_in_a_folder_belongs_to_the_innermost_package(
    python: Path, tmp_path: Path
) -> None:
    """A project that is installed itself, as editable, holds its members and what is deployed."""
    packages = next(python.parents[1].glob("lib/python*/site-packages"))
    member, deployed = tmp_path / "packages/member", tmp_path / "state/build"
    for folder, name in ((tmp_path, "the-project"), (member, "the-member")):
        folder.mkdir(parents=True, exist_ok=True)
        install(packages, name, [], url=folder.as_uri(), dir_info={"editable": True})
        (packages / f"{name}.pth").write_text(str(folder))
    deployed.mkdir(parents=True)
    (deployed / "beside.py").touch()
    (member / "of_member.py").touch()
    (tmp_path / "of_project.py").touch()
    assert tried(python, deployed, "import beside, of_member", "the-project") == ["/found"]
    with pytest.raises(AppFailed) as caught:
        tried(python, deployed, "import of_project", "the-project")
    assert caught.value.missed == {"of_project": "the-project"}


@pytest.mark.parametrize("link", [False, True])
def test_what_lies_in_an_environment_is_not_of_the_project_around_it(
    python: Path, tmp_path: Path, link: bool
) -> None:
    """Also where the environment of another folder is used, by a link."""
    environment = python.parents[1]
    packages = next(environment.glob("lib/python*/site-packages"))
    around = {"url": environment.parent.as_uri(), "dir_info": {"editable": True}}
    install(packages, f"around-{link}", [], **around)
    (packages / "alone.py").touch()
    if link:
        (tmp_path / ".venv").symlink_to(environment)
        python = tmp_path / ".venv/bin/python"
    assert tried(python, tmp_path, "import alone", f"around-{str(link).lower()}") == ["/found"]
