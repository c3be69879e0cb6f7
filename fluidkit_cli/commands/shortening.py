"""Types on a line of a terminal: shortened where people miss least, and seen to be shortened."""

from collections.abc import Iterator

from rich.cells import cell_len, set_cell_size

_BRACKETS = {"(": 1, "[": 1, "{": 1, "<": 1, ")": -1, "]": -1, "}": -1, ">": -1}
_FRAMES = (("{ ", "; ", " }"), ("(", " | ", ")[]"))
_ELLIPSIS = 2


def shortened(type: str, *, width: int) -> str:
    """The type in at most `width` columns: its first alternatives or keys, and how many more.

    What was shortened has a `…` in it.
    """
    if cell_len(type) <= width:
        return type
    short = _first_of(_parts(type, " | "), " | ", width=width)
    for opening, separator, closing in _FRAMES:
        inner = type.removeprefix(opening).removesuffix(closing)
        if not short and type == opening + inner + closing and len(_parts(type, " ")) == 1:
            room = width - len(opening + closing)
            short = _first_of(_parts(inner, separator), separator, width=room)
            short = short and opening + short + closing
    return short or f"{set_cell_size(type, max(width - _ELLIPSIS, 0)).rstrip()} …".lstrip()


def _first_of(parts: list[str], separator: str, *, width: int) -> str:
    """As many as there is room for; empty if that is none."""
    for count in range(len(parts) - 1, 0, -1):
        short = separator.join([*parts[:count], f"… {len(parts) - count} more"])
        if cell_len(short) <= width:
            return short
    return ""


def _parts(type: str, separator: str) -> list[str]:
    """What stands between separators that are in no brackets and no text."""
    cuts = [place for place in _open_places(type) if type.startswith(separator, place)]
    starts = [0, *(cut + len(separator) for cut in cuts)]
    return [type[start:end] for start, end in zip(starts, [*cuts, len(type)], strict=True)]


def _open_places(type: str) -> Iterator[int]:
    depth, quote, escaped = 0, "", False
    for place, character in enumerate(type):
        if quote:
            if escaped:
                escaped = False
            elif character == "\\":
                escaped = True
            elif character == quote:
                quote = ""
            continue
        if character in "'\"`":
            quote = character
            continue
        if depth == 0:
            yield place
        # the arrow of a function type closes nothing
        if not (character == ">" and type[place - 1] == "="):
            depth += _BRACKETS.get(character, 0)
