"""The wheel holds all that the commands need."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", str(folder), "."]
    subprocess.run(command, cwd=ROOT, check=True, timeout=120)
    [built] = folder.glob("*.whl")
    return built


def test_the_scaffolds_are_in_the_wheel(wheel: Path) -> None:
    scaffolds = ROOT / "scaffolds"
    files = (p for p in scaffolds.rglob("*") if p.is_file() and "__pycache__" not in p.parts)
    wanted = {f"fluidkit_cli/scaffolds/{p.relative_to(scaffolds).as_posix()}" for p in files}
    names = zipfile.ZipFile(wheel).namelist()
    assert wanted == {name for name in names if name.startswith("fluidkit_cli/scaffolds/")}


def test_an_installed_wheel_lays_out_the_same_workspace(wheel: Path, tmp_path: Path) -> None:
    installed = tmp_path / "installed"
    zipfile.ZipFile(wheel).extractall(installed)
    command = [sys.executable, "-m", "fluidkit_cli", "new", "shop", "--no-install", "--no-git"]
    for folder, path in ((tmp_path / "wheel", installed), (tmp_path / "editable", ROOT)):
        folder.mkdir()
        environment = {"PYTHONPATH": str(path), "PATH": ""}
        subprocess.run(command, cwd=folder, env=environment, check=True, timeout=30)
    assert _texts(tmp_path / "wheel/shop") == _texts(tmp_path / "editable/shop")


def _texts(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}
