"""Other workspaces around a new one."""

import json
from pathlib import Path

import pytest

from fluidkit_cli.surroundings import Enclosed, check_alone
from fluidkit_cli.workspace import PackageManager


def uv_workspace(folder: Path, text: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "pyproject.toml").write_text(f"[tool.uv.workspace]\n{text}\n", encoding="utf-8")


def node_workspace(folder: Path, workspaces: object) -> None:
    (folder / "package.json").write_text(json.dumps({"workspaces": workspaces}), encoding="utf-8")


@pytest.mark.parametrize("members", ["packages/*", "packages/shop", "**", "pack*/**", "./*/shop"])
def test_a_member_of_uvs_workspace_is_refused_and_told_how_to_be_none(
    tmp_path: Path, members: str
) -> None:
    uv_workspace(tmp_path, f'members = ["{members}"]')
    with pytest.raises(Enclosed, match=r"pyproject\.toml") as caught:
        check_alone(tmp_path / "packages/shop", manager="npm")
    remedy = 'exclude = ["packages/shop"]'
    assert remedy in caught.value.hint
    uv_workspace(tmp_path, f'members = ["{members}"]\n{remedy}')
    check_alone(tmp_path / "packages/shop", manager="npm")


@pytest.mark.parametrize("members", ["packages/*", "shop", "apps", "apps/*/*"])
def test_who_is_no_member_is_on_its_own(tmp_path: Path, members: str) -> None:
    uv_workspace(tmp_path, f'members = ["{members}"]')
    check_alone(tmp_path / "apps/shop", manager="npm")


def test_only_the_nearest_of_uvs_workspaces_counts(tmp_path: Path) -> None:
    uv_workspace(tmp_path, 'members = ["**"]')
    uv_workspace(tmp_path / "inner", "members = []")
    check_alone(tmp_path / "inner/shop", manager="npm")


@pytest.mark.parametrize("manager", ["npm", "bun"])
@pytest.mark.parametrize("workspaces", [["**"], ["./apps/*/frontend"], {"packages": ["apps/**"]}])
def test_a_front_end_that_npm_or_bun_would_take_is_refused_and_told_how_to_be_free(
    tmp_path: Path, manager: PackageManager, workspaces: object
) -> None:
    node_workspace(tmp_path, workspaces)
    with pytest.raises(
        Enclosed, match=r"apps/shop/frontend would belong .*package\.json"
    ) as caught:
        check_alone(tmp_path / "apps/shop", manager=manager)
    assert '"!apps/shop/frontend"' in caught.value.hint
    node_workspace(tmp_path, ["**", "!apps/shop/frontend"])
    check_alone(tmp_path / "apps/shop", manager=manager)


def test_a_front_end_below_a_member_is_none(tmp_path: Path) -> None:
    node_workspace(tmp_path, ["packages/*"])
    check_alone(tmp_path / "packages/shop", manager="npm")


def test_pnpm_installs_into_a_members_own_folder(tmp_path: Path) -> None:
    node_workspace(tmp_path, ["**"])
    check_alone(tmp_path / "shop", manager="pnpm")


@pytest.mark.parametrize("text", ["", "[", '{"workspaces": 1}', "[tool]\nuv = 3", "\xff"])
def test_what_cannot_be_read_claims_nothing(tmp_path: Path, text: str) -> None:
    for name in ("pyproject.toml", "package.json"):
        (tmp_path / name).write_text(text, encoding="latin-1")
    check_alone(tmp_path / "shop", manager="npm")
