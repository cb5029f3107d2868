"""Consistent hashing: even shares, and no more moves than there must be."""

import pytest

from scalegame.simulation.ring import Ring

KEYS = range(20_000)


def owners(count: int, points: int = 100) -> list[int]:
    ring = Ring([f"cache-{i}" for i in range(1, count + 1)], points)
    return [ring.at(key) for key in KEYS]


def test_a_fifth_member_takes_a_fifth_of_the_keys_and_nothing_else_moves() -> None:
    before, after = owners(4), owners(5)
    moved = [(a, b) for a, b in zip(before, after, strict=True) if a != b]
    assert len(moved) / len(KEYS) == pytest.approx(1 / 5, abs=0.03)
    assert {b for _, b in moved} == {4}, "only to the new one"
    modulo = sum(key % 4 != key % 5 for key in KEYS) / len(KEYS)
    assert modulo == pytest.approx(4 / 5, abs=0.001)


def test_more_places_make_more_even_shares() -> None:
    def unevenness(points: int) -> float:
        found = owners(4, points)
        return max(found.count(i) for i in range(4)) / (len(KEYS) / 4)

    assert unevenness(1) > 1.35
    assert unevenness(100) < 1.2


def test_the_keys_of_one_who_is_away_go_to_the_next_and_all_others_stay() -> None:
    ring = Ring(["a", "b", "c", "d"])
    for key in range(2_000):
        at = ring.at(key)
        without = ring.at(key, lambda member: member != 2)
        assert without != 2
        assert at in (2, without)
    with pytest.raises(LookupError):
        ring.at(1, lambda member: False)


def test_a_ring_has_members() -> None:
    with pytest.raises(ValueError, match="member"):
        Ring([])
