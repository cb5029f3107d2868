"""The judge at work: everything once, in turn from all teams, and nothing lost when he is stopped."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from scalegame.competition.judging import judge, seeds
from scalegame.competition.judging.judge import Job
from scalegame.competition.model import judgement, submission
from scalegame.competition.referee.contest import Contest
from scalegame.competition.referee.referee import Referee
from scalegame.errors import ScalegameError
from tests.competition.contests import LOSING, NOON, AtOnce, contest, design, hand_in, judge_all, player


def until(true: Callable[[], object], seconds: float = 60.0) -> None:
    """Waits for another thread."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "never came"
        threading.Event().wait(0.01)


class Slow(AtOnce):
    """Keeps what it is given until it is told to do it; remembers in which order it came."""

    def __init__(self) -> None:
        self.given: list[tuple[Future[Any], Callable[[], Any], Job]] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.given.append((future, lambda: fn(*args, **kwargs), args[0]))
        return future

    def do(self, index: int) -> None:
        future, work, _ = self.given[index]
        future.set_result(work())


class Broken(AtOnce):
    """A judge that can judge nothing."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_exception(ScalegameError("Not judged", "no worker is there"))
        return future


def test_what_he_finds_is_what_a_judge_finds_without_him(tmp_path: Path) -> None:
    it = contest(tmp_path)
    ann = player(it)
    hand_in(it, ann)
    judge_all(it)
    level = it.levels.by_slot["kiosks:tiny"]
    entry = submission.check(design(it), level)
    for hidden in (False, True):
        ((_, found),) = it.judgements(hidden)
        assert found is not None
        drawn = seeds.hidden(it.store.fact("secret"), level.own, 5) if hidden else seeds.play(level)
        alone = judge.judge(level, entry, drawn, it.seeds_name(hidden))
        assert judgement.to_data(found) == judgement.to_data(alone)


def test_he_works_beside_and_tells_who_waits(tmp_path: Path) -> None:
    it = contest(tmp_path)
    ann = player(it)
    told: list[tuple[str, str | None]] = []
    it.changed.append(lambda what, team: told.append((what, team)))
    with ThreadPoolExecutor(1) as executor:
        referee = Referee(it, executor, workers=1)
        referee.start()
        hand_in(it, ann)
        until(lambda: not it.pending(False) and not it.pending(True))
        referee.stop()
    assert ("judged", str(ann.team)) in told
    assert referee.lag()["waiting"] == 0


def test_teams_take_turns_and_play_seeds_come_first(tmp_path: Path) -> None:
    it = contest(tmp_path)
    ann, bob = player(it), player(it, "Bob", "Red")
    for replicas in range(2, 5):
        hand_in(it, ann, f"set kiosk replicas={replicas}", "add balancer", "rewire people -> balancer -> kiosk")
    hand_in(it, bob, *LOSING)
    slow = Slow()
    referee = Referee(it, slow, workers=5)
    referee._gather()
    referee._dispatch()
    level = it.levels.by_slot["kiosks:tiny"]
    play = seeds.play(level)
    assert all(job.seed in play for _, _, job in slow.given[:10])
    whose = [job.scenario.board.components["kiosk"].replicas for _, _, job in slow.given[:6]]
    assert whose.count(1) == 3, "every second run is the other team's, though three designs wait before it"


def test_what_was_not_finished_is_begun_anew(tmp_path: Path) -> None:
    it = contest(tmp_path)
    ann = player(it)
    hand_in(it, ann)
    slow = Slow()
    first = Referee(it, slow, workers=5)
    first._gather()
    first._dispatch()
    slow.do(0)
    first._round()
    first.stop()
    it.close()
    again = Contest.open(tmp_path / "contest.sqlite3", tmp_path / "pack")
    assert len(again.pending(False)) == 1
    judge_all(again)
    (mine,) = again.mine(ann, NOON + 9)
    assert mine["state"] == "judged"


def test_what_cannot_be_judged_says_so_and_may_be_tried_again(tmp_path: Path) -> None:
    it = contest(tmp_path)
    ann = player(it)
    hand_in(it, ann)
    referee = Referee(it, Broken(), clock=lambda: NOON + 2)
    referee._gather()
    while it.pending(False) or it.pending(True):
        referee._round()
    (mine,) = it.mine(ann, NOON + 3)
    assert (mine["state"], mine["reason"]) == ("failed", "no worker is there")
    assert it.standings(ann, NOON + 3)["rows"][0]["won"] == 0  # type: ignore[index]
    it.regrade(None, "workers are back", "instructor", NOON + 4)
    judge_all(it)
    assert it.mine(ann, NOON + 5)[0]["state"] == "judged"


def test_a_disk_that_is_full_loses_no_judgement(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    it = contest(tmp_path)
    ann = player(it)
    hand_in(it, ann)
    keep, full = it._keep, [True]

    def keeping(*given: Any) -> None:
        if full.pop() if full else False:
            raise ScalegameError("Not kept", "the disk is full")
        keep(*given)

    monkeypatch.setattr(it, "_keep", keeping)
    monkeypatch.setattr("scalegame.competition.referee.referee._FULL", 0.01)
    referee = Referee(it, AtOnce(), workers=2)
    referee.start()
    until(lambda: not it.pending(False) and not it.pending(True))
    referee.stop()
    assert it.mine(ann, NOON + 5)[0]["state"] == "judged"


def test_a_mistake_of_the_file_does_not_end_him(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    it = contest(tmp_path)
    ann = player(it)
    hand_in(it, ann)
    ask, broken = it.pending, [True, True]

    def asked(hidden: bool) -> Any:
        if broken:
            broken.pop()
            raise RuntimeError("disk I/O error")
        return ask(hidden)

    monkeypatch.setattr(it, "pending", asked)
    monkeypatch.setattr("scalegame.competition.referee.referee._FULL", 0.01)
    referee = Referee(it, AtOnce(), workers=2)
    referee.start()
    until(lambda: it.mine(ann, NOON + 5)[0]["state"] == "judged")
    referee.stop()


def test_what_was_tried_again_is_not_counted_as_failed(tmp_path: Path) -> None:
    it = contest(tmp_path)
    hand_in(it, player(it))
    for what in it.pending(False):
        it.failed(what, "no worker", NOON + 1)
    referee = Referee(it, AtOnce(), clock=lambda: NOON + 2)
    assert referee.lag()["failed"] == 1
    it.regrade(None, "again", "instructor", NOON + 3)
    judge_all(it)
    assert referee.lag()["failed"] == 0
