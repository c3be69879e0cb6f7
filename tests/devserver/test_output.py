"""Lines of children, whatever they write."""

import pytest

from fluidkit_cli.devserver.output import LONGEST_LINE, Splitter
from fluidkit_cli.devserver.request_lines import FRESH


def split(*texts: str) -> tuple[list[str], str]:
    """All lines, and the rest."""
    lines = Splitter()
    found = [line for text in texts for line in lines.feed(text)]
    return found, lines.rest


@pytest.mark.parametrize(
    ("texts", "lines", "rest"),
    [
        (("one\ntwo\n",), ["one", "two"], ""),
        (("o", "ne\nt", "wo"), ["one"], "two"),
        (("one\r\ntwo\r\n",), ["one", "two"], ""),
        (("one\r", "\ntwo"), ["one"], "two"),
        (("\n\n",), ["", ""], ""),
        (("\r10 %\r20 %",), [], "20 %"),
        (("10 %\r", "20 %\r"), [], "20 %\r"),
        (("10 %\r", "20 %\r", "done\n"), ["done"], ""),
        (("\r 50%|█\r100%|██\n",), ["100%|██"], ""),
    ],
)
def test_lines_are_what_a_terminal_would_show(
    texts: tuple[str, ...], lines: list[str], rest: str
) -> None:
    assert split(*texts) == (lines, rest)


def test_a_line_of_our_own_goes_on_no_unfinished_line_of_the_apps() -> None:
    assert split(f"loading{FRESH}GET / 200\n") == (["loading", f"{FRESH}GET / 200"], "")
    assert split(f"\n{FRESH}a\n{FRESH}b\n") == (["", f"{FRESH}a", f"{FRESH}b"], "")


def test_a_line_of_our_own_is_known_in_pieces_too() -> None:
    text = f"loading{FRESH}GET / 200\n"
    assert split(*text) == (["loading", f"{FRESH}GET / 200"], "")


def test_output_without_line_ends_is_passed_on_in_pieces() -> None:
    lines, rest = split(*["x" * 1000] * 200)
    assert "".join(lines) + rest == "x" * 200_000
    assert max(map(len, lines)) < LONGEST_LINE + 1001


def test_a_progress_bar_that_never_ends_its_line_piles_up_nothing() -> None:
    lines = Splitter()
    for number in range(10_000):
        assert lines.feed(f"{number} of 10000\r") == []
    assert len(lines.rest) < 50


def test_what_is_left_at_the_end_is_a_line() -> None:
    lines = Splitter()
    lines.feed("one\ntwo\r")
    assert (lines.end(), lines.end()) == (["two"], [])
