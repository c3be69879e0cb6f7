"""requirements.txt, constraints.txt and what lies beside them."""

import os
import shutil
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from fluidkit_cli.bundle.requirements import write_requirements
from fluidkit_cli.errors import FluidkitError
from fluidkit_cli.workspace import Workspace

from .conftest import Told, package

Make = Callable[[list[str], Told], Workspace]
BOTH: Told = [package("fastapi", "0.165"), package("uvicorn", "0.54")]

BACKEND = """
import zipfile
METADATA = ("Metadata-Version: 2.1", "Name: local-part", "Version: 1.0", "")
WHEEL = ("Wheel-Version: 1.0", "Root-Is-Purelib: true", "Tag: py3-none-any", "")
def build_wheel(folder, config_settings=None, metadata_directory=None):
    name = "local_part-1.0"
    with zipfile.ZipFile(f"{folder}/{name}-py3-none-any.whl", "w") as wheel:
        wheel.writestr("local_part.py", "")
        wheel.writestr(f"{name}.dist-info/METADATA", "\\n".join(METADATA))
        wheel.writestr(f"{name}.dist-info/WHEEL", "\\n".join(WHEEL))
        wheel.writestr(f"{name}.dist-info/RECORD", "")
    return f"{name}-py3-none-any.whl"
"""


def written(workspace: Workspace, into: Path) -> tuple[list[str], list[str]]:
    """The requirements without their head, and the constraints."""
    write_requirements(workspace, into)
    requirements = (into / "requirements.txt").read_text().splitlines()
    assert requirements[1:3] == ["# For Python 3.12, with which it was tried", "-c constraints.txt"]
    return requirements[3:], (into / "constraints.txt").read_text().splitlines()


def test_the_projects_requirements_stay_and_all_they_bring_is_pinned(
    project: Make, tmp_path: Path
) -> None:
    told = [*BOTH, package("pytest", "9.0"), package("Rich_Text", "3")]
    told[1] = package("uvicorn", "0.54", requires=["rich.text; extra == 'standard'"])
    workspace = project(["fastapi>=0.115", "uvicorn[standard]; os_name == 'posix'"], told)
    requirements, constraints = written(workspace, tmp_path)
    assert requirements == ["fastapi>=0.115", 'uvicorn[standard]; os_name == "posix"']
    assert constraints == ["fastapi==0.165", "rich-text==3", "uvicorn==0.54"]


def test_what_a_repository_has_is_named_by_its_commit_and_without_a_password(
    project: Make, tmp_path: Path
) -> None:
    source = {
        "url": "https://me:secret@example.com/parts.git",
        "subdirectory": "python",
        "vcs_info": {"vcs": "git", "commit_id": "abc123", "requested_revision": "main"},
    }
    workspace = project(["parts[fast]"], [package("parts", source=source)])
    requirements, constraints = written(workspace, tmp_path)
    address = "git+https://example.com/parts.git@abc123#subdirectory=python"
    assert requirements == [f"parts[fast] @ {address}"]
    assert constraints == []


def test_a_part_of_an_archive_is_named_beside_its_digest(project: Make, tmp_path: Path) -> None:
    source = {"url": "https://example.com/parts.zip#sha256=00", "subdirectory": "python"}
    workspace = project(["parts"], [package("parts", source=source)])
    requirements, _ = written(workspace, tmp_path)
    assert requirements == [f"parts @ {source['url']}&subdirectory=python"]


def test_a_local_package_becomes_a_wheel_wherever_it_is_needed(
    project: Make, tmp_path: Path
) -> None:
    folder = tmp_path / "local part"
    folder.mkdir()
    (folder / "backend.py").write_text(BACKEND)
    (folder / "pyproject.toml").write_text(
        '[project]\nname = "local-part"\nversion = "1.0"\n'
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    )
    source = {"url": folder.as_uri(), "dir_info": {"editable": True}}
    told = [package("parts", requires=["local_part"]), package("Local.Part", source=source)]
    workspace = project(["parts", "local-part[fast] ; os_name == 'posix'"], told)
    wheel = "./packages/local_part-1.0-py3-none-any.whl"
    requirements, constraints = written(workspace, tmp_path)
    assert requirements == ["parts", f'{wheel}[fast] ; os_name == "posix"']
    assert constraints == ["parts==1.0"]
    assert "local_part.py" in zipfile.ZipFile(tmp_path / wheel).namelist()
    (workspace.root / "pyproject.toml").write_text(
        '[project]\ndependencies = ["parts"]\n[tool.fluidkit]\n'
    )
    assert written(workspace, tmp_path)[0] == ["parts", wheel]


@pytest.mark.parametrize("has_uv", [True, False], ids=["uv", "pip"])
def test_a_local_package_that_cannot_be_built_is_named(
    project: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_uv: bool
) -> None:
    tools = Path(sys.executable).parent if has_uv else tmp_path
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.defpath}")
    assert (shutil.which("uv") is not None) is has_uv
    folder = tmp_path / "part"
    folder.mkdir()
    (folder / "backend.py").write_text("raise SystemExit('no compiler')")
    (folder / "pyproject.toml").write_text(
        '[project]\nname = "part"\nversion = "1.0"\n'
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    )
    told = [package("part", source={"url": folder.as_uri(), "dir_info": {}})]
    with pytest.raises(FluidkitError, match=f"local package {folder}") as caught:
        write_requirements(project(["part"], told), tmp_path)
    assert "no compiler" in "\n".join(caught.value.details)


def test_a_local_repository_is_refused(project: Make, tmp_path: Path) -> None:
    source = {"url": "file:///srv/parts", "vcs_info": {"vcs": "git", "commit_id": "abc"}}
    with pytest.raises(FluidkitError, match="a repository on this machine: file:///srv/parts"):
        write_requirements(project(["parts"], [package("parts", source=source)]), tmp_path)


def test_indexes_of_ones_own_are_named_without_a_password(project: Make, tmp_path: Path) -> None:
    workspace = project(["torch"], [package("torch", "2.3+cpu")])
    with (workspace.root / "pyproject.toml").open("a") as file:
        file.write("""
[tool.uv.sources]
Torch = [{ index = "cpu", marker = "sys_platform == 'linux'" }, { index = "away" }]
pandas = { index = "other" }
[[tool.uv.index]]
name = "cpu"
url = "https://me:secret@example.com/cpu"
[[tool.uv.index]]
name = "other"
url = "https://example.com/other"
""")
    requirements, constraints = written(workspace, tmp_path)
    assert requirements == ["--extra-index-url https://example.com/cpu", "torch"]
    assert constraints == ["torch==2.3+cpu"]
