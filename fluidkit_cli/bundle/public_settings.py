"""Which settings the front end declares as public: they are in the bundle on purpose."""

import re
from pathlib import Path

_DECLARED = "node_modules/$app/types/env.d.ts"
"""What `svelte-kit sync` writes of src/env.ts."""

_PUBLIC = re.compile(r"declare module '\$app/env/public' \{(.*?)^\}", re.DOTALL | re.MULTILINE)
_NAME = re.compile(r"^\s*export const (\w+)", re.MULTILINE)
_OF_VITE = "VITE_"
"""https://vite.dev/guide/env-and-mode: the beginning of what Vite itself builds in."""


def is_public(name: str, *, declared: frozenset[str]) -> bool:
    """Whether a browser may know the setting; `declared` is from `public_settings`."""
    return name in declared or name.startswith(_OF_VITE)


def public_settings(frontend: Path) -> frozenset[str]:
    """The names that src/env.ts has as public, once the front end is built."""
    try:
        text = (frontend / _DECLARED).read_text(encoding="utf-8")
    except OSError:
        return frozenset()
    return frozenset(name for block in _PUBLIC.findall(text) for name in _NAME.findall(block))
