"""Types on a line of a terminal."""

import pytest
from rich.cells import cell_len

from fluidkit_cli.commands.shortening import shortened


def test_what_fits_stays_as_it_is() -> None:
    assert shortened("A | B", width=5) == "A | B"


@pytest.mark.parametrize(
    ("type", "width", "short"),
    [
        ("Alpha | Beta | Gamma | Delta", 24, "Alpha | Beta | … 2 more"),
        ("Alpha | Beta | Gamma | Delta", 17, "Alpha | … 3 more"),
        ("Alpha | Beta | Gamma | Delta", 10, "Alpha | …"),
        ("{ token: Token; usage: Usage; done: Done }", 30, "{ token: Token; … 2 more }"),
        ("(Alpha | Beta | Gamma)[]", 22, "(Alpha | … 2 more)[]"),
        ("Record<string, Alpha | Beta>", 20, "Record<string, Alp …"),
        ("{ a: A } | { b: B } | { c: C }", 20, "{ a: A } | … 2 more"),
        ("('a' | 'b')[] | ('c' | 'd')[]", 24, "('a' | 'b')[] | … 1 more"),
        ("'it\\' | s' | 'b' | 'cccc'", 22, "'it\\' | s' | … 2 more"),
        ("'<' | '>' | 'c' | 'dd'", 21, "'<' | '>' | … 2 more"),
        ("((a: A) => B) | C | DDDDDDDDDD", 24, "((a: A) => B) | … 2 more"),
    ],
)
def test_whole_alternatives_and_keys_stay_and_the_others_are_counted(
    type: str, width: int, short: str
) -> None:
    assert shortened(type, width=width) == short


@pytest.mark.parametrize("width", range(1, 60))
def test_nothing_is_wider_than_it_may_be_and_what_is_cut_says_so(width: int) -> None:
    types = ("Alpha | Beta", "{ 名前: 日本語 } | Other", "x" * 60, "(A | B)[]", "'a | b' | 'c'")
    for type in types:
        short = shortened(type, width=width)
        assert cell_len(short) <= width
        assert short == type or "…" in short
