"""What a level lets its players do while it runs."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from scalegame.components import kinds
from scalegame.design.edits import apply_all
from scalegame.design.orderlines import MOST_ORDERS
from scalegame.errors import Problems, ScalegameError
from scalegame.levels.designs import load_orders
from scalegame.levels.live import MEANS, START, Live, Permit, read_line, read_log, read_permit
from scalegame.levels.load import load, loads
from scalegame.levels.model import Level
from scalegame.proving.worker import sample
from scalegame.simulation.commands import EXAMPLES, VERBS
from scalegame.simulation.scenario import Order

FILE = Path(__file__).parents[1] / "tui" / "duty.yaml"
TINY = Path(__file__).parents[1] / "tui" / "tiny.yaml"


@cache
def duty() -> Level:
    return load(FILE, kinds())


def changed(old: str, new: str) -> Level:
    text = FILE.read_text(encoding="utf-8")
    assert text.count(old) == 1
    return loads(text.replace(old, new), "duty.yaml", kinds())


def refused(order: Order, *log: Order, level: Level | None = None, edits: tuple[str, ...] = ()) -> str:
    on = level or duty()
    board = apply_all(on.found, edits, on.rulebook)
    with pytest.raises(ScalegameError) as caught:
        on.desk(board).check(order, log)
    return caught.value.message


# -- the key


def test_a_level_says_what_may_be_done() -> None:
    permits = (Permit("scale", "kiosk", 1, 6), Permit("crash"), Permit("restart"), Permit("throttle"))
    assert duty().live == Live(permits, 3.0)
    scenario = duty().scenario(duty().found)
    assert (scenario.live, scenario.start, scenario.orders) == ({"lb", "kiosk"}, 3.0, ())


def test_a_list_alone_is_enough() -> None:
    level = changed(
        "live: {allow: [scale kiosk 1..6, crash, restart, throttle], start: 3 s}", "live: [scale kiosk]"
    )
    assert level.live == Live((Permit("scale", "kiosk"),), START)
    assert level.scenario(level.found).live == {"kiosk"}


def test_levels_are_watched_unless_they_say_otherwise() -> None:
    level = load(TINY, kinds())
    assert level.live is None
    assert level.scenario(level.found).live == frozenset()
    assert "this level is watched" in refused(Order(1.0, "crash kiosk"), level=level)


def test_what_may_be_done_decides() -> None:
    assert changed("scale kiosk 1..6", "scale kiosk 1..5").digest != duty().digest
    assert changed("start: 3 s", "start: 4 s").digest != duty().digest


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("scael web 1..6", 'did you mean "scale"?'),
        ("scale wbe 1..6", 'did you mean "web"?'),
        ("scale web 6..1", "6..1 are no limits"),
        ("scale web 0..3", "0..3 are no limits"),
        ("crash web 1..6", "only scale has limits"),
        ("scale web 1 6", "permits nothing"),
        ("scale 1..6", "name a card, like scale web 1..6"),
        ("", "permits nothing"),
    ],
)
def test_what_permits_nothing_is_told_what_to_write(text: str, told: str) -> None:
    with pytest.raises(ScalegameError) as caught:
        read_permit(text, ["web", "db"])
    assert told in caught.value.message


def test_wrong_permits_and_orders_are_told_with_their_place() -> None:
    with pytest.raises(Problems) as caught:
        changed("scale kiosk 1..6", "scale kisok 1..6")
    (error,) = caught.value.errors
    assert str(error) == 'duty.yaml:45:16: there is no "kisok" – did you mean "kiosk"?'
    with pytest.raises(Problems) as caught:
        changed("at 6 s: scale kiosk 4", "at 6 s: scale kiosk 9")
    (error,) = caught.value.errors
    assert str(error) == "duty.yaml:59:12: kiosk can be scaled from 1 to 6, not to 9"


@pytest.mark.parametrize(
    ("permit", "told"),
    [
        ("scale people", "people only asks: there is nothing to scale"),
        ("crash people", "people only asks: there is nothing to crash"),
        ("scale lb 1..3", "which cannot be scaled while it runs"),
        ("scale kiosk 1..999", "of kiosk, not 1..999"),
        ("scale 1..6", "name a card, like scale web 1..6"),
    ],
)
def test_a_permit_that_nobody_could_use_is_told(permit: str, told: str) -> None:
    with pytest.raises(Problems) as caught:
        changed("scale kiosk 1..6, crash,", f"scale kiosk 1..6, {permit}, crash,")
    (error,) = caught.value.errors
    assert told in error.message
    assert str(error).startswith("duty.yaml:45:")


def test_a_number_that_the_level_does_not_offer_needs_limits() -> None:
    with pytest.raises(Problems) as caught:
        loads(
            FILE.read_text(encoding="utf-8")
            .replace("  kiosk: {adjust: {replicas: 1..4}}", "  kiosk: {adjust: {threads: 1..4}}")
            .replace("scale kiosk 1..6", "scale kiosk")
            .replace("adjust: {replicas", "adjust: {threads"),
            "duty.yaml",
            kinds(),
        )
    assert "the level offers no other number of kiosk" in caught.value.errors[0].message


def test_a_replica_that_never_starts_is_told() -> None:
    with pytest.raises(Problems) as caught:
        changed("start: 3 s", "start: 1e9 s")
    assert any("is never in service: the run is over at 29 s" in e.message for e in caught.value.errors)


# -- orders


def test_a_log_is_checked_in_the_order_in_which_it_is_carried_out() -> None:
    desk = duty().desk(duty().found)
    late, early = Order(9.0, "crash kiosk-3"), Order(4.0, "scale kiosk 3")
    assert desk.check_all([late, early]) == (early, late)
    with pytest.raises(ScalegameError, match="there is no kiosk-2 then"):
        desk.check_all([Order(9.0, "scale kiosk 3"), Order(4.0, "crash kiosk-2")])
    log = (Order(9.0, "scale kiosk 2"), Order(4.0, "scale kiosk 3"))
    assert desk.wanted(duty().found.components["kiosk"], log, 10.0) == 2
    same = [Order(5.0, "scale kiosk 4"), Order(5.0, "scale kiosk 2"), early]
    assert [o.command[-1] for o in desk.check_all(same)] == ["3", "4", "2"]


def test_files_of_orders_are_checked_in_that_order_too(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    log.write_text("at 9 s: crash kiosk-3\nat 4 s: scale kiosk 3\n", encoding="utf-8")
    found = load_orders(log, duty().found, duty())
    assert [o.time for o in found] == [4.0, 9.0]
    design = tmp_path / "design.yaml"
    lines = '["at 9 s: crash kiosk-2", "at 4 s: scale kiosk 3", "at 5 s: scale kiosk 1"]'
    design.write_text(f"format: 0\nlevel: duty\nlive: {lines}\n", encoding="utf-8")
    with pytest.raises(ScalegameError, match="there is no kiosk-2 then") as caught:
        load_orders(design, duty().found, duty())
    assert caught.value.place is not None
    assert caught.value.place.line == 3
    level = changed('live: ["at 6 s: scale kiosk 4"]', 'live: ["at 7 s: crash kiosk-4", "at 6 s: scale kiosk 4"]')
    assert any(len(attempt.live) == 2 for attempt in level.attempts)


def test_orders_are_tidied() -> None:
    desk = duty().desk(duty().found)
    assert desk.check(Order(1.23456, "  scale   kiosk 4 ")) == Order(1.235, "scale kiosk 4")
    assert desk.check_all([Order(1.0, "scale kiosk 2"), Order(2.0, "crash kiosk-2")])[1].command == "crash kiosk-2"


@pytest.mark.parametrize("time", [-0.1, 29.0, 1e9, float("nan")])
def test_an_order_lies_within_the_run(time: float) -> None:
    assert refused(Order(time, "crash kiosk")) == "the run is over at 29 s"


def test_what_the_level_does_not_permit_says_what_it_does() -> None:
    level = replace(duty(), live=Live((Permit("crash", "kiosk"), Permit("restart", "kiosk"))))
    assert refused(Order(1.0, "scale kiosk 2"), level=level) == (
        "this level does not let you scale kiosk: you can crash or restart it"
    )
    assert refused(Order(1.0, "crash lb"), level=level) == "this level does not let you crash lb: try kiosk"


def test_without_limits_of_its_own_what_can_be_set_on_the_board_holds() -> None:
    level = replace(duty(), live=Live((Permit("scale"),)))
    assert level.desk(level.found).check(Order(1.0, "scale kiosk 4"))
    assert refused(Order(1.0, "scale kiosk 5"), level=level) == "kiosk can be scaled from 1 to 4, not to 5"
    fixed = replace(level, rulebook=replace(level.rulebook, fixed=frozenset({"people", "kiosk"})))
    assert refused(Order(1.0, "scale kiosk 2"), level=fixed) == "kiosk cannot be scaled: it is fixed"
    bare = replace(level, rulebook=replace(level.rulebook, adjust={}))
    assert refused(Order(1.0, "scale kiosk 2"), level=bare).endswith("the level offers no other number of it")


def test_several_machines_need_somebody_who_chooses() -> None:
    direct = ("remove lb", "wire people -> kiosk")
    assert "people can only talk to one" in refused(Order(1.0, "scale kiosk 2"), edits=direct)


def test_a_replica_must_be_there_by_then() -> None:
    log = (Order(5.0, "scale kiosk 3"), Order(8.0, "scale kiosk 2"))
    assert refused(Order(4.0, "crash kiosk-2"), *log) == "there is no kiosk-2 then: there is kiosk"
    assert duty().desk(duty().found).check(Order(6.0, "crash kiosk-3"), log)
    assert refused(Order(9.0, "crash kiosk-3"), *log) == "there is no kiosk-3 then: there is kiosk-1 to kiosk-2"


def test_a_log_is_bounded() -> None:
    log = tuple(Order(1.0, "crash kiosk") for _ in range(MOST_ORDERS))
    assert refused(Order(1.0, "crash kiosk"), *log).startswith(f"a log has {MOST_ORDERS} orders at most")
    with pytest.raises(ScalegameError, match="orders at most"):
        list(read_log("at 1 s: crash kiosk\n" * (MOST_ORDERS + 1)))


def test_every_verb_is_explained_and_shown() -> None:
    assert set(MEANS) == set(EXAMPLES) == set(VERBS)


# -- lines


def test_a_line_gives_its_order_back() -> None:
    for order in (Order(12.345, "scale web 4"), Order(0.0, "crash web-2"), Order(90.0, "throttle web 1.5/s")):
        assert read_line(str(order)) == order


@pytest.mark.parametrize("text", ["scale web 4", "at 3: scale web 4", "at soon: crash web", "at 3 s:", "x" * 500])
def test_what_is_no_line_is_told(text: str) -> None:
    with pytest.raises(ScalegameError):
        read_line(text)


def test_a_log_is_a_line_an_order_and_remarks() -> None:
    text = "# the rush\nat 6 s: scale kiosk 4   # in time\n\nat 9 s: crash lb\n"
    assert list(read_log(text)) == [(2, Order(6.0, "scale kiosk 4")), (4, Order(9.0, "crash lb"))]
    with pytest.raises(ScalegameError) as caught:
        list(read_log("at 6 s: scale kiosk 4\nnonsense", "log.txt"))
    assert str(caught.value).startswith("log.txt:2: ")


# -- proofs


def test_an_attempt_is_proved_with_its_orders() -> None:
    level = duty()
    attempt = next(a for a in level.attempts if a.live)
    acted = sample(level, level.rulebook.kinds, attempt.do, 1, attempt.live)
    watched = sample(level, level.rulebook.kinds, attempt.do, 1)
    assert acted.values[0] > 0.9 > 0.5 > watched.values[0]
    assert acted.cost > watched.cost
