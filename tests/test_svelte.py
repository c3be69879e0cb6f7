"""Which folders belong to a project that compiles Svelte 5."""

import json
from pathlib import Path

import pytest

from fluidkit_cli.api import Api
from fluidkit_cli.emit import emit_typescript
from fluidkit_cli.svelte import is_svelte_project


def project(folder: Path, package: object) -> Path:
    (folder / "package.json").write_text(json.dumps(package), encoding="utf-8")
    output = folder / "src/lib/api"
    output.mkdir(parents=True)
    return output


@pytest.mark.parametrize("group", ["dependencies", "devDependencies", "peerDependencies"])
@pytest.mark.parametrize("version", ["^5.57.3", "5", ">=5", "~6.1", "latest", "*", "catalog:"])
def test_a_project_that_names_svelte_5_is_one(tmp_path: Path, group: str, version: str) -> None:
    assert is_svelte_project(project(tmp_path, {group: {"svelte": version}}))


@pytest.mark.parametrize(
    "package",
    [
        {},
        [],
        {"dependencies": None},
        {"dependencies": {"react": "^19.0.0"}},
        {"devDependencies": {"svelte": "^4.2.20"}},
    ],
)
def test_no_other_project_is_one(tmp_path: Path, package: object) -> None:
    assert not is_svelte_project(project(tmp_path, package))


def test_the_nearest_package_decides(tmp_path: Path) -> None:
    project(tmp_path, {"dependencies": {"svelte": "^5.57.3"}})
    inner = tmp_path / "tools"
    inner.mkdir()
    assert is_svelte_project(inner)
    assert not is_svelte_project(project(inner, {"name": "tools"}))


def test_a_folder_that_is_not_there_yet_is_judged_by_those_above(tmp_path: Path) -> None:
    project(tmp_path, {"dependencies": {"svelte": "^5.57.3"}})
    assert is_svelte_project(tmp_path / "not/there/yet")


def test_a_broken_package_is_none(tmp_path: Path) -> None:
    project(tmp_path, {})
    (tmp_path / "package.json").write_text('{"dependencies": {"svelte"', encoding="utf-8")
    assert not is_svelte_project(tmp_path)


def test_no_package_at_all_is_none(tmp_path: Path) -> None:
    assert not is_svelte_project(tmp_path)


def test_only_clients_of_svelte_projects_have_what_svelte_compiles() -> None:
    plain, svelte = (
        {file.path for file in emit_typescript(Api(), package="", naming="python", svelte=svelte)}
        for svelte in (False, True)
    )
    assert svelte - plain == {"live.svelte.ts", "live/feed.svelte.ts", "live/key.ts"}
    assert plain <= svelte
