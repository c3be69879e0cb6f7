"""A whole run as scripted histories."""

import dataclasses
import errno

from devserver.fakes import ROOT, WORKSPACE, Play, broken
from fluidkit_cli.devserver.client_changes import FileChange
from fluidkit_cli.devserver.events import (
    Answered,
    Ended,
    Generated,
    GenerationFailed,
    Lost,
    Message,
    Note,
    Printed,
    Saved,
    Signalled,
    WatchFailed,
    WorkerDescribed,
    WorkerEnded,
    WorkerForked,
)
from fluidkit_cli.devserver.protocol import Fork, Imported, Ready, Stop, Uses
from fluidkit_cli.workspace import BadConfiguration

CHANGES = (FileChange("main.api.ts", "+1 function"), FileChange("types.ts"))
SAVED = Saved((ROOT / "backend/main.py",), at=100.0)


def ready() -> Play:
    """A play in which both servers have answered, worker 1 the one for the API."""
    play = Play()
    play.happen(WorkerForked(1, 701))
    play.report(1, Imported(), Ready())
    play.happen(WorkerDescribed(1, "api 1"), Generated(1, (FileChange("types.ts"),)))
    play.happen(Answered("api"), Answered("web"))
    return play


def exit_codes(play: Play, message: Message) -> tuple[int | None, int | None]:
    """Before and after the message."""
    before = play.exit_code
    play.happen(message)
    return before, play.exit_code


def test_children_that_somebody_stopped_are_reported_once_and_when_they_go_on() -> None:
    play = ready()
    play.web.is_stopped = True
    play.wait(5)
    play.guard.is_stopped, play.web.is_stopped = True, False
    play.wait(5)
    assert [line for line in play.said("warn") if "API" not in line] == [
        "Vite is stopped, and goes on after: kill -CONT 500",
        "Vite goes on",
        "The guard is stopped, and goes on after: kill -CONT 600",
    ]


def test_what_the_system_would_not_start_is_started_later() -> None:
    play = ready()

    def refuse() -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    start, play.guard.start = play.guard.start, refuse  # type: ignore[method-assign]
    play.happen(Ended("guard", 600, -9))
    assert (play.state, play.guard.pid) == ("ready", 0)
    assert "The guard cannot be started (Too many open files)" in play.said("warn")[0]
    play.guard.start = start  # type: ignore[method-assign]
    assert "guard" in play.wait(2)


def test_the_workspaces_end_is_the_runs_end() -> None:
    play = ready()
    play.happen(Lost())
    assert play.said("error") == [
        f"error: {ROOT} is gone. If it was moved, start fluidkit dev where it is now"
    ]
    play.happen(Ended("web", 500, 0), WorkerEnded(1, 0), Ended("guard", 600, 0))
    assert play.exit_code == 1


def test_where_the_system_does_not_tell_vite_looks_for_itself_too() -> None:
    play = ready()
    assert play.happen(WatchFailed("no space")) == ["stop web"]
    assert play.happen(Ended("web", 500, 0)) == ["web", ("ask", "web", 5173)]
    assert play.web.polls
    assert play.happen(WatchFailed("no space")) == []


def test_new_settings_restart_both_sides_without_a_word() -> None:
    play = ready()
    before = len(play.screen.lines)
    did = play.happen(Saved((ROOT / ".env",), at=101.0))
    assert did[0] == "stop web"
    assert play.happen(Ended("web", 500, -15))[0] == "web"
    assert play.said("warn") == []
    assert len(play.screen.lines) == before


def test_the_guard_is_started_before_anything_that_it_guards() -> None:
    assert Play().did[:3] == ["guard", "fork server", "web"]


def test_ready_means_that_both_have_answered_and_that_pages_find_their_clients() -> None:
    play = Play()
    assert play.state == "starting"
    play.report(1, Imported(), Ready())
    play.happen(Answered("web"))
    play.happen(Answered("api"))
    assert (play.state, play.said("say")) == ("starting", [])
    play.happen(WorkerDescribed(1, "api 1"), Generated(1, (FileChange("types.ts"),)))
    assert play.state == "ready"
    assert any("http://127.0.0.1:5173" in line for line in play.said("say"))


def test_clients_that_take_long_are_not_waited_for() -> None:
    play = Play()
    play.report(1, Imported(), Ready())
    play.happen(Answered("web"), Answered("api"))
    play.wait(2.9)
    assert play.state == "starting"
    play.wait(0.2)
    assert play.state == "ready"


def test_the_url_is_said_also_when_the_app_is_broken_from_the_start() -> None:
    play = Play()
    play.report(1, broken())
    assert play.state == "starting"
    play.happen(Answered("web"))
    assert play.state == "error"
    assert any("http://127.0.0.1:5173" in line for line in play.said("say"))


def test_a_reload_is_one_line_with_its_time_and_the_clients_that_it_changed() -> None:
    play = ready()
    play.happen(SAVED)
    play.report(2, Imported())
    play.wait(0.08)
    play.report(2, Ready())
    play.happen(WorkerDescribed(2, "api 2"))
    assert play.did[-1] == ("generate", 2, "api 2")
    before = len(play.screen.lines)
    play.happen(Generated(2, CHANGES))
    assert play.screen.lines[before:] == [
        ("done", "reloaded in 80 ms · main.api.ts +1 function, types.ts")
    ]


def test_a_reload_whose_clients_take_long_is_said_all_the_same_and_once() -> None:
    play = ready()
    play.happen(SAVED)
    play.report(2, Imported(), Ready())
    play.wait(4)
    play.happen(Generated(2, CHANGES))
    assert [line for line in play.said("done")] == ["reloaded in 0 ms"]


def test_clients_are_not_written_before_the_code_serves_that_they_call() -> None:
    play = ready()
    play.happen(SAVED)
    play.report(2, Imported())
    assert play.happen(WorkerDescribed(2, "api 2")) == []
    play.report(2, Ready())
    assert ("generate", 2, "api 2") in play.did


def test_clients_of_code_that_does_not_start_are_not_written_while_other_code_serves() -> None:
    play = ready()
    play.happen(SAVED)
    play.report(2, Imported())
    play.happen(WorkerDescribed(2, "api 2"))
    play.report(2, broken("startup"))
    play.report(3, Imported(), broken("startup"))
    play.happen(SAVED)
    play.report(4, Imported(), Ready())
    play.happen(WorkerDescribed(4, "api 4"))
    assert ("generate", 2, "api 2") not in play.did
    assert ("generate", 4, "api 4") in play.did


def test_clients_are_written_at_once_where_no_code_serves() -> None:
    play = Play()
    play.report(1, Imported())
    play.happen(WorkerDescribed(1, "api 1"))
    assert play.did[-1] == ("generate", 1, "api 1")


def test_the_api_of_an_abandoned_worker_is_not_written() -> None:
    play = ready()
    play.happen(SAVED, SAVED)
    assert play.happen(WorkerDescribed(2, "half an api")) == []


def test_what_could_not_be_described_is_told_once_until_it_comes_back() -> None:
    play = ready()
    a, b = Note("a", ("main.py",), "main.py:1\n  a"), Note("b", ("main.py",), "main.py:9\n  b")
    for notes in ((a,), (a, b), (b,), (a, b)):
        play.happen(Generated(1, (), notes))
    assert play.said("warn") == [a.text, b.text, a.text]


def test_what_could_not_be_described_is_no_news_when_its_line_moves() -> None:
    play = ready()
    for line in (1, 2):
        play.happen(Generated(1, (), (Note("a", ("main.py",), f"main.py:{line}\n  a"),)))
    assert play.said("warn") == ["main.py:1\n  a"]


def test_clients_that_cannot_be_written_do_not_end_the_run() -> None:
    play = ready()
    play.happen(GenerationFailed(1, "disk full", traceback="trace"))
    assert play.said("warn") == ["The clients could not be written: disk full"]
    assert play.did[-1] == ("log", "trace")
    assert play.exit_code is None


def test_a_web_server_that_ended_comes_back_and_is_asked_again() -> None:
    play = ready()
    play.happen(Ended("web", 500, -9))
    assert play.state == "starting"
    assert "SIGKILL" in play.said("warn")[0]
    assert play.wait(0.6) == ["web", ("ask", "web", 5173)]
    play.happen(Answered("web"))
    assert play.state == "ready"


def test_a_web_server_whose_port_was_taken_while_it_started_moves_and_all_say_so() -> None:
    play = Play()
    play.report(1, Imported(), Ready())
    play.happen(Generated(1), Answered("api"))
    play.web.port_is_lost = True
    assert play.happen(Ended("web", 500, 1)) == ["web", ("ask", "web", 5174)]
    assert play.said("warn") == ["Port 5173 was taken meanwhile, so Vite takes 5174"]
    play.happen(Answered("web"))
    assert play.notices.states[-1].url == "http://127.0.0.1:5174"
    assert [line for line in play.said("say") if "5173" in line] == []
    assert any("http://127.0.0.1:5174" in line for line in play.said("say"))


def test_a_pinned_port_that_was_taken_meanwhile_ends_the_run_with_3_and_is_said_once() -> None:
    play = Play()
    play.report(1, Imported(), Ready())
    play.web.port_is_lost = play.web.pinned = True
    assert play.happen(Ended("web", 500, 1)) == [(1, Stop(1.0)), "stop web"]
    play.happen(WorkerEnded(1, 0), Ended("guard", 600, 0))
    assert play.exit_code == 3
    assert play.said("error") == ["error: Port 5173 is taken. End it"]


def test_a_web_server_that_had_answered_comes_back_on_its_port() -> None:
    play = ready()
    play.web.port_is_lost = True
    play.happen(Ended("web", 500, 1))
    assert play.web.site.port == 5173


def test_a_fork_server_that_ended_comes_back_while_its_worker_serves_on() -> None:
    play = ready()
    play.happen(Ended("api", 400, -9))
    assert play.wait(0.6) == ["fork server"]
    assert play.serving == 1


def test_a_guard_that_ended_comes_back_at_once() -> None:
    assert ready().happen(Ended("guard", 600, -9)) == ["guard"]


def test_modules_are_learned_after_the_start_not_during_it() -> None:
    play = Play()
    play.report(1, Imported(), Ready())
    assert play.report(1, Uses(modules=("numpy",))) == []
    assert ("learn", ("numpy",)) in play.wait(2)


def test_an_interrupt_ends_all_in_order_and_says_one_line() -> None:
    play = ready()
    lines = len(play.screen.lines)
    assert play.happen(Signalled(2)) == [(1, Stop(1.0)), "stop web"]
    assert play.state == "stopping"
    assert play.happen(Ended("web", 500, 0)) == []
    assert play.happen(WorkerEnded(1, 0)) == ["close fork servers", "close guard"]
    assert exit_codes(play, Ended("guard", 600, 0)) == (None, 130)
    assert play.screen.lines[lines:] == [("note", "shutting down")]


def test_a_second_interrupt_kills() -> None:
    play = ready()
    play.happen(Signalled(15))
    assert play.happen(Signalled(2)) == ["kill workers", "kill web", "kill others"]
    play.happen(Ended("web", 500, -9), WorkerEnded(1, -9), Ended("guard", 600, 0))
    assert play.exit_code == 143


def test_what_does_not_end_is_killed_after_five_seconds() -> None:
    play = ready()
    play.happen(Signalled(15))
    assert "kill web" not in play.wait(4.9)
    assert {"kill workers", "kill web"} <= {d for d in play.wait(0.2) if isinstance(d, str)}


def test_a_worker_that_takes_its_time_to_end_is_not_said_to_be_blocked() -> None:
    play = ready()
    play.happen(Signalled(2))
    play.wait(10)
    assert play.said("warn") == []


def test_nothing_starts_while_all_ends() -> None:
    play = ready()
    play.happen(Ended("web", 500, 1))
    play.happen(Signalled(2))
    assert play.happen(SAVED, Ended("guard", 600, 1)) == []
    assert not any(isinstance(did, Fork) or did == "web" for did in play.wait(3))


def test_the_guard_knows_each_worker_as_long_as_it_lives() -> None:
    play = ready()
    assert play.guard.groups == {701}
    play.happen(WorkerEnded(1, -9))
    assert play.guard.groups == set()


def test_output_is_shown_under_its_server() -> None:
    play = ready()
    play.happen(Printed("web", ("one", "two")))
    assert play.said("web") == ["one", "two"]


def test_a_changed_configuration_is_used_by_the_next_worker() -> None:
    play = ready()
    play.notices.configured = dataclasses.replace(WORKSPACE, app="other:app", proxy=("/v1",))
    assert play.happen(Saved((ROOT / "pyproject.toml",), at=100.0)) == [Fork(2, "other:app")]
    assert play.said("warn") == ["Start fluidkit dev again for the new proxy of pyproject.toml"]


def test_changed_overrides_are_used_by_the_next_worker() -> None:
    play = ready()
    overrides = {"chat": {"kind": "sse", "ends": ["[DONE]"]}}
    play.notices.configured = dataclasses.replace(WORKSPACE, routes=overrides)
    forked = Fork(2, "backend.main:app", overrides=overrides)
    assert play.happen(Saved((ROOT / "pyproject.toml",), at=100.0)) == [forked]
    assert play.said("warn") == []


def test_a_broken_configuration_is_told_and_the_old_one_stays() -> None:
    play = ready()
    play.notices.configured = BadConfiguration("pyproject.toml is broken", hint="Mend it")
    assert play.happen(Saved((ROOT / "pyproject.toml",), at=100.0)) == [Fork(2, "backend.main:app")]
    assert play.said("warn") == ["pyproject.toml is broken. Mend it"]
