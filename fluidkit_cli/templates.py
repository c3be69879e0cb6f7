"""The folder `scaffolds/`, and the files of a workspace as a template makes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from jinja2 import Environment, StrictUndefined

from .errors import BadArgument
from .workspace import Mode

_SHARED = "base"
_MODES = "modes"
_PYTHON_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class RenderedFile:
    """A file of a workspace: its POSIX path in there, and its bytes."""

    path: str
    content: bytes


def render_workspace(template: str, *, mode: Mode, values: Mapping[str, str]) -> list[RenderedFile]:
    """The files of `base/`, those of the mode and of the template laid over them, by path.

    A name that ends in `.jinja` has `values` substituted, and `template` and `mode`; a `dot_` in
    front of a name stands for the dot that would hide it from tools that pack or list `scaffolds/`.

    Raises:
        BadArgument: there is no such template.
    """
    names = available_templates()
    if template not in names:
        raise BadArgument(
            f'There is no template "{template}"', hint=f"Choose one of: {', '.join(names)}"
        )
    files: dict[str, RenderedFile] = {}
    known = {**values, "template": template, "mode": mode}
    for layer in (_SHARED, f"{_MODES}/{mode}", template):
        for file in _render_folder(_templates_folder() / layer, values=known):
            files[file.path] = file
    return [files[path] for path in sorted(files)]


def available_templates() -> list[str]:
    """The names that `--template` takes."""
    folders = (folder for folder in _templates_folder().iterdir() if folder.is_dir())
    return sorted(folder.name for folder in folders if _is_template(folder.name))


def scaffolds_folder() -> Path:
    """`scaffolds/`: inside the package in a wheel, beside it in an editable install."""
    packed = _PYTHON_FOLDER / "scaffolds"
    return packed if packed.is_dir() else _PYTHON_FOLDER.parent / "scaffolds"


def _templates_folder() -> Path:
    return scaffolds_folder() / "workspace"


def _is_template(name: str) -> bool:
    return name not in (_SHARED, _MODES) and not name.startswith((".", "_"))


def _render_folder(folder: Path, *, values: Mapping[str, str]) -> list[RenderedFile]:
    environment = Environment(
        undefined=StrictUndefined, keep_trailing_newline=True, autoescape=False
    )
    rendered = []
    for file in sorted(folder.rglob("*")):
        if not file.is_file() or "__pycache__" in file.parts:
            continue
        content = file.read_bytes()
        if file.suffix == ".jinja":
            text = environment.from_string(content.decode("utf-8")).render(values)
            content = text.encode("utf-8")
        rendered.append(RenderedFile(_target(file.relative_to(folder)), content))
    return rendered


def _target(source: Path) -> str:
    """`frontend/dot_npmrc.jinja` is written as `frontend/.npmrc`."""
    path = PurePosixPath(source.as_posix().removesuffix(".jinja"))
    parts = (f".{part[4:]}" if part.startswith("dot_") else part for part in path.parts)
    return str(PurePosixPath(*parts))
