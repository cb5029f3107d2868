from __future__ import annotations

from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from scalegame.competition.judging.fair import FairQueue, Turn

TEAMS = st.sampled_from("abcd")


def test_teams_take_turns_however_many_one_of_them_adds() -> None:
    queue = FairQueue[int]()
    for number in range(100):
        queue.add("flood", 0, number)
    queue.add("ants", 0, 1)
    queue.add("bees", 0, 1)
    assert [(turn.team, turn.item) for turn in (queue.next() for _ in range(4)) if turn] == [
        ("flood", 0),
        ("ants", 1),
        ("bees", 1),
        ("flood", 1),
    ]
    assert (len(queue), queue.waiting("flood"), queue.waiting("ants")) == (98, 98, 0)


def test_a_lower_priority_comes_first_whoever_waits() -> None:
    queue = FairQueue[str]()
    queue.add("ants", 1, "hidden")
    queue.add("bees", 0, "play")
    assert queue.next() == Turn("bees", 0, "play")
    assert queue.next() == Turn("ants", 1, "hidden")
    assert queue.next() is None
    assert len(queue) == 0


def test_what_is_cancelled_never_comes_and_the_others_keep_their_turns() -> None:
    queue = FairQueue[str]()
    for team, item in (("ants", "x"), ("bees", "y"), ("ants", "z"), ("ants", "x")):
        queue.add(team, 0, item)
    queue.add("ants", 1, "x")
    assert queue.cancel("ants", "x") == 3
    assert queue.cancel("ants", "x") == 0
    assert queue.cancel("nobody") == 0
    assert [queue.next(), queue.next(), queue.next()] == [Turn("ants", 0, "z"), Turn("bees", 0, "y"), None]
    queue.add("ants", 0, "x")
    assert queue.cancel("ants") == 1
    assert queue.next() is None


@given(st.lists(st.one_of(TEAMS, st.none()), max_size=80))
def test_nobody_waits_for_more_than_one_item_of_each_other_team(script: list[str | None]) -> None:
    """A team's name: it adds an item. None: a turn."""
    queue, numbers = FairQueue[int](), count()
    waiting: dict[str, list[int]] = {team: [] for team in "abcd"}
    since: dict[str, dict[str, int]] = {}
    for step in [*script, *[None] * len(script)]:
        if step is not None:
            number = next(numbers)
            queue.add(step, 0, number)
            waiting[step].append(number)
            since.setdefault(step, {})
            continue
        turn = queue.next()
        if turn is None:
            assert not any(waiting.values())
            continue
        team = str(turn.team)
        assert turn.item == waiting[team].pop(0)
        del since[team]
        for others in since.values():
            others[team] = others.get(team, 0) + 1
            assert others[team] <= 1
        if waiting[team]:
            since[team] = {}
    assert len(queue) == 0
