"""What the diagnosis says of locks, races and fans."""

from scalegame.design.distributions import constant, exponential
from scalegame.design.world import Fan, Lock, Operation, Program, Update, Wait, Work
from scalegame.insight.diagnosis import diagnose
from scalegame.insight.findings import Finding
from scalegame.simulation.run import Run
from tests.components.test_locks import BOOK, REFUND, office
from tests.scenarios import board, clients, program, run, scenario, service, steady, workload


def findings(made: Run) -> list[Finding]:
    return list(diagnose(made.scenario, made.result, made.recording))


def test_a_deadlock_is_told_with_its_operations_and_locks() -> None:
    found = next(f for f in findings(office(BOOK, REFUND)) if f.title == "Everything waits for everything")
    assert "book holds seats and waits for money; refund holds money and waits for seats" in found.sentence
    assert found.sentence.startswith("From 2.5 s on at web")
    assert ("circles of waiting", "1") in found.evidence


def test_a_crowd_before_a_lock_is_told_first() -> None:
    lock = Lock("stock", (Work(exponential(0.01)),))
    cards = [clients(), service(size="many", threads=50)]
    made = run(scenario(board(cards, "users -> web"), workload(steady(150.0)), program(lock), until=20.0))
    found = findings(made)[0]
    assert found.title == "They stand before the lock stock"
    assert "one is inside, for 9.99 ms each: 100/s come through" in found.sentence
    assert "Those who wait hold threads; the cores are 0" in found.sentence


def test_a_lock_that_wakes_all_is_told_with_how_often_they_look() -> None:
    """Twenty threads on one core, which spends itself on looking; it is as busy all the time."""
    lock = Lock("stock", (Work(exponential(0.005)),), handoff=0.001, wakes="all")
    cards = [clients(), service(threads=20)]
    made = run(scenario(board(cards, "users -> web"), workload(steady(100.0)), program(lock), until=20.0))
    first, *others = findings(made)
    card = made.result.components["web"]
    grants = next(pool.grants for pool in card.pools if pool.name == "cores")
    looks = f"{grants / card.completions:.0f}"
    assert f"all of them look, and a call gets a core {looks} times before it is done" in first.sentence
    assert not [f for f in others if "but 100 % while people wait" in f.sentence or "but 99" in f.sentence]


def test_a_quiet_lock_is_no_finding() -> None:
    lock = Lock("stock", (Work(exponential(0.01)),))
    made = run(
        scenario(
            board([clients(), service(size="many")], "users -> web"),
            workload(steady(10.0)),
            program(lock),
            until=20.0,
        )
    )
    assert not [f for f in findings(made) if "lock" in f.title]


def test_overwritten_changes_are_counted() -> None:
    made = run(
        scenario(
            board([clients(), service(size="many")], "users -> web"),
            workload(steady(50.0)),
            program(Update("seats", constant(0.02))),
            until=10.0,
        )
    )
    found = next(f for f in findings(made) if f.title == "Two wrote, one counts")
    lost = int(made.result.components["web"].counters["lost_updates"])
    assert lost > 0
    assert found.sentence.startswith(f"{lost:,} of ")


def test_a_fan_that_waits_for_all_is_told_what_it_meets() -> None:
    slopes = Program("slopes", {"state": Operation("state", (Wait(exponential(0.01)),))})
    mine = Program("p", {"get": Operation("get", (Fan((("slopes", "state"),), 20),))})
    cards = [clients(), service(size="many"), service("s", "slopes", size="many")]
    made = run(scenario(board(cards, "users -> web -> s"), workload(steady(10.0)), (mine, slopes), until=10.0))
    found = next(f for f in findings(made) if f.title == "web is as slow as the slowest of 20")
    assert found.sentence.startswith("With 20 calls at once, 18.2 % of the answers would meet")
