"""What is said of machines that came too late, or that came and went."""

from scalegame.insight.diagnosis import diagnose
from scalegame.insight.findings import Finding
from scalegame.insight.prediction import NotApplicable, predicted
from scalegame.simulation.run import Run, simulate
from tests.scenarios import KINDS
from tests.simulation.test_scaling import rates, scaled


def found(run: Run) -> dict[str, Finding]:
    return {f.title: f for f in diagnose(run.scenario, run.result, run.recording)}


def test_capacity_that_came_late_is_counted() -> None:
    """From 12 s on 200/s come for one machine that does 100/s: ordered at 20 s, in service at 25 s."""
    run = simulate(scaled(rates((0, 50), (12, 200)), 40, threads=10, backlog=10), KINDS, 1)
    finding = found(run)["Capacity came late"]
    log = run.recording.requests
    failed = log.ended({"refused"})
    starting = [t for e in run.recording.events if " scales from " in e.text for t in [e.time]]
    count = sum(int((failed & (log.born >= t) & (log.born < t + 5.0)).sum()) for t in starting)
    assert f"{count:,} requests failed" in finding.sentence
    assert "ordered at 20 s" in finding.sentence
    assert finding.component == "web"


def test_without_failures_nothing_came_late() -> None:
    assert "Capacity came late" not in found(simulate(scaled(rates((0, 80)), 40), KINDS, 1))


def test_marks_too_close_make_it_flap() -> None:
    """150/s: two machines at 75 % become three, three at 50 % become two, for ever."""
    close = {"scaling__in_below": 0.6, "scaling__cool_down": 0.0, "scaling__every": 3.0, "scaling__warm_up": 1.0}
    run = simulate(scaled(rates((0, 150)), 60, replicas=2, **close), KINDS, 1)
    assert "changed its mind" in found(run)["It flaps"].sentence
    apart = simulate(scaled(rates((0, 150)), 60, replicas=2, **{**close, "scaling__in_below": 0.3}), KINDS, 1)
    assert "It flaps" not in found(apart)


def test_no_formula_for_a_number_of_machines_that_changes() -> None:
    run = simulate(scaled(rates((0, 50)), 20), KINDS, 1)
    told = predicted("web", run.scenario, run.result)
    assert isinstance(told, NotApplicable)
    assert told.reason == "machines come and go by themselves"
