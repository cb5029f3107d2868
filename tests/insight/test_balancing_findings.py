"""What is said of calls that went where they should not."""

from dataclasses import replace
from typing import Any

from scalegame.insight.diagnosis import diagnose
from scalegame.insight.findings import Finding
from scalegame.simulation.run import Run
from tests.components.test_balancing import BROKEN, behind
from tests.components.test_sessions import CRASH, STICKY, shop


def found(run: Run) -> dict[str, Finding]:
    return {f.title: f for f in diagnose(run.scenario, run.result, run.recording)}


def test_a_machine_that_fails_what_it_is_given_is_named_with_its_figures() -> None:
    run = behind({"web": 4}, 200.0, BROKEN, layer="L7", policy="round robin")
    finding = found(run)["One machine fails what it is given"]
    counters = run.result.components["lb"].counters
    assert finding.component == "lb"
    assert finding.sentence.startswith(
        f"web-2 failed {counters['failed at web-2']:,.0f} of the {counters['to web-2']:,.0f} calls that lb gave it"
    )
    assert finding.sentence.endswith("When lb looks whether it is there, it is there.")
    assert counters["failed at web-2"] > 600
    assert counters["failed at web-1"] == 0


def test_where_it_is_sent_out_or_everybody_fails_nothing_is_said_of_one() -> None:
    lb: dict[str, Any] = {"layer": "L7", "policy": "round robin"}
    assert "One machine fails what it is given" not in found(
        behind({"web": 4}, 200.0, BROKEN, eject__after=5, **lb)
    )
    assert "One machine fails what it is given" not in found(behind({"web": 4}, 200.0, **lb))


def test_users_who_cannot_be_shared_out_make_it_uneven() -> None:
    run = behind({"web": 5}, 400.0, users=8, layer="L7", affinity="user", policy="random")
    given = [run.result.components["lb"].counters[f"to web-{i}"] for i in range(1, 6)]
    assert f"{max(given) / (sum(given) / 5):.1f} times as many" in found(run)["Uneven"].sentence
    assert "Uneven" not in found(behind({"web": 5}, 400.0, users=8, layer="L7", policy="round robin"))


def test_baskets_that_are_gone_and_why() -> None:
    crashed = shop("memory", CRASH, lb={**STICKY, "health_check__every": 0.1})
    gone = crashed.result.components["web"].counters["sessions_gone"]
    assert f"{gone:,.0f} baskets went down" in found(crashed)["Baskets are gone"].sentence
    apart = found(shop("memory", lb={"policy": "random"}))["Baskets are gone"]
    assert apart.component == "web"
    assert "each of the 3 machines" in apart.sentence
    assert "Baskets are gone" not in found(shop("store", CRASH))


def test_baskets_are_not_blamed_where_something_else_loses_what_was_acknowledged() -> None:
    run = shop("memory", CRASH, lb={**STICKY, "health_check__every": 0.1})
    web = run.result.components["web"]
    other = replace(web, counters={**web.counters, "lost_updates": 3.0, "updates": 9.0})
    result = replace(run.result, components={**run.result.components, "web": other})
    assert "Baskets are gone" in found(run)
    titles = {f.title for f in diagnose(run.scenario, result, run.recording)}
    assert "Baskets are gone" not in titles


def test_the_larger_share_of_lost_baskets_is_told_first() -> None:
    """Dealt in turn, most are looked for at another machine; a crash takes a few besides."""
    made = shop("memory", CRASH, lb={"policy": "random", "health_check__every": 0.1})
    log = made.recording.requests
    earlier = int(((log.lost > 0) & (log.born < 5.0)).sum())
    sentence = found(made)["Baskets are gone"].sentence
    first, second = sentence.split(" Besides, ")
    assert "each of the 3 machines of web knows only what it was told itself" in first
    assert 0 < earlier <= int(first.split(". ")[1].split(" of ")[0].replace(",", ""))
    assert second.endswith("baskets went down with machines of web.")
