"""How `types.ts` is written and read."""

import re

from ..names import type_name
from ..type_names import Dialect

TYPESCRIPT = Dialect(
    file="types.ts",
    comment="//",
    declaration=re.compile(r"export (?:interface|const|type) ([\w$]+)"),
    documentation=re.compile(r"^\t*/\*\*.*?\*/", re.MULTILINE | re.DOTALL),
    legal=type_name,
)
