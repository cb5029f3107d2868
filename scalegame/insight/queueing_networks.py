"""What queueing theory predicts of several stations, and of a fixed crowd: closed forms and exact recursions.

Pure functions, in the words of `theory`.

Sources: [GH] Gross, Shortle, Thompson, Harris, Fundamentals of Queueing Theory, 4th ed. 2008. [DB] Denning
and Buzen, The operational analysis of queueing network models, ACM Computing Surveys 10 (1978). [J] J. R.
Jackson, Networks of waiting lines, Operations Research 5 (1957). [FH] L. Flatto and S. Hahn, Two parallel
queues created by arrivals with two demands, SIAM Journal on Applied Mathematics 44 (1984). [NT] R. Nelson and
A. N. Tantawi, Approximate analysis of fork/join synchronization in parallel queues, IEEE Transactions on
Computers 37 (1988). [BM] F. Baccelli, A. M. Makowski and A. Shwartz, The fork-join queue and related systems
with synchronization constraints, Advances in Applied Probability 21 (1989).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scalegame.insight.theory import INFINITY, birth_death, check, mmc_time, mmc_wait, number_inside, utilisation


@dataclass(frozen=True, slots=True)
class Closed:
    """A closed system in its steady state.

    Attributes:
        throughput: Requests per second.
        response: Mean time from request to reply, seconds.
        utilisation: Busy share of the servers (of each station, in `mva`).
        inside: Mean number at the servers (at each station, in `mva`).
    """

    throughput: float
    response: float
    utilisation: tuple[float, ...]
    inside: tuple[float, ...]


def repairman(clients: int, think: float, service: float, servers: int = 1) -> Closed:
    """The machine repairman M/M/c//N ([GH] §2.8): `clients` who think, ask, and wait for the reply.

    Args:
        clients: N, at least 1.
        think: Mean exponential thinking time between a reply and the next request.
        service: Mean exponential service time, above 0.
        servers: How many.
    """
    check(clients=clients, think=think, service=service, servers=servers)
    if service == 0:
        raise ValueError("service must be above 0")
    if think == 0:
        inside, busy = float(clients), float(min(clients, servers))
    else:
        ratios = [(clients - n + 1) * service / (think * min(n, servers)) for n in range(1, clients + 1)]
        weights = birth_death(ratios)
        numbers = np.arange(clients + 1)
        inside, busy = float(weights @ numbers), float(weights @ np.minimum(numbers, servers))
    throughput = busy / service
    return Closed(throughput, inside / throughput, (busy / servers,), (inside,))


def mva(clients: int, think: float, demands: Sequence[float]) -> Closed:
    """Exact mean value analysis of a closed network of single servers (Reiser and Lavenberg, JACM 27, 1980).

    Args:
        clients: N, at least 1.
        think: Mean time at no station.
        demands: Of each station: visits times mean service time, seconds (exponential service, or processor
            sharing).
    """
    check(clients=clients, think=think)
    need = np.asarray(demands, dtype=np.float64)
    if len(need) == 0 or not np.all(np.isfinite(need)) or np.any(need < 0) or need.sum() + think == 0:
        raise ValueError("demands must be finite, not negative, and not all zero without thinking")
    inside = np.zeros_like(need)
    throughput, response = 0.0, 0.0
    for n in range(1, clients + 1):
        times = need * (1.0 + inside)
        response = float(times.sum())
        throughput = n / (think + response)
        inside = throughput * times
    return Closed(throughput, response, tuple(map(float, throughput * need)), tuple(map(float, inside)))


@dataclass(frozen=True, slots=True)
class Station:
    """One station of an open network.

    Attributes:
        rate: Arrivals, 1/s, from outside and from other stations.
        utilisation: Offered; no steady state from 1 on.
        wait: Mean of one visit, seconds.
        inside: Mean number waiting or served.
    """

    rate: float
    utilisation: float
    wait: float
    inside: float


def jackson(
    arrivals: Sequence[float],
    routing: Sequence[Sequence[float]],
    service: Sequence[float],
    servers: Sequence[int],
) -> tuple[Station, ...]:
    """Means of an open network of exponential stations ([J]): each as if it were M/M/c on its own.

    Args:
        arrivals: Poisson rate from outside into each station.
        routing: Row i: probability of going from i to each station next; what is missing to 1 leaves.
        service: Mean of each station.
        servers: Of each station.

    Raises:
        ValueError: Rows that do not add up to at most 1, or a network that nothing ever leaves.
    """
    outside, routes = np.asarray(arrivals, dtype=np.float64), np.asarray(routing, dtype=np.float64)
    if np.any(routes < 0) or np.any(routes.sum(axis=1) > 1 + 1e-12):
        raise ValueError("each row of the routing must be probabilities that add up to at most 1")
    if max(abs(np.linalg.eigvals(routes)), default=0.0) > 1 - 1e-12:
        raise ValueError("nothing may stay in the network for ever")
    # The traffic equations: what comes in from everywhere is what comes out.
    rates = np.linalg.solve(np.eye(len(outside)) - routes.T, outside)
    found = []
    for rate, mean, count in zip(map(float, rates), service, servers, strict=True):
        wait = mmc_wait(rate, mean, count)
        inside = number_inside(rate, wait + mean) if rate else 0.0
        found.append(Station(rate, utilisation(rate, mean, count), wait, inside))
    return tuple(found)


def fork_join(rate: float, service: float) -> float:
    """Mean time until both of two single servers have done their part: (12 - ρ)/8 of M/M/1's ([FH], [NT])."""
    return (12.0 - utilisation(rate, service)) / 8.0 * mmc_time(rate, service)


def fork_join_bounds(rate: float, service: float, parts: int) -> tuple[float, float]:
    """Between what the mean time lies until all of so many single servers have done their part ([BM]).

    Above: as if the servers had nothing to do with each other, the slowest of so many M/M/1. Below: the same, with
    arrivals as regular as a clock, D/M/1, whose time is exponential.

    Args:
        rate: Poisson arrivals, each of which asks all servers.
        service: Mean exponential service time of each.
        parts: Servers.
    """
    check(servers=parts)
    busy = utilisation(rate, service)
    harmonic = sum(1.0 / k for k in range(1, parts + 1))
    if busy >= 1.0 or rate == 0:
        return (INFINITY, INFINITY) if rate else (harmonic * service,) * 2
    root = 0.0  # of root = exp(-(1 - root) / ρ), the smallest, from below
    for _ in range(10_000):
        root = math.exp(-(1.0 - root) / busy)
    return harmonic * service / (1.0 - root), harmonic * mmc_time(rate, service)
