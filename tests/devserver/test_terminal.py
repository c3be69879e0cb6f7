"""Output that nobody reads, or not fast enough."""

import threading

from fluidkit_cli.devserver.terminal import MOST_WAITING, Line, Terminal


def test_lines_come_out_in_order() -> None:
    written: list[Line] = []
    terminal = Terminal(written.append)
    terminal.put("one")
    terminal.put("two", "api")
    assert terminal.close()
    assert written == [Line("one", "say"), Line("two", "api")]


def test_a_reader_who_does_not_read_costs_no_more_than_the_waiting_lines() -> None:
    written: list[Line] = []
    entered, released = threading.Event(), threading.Event()

    def write(line: Line) -> None:
        entered.set()
        assert released.wait(5)
        written.append(line)

    terminal = Terminal(write)
    terminal.put("first")
    assert entered.wait(5)
    for number in range(MOST_WAITING + 7):
        terminal.put(str(number))
    released.set()
    assert terminal.close()
    assert [line.text for line in written[:2]] == ["first", "0"]
    assert [line.text for line in written if line.style == "warn"] == ["7 lines were left out"]
    assert len(written) == MOST_WAITING + 2


def test_closing_does_not_wait_for_a_reader_who_does_not_read() -> None:
    released = threading.Event()

    def write(line: Line) -> None:
        assert released.wait(5)

    terminal = Terminal(write)
    terminal.put("stuck")
    assert not terminal.close()
    released.set()
