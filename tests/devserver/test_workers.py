"""Reloads as scripted histories: what is done to the workers, message by message."""

import dataclasses

from devserver.fakes import ROOT, WORKSPACE, Play, broken
from fluidkit_cli.devserver.events import Answered, Saved, WorkerEnded
from fluidkit_cli.devserver.protocol import (
    Explain,
    Fork,
    Imported,
    Ping,
    Pong,
    Ready,
    Release,
    Released,
    Resume,
    Start,
    Stop,
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
