"""Rendering a workspace from `scaffolds/`."""

import json
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from fluidkit_cli import templates
from fluidkit_cli.errors import BadArgument
from fluidkit_cli.templates import available_templates, render_workspace, scaffolds_folder
from fluidkit_cli.workspace import Mode

VALUES = {"name": "shop", "package_manager": "npm"}


@pytest.fixture
def scaffolds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two templates over a base and the modes, and two folders that are none."""
    monkeypatch.setattr(templates, "scaffolds_folder", lambda: tmp_path)
    for name in ("base", "modes", "small", "large", "_draft", ".cache"):
        (tmp_path / "workspace" / name).mkdir(parents=True)
    return tmp_path / "workspace"


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def rendered(template: str, mode: Mode = "spa") -> dict[str, str]:
    files = render_workspace(template, mode=mode, values=VALUES)
    return {file.path: file.content.decode() for file in files}


def test_a_template_is_a_folder_beside_the_base_that_is_not_hidden(scaffolds: Path) -> None:
    write(scaffolds / "README.md", "not a template")
    assert available_templates() == ["large", "small"]


def test_a_templates_file_takes_the_place_of_the_bases(scaffolds: Path) -> None:
    write(scaffolds / "base/page.css", "base")
    write(scaffolds / "base/kept.css", "base")
    write(scaffolds / "small/page.css", "small")
    assert rendered("small") == {"kept.css": "base", "page.css": "small"}


def test_a_modes_file_lies_between_the_bases_and_the_templates(scaffolds: Path) -> None:
    write(scaffolds / "base/a.ts", "base")
    write(scaffolds / "base/b.ts", "base")
    write(scaffolds / "modes/spa/a.ts", "spa")
    write(scaffolds / "modes/spa/b.ts", "spa")
    write(scaffolds / "modes/ssr/a.ts", "ssr")
    write(scaffolds / "small/b.ts", "small")
    assert rendered("small") == {"a.ts": "spa", "b.ts": "small"}
    assert rendered("small", mode="ssr") == {"a.ts": "ssr", "b.ts": "small"}


def test_files_know_their_template_and_mode(scaffolds: Path) -> None:
    write(scaffolds / "base/x.jinja", "{{ template }} {{ mode }}")
    assert rendered("small", mode="ssr") == {"x": "small ssr"}


def test_only_jinja_files_are_substituted(scaffolds: Path) -> None:
    write(scaffolds / "base/README.md.jinja", "# {{ name }}\n")
    write(scaffolds / "base/Page.svelte", "{{ name }}\n")
    assert rendered("small") == {"README.md": "# shop\n", "Page.svelte": "{{ name }}\n"}


def test_a_value_that_is_missing_is_an_error(scaffolds: Path) -> None:
    write(scaffolds / "base/README.md.jinja", "{{ nmae }}")
    with pytest.raises(UndefinedError, match="nmae"):
        render_workspace("small", mode="spa", values=VALUES)


def test_dot_stands_for_the_dot_in_front_of_a_name(scaffolds: Path) -> None:
    write(scaffolds / "base/dot_env.example", "")
    write(scaffolds / "base/dot_vscode/dot_x.json.jinja", "")
    write(scaffolds / "base/not_dot_here", "")
    assert list(rendered("small")) == [".env.example", ".vscode/.x.json", "not_dot_here"]


def test_bytes_that_are_no_text_are_kept(scaffolds: Path) -> None:
    (scaffolds / "base/icon.png").write_bytes(b"\x89PNG\r\n\xff")
    assert render_workspace("small", mode="spa", values=VALUES)[0].content == b"\x89PNG\r\n\xff"


def test_byte_code_is_left_out(scaffolds: Path) -> None:
    write(scaffolds / "base/backend/__pycache__/main.cpython-311.pyc", "stale")
    assert rendered("small") == {}


def test_an_unknown_template_is_named_with_those_that_there_are(scaffolds: Path) -> None:
    with pytest.raises(BadArgument, match='"smal"') as caught:
        render_workspace("smal", mode="spa", values=VALUES)
    assert caught.value.hint == "Choose one of: large, small"


@pytest.mark.parametrize("name", ["base", "modes"])
def test_what_is_shared_is_not_a_template(scaffolds: Path, name: str) -> None:
    with pytest.raises(BadArgument):
        render_workspace(name, mode="spa", values=VALUES)


def test_the_real_scaffolds_are_found() -> None:
    assert (scaffolds_folder() / "workspace/base").is_dir()
    assert "minimal" in available_templates()


@pytest.mark.parametrize("mode", ["spa", "ssr"])
@pytest.mark.parametrize("template", available_templates())
def test_every_real_template_renders_the_same_twice_and_knows_its_name(
    template: str, mode: Mode
) -> None:
    assert real(template, mode) == real(template, mode)
    assert b'name = "shop"' in real(template, mode)["pyproject.toml"]
    assert list(real(template, mode)) == sorted(real(template, mode))


@pytest.mark.parametrize("template", available_templates())
def test_the_modes_differ_in_the_few_files_that_make_them(template: str) -> None:
    spa, ssr = real(template, "spa"), real(template, "ssr")
    differ = {path for path in spa.keys() | ssr.keys() if spa.get(path) != ssr.get(path)}
    assert {path for path in differ if not path.startswith("frontend/server/")} <= {
        "AGENTS.md",
        "Dockerfile",
        "README.md",
        ".env.example",
        "compose.yaml",
        "deploy/Caddyfile",
        "deploy/README.md",
        "deploy/front.service",
        "pyproject.toml",
        "frontend/package.json",
        "frontend/server.js",
        "frontend/src/hooks.server.ts",
        "frontend/src/lib/server/api.ts",
        "frontend/src/routes/+layout.ts",
        "frontend/vite.config.ts",
    }
    for files, adapter in ((spa, "@sveltejs/adapter-static"), (ssr, "@sveltejs/adapter-node")):
        assert adapter in json.loads(files["frontend/package.json"])["devDependencies"]
        assert f"from '{adapter}'".encode() in files["frontend/vite.config.ts"]


def real(template: str, mode: Mode) -> dict[str, bytes]:
    values = {"name": "shop", "package_manager": "npm"}
    return {f.path: f.content for f in render_workspace(template, mode=mode, values=values)}
