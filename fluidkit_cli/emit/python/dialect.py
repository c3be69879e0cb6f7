"""How `models.py` is written and read."""

import re

from ..type_names import Dialect
from .names import identifier

PYTHON = Dialect(
    file="models.py",
    comment="#",
    declaration=re.compile(r"(?:class )?(\w+)(?: = TypeAliasType)?\("),
    documentation=re.compile(r'^ *""".*?"""', re.MULTILINE | re.DOTALL),
    legal=identifier,
)
