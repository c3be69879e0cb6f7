"""What people call the scripts that the bundler has named."""

import re
from pathlib import Path

_NODE = re.compile(r"nodes/(\d+)\.[^/]+\.js$")
_COMPONENT = re.compile(r"default as component \} from \"[./]*src/routes/([^\"]+)\"")


def shown_name(script: str, frontend: Path) -> str:
    """The component of a page or a layout, as far as SvelteKit tells, else the file itself."""
    if node := _NODE.search(script):
        for file in frontend.glob(f".svelte-kit/generated/build/client*/nodes/{node[1]}.js"):
            if found := _COMPONENT.search(file.read_text(encoding="utf-8")):
                return found[1]
    return script.rpartition("/immutable/")[2]
