"""What others write may have colours, and can do nothing else to a terminal."""

import random

import pytest

from fluidkit_cli.devserver.escapes import RESET, Colours, uncoloured, visible

RED = "\x1b[31m"
HARM = set("\x1b\x9b\x07\x08\x0e\u202e\u2066\u2028")

HARMFUL = {
    "clear": "\x1b[2J",
    "cursor": "\x1b[1A",
    "question": "\x1b[6n",
    "colour question": "\x1b]11;?\x1b\\",
    "title": "\x1b]0;gone\x07",
    "clipboard": "\x1b]52;c;cm0gLXJm\x07",
    "device": "\x1bP+q544e\x1b\\",
    "charset": "\x1b(0",
    "reset": "\x1bc",
    "other screen": "\x1b[?1049h",
    "one byte": "\x9b2J",
    "bell": "\x07",
    "backspace": "\x08",
    "unfinished": "\x1b[",
    "unfinished title": "\x1b]0;gone",
    "no end": "\x1b",
    "shift": "\x0e",
    "direction": "\u202e",
    "isolated direction": "\u2066",
    "line": "\u2028",
}


@pytest.mark.parametrize("sequence", HARMFUL.values(), ids=HARMFUL.keys())
def test_nothing_but_colours_gets_through(sequence: str) -> None:
    for text in (Colours().of(f"a{sequence}b"), uncoloured(f"a{sequence}b"), visible(sequence)):
        assert not set(text.removesuffix(RESET)) & HARM, repr(text)


@pytest.mark.parametrize("text", ["plain", "tab\tstop", "naïve 日本語 🎉", ""])
def test_ordinary_text_is_left_as_it_is(text: str) -> None:
    assert Colours().of(text) == uncoloured(text) == visible(text) == text


def test_colours_stay_and_end_with_their_line() -> None:
    assert Colours().of(f"{RED}a\x1b[0m b") == f"{RED}a\x1b[0m b{RESET}"


def test_a_colour_that_is_not_ended_goes_on_in_the_next_line() -> None:
    colours = Colours()
    assert colours.of(f"\x1b[1m{RED}a") == f"\x1b[1m{RED}a{RESET}"
    assert colours.of("b") == f"\x1b[1m{RED}b{RESET}"
    assert colours.of("c\x1b[m") == f"\x1b[1m{RED}c\x1b[m{RESET}"
    assert colours.of("d") == "d"


def test_a_colour_goes_no_further_than_to_a_line_of_somebody_else() -> None:
    colours = Colours()
    colours.of(f"{RED}a")
    colours.end()
    assert colours.of("b") == "b"


def test_colours_that_are_never_ended_do_not_pile_up() -> None:
    colours = Colours()
    for number in range(10_000):
        shown = colours.of(f"\x1b[38;5;{number % 256}mx")
    assert len(shown) < 500
    assert shown.endswith(f"\x1b[38;5;{9_999 % 256}mx{RESET}")


def test_links_are_their_texts() -> None:
    link = "\x1b]8;;file:///a.py\x1b\\a.py\x1b]8;;\x1b\\"
    assert uncoloured(link) == visible(link) == "a.py"


def test_of_random_bytes_nothing_gets_through_but_colours() -> None:
    source = random.Random(6)
    for _ in range(3000):
        text = "".join(source.choices("\x1b\x9b[]P0;m?A\x07\\c(\x0e\r", k=12))
        shown = Colours().of(text)
        for piece in shown.split("\x1b")[1:]:
            assert piece[0] == "[" and piece[1:].lstrip("0123456789;:")[0] == "m", repr(text)
        assert "\x1b" not in uncoloured(text) + visible(text)
