"""What is said when a page can be opened: where, from which machines, and what the keys do."""

from collections.abc import Iterator, Sequence

from ..findings import Span
from .lines import Look, Spans, bare, joined

SHORTCUTS = (
    ("r", "reload", "reload the API with the newest code"),
    ("o", "open", "open the page in the browser"),
    ("c", "clear", "clear the terminal"),
    ("l", "routes", "list the routes and their clients"),
    ("q", "quit", "quit, as Ctrl-C does"),
    ("h", "help", "show this help"),
)
"""Keys, each with what it does in short and at length."""

_MARGIN = "  "
_ARROW: Span = (f"{_MARGIN}➜  ", "green")
_BRAND: Span = (f"{_MARGIN}fluidkit", "bold cyan")
_PAPER = "#000000 on #ffffff"
"""Of its own, as not every reader takes light squares on a dark terminal."""

_QUIET_SQUARES = 2
"""Around the code. The standard wants 4 where other signs stand beside it; here are none."""

_HALVES = {(0, 0): " ", (1, 0): "▀", (0, 1): "▄", (1, 1): "█"}


def banner(state: str, urls: Sequence[str], *, look: Look) -> Iterator[Spans]:
    """`urls` are this machine's own, and those by which others reach it."""
    yield ()
    yield _BRAND, (f"  {state}", "dim")
    yield ()
    own, *others = urls
    yield _ARROW, (own, "bold cyan")
    for url in others:
        yield _fitting((_ARROW, (url, "cyan")), ("  on your network", "dim"), look)
    yield ()
    if others:
        yield from _code(others[0], look)
    if look.keys:
        yield _keys(look.columns)
        yield ()


def _fitting(spans: Spans, note: Span, look: Look) -> Spans:
    """With the note where the terminal is wide enough."""
    noted = (*spans, note)
    return spans if look.columns and len(bare(noted)) > look.columns else noted


def shortcuts() -> Iterator[Spans]:
    """What the keys do, one to a line."""
    yield ()
    for key, _, does in SHORTCUTS:
        yield (f"{_MARGIN}{key}", "bold"), (f"  {does}", "dim")
    yield ()


def _keys(columns: int | None) -> Spans:
    """All of them if they fit on one line."""
    keys: list[Spans] = [((key, "bold"), (f" {does}", "dim")) for key, does, _ in SHORTCUTS]
    spans = ((_MARGIN, ""), *joined(keys, separator=("   ", "")))
    if columns and len(bare(spans)) > columns:
        return (f"{_MARGIN}press ", "dim"), ("h", "bold"), (" for help", "dim")
    return spans


def _code(url: str, look: Look) -> Iterator[Spans]:
    """A QR code of half blocks, for phones; none where it has no room or no colours."""
    import segno  # noqa: PLC0415 - only where others may come

    code = segno.make_qr(url, error="l", boost_error=False)
    rows = [list(row) for row in code.matrix_iter(border=_QUIET_SQUARES)]
    if not look.colours or (look.columns or 0) < len(rows[0]) + 2 * len(_MARGIN):
        return
    rows += [[0] * len(rows[0])] * (len(rows) % 2)
    for upper, lower in zip(rows[::2], rows[1::2], strict=True):
        pairs = zip(upper, lower, strict=True)
        text = "".join(_HALVES[bool(above), bool(below)] for above, below in pairs)
        yield (_MARGIN, ""), (text, _PAPER)
    yield ()
