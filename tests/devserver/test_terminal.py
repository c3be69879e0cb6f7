"""Output that nobody reads, or not fast enough, and lines that are not finished yet."""

import threading
from collections.abc import Sequence

from devserver.running import until
from fluidkit_cli.devserver.lines import Line, Look, bare
from fluidkit_cli.devserver.terminal import MOST_WAITING, MOST_WAITING_CHARACTERS, Terminal


class Paper:
    """Keeps what is written; unfinished lines in brackets. Each write waits for `released`."""

    def __init__(self, *, blocked: bool = False) -> None:
        self.written: list[Line] = []
        self.drawn: list[str] = []
        self.entered, self.released = threading.Event(), threading.Event()
        if not blocked:
            self.released.set()

    def look(self) -> Look:
        return Look()

    def write(self, lines: Sequence[Line]) -> None:
        self.entered.set()
        assert self.released.wait(20)
        self.written += lines

    def draw(self, line: Line) -> None:
        self.drawn.append(f"[{bare(line.text)}]")

    def erase(self) -> None:
        self.drawn.append("erased")

    @property
    def texts(self) -> list[str]:
        return [bare(line.text) for line in self.written]


def test_lines_come_out_in_order() -> None:
    paper = Paper()
    terminal = Terminal(paper)
    terminal.put("one")
    terminal.pass_on(["two", "three"], "api")
    assert terminal.close()
    assert paper.written == [Line("one"), Line("two", "api"), Line("three", "api")]


def flooded(lines: list[str]) -> Paper:
    """A paper that let one line in, had these waiting and then a line of ours, and wrote all."""
    paper = Paper(blocked=True)
    terminal = Terminal(paper)
    terminal.put("first")
    assert paper.entered.wait(20)
    terminal.pass_on(lines, "api")
    terminal.put("reloaded")
    paper.released.set()
    until(lambda: "reloaded" in paper.texts)
    assert terminal.close()
    return paper


def test_a_reader_who_does_not_read_costs_no_more_than_the_waiting_lines() -> None:
    paper = flooded([str(number) for number in range(MOST_WAITING + 7)])
    assert paper.texts[:2] == ["first", "0"]
    assert len(paper.written) == MOST_WAITING + 3


def test_what_was_left_out_is_counted_where_it_is_missing_and_our_own_lines_are_not() -> None:
    paper = flooded([str(number) for number in range(MOST_WAITING + 7)])
    last, gap, ours = paper.written[-3:]
    assert last.text == str(MOST_WAITING - 1)
    assert gap == Line("7 lines of the API left out: too many to write at once", "warn")
    assert ours.text == "reloaded"


def test_children_that_flood_in_turn_leave_one_gap() -> None:
    paper = Paper(blocked=True)
    terminal = Terminal(paper)
    terminal.put("first")
    assert paper.entered.wait(20)
    terminal.pass_on(["x"] * MOST_WAITING, "api")
    for _ in range(1000):
        terminal.pass_on(["x"], "api")
        terminal.pass_on(["x"], "web")
    terminal.put("reloaded")
    paper.released.set()
    until(lambda: "reloaded" in paper.texts)
    assert terminal.close()
    gaps = [bare(line.text) for line in paper.written if line.voice == "warn"]
    assert gaps == [
        "1,000 lines of the API and 1,000 lines of Vite left out: too many to write at once"
    ]


def test_few_lines_that_are_long_are_too_many_as_well() -> None:
    paper = flooded(["x" * 50_000] * 1000)
    kept = [line for line in paper.written if line.voice == "api"]
    assert len(kept) * 50_000 <= MOST_WAITING_CHARACTERS + 50_000
    assert f"{1000 - len(kept)} lines of the API left out" in paper.texts[-2]


def test_closing_does_not_wait_for_a_reader_who_does_not_read() -> None:
    paper = Paper(blocked=True)
    terminal = Terminal(paper)
    terminal.put("stuck")
    assert not terminal.close()
    paper.released.set()


def test_an_unfinished_line_stays_below_the_others_until_it_is_finished() -> None:
    paper = Paper()
    terminal = Terminal(paper)
    terminal.pass_on([], "api", unfinished="10 %")
    until(lambda: paper.drawn == ["[10 %]"])
    terminal.put("reloaded")
    until(lambda: paper.drawn == ["[10 %]", "erased", "[10 %]"])
    terminal.pass_on(["100 %"], "api")
    until(lambda: paper.drawn[3:] == ["erased"])
    assert terminal.close()
    assert paper.texts == ["reloaded", "100 %"]


def test_while_somebody_else_has_the_terminal_lines_wait() -> None:
    paper = Paper()
    terminal = Terminal(paper)
    terminal.pass_on([], "api", unfinished="10 %")
    until(lambda: paper.drawn == ["[10 %]"])
    terminal.hold(True)
    terminal.put("reloaded")
    until(lambda: paper.drawn == ["[10 %]", "erased"])
    assert paper.texts == []
    terminal.hold(False)
    until(lambda: paper.texts == ["reloaded"])
    assert terminal.close()


def test_lines_that_wait_for_a_debugger_come_out_at_the_end() -> None:
    paper = Paper()
    terminal = Terminal(paper)
    terminal.hold(True)
    terminal.put("shutting down")
    assert terminal.close()
    assert paper.texts == ["shutting down"]
