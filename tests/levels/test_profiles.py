"""Links by kilometres, by name and by figures; and what a run makes of them."""

from __future__ import annotations

import numpy as np
import pytest

from scalegame.design.distributions import constant
from scalegame.design.world import Work
from scalegame.errors import ScalegameError
from scalegame.levels.profiles import PROFILES, read
from scalegame.levels.schema import LinkShape
from scalegame.simulation.network import Wires
from scalegame.simulation.randomness import Streams
from scalegame.simulation.scenario import Network, Profile
from tests.scenarios import board, clients, latencies, once, program, run, scenario, service, workload


def link(**written: object) -> Profile:
    return read(LinkShape.model_validate(written))


@pytest.mark.parametrize(
    ("kilometres", "milliseconds"),
    [(4148, 21), (5585, 28), (15_993, 80)],
    ids=["New York - San Francisco", "New York - London", "New York - Sydney"],
)
def test_light_in_fibre_takes_what_it_takes(kilometres: float, milliseconds: float) -> None:
    """Within half a millisecond of what such lines are known for, there and back twice that, in a run."""
    far = link(fibre=f"{kilometres} km")
    assert far.latency.mean * 1000 == pytest.approx(milliseconds, abs=0.5)
    live = run(
        scenario(
            board([clients(at="york"), service()], "users -> web"),
            workload(once(1.0)),
            program(Work(constant(0.0))),
            links={("york", "here"): far},
        )
    )
    assert latencies(live.recording) == pytest.approx([2 * kilometres / 200_000])


def test_named_networks_are_in_the_ranges_that_they_are_known_for() -> None:
    lan, wan, four, five = (link(profile=name) for name in ("lan", "wan", "4g", "5g"))
    assert lan.latency.mean < 0.001
    assert 10e9 <= lan.bandwidth * 8 <= 100e9  # type: ignore[operator]
    assert four.latency.values == (0.020, 0.040)
    assert five.latency.values == (0.001, 0.002)
    assert four.loss == 0.005
    assert wan.latency.mean == 0.030
    assert set(PROFILES) == {"lan", "wan", "4g", "5g"}


def test_what_is_given_goes_before_what_the_name_says() -> None:
    found = link(profile="4g", loss="0 %", bandwidth="8 Mbit/s", jitter="5 ms")
    assert (found.loss, found.bandwidth, found.jitter) == (0.0, 1e6, 0.005)
    assert found.latency == PROFILES["4g"].latency
    assert link(profile="wan", fibre="2000 km").latency == constant(0.01)


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ({}, "how long does a message take"),
        ({"bandwidth": "1 Mbit/s"}, "how long does a message take"),
        ({"latency": "1 ms", "fibre": "10 km"}, "not both"),
    ],
)
def test_a_link_says_once_how_long_it_is(written: dict[str, object], says: str) -> None:
    with pytest.raises(ScalegameError, match=says):
        link(**written)


@pytest.mark.parametrize("written", [{"fibre": "-1 km"}, {"fibre": "1e9 km"}, {"fibre": 7}, {"profile": "6g"}])
def test_nonsense_is_refused(written: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"km|4g"):
        link(**written)


def delays(profile: Profile, size: float = 500.0, count: int = 20_000) -> np.ndarray:
    """What a link draws."""
    wires = Wires(Network(("a", "b"), {("a", "b"): profile}), Streams(1), ())
    draw = wires.delay(("a", "b"), size, "test")
    return np.array([draw() for _ in range(count)])


def test_jitter_comes_on_top_and_has_its_mean() -> None:
    plain, shaken = delays(link(latency="10 ms")), delays(link(latency="10 ms", jitter="5 ms"))
    assert set(plain) == {0.01}
    assert shaken.min() >= 0.01
    assert shaken.mean() == pytest.approx(0.015, rel=0.02)
    assert np.quantile(shaken - 0.01, 0.99) == pytest.approx(0.005 * np.log(100), rel=0.06)


def test_bytes_take_their_time_and_loss_takes_its_share() -> None:
    assert delays(link(profile="wan", latency="0 ms"), 1.25e6)[0] == pytest.approx(0.1, abs=1e-5)
    assert np.isinf(delays(link(profile="4g"))).mean() == pytest.approx(0.005, abs=0.0015)


def test_jitter_of_one_link_leaves_the_latencies_of_others_as_they_were() -> None:
    spread = link(latency={"exponential": "10 ms"})
    shaken = link(latency={"exponential": "10 ms"}, jitter="5 ms")
    assert (delays(shaken, count=100) > delays(spread, count=100)).all()
