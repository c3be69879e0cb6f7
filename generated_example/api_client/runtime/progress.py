# Copied by fluidkit. Changes to this file are overwritten.
"""How far a download or an upload is."""

from typing import NamedTuple


class Progress(NamedTuple):
    """Bytes so far, and those of the whole, if that is known."""

    loaded: int
    total: int | None
