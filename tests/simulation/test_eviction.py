"""What makes room in a full store, against the plainest models that keep a list and look through all of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scalegame.simulation.eviction import POLICIES, Ranking, ranking
from scalegame.simulation.randomness import Streams, zipf_keys

#: What is done to a store: ask for a key (it comes in if it is not there), or drop it.
ACTS = st.lists(st.tuples(st.sampled_from(["ask", "ask", "ask", "drop"]), st.integers(0, 12)), max_size=200)
ROOM = 5


class Model:
    """Every key with when it came, when it was last used, and how often: (came, used, count)."""

    def __init__(self, worst: Callable[[dict[int, tuple[int, int, int]]], int]) -> None:
        self.keys: dict[int, tuple[int, int, int]] = {}
        self.worst, self.time = worst, 0

    def ask(self, key: int) -> tuple[bool, int | None]:
        """Whether it was there, and who had to go."""
        self.time += 1
        if key in self.keys:
            came, _, count = self.keys[key]
            self.keys[key] = (came, self.time, count + 1)
            return True, None
        gone = None
        if len(self.keys) == ROOM:
            gone = self.worst(self.keys)
            del self.keys[gone]
        self.keys[key] = (self.time, self.time, 1)
        return False, gone

    def drop(self, key: int) -> None:
        self.keys.pop(key, None)


class Store:
    """A store that is kept by a ranking."""

    def __init__(self, order: Ranking, room: int = ROOM) -> None:
        self.keys: set[int] = set()
        self.order, self.room = order, room

    def ask(self, key: int) -> tuple[bool, int | None]:
        if key in self.keys:
            self.order.seen(key)
            return True, None
        gone = None
        if len(self.keys) == self.room:
            gone = self.order.victim()
            self.keys.remove(gone)
        self.keys.add(key)
        self.order.add(key)
        return False, gone

    def drop(self, key: int) -> None:
        if key in self.keys:
            self.keys.remove(key)
            self.order.drop(key)


def never() -> float:
    raise AssertionError("nothing is drawn")


MODELS: dict[str, Callable[[dict[int, tuple[int, int, int]]], int]] = {
    "lru": lambda keys: min(keys, key=lambda k: keys[k][1]),
    "fifo": lambda keys: min(keys, key=lambda k: keys[k][0]),
    "lfu": lambda keys: min(keys, key=lambda k: (keys[k][2], keys[k][1])),
}


@pytest.mark.parametrize("policy", MODELS)
@given(acts=ACTS)
@settings(max_examples=150, deadline=None)
def test_hits_and_victims_are_those_of_a_plain_model(policy: str, acts: Sequence[tuple[str, int]]) -> None:
    model, store = Model(MODELS[policy]), Store(ranking(policy, never))
    for act, key in acts:
        if act == "drop":
            model.drop(key)
            store.drop(key)
        else:
            assert store.ask(key) == model.ask(key)
    assert store.keys == set(model.keys)


@given(acts=ACTS)
@settings(max_examples=100, deadline=None)
def test_random_takes_only_what_is_there(acts: Sequence[tuple[str, int]]) -> None:
    store = Store(ranking("random", Streams(1).uniforms("evicts")))
    for act, key in acts:
        if act == "drop":
            store.drop(key)
        else:
            before = set(store.keys)
            _, gone = store.ask(key)
            assert gone is None or gone in before
    left = {store.order.victim() for _ in range(len(store.keys))}
    assert left == store.keys


def test_random_takes_each_key_equally_often() -> None:
    order = ranking("random", Streams(1).uniforms("evicts"))
    for key in range(10):
        order.add(key)
    gone = [0] * 10
    for _ in range(20_000):
        key = order.victim()
        gone[key] += 1
        order.add(key)
    assert max(gone) - min(gone) < 300, "2,000 each; four standard deviations are 170"


def test_a_crash_leaves_nothing_behind() -> None:
    for policy in POLICIES:
        order = ranking(policy, Streams(1).uniforms("evicts"))
        for _ in range(2):
            for key in range(5):
                order.add(key)
                order.seen(key)
            order.clear()
        order.add(7)
        assert order.victim() == 7


def test_there_is_no_other_policy() -> None:
    with pytest.raises(ValueError, match="no such policy"):
        ranking("newest", never)


def test_what_each_policy_makes_of_a_skewed_crowd() -> None:
    """The order of the textbooks where popularity stays: LFU before LRU before FIFO and random."""
    asked = zipf_keys(Streams(1).generator("keys"), 500, 1.0, 40_000).tolist()
    share = {}
    for policy in ("lfu", "lru", "fifo", "random"):
        store = Store(ranking(policy, Streams(1).uniforms("evicts")), 50)
        share[policy] = sum(store.ask(key)[0] for key in asked) / len(asked)
    assert share["lfu"] > share["lru"] + 0.05
    assert share["lru"] > share["fifo"] + 0.02
    assert share["fifo"] == pytest.approx(share["random"], abs=0.01), "known to be equal under independent asks"
