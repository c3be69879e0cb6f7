"""The files of an app's clients, for the folder that they go to."""

from pathlib import Path

from .api import Api
from .emit import TYPESCRIPT, Dialect, Memory, emit_typescript, known_names
from .files import GeneratedFile
from .svelte import is_svelte_project
from .workspace import DateForm, Naming


def client_files(  # noqa: PLR0913 - all that the files follow from
    api: Api,
    *,
    output: Path,
    package: str,
    naming: Naming,
    dates: DateForm,
    memory: Memory | None = None,
) -> list[GeneratedFile]:
    """What is to be in the folder `output`, whose types keep their names there; writes nothing.

    `memory` saves time if it is that of the emission before.

    Raises:
        FluidkitError: TypeScript cannot say what the app does.
    """
    return emit_typescript(
        api,
        package=package,
        naming=naming,
        dates=dates,
        svelte=is_svelte_project(output),
        known=names_in(output, dialect=TYPESCRIPT),
        memory=memory,
    )


def names_in(output: Path, *, dialect: Dialect) -> dict[str, str]:
    """What the client in the folder calls the app's types, see `known_names`."""
    try:
        text = (output / dialect.file).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return {}
    return known_names(text, dialect=dialect)
