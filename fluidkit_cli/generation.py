"""The files of an app's clients, for the folder that they go to."""

from pathlib import Path

from .api import Api
from .emit import emit_typescript
from .files import GeneratedFile
from .svelte import is_svelte_project
from .workspace import Naming


def client_files(api: Api, *, output: Path, package: str, naming: Naming) -> list[GeneratedFile]:
    """What is to be in the folder `output`; writes nothing.

    Raises:
        FluidkitError: TypeScript cannot say what the app does.
    """
    return emit_typescript(api, package=package, naming=naming, svelte=is_svelte_project(output))
