"""The forms in which one Python type appears on the wire."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, order=True)
class Form:
    """How a value is read or written.

    Read (`validation`) or written (`serialization`); with pydantic's aliases or Python's field
    names; and which keys a writer leaves out (`exclude_unset` and `exclude_defaults`, or
    `exclude_none`).
    """

    mode: Literal["serialization", "validation"]
    by_name: bool = False
    omits_defaults: bool = False
    omits_none: bool = False

    @property
    def suffix(self) -> str:
        """What tells this form's name from the plain one, where the two differ."""
        parts = {
            "Input": self.mode == "validation",
            "ByName": self.by_name,
            "WithoutDefaults": self.omits_defaults,
            "WithoutNone": self.omits_none,
        }
        return "".join(part for part, applies in parts.items() if applies)


OUTPUT = Form("serialization")
BY_NAME = Form("serialization", by_name=True)
INPUT = Form("validation")
