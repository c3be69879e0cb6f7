"""Reloads as scripted histories: what is done to the workers, message by message."""

import dataclasses
import signal

import pytest

from devserver.fakes import ROOT, WORKSPACE, Play, broken
from fluidkit_cli.devserver.events import (
    Answered,
    Ended,
    Saved,
    Signalled,
    WorkerEnded,
    WorkerForked,
    WorkerPrompts,
)
from fluidkit_cli.devserver.fork_servers import Loss
from fluidkit_cli.devserver.protocol import (
    Explain,
    Fork,
    Imported,
    Paused,
    Ping,
    Pong,
    Ready,
    Release,
    Released,
    Resume,
    Resumed,
    Start,
    Stop,
    Uses,
)

SAVED = Saved((ROOT / "backend/main.py",), at=100.0)
HANDOVER = dataclasses.replace(WORKSPACE, reload="handover")


def serving(play: Play | None = None) -> Play:
    """A play in which worker 1 serves."""
    play = play or Play()
    play.report(1, Imported(), Ready())
    play.happen(Answered("api"), Answered("web"))
    return play


def fork(worker: int, *, hold: bool = False) -> Fork:
    return Fork(worker, "backend.main:app", hold)


def test_a_save_forks_a_worker_and_the_old_one_ends_when_the_new_one_accepts() -> None:
    play = serving()
    assert play.happen(SAVED) == [fork(2)]
    assert play.report(2, Imported()) == []
    assert play.report(2, Ready()) == [(1, Stop(10.0))]
    assert play.happen(WorkerEnded(1, 0)) == []
    assert play.said("warn") == []


def test_a_save_during_an_import_ends_it_and_a_burst_is_one_fork() -> None:
    play = serving()
    play.happen(SAVED)
    assert play.happen(SAVED) == [(2, "kill")]
    assert play.wait(0.05) == []
    assert play.happen(SAVED) == []
    assert play.wait(0.09) == []
    assert play.wait(0.02) == [fork(3)]


def test_a_save_during_a_startup_lets_it_clean_up() -> None:
    play = serving()
    play.happen(SAVED)
    play.report(2, Imported())
    assert play.happen(SAVED) == [(2, Stop(0))]
    assert play.wait(0.2) == [fork(3)]
    assert (2, "kill") in play.wait(5)


def test_what_an_abandoned_worker_says_counts_no_more() -> None:
    play = serving()
    play.happen(SAVED, SAVED)
    play.wait(0.2)
    assert play.report(2, Ready()) == []
    assert play.serving == 1


def test_code_that_does_not_import_leaves_the_old_worker_alone() -> None:
    play = serving()
    play.happen(SAVED)
    assert play.report(2, broken()) == []
    assert play.happen(WorkerEnded(2, 1)) == []
    assert play.state == "error"
    assert play.notices.errors[-1] == broken()
    assert play.notices.serving[-1] is True
    assert any("keeps serving" in line for line in play.said("error"))


def test_at_a_cold_start_without_good_code_a_worker_explains_until_it_is_mended() -> None:
    play = Play()
    file = str(ROOT / "backend/main.py")
    assert play.report(1, broken()) == [Explain(2, "ValueError: oh no", file, 3)]
    play.report(2, Ready())
    assert play.happen(SAVED) == [fork(3)]
    assert (2, Stop(10.0)) in play.report(3, Imported(), Ready())
    assert play.notices.errors[-1] is None


def test_another_error_is_explained_anew() -> None:
    play = Play()
    play.report(1, broken())
    play.report(2, Ready())
    play.happen(SAVED)
    explained = play.report(3, broken(message="worse"))
    assert [c.detail for c in explained if isinstance(c, Explain)] == ["ValueError: worse"]
    assert (2, Stop(10.0)) in play.report(4, Ready())
    assert play.notices.serving[-1] is False
    assert not any("keeps serving" in line for line in play.said("error"))


def test_an_explanation_that_comes_after_the_mend_is_ended() -> None:
    play = Play()
    play.report(1, broken())
    play.happen(SAVED)
    play.report(3, Imported(), Ready())
    assert play.report(2, Ready()) == [(2, Stop(0))]


def test_with_handover_the_new_worker_starts_when_the_old_one_is_released() -> None:
    play = serving(Play(HANDOVER))
    assert play.happen(SAVED) == [fork(2, hold=True)]
    assert play.report(2, Imported()) == [(1, Release(10.0))]
    assert play.report(1, Released()) == [(2, Start())]
    assert play.report(2, Ready()) == [(1, Stop(10.0))]


def test_with_handover_a_failing_startup_gives_the_service_back() -> None:
    play = serving(Play(HANDOVER))
    play.happen(SAVED)
    play.report(2, Imported())
    play.report(1, Released())
    assert play.report(2, broken("startup")) == [(1, Resume())]
    assert play.report(1, Ready()) == []
    assert play.serving == 1


def test_a_startup_that_fails_in_the_overlap_is_tried_again_by_handover_and_kept_to() -> None:
    play = serving()
    play.happen(SAVED)
    assert play.report(2, Imported(), broken("startup")) == [fork(3, hold=True)]
    assert play.state != "error"
    assert play.report(3, Imported()) == [(1, Release(10.0))]
    assert play.report(1, Released()) == [(3, Start())]
    assert play.report(3, Ready()) == [(1, Stop(10.0))]
    assert play.happen(SAVED) == [fork(4, hold=True)]
    assert len(play.said("warn")) == 1


def test_a_startup_that_fails_either_way_leaves_the_old_worker_serving() -> None:
    play = serving()
    play.happen(SAVED)
    play.report(2, Imported(), broken("startup"))
    play.report(3, Imported())
    play.report(1, Released())
    assert play.report(3, broken("startup")) == [(1, Resume())]
    assert play.state == "error"
    play.report(1, Ready())
    assert play.happen(SAVED) == [fork(4)]


def test_a_save_during_a_handover_starts_the_newest_code() -> None:
    play = serving(Play(HANDOVER))
    play.happen(SAVED)
    play.report(2, Imported())
    play.happen(SAVED)
    play.wait(0.2)
    assert play.report(1, Released()) == []
    assert play.report(3, Imported()) == [(3, Start())]


def test_a_worker_that_ends_by_itself_comes_back_with_growing_delays() -> None:
    play = serving()
    delays = []
    for worker in (1, 2, 3):
        play.happen(WorkerEnded(worker, 0))
        start = play.timer.now()
        while not any(isinstance(did, Fork) for did in play.did[-1:]):
            play.wait(0.25)
        delays.append(play.timer.now() - start)
        play.report(worker + 1, Imported(), Ready())
        play.did.append("next")
    assert delays == [0.5, 1.0, 2.0]
    assert "exit code 0" in play.said("warn")[0]


def test_a_save_ends_the_wait_of_a_crash_loop() -> None:
    play = serving()
    play.happen(WorkerEnded(1, -9))
    assert play.happen(SAVED) == [fork(2)]
    assert not any(isinstance(did, Fork) for did in play.wait(1))


def test_who_waits_long_in_a_crash_loop_is_answered() -> None:
    play = serving()
    for worker in (1, 2):
        play.happen(WorkerEnded(worker, 1))
        play.wait(1.0)
        play.report(worker + 1, Imported(), Ready())
    done = play.happen(WorkerEnded(3, 1))
    assert [type(command) for command in done if not isinstance(command, tuple)] == [Explain]


def test_a_worker_that_does_not_answer_is_reported_within_six_seconds_and_when_it_is_back() -> None:
    play = serving()
    play.wait(2)
    assert play.did[-1] == (1, Ping())
    play.wait(4)
    assert ["does not answer" in line for line in play.said("warn")] == [True]
    play.wait(10)
    play.report(1, Pong())
    assert len(play.said("warn")) == 2
    assert "answers again" in play.said("warn")[-1]


def test_a_worker_that_answers_is_not_reported() -> None:
    play = serving()
    for _ in range(10):
        play.wait(2)
        play.report(1, Pong())
    assert play.said("warn") == []


def test_a_worker_that_does_not_end_in_time_is_killed() -> None:
    play = serving()
    play.happen(SAVED)
    play.report(2, Imported(), Ready())
    assert (1, "kill") not in play.wait(14.9)
    assert (1, "kill") in play.wait(0.2)


def fresh(worker: int, *, hold: bool = False) -> Fork:
    return Fork(worker, "backend.main:app", hold, fresh=True)


def test_a_fork_that_crashes_as_it_comes_up_is_tried_in_a_fresh_interpreter_and_kept_to() -> None:
    play = serving()
    play.happen(SAVED)
    assert play.happen(WorkerEnded(2, -signal.SIGSEGV)) == [fresh(3)]
    assert play.said("warn") == []
    done = play.report(3, Imported(), Ready())
    assert done == [(1, Stop(10.0)), "fork no more"]
    (warning,) = play.said("warn")
    assert "by SIGSEGV" in warning and "preload = false" in warning
    assert play.happen(SAVED) == [fresh(4)]
    play.report(4, Imported(), Ready())
    assert len(play.said("warn")) == 1


def test_what_a_library_fails_at_in_a_fork_is_told_at_once_and_tried_fresh() -> None:
    play = serving()
    play.happen(SAVED)
    failure = dataclasses.replace(broken(), in_library=True)
    assert play.report(2, failure) == [fresh(3)]
    assert play.state == "error"
    play.report(3, Imported(), Ready())
    assert (play.serving, play.notices.errors[-1]) == (3, None)
    assert "ValueError: oh no" in play.said("warn")[0]


def test_what_fails_either_way_is_told_once_and_not_tried_again() -> None:
    play = serving()
    failure = dataclasses.replace(broken(), in_library=True)
    play.happen(SAVED)
    assert play.report(2, failure) == [fresh(3)]
    before = play.said("error")
    assert play.report(3, failure) == []
    assert play.said("error") == before
    assert play.happen(SAVED) == [fork(4)]
    assert play.report(4, failure) == []
    assert len(play.said("error")) == 2 * len(before)


def test_what_crashes_either_way_is_started_again_with_delays() -> None:
    play = serving()
    play.happen(SAVED)
    play.happen(WorkerEnded(2, -signal.SIGABRT))
    assert play.happen(WorkerEnded(3, -signal.SIGABRT)) == []
    assert "by SIGABRT" in play.said("warn")[0]
    assert play.wait(0.6) == [fork(4)]


@pytest.mark.parametrize("status", [-signal.SIGKILL, -signal.SIGTERM, 1, None])
def test_an_end_that_is_no_crash_says_nothing_about_forks(status: int | None) -> None:
    play = serving()
    play.happen(SAVED, WorkerEnded(2, status))
    assert play.wait(0.6) == [fork(3)]


def test_a_worker_that_crashes_while_it_serves_is_forked_again() -> None:
    play = serving()
    play.happen(WorkerEnded(1, -signal.SIGSEGV))
    assert play.wait(0.6) == [fork(2)]


def test_without_preloading_every_worker_is_a_fresh_interpreter() -> None:
    play = Play(dataclasses.replace(WORKSPACE, preload=None))
    assert "fork server" not in play.did
    assert play.did[-1] == fresh(1)
    explained = play.report(1, broken())
    assert [each.fresh for each in explained if isinstance(each, Explain)] == [True]
    play.report(3, Imported(), Ready(), Uses(modules=("numpy",)))
    assert not any(isinstance(did, tuple) and did[0] == "learn" for did in play.wait(5))


def test_a_fork_server_that_crashes_before_it_forks_is_given_up() -> None:
    play = Play()
    play.api.loss = Loss.UNREADY
    assert play.happen(Ended("api", 400, -signal.SIGSEGV)) == ["fork no more"]
    assert "by SIGSEGV" in play.said("warn")[0]
    assert "fork server" not in play.wait(20)


def test_a_worker_at_a_debuggers_prompt_is_not_silent_and_outlives_a_save() -> None:
    play = serving()
    play.happen(WorkerForked(1, 701), WorkerPrompts(1, Paused("main.py:1")))
    play.wait(20)
    assert play.said("warn") == []
    play.happen(SAVED)
    play.report(2, Imported(), Ready())
    assert (1, "kill") not in play.wait(60)
    play.happen(WorkerPrompts(1, Resumed()))
    assert (1, "kill") in play.wait(20)


def test_at_the_end_nobody_waits_for_a_debuggers_prompt() -> None:
    play = serving()
    play.happen(WorkerForked(1, 701), WorkerPrompts(1, Paused("main.py:1")))
    assert (1, "kill") in play.happen(Signalled(signal.SIGTERM))
