"""Rendering a workspace from `scaffolds/`."""

from pathlib import Path

import pytest
from jinja2 import UndefinedError

from fluidkit_cli import templates
from fluidkit_cli.errors import BadArgument
from fluidkit_cli.templates import available_templates, render_workspace, scaffolds_folder

VALUES = {"name": "shop"}


@pytest.fixture
def scaffolds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two templates over a base, and two folders that are none."""
    monkeypatch.setattr(templates, "scaffolds_folder", lambda: tmp_path)
    for name in ("base", "small", "large", "_draft", ".cache"):
        (tmp_path / "workspace" / name).mkdir(parents=True)
    return tmp_path / "workspace"


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def rendered(template: str) -> dict[str, str]:
    files = render_workspace(template, values=VALUES)
    return {file.path: file.content.decode() for file in files}


def test_a_template_is_a_folder_beside_the_base_that_is_not_hidden(scaffolds: Path) -> None:
    write(scaffolds / "README.md", "not a template")
    assert available_templates() == ["large", "small"]


def test_a_templates_file_takes_the_place_of_the_bases(scaffolds: Path) -> None:
    write(scaffolds / "base/page.css", "base")
    write(scaffolds / "base/kept.css", "base")
    write(scaffolds / "small/page.css", "small")
    assert rendered("small") == {"kept.css": "base", "page.css": "small"}


def test_only_jinja_files_are_substituted(scaffolds: Path) -> None:
    write(scaffolds / "base/README.md.jinja", "# {{ name }}\n")
    write(scaffolds / "base/Page.svelte", "{{ name }}\n")
    assert rendered("small") == {"README.md": "# shop\n", "Page.svelte": "{{ name }}\n"}


def test_a_value_that_is_missing_is_an_error(scaffolds: Path) -> None:
    write(scaffolds / "base/README.md.jinja", "{{ nmae }}")
    with pytest.raises(UndefinedError, match="nmae"):
        render_workspace("small", values=VALUES)


def test_dot_stands_for_the_dot_in_front_of_a_name(scaffolds: Path) -> None:
    write(scaffolds / "base/dot_env.example", "")
    write(scaffolds / "base/dot_vscode/dot_x.json.jinja", "")
    write(scaffolds / "base/not_dot_here", "")
    assert list(rendered("small")) == [".env.example", ".vscode/.x.json", "not_dot_here"]


def test_bytes_that_are_no_text_are_kept(scaffolds: Path) -> None:
    (scaffolds / "base/icon.png").write_bytes(b"\x89PNG\r\n\xff")
    assert render_workspace("small", values=VALUES)[0].content == b"\x89PNG\r\n\xff"


def test_byte_code_is_left_out(scaffolds: Path) -> None:
    write(scaffolds / "base/backend/__pycache__/main.cpython-311.pyc", "stale")
    assert rendered("small") == {}


def test_an_unknown_template_is_named_with_those_that_there_are(scaffolds: Path) -> None:
    with pytest.raises(BadArgument, match='"smal"') as caught:
        render_workspace("smal", values=VALUES)
    assert caught.value.hint == "Choose one of: large, small"


def test_the_base_is_not_a_template(scaffolds: Path) -> None:
    with pytest.raises(BadArgument):
        render_workspace("base", values=VALUES)


def test_the_real_scaffolds_are_found() -> None:
    assert (scaffolds_folder() / "workspace/base").is_dir()
    assert "minimal" in available_templates()


@pytest.mark.parametrize("template", available_templates())
def test_every_real_template_renders_the_same_twice_and_knows_its_name(template: str) -> None:
    assert rendered(template) == rendered(template)
    assert 'name = "shop"' in rendered(template)["pyproject.toml"]
    assert list(rendered(template)) == sorted(rendered(template))
