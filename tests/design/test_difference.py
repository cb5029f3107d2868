import pickle
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scalegame.design.edits import LONGEST_LINE, apply, apply_all, difference, ordered, same, summary
from scalegame.design.model import Board
from scalegame.design.rulebook import Adjustment
from scalegame.errors import ScalegameError
from tests.design.fakes import FOUND, RULES, item
from tests.design.fakes import board as of

FORMS = (
    "add {item}",
    "add web2 as {a} at peak threads={n}",
    "remove {a}",
    "wire {a} -> {b}",
    "wire {b} -> {a}",
    "unwire {a} -> {b}",
    *["wire {a} -> {b}", "rewire {a} -> {b} -> {c}"] * 3,
    *["set {a} replicas={n}"] * 2,
    "set {a} size={size}",
    "set {a} ttl={n} ms threads={n}",
    "set {a} ttl={n} ms",
    "buy {project}",
    "return {project}",
    "move {a} {n},{n}",
)
numbers = st.integers(0, 40)


def walk(steps: list[tuple[str, int, int, int, int]]) -> Board:
    """A board reached by legal edits: what is refused is skipped, as players would."""
    board = FOUND
    for form, a, b, c, n in steps:
        known = [*board.components, "web", "lb"]
        line = form.format(
            item=list(RULES.palette)[n % len(RULES.palette)],
            project=list(RULES.projects)[n % len(RULES.projects)],
            a=known[a % len(known)],
            b=known[b % len(known)],
            c=known[c % len(known)],
            n=n,
            size=("small", "large")[n % 2],
        )
        try:
            board = apply(board, line, RULES)
        except ScalegameError:
            continue
    return board


walks = st.lists(
    st.tuples(st.sampled_from(FORMS), numbers, numbers, numbers, numbers), min_size=5, max_size=25
).map(walk)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(walks)
def test_the_difference_makes_the_board_exactly(board: Board) -> None:
    lines = difference(FOUND, board, RULES)
    again = apply_all(FOUND, lines, RULES)
    assert same(again, board)
    assert again == board
    assert list(again.components) == list(board.components)
    assert difference(FOUND, again, RULES) == lines
    assert all(len(line) <= LONGEST_LINE for line in lines)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(walks, walks)
def test_a_summary_is_empty_exactly_for_the_same_design(one: Board, other: Board) -> None:
    def unmoved(board: Board) -> Board:
        return replace(board, components={c.id: replace(c, position=None) for c in board})

    assert (summary(one, other, RULES) == ()) == same(unmoved(one), unmoved(other))


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["remove web"],
        ["add cache as sessions"],
        ["add balancer"],
        ["add balancer as lb", "set web replicas=3", "rewire skiers -> lb -> web"],
        ["add web2 as w size=large threads=9"],
        ["unwire skiers -> web -> passes-db"],
        ["set web size=large replicas=2", "buy lighter-pages", "buy index", "move web 1,2"],
    ],
)
def test_canonical_lines(lines: list[str]) -> None:
    assert list(difference(FOUND, apply_all(FOUND, lines, RULES), RULES)) == lines


def test_wires_that_block_each_other_are_taken_away_first() -> None:
    one, two, three = (replace(FOUND.components["web"], id=id) for id in ("a", "b", "c"))
    found = of(one, two, three, wires="a -> b -> c")
    rules = replace(RULES, found=found)
    target = ordered(of(one, two, three, wires="a -> c -> b"), rules)
    lines = difference(found, target, rules)
    assert apply_all(found, lines, rules) == target


def test_settings_that_do_not_fit_one_line_take_several() -> None:
    work = RULES.kinds["database"].parameter("work.read")
    samples = [f"{n}.{n:03} ms" for n in range(10, 52)]
    value = work.read({"empirical": samples}, {})
    db = replace(
        item("database", "db", holds="passes", size="small"),
        adjust={"work.read": Adjustment(values=(value,)), "connections": Adjustment()},
    )
    rules = replace(RULES, palette={"db": db})
    written = work.write(value)
    assert 468 <= len(written) <= 483
    board = apply_all(FOUND, [f"add db connections={10**2}", f"set db work.read={written}"], rules)
    lines = difference(FOUND, board, rules)
    assert lines == ("add db", "set db connections=100", f"set db work.read={written}")
    assert apply_all(FOUND, lines, rules) == board


def test_summaries() -> None:
    after = apply_all(
        FOUND,
        [
            "add balancer as lb",
            "set web replicas=3 size=large",
            "rewire skiers -> lb -> web",
            "add cache ttl=30 s",
            "buy index",
            "move web 1,1",
        ],
        RULES,
    )
    assert summary(FOUND, after, RULES) == (
        "+ cache (ttl 30 s)",
        "+ balancer lb",
        "web size small → large",
        "web replicas 1 → 3",
        "– wire skiers -> web",
        "+ wire lb -> web",
        "+ wire skiers -> lb",
        "+ project An index",
    )
    assert summary(after, FOUND, RULES)[:2] == ("– cache", "– balancer lb")
    assert summary(FOUND, apply(FOUND, "remove web", RULES), RULES) == ("– service web",)


def test_the_largest_design_fits_a_file() -> None:
    """Sixty components found, all replaced, and two hundred wires drawn that cannot be chained."""
    web = FOUND.components["web"]
    found = of(*(replace(web, id=f"s{n}") for n in range(60)))
    wide = replace(RULES.palette["web2"], most=60, places=("valley",))
    rules = replace(RULES, found=found, palette={"web2": wide}, fixed=frozenset())
    lines = [f"remove s{n}" for n in range(60)]
    lines += [f"add web2 as w{n}" for n in range(60)]
    lines += [f"wire w{a} -> w{b}" for a in range(10) for b in range(10, 30)]
    lines += [f"move w{n} 1,{n}" for n in range(60)]
    board = apply_all(found, lines, rules)
    assert apply_all(found, difference(found, board, rules), rules) == board


def test_boards_travel_to_other_processes() -> None:
    board = apply_all(FOUND, ["add cache ttl=3 s", "set web replicas=2"], RULES)
    assert pickle.loads(pickle.dumps(board)) == board
