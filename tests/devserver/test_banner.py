"""What is said when a page can be opened, in terminals of all sizes."""

from collections.abc import Iterator

import pytest
import segno

from fluidkit_cli.devserver.banner import SHORTCUTS, banner, shortcuts
from fluidkit_cli.devserver.lines import Look, bare

OWN, OTHER = "http://127.0.0.1:5173", "http://192.168.178.101:5173"
WIDE = Look(80, colours=True, keys=True)
SQUARES = {" ": (0, 0), "▀": (1, 0), "▄": (0, 1), "█": (1, 1)}


def texts(*urls: str, look: Look = WIDE) -> list[str]:
    return [bare(line) for line in banner("ready in 1.0 s", urls, look=look)]


def code(look: Look = WIDE) -> list[str]:
    """The rows of the code alone."""
    lines = banner("ready in 1.0 s", (OWN, OTHER), look=look)
    return [line[-1][0] for line in lines if line and "on #ffffff" in line[-1][1]]


def squares(rows: list[str]) -> Iterator[list[int]]:
    for row in rows:
        pairs = [SQUARES[each] for each in row]
        yield [upper for upper, _ in pairs]
        yield [lower for _, lower in pairs]


def test_on_this_machine_alone_there_is_one_url() -> None:
    assert texts(OWN) == [
        "",
        "  fluidkit  ready in 1.0 s",
        "",
        f"  ➜  {OWN}",
        "",
        "  r reload   o open   c clear   l routes   q quit   h help",
        "",
    ]


def test_for_others_there_is_a_code_of_the_address_with_light_squares_around_it() -> None:
    assert f"  ➜  {OTHER}  on your network" in texts(OWN, OTHER)
    found = list(squares(code()))
    inner = [row[2:-2] for row in found[2 : len(found[0]) - 2]]
    expected = segno.make_qr(OTHER, error="l", boost_error=False).matrix
    assert inner == [list(row) for row in expected]
    around = [*found[:2], *found[len(found[0]) - 2 :], *(row[:2] + row[-2:] for row in found)]
    assert not any(any(row) for row in around)


@pytest.mark.parametrize("look", [Look(32, colours=True), Look(80), Look(None, colours=True)])
def test_there_is_no_code_where_it_has_no_room_or_no_colours(look: Look) -> None:
    assert code(look) == []


@pytest.mark.parametrize("columns", [33, 36, 40, 50, 60, 80, 200])
def test_nothing_is_wider_than_the_terminal(columns: int) -> None:
    lines = texts(OWN, OTHER, look=Look(columns, colours=True, keys=True))
    assert max(len(line) for line in lines) <= columns


def test_where_no_keys_are_read_none_are_offered() -> None:
    assert not any("reload" in line for line in texts(OWN, look=Look(80, colours=True)))


def test_the_help_tells_of_every_key() -> None:
    keys = [bare(line).split()[0] for line in shortcuts() if line]
    assert keys == [key for key, _, _ in SHORTCUTS]
