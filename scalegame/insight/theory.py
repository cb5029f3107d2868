"""What queueing theory predicts of one station: closed forms, each with its source, in seconds and 1/s.

Pure functions. `rate` is always the arrival rate (1/s), `service` the mean service time (s), `servers` the
number of equal servers before which one first-in-first-out queue stands. Where there is no steady
state (the servers are offered all they can do, or more) means are infinite: the queue grows for ever.
Several stations are in `queueing_networks`, caches in `hit_ratios`.

Sources: [K], [K2] L. Kleinrock, Queueing Systems I, 1975, and II, 1976. [Co] A. Cobham, Priority assignment in
waiting line problems, Operations Research 2 (1954). [GH] Gross, Shortle, Thompson, Harris, Fundamentals of
Queueing Theory, 4th ed. 2008. [A] A. O. Allen, Probability, Statistics and Queueing Theory, 2nd ed. 1990. [DB]
Denning and Buzen, The operational analysis of queueing network models, ACM Computing Surveys 10 (1978). [L] J. D.
C. Little, A proof for the queuing formula L = λW, Operations Research 9 (1961). [P] C. Palm, Research on
telephone traffic carried by full availability groups, Tele 1 (1957).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

INFINITY = math.inf


def offered_load(rate: float, service: float) -> float:
    """Work that arrives per second, in erlangs: how many servers it would keep busy ([GH] §1.4)."""
    check(rate=rate, service=service)
    return rate * service


def utilisation(rate: float, service: float, servers: int = 1) -> float:
    """The utilisation law U = X·S/c ([DB]); above 1 it is what the servers lack, not what they are busy."""
    check(rate=rate, service=service, servers=servers)
    return rate * service / servers


def number_inside(rate: float, time: float) -> float:
    """Little's law L = λ·W: how many are inside, from how many come and how long each stays ([L])."""
    check(rate=rate, service=time)
    return rate * time


def response_when_closed(clients: int, throughput: float, think: float = 0.0) -> float:
    """The interactive response time law R = N/X - Z ([DB]); infinite where nothing gets through."""
    check(clients=clients, rate=throughput, think=think)
    return clients / throughput - think if throughput else INFINITY


def erlang_b(servers: int, offered: float) -> float:
    """Probability that an arrival finds all servers busy where nobody waits (M/G/c/c, [GH] §3.5).

    By the recursion over servers of the inverse, 1/B(k) = 1 + (k/a)/B(k-1): no factorial, no overflow, every
    term positive, so that it holds for thousands of servers.

    Args:
        servers: At least 0.
        offered: Load in erlangs.
    """
    check(rate=offered)
    if servers < 0:
        raise ValueError("servers must not be negative")
    if offered == 0:
        return 1.0 if servers == 0 else 0.0
    inverse = 1.0
    for k in range(1, servers + 1):
        inverse = 1.0 + inverse * k / offered
        if inverse > 1e300:
            return 0.0
    return 1.0 / inverse


def erlang_c(servers: int, offered: float) -> float:
    """Probability that an arrival has to wait in M/M/c ([GH] §2.3); 1 where there is no steady state."""
    check(rate=offered, servers=servers)
    if offered >= servers:
        return 1.0
    blocked = erlang_b(servers, offered)
    return blocked / (1.0 - offered / servers * (1.0 - blocked))


def mmc_wait(rate: float, service: float, servers: int = 1) -> float:
    """Mean wait in M/M/c, those who do not wait included: C(c, a)·S / (c - a) ([GH] §2.3)."""
    load = offered_load(rate, service)
    check(servers=servers)
    return erlang_c(servers, load) * service / (servers - load) if load < servers else INFINITY


def mmc_time(rate: float, service: float, servers: int = 1) -> float:
    """Mean time in M/M/c, from arrival to departure."""
    return mmc_wait(rate, service, servers) + service


def mmc_queue(rate: float, service: float, servers: int = 1) -> float:
    """Mean number waiting in M/M/c, by Little's law."""
    return rate * mmc_wait(rate, service, servers) if rate else 0.0


def mmc_wait_tail(rate: float, service: float, servers: int, time: float) -> float:
    """Probability of waiting longer than `time` in M/M/c: C(c, a)·exp(-(c - a)·t/S) ([GH] §2.3)."""
    load = offered_load(rate, service)
    if time < 0:
        return 1.0
    if load >= servers:
        return 1.0
    if service == 0:
        return 0.0
    return erlang_c(servers, load) * math.exp(-(servers - load) * time / service)


def mmc_wait_quantile(rate: float, service: float, servers: int, q: float) -> float:
    """The wait that a share `q` of arrivals does not exceed in M/M/c; 0 where that many do not wait."""
    _quantile(q)
    load = offered_load(rate, service)
    if load >= servers:
        return INFINITY
    waits = erlang_c(servers, load)
    if waits <= 1.0 - q:
        return 0.0
    return math.log(waits / (1.0 - q)) * service / (servers - load)


def mmc_time_tail(rate: float, service: float, servers: int, time: float) -> float:
    """Probability that M/M/c takes longer than `time` from arrival to departure ([GH] §2.3).

    The wait is 0 or exponential, the service exponential; the sum is a mixture that degenerates to an Erlang
    distribution where c - a = 1.
    """
    load = offered_load(rate, service)
    if time <= 0 or load >= servers:
        return 1.0
    if service == 0:
        return 0.0
    waits, x, spare = erlang_c(servers, load), time / service, servers - load
    gap = spare - 1.0
    # (exp(-x) - exp(-spare·x)) / (spare - 1), written so that it is exact as spare goes to 1.
    mixed = math.exp(-x) * (x if abs(gap * x) < 1e-12 else -math.expm1(-gap * x) / gap)
    return min(1.0, math.exp(-x) + waits * mixed)


def mmc_time_quantile(rate: float, service: float, servers: int, q: float) -> float:
    """The time that a share `q` of requests does not exceed in M/M/c, by bisection of `mmc_time_tail`."""
    _quantile(q)
    load = offered_load(rate, service)
    if load >= servers:
        return INFINITY
    low, high = 0.0, service
    while mmc_time_tail(rate, service, servers, high) > 1.0 - q:
        low, high = high, 2.0 * high
    while high - low > 1e-12 * high:
        middle = (low + high) / 2
        if mmc_time_tail(rate, service, servers, middle) > 1.0 - q:
            low = middle
        else:
            high = middle
    return high


@dataclass(frozen=True, slots=True)
class Bounded:
    """A queue with room for a limited number, in its steady state.

    Attributes:
        refused: Probability that an arrival is turned away.
        throughput: Of those who got in, 1/s.
        utilisation: Busy share of the servers.
        queue: Mean number waiting.
        wait: Mean wait of those who got in, seconds.
        time: Mean time inside of those who got in, seconds.
    """

    refused: float
    throughput: float
    utilisation: float
    queue: float
    wait: float
    time: float


def mmck(rate: float, service: float, servers: int, room: int) -> Bounded:
    """M/M/c/K ([GH] §2.5): at most `room` inside, those being served included; it always has a steady state.

    Args:
        rate: Arrivals, those turned away included.
        service: Mean.
        servers: How many.
        room: K, at least `servers`.
    """
    check(rate=rate, service=service, servers=servers)
    if room < servers:
        raise ValueError("room must be at least the number of servers")
    weights = birth_death([rate * service / min(n, servers) for n in range(1, room + 1)])
    numbers = np.arange(room + 1)
    refused = float(weights[room])
    queue = float(weights @ np.maximum(numbers - servers, 0))
    throughput = rate * (1.0 - refused)
    wait = queue / throughput if throughput else 0.0
    return Bounded(refused, throughput, throughput * service / servers, queue, wait, wait + service)


@dataclass(frozen=True, slots=True)
class Impatient:
    """A queue that people leave when they have waited too long, in its steady state.

    Attributes:
        abandoned: Share of the arrivals that leave before they are served.
        waits: Share of the arrivals that do not get a server at once.
        wait: Mean time in the queue of all arrivals, those who leave included, seconds.
        queue: Mean number waiting.
        utilisation: Busy share of the servers.
    """

    abandoned: float
    waits: float
    wait: float
    queue: float
    utilisation: float


def erlang_a(rate: float, service: float, servers: int, patience: float) -> Impatient:
    """M/M/c+M, "Erlang A" ([P]): whoever waits leaves after an exponential time; it always has a steady state.

    Args:
        rate: Arrivals, those who leave included.
        service: Mean, above 0.
        servers: How many.
        patience: Mean, above 0.
    """
    check(rate=rate, service=service, servers=servers)
    if not (service > 0 and 0 < patience < math.inf):
        raise ValueError("service and patience must be above 0 and finite")
    if rate == 0:
        return Impatient(0.0, 0.0, 0.0, 0.0, 0.0)
    # A birth-death chain without an upper end: as far as there is anything to be seen.
    ratios: list[float] = []
    height = top = 0.0
    while len(ratios) <= servers or height > top - 45.0:
        n = len(ratios) + 1
        ratios.append(rate / (min(n, servers) / service + max(n - servers, 0) / patience))
        height += math.log(ratios[-1])
        top = max(top, height)
    weights = birth_death(ratios)
    numbers = np.arange(len(weights))
    queue = float(weights @ np.maximum(numbers - servers, 0))
    busy = float(weights @ np.minimum(numbers, servers)) / servers
    return Impatient(queue / patience / rate, float(weights[servers:].sum()), queue / rate, queue, busy)


def birth_death(ratios: Sequence[float]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Steady state of a birth-death chain from the ratios birth(n-1)/death(n), in logarithms."""
    with np.errstate(divide="ignore"):
        logs = np.concatenate(([0.0], np.cumsum(np.log(np.asarray(ratios, dtype=np.float64)))))
    weights: np.ndarray[tuple[int], np.dtype[np.float64]] = np.exp(logs - logs.max())
    weights /= weights.sum()
    return weights


def mg1_wait(rate: float, service: float, scv: float) -> float:
    """Mean wait in M/G/1, Pollaczek and Khinchine ([K] §5.6): ρ·S·(1 + scv) / (2·(1 - ρ)).

    Args:
        rate: Poisson arrivals.
        service: Mean.
        scv: Squared coefficient of variation of the service time: 0 constant, 1 exponential.
    """
    check(scv=scv)
    busy = offered_load(rate, service)
    return busy * service * (1.0 + scv) / (2.0 * (1.0 - busy)) if busy < 1.0 else INFINITY


def mg1_shared_time(rate: float, service: float) -> float:
    """Mean time in M/G/1 with processor sharing: S/(1 - ρ), whatever the distribution of the work ([K2] §4.4)."""
    busy = utilisation(rate, service)
    return service / (1.0 - busy) if busy < 1.0 else INFINITY


def priority_waits(rates: Sequence[float], services: Sequence[float], scvs: Sequence[float]) -> list[float]:
    """Mean wait of each class in M/G/1 with priorities that interrupt nobody, the most urgent first ([Co]).

    Args:
        rates: Of arrival of each class.
        services: Mean work of each.
        scvs: Squared coefficient of variation of each one's work.
    """
    residual, above, waits = 0.0, 0.0, []
    for rate, service, scv in zip(rates, services, scvs, strict=True):
        check(rate=rate, service=service)
        residual += rate * service**2 * (1.0 + scv) / 2.0
    for rate, service in zip(rates, services, strict=True):
        upto = above + rate * service
        waits.append(residual / ((1.0 - above) * (1.0 - upto)) if upto < 1.0 else INFINITY)
        above = upto
    return waits


def md1_wait(rate: float, service: float) -> float:
    """Mean wait in M/D/1: half of M/M/1's, for the same mean."""
    return mg1_wait(rate, service, 0.0)


def allen_cunneen(rate: float, service: float, servers: int, scv_arrivals: float, scv_service: float) -> float:
    """Mean wait in G/G/c, approximately ([A] §5.3.6): M/M/c's times the mean of the two variabilities.

    Exact for M/M/c and for M/G/1; otherwise an approximation, best at high utilisation.
    """
    check(scv=scv_arrivals)
    check(scv=scv_service)
    return mmc_wait(rate, service, servers) * (scv_arrivals + scv_service) / 2.0


def check(
    *,
    rate: float = 0.0,
    service: float = 0.0,
    servers: int = 1,
    clients: int = 1,
    think: float = 0.0,
    scv: float = 0.0,
) -> None:
    """Refuses what has no meaning, so that a slip is not a plausible number."""
    for name, value in (("rate", rate), ("service", service), ("think", think), ("scv", scv)):
        if not value >= 0 or (math.isinf(value) and name != "service"):
            raise ValueError(f"{name} must be a number that is not negative")
    if servers < 1 or clients < 1:
        raise ValueError("there must be at least one server and one client")


def _quantile(q: float) -> None:
    if not 0.0 <= q < 1.0:
        raise ValueError("a quantile is at least 0 and below 1")
