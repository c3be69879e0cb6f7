"""What the app is made of beside its own code: packages, the interpreter, and `.env`."""

import shutil
import sysconfig
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest

from devserver.running import MAIN, Dev, make_workspace, running, until

KEPT = "kept"


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment, in which FastAPI is found elsewhere."""
    return make_environment(tmp_path_factory.mktemp("environment") / "venv")


def make_environment(folder: Path) -> Path:
    venv.create(folder, symlinks=True)
    install(folder, "rest.pth", sysconfig.get_paths()["purelib"])
    install(folder, "kept/__init__.py", f"VERSION = '{KEPT}'\n")
    install(folder, "reads_settings.py", "import os\nSETTING = os.environ.get('SETTING')\n")
    return folder


def packages(environment: Path) -> Path:
    return next((environment / "lib").glob("python3*/site-packages"))


def install(environment: Path, path: str, text: str) -> None:
    file = packages(environment) / path
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")
    (packages(environment) / f"{Path(path).parts[0].partition('.')[0]}-1.dist-info").mkdir(
        exist_ok=True
    )


@pytest.fixture(scope="module")
def run(environment: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dev]:
    """A run that has imported packages beforehand."""
    main = MAIN.replace("import asyncio\n", "import asyncio\nimport kept\nimport reads_settings\n")
    main = main.replace('return "v1"', "return VERSION").replace(
        "app = FastAPI()\n", "app = FastAPI()\nVERSION = kept.VERSION\n"
    )
    root = make_workspace(tmp_path_factory.mktemp("run") / "tiny", main)
    with (root / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write('preload = ["kept", "reads_settings"]\n')
    with running(root, FLUIDKIT_TEST_PYTHON=str(environment / "bin/python")) as dev:
        yield dev.ready()


def serves(dev: Dev, version: str) -> None:
    """Waits until the API answers so."""
    until(lambda: dev.get("/api/version") == (200, version), 30)


def test_an_edit_inside_a_package_that_was_imported_beforehand_is_served(
    run: Dev, environment: Path
) -> None:
    serves(run, KEPT)
    file = packages(environment) / "kept/__init__.py"
    file.write_text("VERSION = 'edited'\n", encoding="utf-8")
    serves(run, "edited")
    file.write_text(f"VERSION = '{KEPT}'\n", encoding="utf-8")
    serves(run, KEPT)


def test_an_installation_wakes_an_app_that_lacked_it_and_a_removal_shows(
    run: Dev, environment: Path
) -> None:
    run.edit("VERSION = kept.VERSION", "import late\nVERSION = late.VERSION")
    until(lambda: run.state["state"] == "error", 30)
    assert "No module named 'late'" in run.error["error"]["message"]
    install(environment, "late.py", "VERSION = 'late'\n")
    serves(run, "late")
    until(lambda: run.state["state"] == "ready", 30)
    (packages(environment) / "late.py").unlink()
    (packages(environment) / "late-1.dist-info").rmdir()
    until(lambda: run.state["state"] == "error", 30)
    run.edit("import late\nVERSION = late.VERSION", "VERSION = kept.VERSION")
    serves(run, KEPT)


def test_an_editable_installation_counts_as_the_users_own_code(
    run: Dev, environment: Path, tmp_path: Path
) -> None:
    (tmp_path / "edited").mkdir()
    source = tmp_path / "edited/__init__.py"
    source.write_text("VERSION = 'edited 1'\n", encoding="utf-8")
    install(environment, "edited.pth", str(tmp_path))
    run.edit("VERSION = kept.VERSION", "import edited\nVERSION = edited.VERSION")
    serves(run, "edited 1")
    for number in range(2, 5):
        source.write_text(f"VERSION = 'edited {number}'\n", encoding="utf-8")
        serves(run, f"edited {number}")
    source.write_text("VERSION = (\n", encoding="utf-8")
    until(lambda: run.state["state"] == "error", 30)
    assert run.error["error"]["id"] == str(source)
    source.write_text("VERSION = 'mended'\n", encoding="utf-8")
    serves(run, "mended")
    learned = run.root / ".fluidkit/preload.json"
    assert not learned.exists() or '"edited"' not in learned.read_text(encoding="utf-8")
    run.edit("import edited\nVERSION = edited.VERSION", "VERSION = kept.VERSION")
    serves(run, KEPT)


def test_settings_reach_what_was_imported_beforehand_and_go_again(run: Dev) -> None:
    run.edit("VERSION = kept.VERSION", "VERSION = str(reads_settings.SETTING)")
    serves(run, "None")
    settings = run.root / ".env"
    for value in ("one", "two"):
        settings.write_text(f"SETTING={value}\n", encoding="utf-8")
        serves(run, value)
    settings.write_text("OTHER=1\n", encoding="utf-8")
    serves(run, "None")
    run.edit("VERSION = str(reads_settings.SETTING)", "VERSION = kept.VERSION")
    serves(run, KEPT)


def test_an_environment_that_is_made_anew_is_taken(run: Dev, environment: Path) -> None:
    shutil.rmtree(environment)
    until(lambda: "The fork server" in run.said, 30)
    assert run.get("/api/version") == (200, KEPT)
    make_environment(environment)
    install(environment, "kept/__init__.py", "VERSION = 'made anew'\n")
    serves(run, "made anew")
    assert "Traceback" not in run.said
