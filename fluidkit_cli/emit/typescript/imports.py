"""The imports of a generated file; what clashes with a name of the file's own is renamed."""

from collections.abc import Iterable

from .layout import LINE, enclosed, render, row


def import_statement(source: str, *, values: Iterable[str] = (), types: Iterable[str] = ()) -> str:
    """`import { value, type Type } from 'source';`, or `import type` if there are only types.

    A name may be a pair as in `name as other`.
    """
    names, type_names = sorted(set(values)), sorted(set(types))
    keyword = "import" if names else "import type"
    mark = "type " if names else ""
    specifiers = [*names, *(f"{mark}{name}" for name in type_names)]
    if len(specifiers) == 1:
        # Prettier never breaks these.
        return f"{keyword} {{ {specifiers[0]} }} from '{source}';"
    braces = enclosed("{", specifiers, "}", padding=LINE)
    return render(row(f"{keyword} ", braces, f" from '{source}';"))


def renamed(name: str, local: str) -> str:
    """A specifier of an import."""
    return name if name == local else f"{name} as {local}"
