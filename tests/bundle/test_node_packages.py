"""npm packages that are not built into the front end."""

import json
from pathlib import Path

import pytest

from fluidkit_cli.bundle.node_packages import NativeCode, check_native_code, copy_package


def install(modules: Path, name: str, **manifest: object) -> Path:
    folder = modules / name
    folder.mkdir(parents=True)
    (folder / "package.json").write_text(json.dumps({"version": "1.0.0", **manifest}))
    return folder


def versions(modules: Path) -> dict[str, str]:
    """By the folders of the packages, wherever they lie."""
    return {
        file.parent.relative_to(modules).as_posix(): json.loads(file.read_text())["version"]
        for file in modules.rglob("package.json")
    }


def test_every_package_keeps_the_version_that_it_sees(tmp_path: Path) -> None:
    modules, made = tmp_path / "node_modules", tmp_path / "made/node_modules"
    install(modules, "a", dependencies={"b": "*", "c": "*"})
    install(modules, "b")
    c = install(modules, "c", dependencies={"b": "*"}, optionalDependencies={"@x/away": "*"})
    install(c / "node_modules", "b", version="2.0.0", dependencies={"a": "*"})
    assert copy_package("a", frontend=tmp_path, modules=made)
    assert versions(made) == {"a": "1.0.0", "b": "1.0.0", "c": "1.0.0", "c/node_modules/b": "2.0.0"}


def test_a_nested_package_hides_no_other_from_those_beside_it(tmp_path: Path) -> None:
    modules, made = tmp_path / "node_modules", tmp_path / "made/node_modules"
    install(modules, "a", dependencies={"b": "*", "c": "*", "d": "*"})
    install(modules, "b")
    install(modules, "d")
    nested = install(modules, "c", dependencies={"d": "*", "b": "*"}) / "node_modules"
    install(nested, "b", version="2.0.0")
    d = install(nested, "d", version="2.0.0", dependencies={"b": "*"})
    install(d / "node_modules", "b")
    assert copy_package("a", frontend=tmp_path, modules=made)
    assert versions(made / "c/node_modules") == {
        "b": "2.0.0",
        "d": "2.0.0",
        "d/node_modules/b": "1.0.0",
    }


def test_links_of_pnpm_are_followed(tmp_path: Path) -> None:
    store = tmp_path / "node_modules/.pnpm/a@1/node_modules"
    install(store, "a", dependencies={"b": "*"})
    install(store, "b")
    (tmp_path / "node_modules/a").symlink_to(store / "a")
    assert copy_package("a", frontend=tmp_path, modules=tmp_path / "made/node_modules")
    assert versions(tmp_path / "made/node_modules") == {"a": "1.0.0", "b": "1.0.0"}


def test_what_is_not_installed_is_not_copied(tmp_path: Path) -> None:
    assert not copy_package("a", frontend=tmp_path, modules=tmp_path / "made/node_modules")
    assert not (tmp_path / "made").exists()


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A server that was made from one page and the package `@x/part`."""
    sources = ["../../src/routes/+page.svelte", None, "../../node_modules/@x/part/lib/index.js"]
    file = tmp_path / "build/server/entries/page.js.map"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"sources": sources}))
    return tmp_path / "build"


NATIVE: dict[str, dict[str, object]] = {
    "finds it": {"dependencies": {"bindings": "^1.5.0"}},
    "builds it": {"gypfile": True},
    "brings it": {},
}


@pytest.mark.parametrize("manifest", NATIVE.values(), ids=NATIVE)
def test_native_code_that_was_built_in_is_named(
    tmp_path: Path, site: Path, manifest: dict[str, object]
) -> None:
    folder = install(tmp_path / "node_modules", "@x/part", **manifest)
    if not manifest:
        (folder / "part.node").touch()
    with pytest.raises(NativeCode, match="The package @x/part has native code"):
        check_native_code(site, frontend=tmp_path)


def test_native_code_that_was_not_built_in_is_welcome(tmp_path: Path, site: Path) -> None:
    install(tmp_path / "node_modules", "@x/part")
    install(tmp_path / "node_modules", "other", gypfile=True)
    check_native_code(site, frontend=tmp_path)
