"""Who beats whom, what is a tie, and who stands where."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from scalegame.competition.model.judgement import Goal, Judgement, Run
from scalegame.competition.model.settings import Settings, Slot, Weights
from scalegame.competition.ranking import fronts, ties
from scalegame.competition.ranking.standings import Best, standings
from scalegame.competition.ranking.ties import beaten, beats, compare, outcomes, student

CONTEST = Settings("Contest", "contest", (Slot("a"), Slot("b")))


def judged(
    cost: float | Sequence[float] = 1.0,
    latency: float | Sequence[float] = 0.1,
    availability: float | Sequence[float] = 1.0,
    parts: int = 3,
    won: bool = True,
    seeds: str = "set",
    missed: int = 1,
    ended: str = "",
) -> Judgement:
    lists = [[v] * 3 if isinstance(v, int | float) else list(v) for v in (cost, latency, availability)]
    count = max(map(len, lists))
    lists = [v if len(v) == count else [v[0]] * count for v in lists]
    goals = tuple(Goal(f"goal {i}", 0.0, won or i >= missed) for i in range(3))
    runs = tuple(Run((0.0,) * 3, *values, ended=ended) for values in zip(*lists, strict=True))
    return Judgement("a", "digest", "engine", seeds, won, (), goals, parts, 0.0, runs)


def told(one: Judgement, other: Judgement) -> dict[str, str]:
    return {difference.axis: difference.outcome for difference in compare(one, other)}


# Student's t, from the table in any textbook (two-sided 95 %).
@pytest.mark.parametrize(
    ("freedom", "t"), [(1, 12.7062), (2, 4.3027), (4, 2.7764), (9, 2.2622), (19, 2.0930), (1000, 1.9623)]
)
def test_the_interval_is_that_of_the_textbook(freedom: int, t: float) -> None:
    assert student(freedom) == pytest.approx(t, abs=5e-5)


def test_the_interval_is_of_the_paired_differences() -> None:
    one, other = [0.100, 0.220, 0.310, 0.150], [0.112, 0.229, 0.325, 0.158]
    latency = compare(judged(latency=one), judged(latency=other))[1]
    apart = [a - b for a, b in zip(one, other, strict=True)]
    assert latency.mean == pytest.approx(statistics.mean(apart))
    assert latency.margin == pytest.approx(3.18245 * statistics.stdev(apart) / 2, rel=1e-5)
    assert latency.outcome == "better"
    # The seeds differ far more than the designs: without pairs nothing could be told.
    assert statistics.stdev(one) > 5 * -latency.mean


def test_what_is_inside_the_interval_is_a_tie() -> None:
    assert told(judged(latency=[0.1, 0.2, 0.3]), judged(latency=[0.2, 0.1, 0.31]))["latency"] == "tie"


def test_a_difference_that_is_the_same_on_every_seed_is_exact() -> None:
    cost = compare(judged(cost=[1.0, 1.5, 2.0]), judged(cost=[1.25, 1.75, 2.25]))[0]
    assert (cost.outcome, cost.mean, cost.margin) == ("better", -0.25, 0.0)
    assert told(judged(cost=0.1 + 0.2), judged(cost=0.3))["cost"] == "tie"


def test_more_availability_is_better_and_its_difference_is_told_as_it_is() -> None:
    availability = compare(judged(availability=0.999), judged(availability=0.99))[2]
    assert availability.outcome == "better"
    assert availability.mean == pytest.approx(0.009)


def test_parts_are_counted() -> None:
    assert told(judged(parts=3), judged(parts=4))["parts"] == "better"
    assert told(judged(parts=4), judged(parts=4))["parts"] == "tie"


def test_from_one_seed_nothing_is_told_but_the_parts() -> None:
    one, other = judged([1.0], [0.1], [1.0]), judged([9.0], [0.9], [0.5], parts=4)
    assert told(one, other) == {"cost": "tie", "latency": "tie", "availability": "tie", "parts": "better"}
    assert math.isinf(compare(one, other)[0].margin)


def test_no_number_is_worse_than_any() -> None:
    nan, slow = judged(latency=[0.1, math.nan, 0.1]), judged(latency=[1e6, 2e6, 3e6])
    assert told(nan, slow)["latency"] == "worse"
    assert told(slow, nan)["latency"] == "better"
    assert told(judged(latency=math.inf), slow)["latency"] == "worse"
    assert told(judged(latency=math.nan), judged(latency=math.nan))["latency"] == "tie"
    # With equally many, the seeds on which both have one decide.
    some, worse = judged(latency=[0.1, 0.1, 0.1, math.nan]), judged(latency=[math.inf, 0.2, 0.2, 0.2])
    assert told(some, worse)["latency"] == "better"


def test_only_the_same_seeds_can_be_compared() -> None:
    for other in (judged(seeds="other"), replace(judged(), engine="2"), replace(judged(), digest="other")):
        with pytest.raises(ValueError, match="same level, seeds and engine"):
            compare(judged(), other)
        with pytest.raises(ValueError, match="same level, seeds and engine"):
            standings(["x", "y"], {("x", "a"): [judged()], ("y", "a"): [other]}, CONTEST)


def test_one_beats_another_only_if_it_is_worse_in_nothing() -> None:
    cheap, fast, both = judged(cost=1, latency=0.2), judged(cost=2, latency=0.1), judged(cost=1, latency=0.1)
    assert not beats(cheap, fast)
    assert not beats(fast, cheap)
    assert beats(both, cheap)
    assert beats(both, fast)
    assert not beats(both, both)


NUMBERS = st.sampled_from([0.5, 0.9, 1.0, 1.1, 2.0, math.nan, math.inf])
NOISY = st.builds(
    judged,
    cost=st.lists(NUMBERS, min_size=4, max_size=4),
    latency=st.lists(NUMBERS, min_size=4, max_size=4),
    availability=st.lists(st.sampled_from([0.9, 0.99, 1.0]), min_size=4, max_size=4),
    parts=st.integers(1, 3),
)
EXACT = st.builds(
    judged,
    cost=st.integers(1, 4).map(float),
    latency=st.integers(1, 4).map(float),
    availability=st.sampled_from([0.9, 0.99, 1.0]),
    parts=st.integers(1, 3),
    won=st.booleans(),
)


@given(st.lists(NOISY, min_size=2, max_size=6))
def test_the_table_says_what_pairs_say_and_turned_round_the_opposite(designs: list[Judgement]) -> None:
    relation = beaten(designs)
    for axis in ties.AXES:
        table = outcomes(designs, axis)
        assert (table == -table.T).all()
    for i, one in enumerate(designs):
        for j, other in enumerate(designs):
            assert relation[i, j] == beats(one, other)
            assert not (relation[i, j] and relation[j, i])


# Fronts


def relation(*pairs: tuple[int, int], size: int) -> fronts.Relation:
    found = np.zeros((size, size), dtype=np.bool_)
    for winner, loser in pairs:
        found[winner, loser] = True
    return found


def test_what_is_beaten_itself_keeps_nobody_off() -> None:
    # 0 beats 1, 1 beats 2, but 0 and 2 are tied.
    assert fronts.front(relation((0, 1), (1, 2), size=3), range(3)) == {0, 2}


def test_a_circle_is_on_the_front_together_unless_something_beats_it() -> None:
    circle = ((0, 1), (1, 2), (2, 0))
    assert fronts.front(relation(*circle, (2, 3), size=4), range(4)) == {0, 1, 2}
    # A second circle behind the first is not.
    second = ((3, 4), (4, 5), (5, 3))
    assert fronts.front(relation(*circle, *second, (0, 3), (0, 4), (0, 5), size=6), range(6)) == {0, 1, 2}


RELATIONS = st.integers(1, 7).flatmap(
    lambda n: st.lists(st.booleans(), min_size=n * n, max_size=n * n).map(
        lambda bits: np.array(bits).reshape(n, n) & ~np.eye(n, dtype=np.bool_)
    )
)


def circular(relation: fronts.Relation) -> bool:
    power = relation.astype(np.int64)
    total = power.copy()
    for _ in range(len(relation)):
        power = np.minimum(power @ relation, 1)
        total += power
    return bool(np.trace(total))


@given(RELATIONS)
def test_a_front_is_never_empty_and_whoever_is_off_it_is_beaten_by_it(relation: fronts.Relation) -> None:
    on = sorted(fronts.front(relation, range(len(relation))))
    assert on
    for i in set(range(len(relation))) - set(on):
        assert relation[on, i].any()
    if not circular(relation):
        assert not relation[np.ix_(on, on)].any()


@given(RELATIONS, st.data())
def test_an_order_of_designs_makes_no_front(relation: fronts.Relation, data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(relation))))
    turned = fronts.front(relation[np.ix_(order, order)], range(len(order)))
    assert {order[i] for i in turned} == fronts.front(relation, range(len(relation)))


# Standings


def test_levels_won_come_first_then_fronts() -> None:
    best: Best = {
        ("two", "a"): [judged(cost=9)],
        ("two", "b"): [judged(cost=9)],
        ("one", "a"): [judged(cost=1)],
        ("behind", "a"): [judged(cost=2)],
        ("lost", "a"): [judged(won=False)],
    }
    found = standings(["lost", "behind", "one", "two", "absent"], best, CONTEST)
    assert [(row.shown_rank, row.team, row.won, row.fronts) for row in found.rows] == [
        ("1", "two", 2, 4),
        ("2", "one", 1, 1),
        ("3", "behind", 1, 2),
        ("4=", "lost", 0, 0),
        ("4=", "absent", 0, 0),
    ]
    assert [level.won_by for level in found.levels] == [3, 1]
    assert found.levels[0].front == (("one", 0),)
    assert all(row.score is None for row in found.rows)
    assert "b" not in found.rows[1].levels
    assert not found.rows[4].levels


def test_trade_offs_share_the_front() -> None:
    best = {
        ("x", "a"): [judged(cost=1, latency=0.2)],
        ("y", "a"): [judged(cost=2, latency=0.1)],
        ("z", "a"): [judged(cost=2, latency=0.2)],
    }
    assert [row.shown_rank for row in standings("xyz", best, CONTEST).rows] == ["1=", "1=", "3"]


def test_all_designs_of_a_team_on_its_front_are_kept_and_the_cheapest_is_shown() -> None:
    designs = [
        judged(won=False),
        judged(cost=3, latency=0.1),
        judged(cost=2, latency=0.2),
        judged(cost=3, latency=0.2),
    ]
    found = standings("x", {("x", "a"): designs}, CONTEST).rows[0].levels["a"]
    assert (found.won, found.front, found.kept, found.shown) == (True, 1, (1, 2), 2)
    assert found.judgement is designs[2]


def test_of_designs_that_lose_the_closest_is_shown() -> None:
    designs = [judged(won=False, missed=missed, ended=ended) for missed, ended in ((3, ""), (1, ""), (1, "limit"))]
    found = standings("x", {("x", "a"): designs}, CONTEST).rows[0].levels["a"]
    assert (found.won, found.front, found.kept, found.shown) == (False, None, (1,), 1)


def test_a_second_design_pushes_nobody_back() -> None:
    best = {("x", "a"): [judged(cost=1)], ("y", "a"): [judged(cost=3)]}
    before = {row.team: row.fronts for row in standings("xy", best, CONTEST).rows}
    more = {**best, ("x", "a"): [judged(cost=1), judged(cost=2)]}
    after = {row.team: row.fronts for row in standings("xy", more, CONTEST).rows}
    assert before == after == {"x": 1, "y": 2}


TEAMS = tuple("uvwxyz")


def boards(designs: st.SearchStrategy[Judgement]) -> st.SearchStrategy[dict[tuple[str, str], list[Judgement]]]:
    keys = st.tuples(st.sampled_from(TEAMS), st.sampled_from("ab"))
    return st.dictionaries(keys, st.lists(designs, max_size=3), max_size=8)


def ranks(best: Best, teams: Sequence[str] = TEAMS) -> Mapping[str, tuple[int, bool, int, int]]:
    found = standings(teams, best, CONTEST)
    return {row.team: (row.rank, row.tied, row.won, row.fronts) for row in found.rows}


@given(boards(st.one_of(EXACT, NOISY)), st.permutations(TEAMS))
def test_other_names_and_another_order_of_teams_change_nothing(
    best: dict[tuple[str, str], list[Judgement]], order: Sequence[str]
) -> None:
    name = dict(zip(TEAMS, order, strict=True))
    renamed = {(name[team], level): designs for (team, level), designs in best.items()}
    before, after = ranks(best), ranks(renamed, sorted(TEAMS))
    assert all(after[name[team]] == before[team] for team in TEAMS)


@given(boards(st.one_of(EXACT, NOISY)))
def test_ranks_are_those_of_a_competition(best: dict[tuple[str, str], list[Judgement]]) -> None:
    found = standings(TEAMS, best, CONTEST)
    for row in found.rows:
        ahead = [r for r in found.rows if (-r.won, r.fronts) < (-row.won, row.fronts)]
        same = [r for r in found.rows if (r.won, r.fronts) == (row.won, row.fronts)]
        assert row.rank == len(ahead) + 1
        assert row.tied == (len(same) > 1)


@given(boards(EXACT), st.sampled_from(TEAMS), st.data())
def test_a_design_that_ones_own_beats_changes_nobody(
    best: dict[tuple[str, str], list[Judgement]], team: str, data: st.DataObject
) -> None:
    own = [j for j in best.get((team, "a"), ()) if j.won]
    assume(own)
    better = data.draw(st.sampled_from(own))
    worse = replace(better, parts=better.parts + data.draw(st.integers(1, 3)))
    assert ranks({**best, (team, "a"): [*best[team, "a"], worse]}) == ranks(best)


@given(boards(st.one_of(EXACT, NOISY)), st.sampled_from(TEAMS), st.one_of(EXACT, NOISY))
def test_a_design_that_the_front_beats_takes_nobody_off_it(
    best: dict[tuple[str, str], list[Judgement]], team: str, fresh: Judgement
) -> None:
    fresh = replace(fresh, won=True, runs=fresh.runs[:3])
    best = {key: [replace(j, runs=j.runs[:3]) for j in designs] for key, designs in best.items()}
    level = standings(TEAMS, best, CONTEST).levels[0]
    assume(any(beats(best[owner, "a"][index], fresh) for owner, index in level.front))
    more = {**best, (team, "a"): [*best.get((team, "a"), []), fresh]}
    assume(not circular(beaten([j for (_, at), designs in more.items() if at == "a" for j in designs if j.won])))
    assert standings(TEAMS, more, CONTEST).levels[0].front == level.front


@given(boards(EXACT), st.sampled_from(TEAMS), st.sampled_from(TEAMS))
def test_who_hands_in_a_tie_shares_the_rank(
    best: dict[tuple[str, str], list[Judgement]], one: str, other: str
) -> None:
    same = {**best, **{(other, level): best.get((one, level), []) for level in "ab"}}
    assert ranks(same)[one] == ranks(same)[other]
    if one != other:
        assert ranks(same)[one][1]


@given(boards(EXACT), st.sampled_from(TEAMS), EXACT)
def test_another_design_never_costs_its_team_a_rank(
    best: dict[tuple[str, str], list[Judgement]], team: str, fresh: Judgement
) -> None:
    before = ranks(best)[team]
    after = ranks({**best, (team, "a"): [*best.get((team, "a"), []), fresh]})[team]
    assert after[2] >= before[2]
    assert after[0] <= before[0]
    if after[2] == before[2]:
        assert after[3] <= before[3]


@given(boards(NOISY), st.sampled_from(TEAMS), NOISY)
def test_another_design_never_puts_its_team_on_a_later_front_whatever_chance_does(
    best: dict[tuple[str, str], list[Judgement]], team: str, fresh: Judgement
) -> None:
    own = best.get((team, "a"), [])
    assume(own)
    more = {**best, (team, "a"): [*own, fresh]}
    assume(not circular(beaten([j for (_, at), designs in more.items() if at == "a" for j in designs])))
    assert ranks(more)[team][3] <= ranks(best)[team][3]


@given(boards(EXACT), st.sampled_from(TEAMS), st.data())
def test_cheaper_is_never_worse(
    best: dict[tuple[str, str], list[Judgement]], team: str, data: st.DataObject
) -> None:
    designs = best.get((team, "a"), [])
    assume(designs)
    index = data.draw(st.integers(0, len(designs) - 1))
    runs = tuple(replace(run, cost=run.cost / 2) for run in designs[index].runs)
    cheaper = [replace(j, runs=runs) if i == index else j for i, j in enumerate(designs)]
    after, before = ranks({**best, (team, "a"): cheaper})[team], ranks(best)[team]
    assert (after[0], after[3]) <= (before[0], before[3])


# The single score


def scores(
    best: Best, weights: Weights, solved: Mapping[tuple[str, str], float] | None = None
) -> dict[str, float]:
    rows = standings("xyz", best, replace(CONTEST, weights=weights), solved).rows
    return {row.team: row.score for row in rows if row.score is not None}


def test_a_level_is_a_point_and_weights_add_the_share_of_those_who_are_no_better() -> None:
    best = {
        ("x", "a"): [judged(cost=1)],
        ("y", "a"): [judged(cost=2)],
        ("z", "a"): [judged(cost=3)],
        ("z", "b"): [judged(cost=3)],
    }
    found = scores(best, Weights(cost=0.4))
    assert found == {"x": pytest.approx(1.4), "y": pytest.approx(1.2), "z": pytest.approx(1.0 + 1.4)}


def test_ties_cost_no_points() -> None:
    best = {("x", "a"): [judged(latency=[0.1, 0.2, 0.3])], ("y", "a"): [judged(latency=[0.2, 0.1, 0.31])]}
    assert scores(best, Weights(latency=1)) == {"x": 2.0, "y": 2.0, "z": 0.0}


def test_one_design_has_to_be_good_at_everything() -> None:
    best = {
        ("x", "a"): [judged(cost=1, latency=0.3), judged(cost=3, latency=0.1)],
        ("y", "a"): [judged(cost=2, latency=0.2)],
    }
    assert scores(best, Weights(cost=0.5, latency=0.5))["x"] == pytest.approx(1.5)


def test_time_counts_only_if_it_has_a_weight() -> None:
    best = {("x", "a"): [judged()], ("y", "a"): [judged()]}
    times = {("x", "a"): 60.0, ("y", "a"): 30.0}
    assert scores(best, Weights(cost=0.5), times) == {"x": 1.5, "y": 1.5, "z": 0.0}
    assert scores(best, Weights(speed=0.5), times) == {"x": 1.0, "y": 1.5, "z": 0.0}
    weighed = standings("xy", best, replace(CONTEST, weights=Weights(speed=1)), times)
    assert [row.shown_rank for row in weighed.rows] == ["1=", "1="]


@settings(max_examples=50)
@given(boards(EXACT), st.permutations(TEAMS))
def test_the_score_does_not_depend_on_the_order_of_teams(
    best: dict[tuple[str, str], list[Judgement]], order: Sequence[str]
) -> None:
    weighed = replace(CONTEST, weights=Weights(cost=0.3, latency=0.2, availability=0.1, parts=0.1))
    one = {row.team: row.score for row in standings(TEAMS, best, weighed).rows}
    assert one == {row.team: row.score for row in standings(order, best, weighed).rows}
