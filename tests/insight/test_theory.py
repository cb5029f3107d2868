"""Each closed form against an independent value: a table, a special case, or the chain solved raw."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scalegame.insight import hit_ratios, queueing_networks, theory


def chain(births: list[float], deaths: list[float]) -> np.ndarray:
    """Steady state of a birth-death chain by linear algebra on its generator; shares no code with theory."""
    size = len(births) + 1
    generator = np.zeros((size, size))
    for n, (up, down) in enumerate(zip(births, deaths, strict=True)):
        generator[n, n + 1] = up
        generator[n + 1, n] = down
    np.fill_diagonal(generator, -generator.sum(axis=1))
    system = np.vstack([generator.T, np.ones(size)])
    return np.linalg.lstsq(system, np.append(np.zeros(size), 1.0), rcond=None)[0]


@pytest.mark.parametrize(
    ("servers", "offered", "blocked"),
    # Erlang B as printed in traffic tables: the load at which c circuits block this share.
    [(1, 0.0101, 0.01), (5, 1.36, 0.01), (10, 4.46, 0.01), (20, 12.03, 0.01),
     (50, 37.9, 0.01), (100, 84.1, 0.01), (10, 6.22, 0.05), (20, 15.2, 0.05)],
)  # fmt: skip
def test_erlang_b_agrees_with_the_printed_tables(servers: int, offered: float, blocked: float) -> None:
    assert theory.erlang_b(servers, offered) == pytest.approx(blocked, rel=0.02)


def test_erlang_b_is_the_sum_it_is_defined_as() -> None:
    a, c = 7.3, 9
    terms = [a**k / math.factorial(k) for k in range(c + 1)]
    assert theory.erlang_b(c, a) == pytest.approx(terms[-1] / sum(terms), rel=1e-13)


def test_erlang_b_at_the_edges() -> None:
    assert theory.erlang_b(0, 3.0) == 1.0
    assert theory.erlang_b(3, 0.0) == 0.0
    # a = c, c large: B goes as sqrt(2 / (pi c)).
    assert theory.erlang_b(100_000, 100_000.0) == pytest.approx(math.sqrt(2 / math.pi / 100_000), rel=0.005)
    assert theory.erlang_b(10_000, 1.0) == 0.0


@pytest.mark.parametrize(("servers", "rho"), [(1, 0.3), (1, 0.9), (2, 0.7), (8, 0.95), (40, 0.8)])
def test_mmc_agrees_with_its_chain(servers: int, rho: float) -> None:
    service = 0.05
    rate = rho * servers / service
    room = servers + 600
    births = [rate] * room
    deaths = [min(n, servers) / service for n in range(1, room + 1)]
    p = chain(births, deaths)
    waiting = float(p @ np.maximum(np.arange(room + 1) - servers, 0))
    assert theory.mmc_queue(rate, service, servers) == pytest.approx(waiting, rel=1e-6)
    assert theory.mmc_wait(rate, service, servers) == pytest.approx(waiting / rate, rel=1e-6)
    assert theory.erlang_c(servers, rho * servers) == pytest.approx(float(p[servers:].sum()), rel=1e-6)


def test_mm1_in_its_textbook_form() -> None:
    rate, service = 80.0, 0.01
    assert theory.mmc_time(rate, service) == pytest.approx(1 / (1 / service - rate))
    # Time in M/M/1 is exponential with that mean.
    for q in (0.1, 0.5, 0.99, 0.999):
        assert theory.mmc_time_quantile(rate, service, 1, q) == pytest.approx(-0.05 * math.log(1 - q), rel=1e-9)
    assert theory.mmc_wait_quantile(rate, service, 1, 0.1) == 0.0
    assert theory.mmc_wait_quantile(rate, service, 1, 0.99) == pytest.approx(0.05 * math.log(0.8 / 0.01))


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 60), st.floats(0.05, 0.98), st.floats(0.01, 0.999))
def test_quantiles_invert_the_tails_and_tails_integrate_to_the_mean(servers: int, rho: float, q: float) -> None:
    service = 0.02
    rate = rho * servers / service
    wait = theory.mmc_wait_quantile(rate, service, servers, q)
    if wait > 0:
        assert theory.mmc_wait_tail(rate, service, servers, wait) == pytest.approx(1 - q, rel=1e-9)
    time = theory.mmc_time_quantile(rate, service, servers, q)
    assert theory.mmc_time_tail(rate, service, servers, time) == pytest.approx(1 - q, rel=1e-6)
    grid = np.linspace(0, theory.mmc_time_quantile(rate, service, servers, 0.9999999), 2_001)
    tail = [theory.mmc_time_tail(rate, service, servers, float(t)) for t in grid]
    assert float(np.trapezoid(tail, grid)) == pytest.approx(theory.mmc_time(rate, service, servers), rel=1e-3)


def test_the_time_tail_is_smooth_where_its_two_exponents_meet() -> None:
    service, servers = 1.0, 2
    exactly = theory.mmc_time_tail(1.0, service, servers, 3.0)  # c - a = 1
    assert theory.mmc_time_tail(1.0 - 1e-9, service, servers, 3.0) == pytest.approx(exactly, rel=1e-7)
    assert theory.mmc_time_tail(1.0 + 1e-9, service, servers, 3.0) == pytest.approx(exactly, rel=1e-7)


@pytest.mark.parametrize(
    ("rate", "servers", "room"), [(50, 1, 1), (50, 1, 10), (120, 4, 20), (400, 4, 30), (1, 8, 8)]
)
def test_mmck_agrees_with_its_chain(rate: float, servers: int, room: int) -> None:
    service = 0.02
    p = chain([rate] * room, [min(n, servers) / service for n in range(1, room + 1)])
    found = theory.mmck(rate, service, servers, room)
    waiting = float(p @ np.maximum(np.arange(room + 1) - servers, 0))
    assert found.refused == pytest.approx(float(p[-1]), rel=1e-7, abs=1e-12)
    assert found.queue == pytest.approx(waiting, rel=1e-7, abs=1e-12)
    assert found.throughput == pytest.approx(rate * (1 - float(p[-1])))
    assert found.wait == pytest.approx(waiting / found.throughput, rel=1e-7, abs=1e-12)
    assert found.time == found.wait + service
    assert found.utilisation == pytest.approx(found.throughput * service / servers)


def test_mmck_without_room_to_wait_is_erlang_b() -> None:
    assert theory.mmck(900.0, 0.1, 100, 100).refused == pytest.approx(theory.erlang_b(100, 90.0), rel=1e-12)


def test_mg1_meets_mm1_and_md1() -> None:
    assert theory.mg1_wait(90.0, 0.01, 1.0) == pytest.approx(theory.mmc_wait(90.0, 0.01))
    assert theory.md1_wait(90.0, 0.01) == pytest.approx(theory.mmc_wait(90.0, 0.01) / 2)
    # 5 % of the work is twenty times the rest: S = 0.01·(0.95 + 1) s, second moment 1e-4·(0.95 + 20).
    mean, second = 0.01 * 1.95, 1e-4 * (0.95 + 0.05 * 400)
    scv = second / mean**2 - 1
    assert theory.mg1_wait(20.0, mean, scv) == pytest.approx(20.0 * second / (2 * (1 - 20.0 * mean)))


def test_allen_cunneen_is_exact_where_it_should_be() -> None:
    assert theory.allen_cunneen(700.0, 0.01, 8, 1.0, 1.0) == theory.mmc_wait(700.0, 0.01, 8)
    assert theory.allen_cunneen(90.0, 0.01, 1, 1.0, 4.0) == pytest.approx(theory.mg1_wait(90.0, 0.01, 4.0))
    assert theory.allen_cunneen(90.0, 0.01, 1, 0.0, 0.0) == 0.0


@pytest.mark.parametrize(("clients", "think", "servers"), [(1, 1.0, 1), (10, 0.5, 1), (60, 0.3, 2), (300, 1.0, 8)])
def test_repairman_agrees_with_its_chain(clients: int, think: float, servers: int) -> None:
    service = 0.04
    p = chain(
        [(clients - n) / think for n in range(clients)],
        [min(n, servers) / service for n in range(1, clients + 1)],
    )
    numbers = np.arange(clients + 1)
    busy, inside = float(p @ np.minimum(numbers, servers)), float(p @ numbers)
    found = queueing_networks.repairman(clients, think, service, servers)
    assert found.throughput == pytest.approx(busy / service, rel=1e-6)
    assert found.response == pytest.approx(inside * service / busy, rel=1e-6)
    assert found.utilisation[0] == pytest.approx(busy / servers, rel=1e-6)
    # The interactive response time law ties the two together.
    assert theory.response_when_closed(clients, found.throughput, think) == pytest.approx(found.response, rel=1e-9)


def test_mva_of_one_station_is_the_repairman() -> None:
    for clients in (1, 7, 200):
        one, other = queueing_networks.mva(clients, 0.5, [0.02]), queueing_networks.repairman(clients, 0.5, 0.02)
        assert one.throughput == pytest.approx(other.throughput, rel=1e-9)
        assert one.response == pytest.approx(other.response, rel=1e-9)


def test_mva_of_a_balanced_network_without_thinking() -> None:
    # K equal stations, N clients: X = N / (D·(N + K - 1)).
    found = queueing_networks.mva(12, 0.0, [0.1] * 4)
    assert found.throughput == pytest.approx(12 / (0.1 * 15))
    assert sum(found.inside) == pytest.approx(12)


def test_a_fixed_crowd_ten_times_as_large_waits_ten_times_as_long() -> None:
    assert queueing_networks.repairman(100, 0.0, 0.01).response == pytest.approx(1.0)
    assert queueing_networks.repairman(1000, 0.0, 0.01).response == pytest.approx(10.0)


def test_jackson_solves_the_traffic_and_then_each_station() -> None:
    # All come to the first, go on to the second, and one in four comes back: 100 / 0.75 visits.
    first, second = queueing_networks.jackson([100.0, 0.0], [[0.0, 1.0], [0.25, 0.0]], [0.005, 0.02], [1, 4])
    assert first.rate == pytest.approx(400 / 3)
    assert second.rate == pytest.approx(400 / 3)
    assert first.wait == pytest.approx(theory.mmc_wait(400 / 3, 0.005, 1))
    assert second.inside == pytest.approx(400 / 3 * theory.mmc_time(400 / 3, 0.02, 4))
    with pytest.raises(ValueError, match="for ever"):
        queueing_networks.jackson([1.0, 0.0], [[0.0, 1.0], [1.0, 0.0]], [0.1, 0.1], [1, 1])


def test_the_laws() -> None:
    assert theory.utilisation(240.0, 0.03, 2) == pytest.approx(3.6)
    assert theory.offered_load(240.0, 0.03) == pytest.approx(7.2)
    assert theory.number_inside(240.0, 0.5) == 120.0


def test_no_steady_state_is_infinite_and_nonsense_is_refused() -> None:
    assert theory.mmc_wait(200.0, 0.01, 2) == math.inf
    assert theory.mmc_wait_quantile(300.0, 0.01, 2, 0.5) == math.inf
    assert theory.mmc_time_quantile(300.0, 0.01, 2, 0.5) == math.inf
    assert theory.mg1_wait(100.0, 0.01, 1.0) == math.inf
    assert theory.erlang_c(2, 5.0) == 1.0
    for wrong in (
        lambda: theory.mmc_wait(-1.0, 0.01),
        lambda: theory.mmc_wait(math.nan, 0.01),
        lambda: theory.mmc_wait(1.0, 0.01, 0),
        lambda: theory.mmc_wait_quantile(1.0, 0.01, 1, 1.0),
        lambda: theory.mmck(1.0, 0.01, 4, 3),
        lambda: queueing_networks.mva(1, 0.0, []),
        lambda: theory.mg1_wait(1.0, 0.1, -1.0),
        lambda: queueing_networks.repairman(3, 1.0, 0.0),
    ):
        with pytest.raises(ValueError, match=r"must|needs|least"):
            wrong()


@given(st.integers(1, 2000), st.floats(0.01, 0.999))
def test_waits_are_finite_positive_and_fall_with_more_servers(servers: int, rho: float) -> None:
    rate = rho * servers / 0.01
    wait = theory.mmc_wait(rate, 0.01, servers)
    assert 0 <= wait < math.inf
    assert theory.mmc_wait(rate, 0.01, servers + 1) <= wait


@pytest.mark.parametrize(("rate", "servers", "patience"), [(100.0, 10, 0.5), (150.0, 10, 0.1), (50.0, 10, 2.0)])
def test_erlang_a_agrees_with_its_chain(rate: float, servers: int, patience: float) -> None:
    service, room = 0.1, 120
    deaths = [min(n, servers) / service + max(n - servers, 0) / patience for n in range(1, room + 1)]
    p = chain([rate] * room, deaths)
    waiting = float(p @ np.maximum(np.arange(room + 1) - servers, 0))
    found = theory.erlang_a(rate, service, servers, patience)
    assert found.queue == pytest.approx(waiting, rel=1e-6)
    assert found.abandoned == pytest.approx(waiting / patience / rate, rel=1e-6)
    # Whoever does not leave is served: what comes in goes out.
    assert found.utilisation == pytest.approx(rate * (1 - found.abandoned) * service / servers, rel=1e-9)


def test_erlang_a_between_its_limits() -> None:
    """With endless patience it is M/M/c, with none it is Erlang's loss system."""
    assert theory.erlang_a(80.0, 0.1, 10, 1e6).wait == pytest.approx(theory.mmc_wait(80.0, 0.1, 10), rel=1e-5)
    assert theory.erlang_a(80.0, 0.1, 10, 1e-6).abandoned == pytest.approx(theory.erlang_b(10, 8.0), rel=1e-4)
    with pytest.raises(ValueError, match="patience"):
        theory.erlang_a(1.0, 1.0, 1, 0.0)


def test_fork_and_join_between_its_bounds_and_at_its_ends() -> None:
    """Idle servers: the slowest of n exponentials; the exact value for two lies between the bounds."""
    assert queueing_networks.fork_join(0.0, 2.0) == pytest.approx(3.0)
    assert queueing_networks.fork_join_bounds(0.0, 2.0, 2) == pytest.approx((3.0, 3.0))
    for rate in (0.1, 0.5, 0.9):
        low, high = queueing_networks.fork_join_bounds(rate, 1.0, 2)
        assert low < queueing_networks.fork_join(rate, 1.0) < high
    # D/M/1 at ρ = 1/2: root = exp(-2(1 - root)) = 0.2032.
    assert queueing_networks.fork_join_bounds(0.5, 1.0, 1) == pytest.approx((1 / (1 - 0.20318787), 2.0), rel=1e-6)
    assert queueing_networks.fork_join_bounds(1.0, 1.0, 4) == (math.inf, math.inf)


def test_che_is_exact_where_all_keys_are_asked_for_equally_and_never_better_than_the_best_store() -> None:
    assert hit_ratios.che([0.01] * 100, 30) == pytest.approx(0.30, abs=1e-9)
    assert hit_ratios.che([0.01] * 100, 0) == pytest.approx(0.0, abs=1e-9)
    assert hit_ratios.che([0.01] * 100, 100) == 1.0
    for exponent in (0.5, 0.8, 1.1, 2.0):
        shares = hit_ratios.zipf(500, exponent)
        for room in (1, 10, 50, 499):
            assert room / 500 < hit_ratios.che(shares.tolist(), room) < float(shares[:room].sum())


def test_copies_that_expire_are_found_as_often_as_is_asked_before_they_do() -> None:
    assert hit_ratios.ttl_hits([10.0], 1.0) == pytest.approx(10 / 11), "ten hits on average to each miss"
    assert hit_ratios.ttl_hits([10.0, 0.0], 1.0) == pytest.approx(10 / 11)
    assert hit_ratios.ttl_hits([3.0, 1.0], 1.0) == pytest.approx(0.75 * 3 / 4 + 0.25 * 1 / 2)
    assert hit_ratios.ttl_hits([3.0, 1.0], 0.0) == 0.0


@pytest.mark.parametrize(("shares", "room"), [([0.5, 0.4], 1), ([1.5, -0.5], 1), ([0.5, 0.5], -1)])
def test_che_refuses_what_has_no_meaning(shares: list[float], room: int) -> None:
    with pytest.raises(ValueError, match="shares must add up to 1"):
        hit_ratios.che(shares, room)


@pytest.mark.parametrize(("rates", "ttl"), [([0.0], 1.0), ([-1.0, 2.0], 1.0), ([1.0], -1.0)])
def test_a_store_that_is_never_asked_has_no_hit_ratio(rates: list[float], ttl: float) -> None:
    with pytest.raises(ValueError, match="must be positive"):
        hit_ratios.ttl_hits(rates, ttl)
