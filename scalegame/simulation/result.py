"""What one run measured (pure data). `as_json` is the documented form that others rely on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Times:
    """A sample of times, summed up (seconds; NaN where the sample is empty).

    Percentiles are the smallest value that at least that share of the sample does not exceed
    (inverted empirical distribution), so that they are values that really occurred.
    """

    count: int
    mean: float
    p50: float
    p90: float
    p95: float
    p99: float
    p999: float
    max: float

    @classmethod
    def of(cls, sample: Floats) -> Times:
        """Sums up a sample; order does not matter."""
        n = len(sample)
        if n == 0:
            nan = float("nan")
            return cls(0, nan, nan, nan, nan, nan, nan, nan)
        ranks = [max(0, int(np.ceil(q * n - 1e-9)) - 1) for q in (0.5, 0.9, 0.95, 0.99, 0.999)]
        parted = np.partition(sample, sorted({*ranks, n - 1}))
        p50, p90, p95, p99, p999 = (float(parted[r]) for r in ranks)
        return cls(n, float(np.mean(sample)), p50, p90, p95, p99, p999, float(parted[n - 1]))


@dataclass(frozen=True, slots=True)
class Slice:
    """What was measured of some of the logical requests: all, a workload's, or an operation's.

    Attributes:
        requests: Size of the cohort.
        successes: Of it.
        degraded: Successes with less than the full answer.
        throughput: Good responses per second that reached their clients in the window, late ones too (but
            of an operation: those in time only).
        goodput: Successes of the cohort, in time and not degraded, per second of the window.
        availability: successes / cohort; NaN for an empty one.
        failures: By reason: "refused", "timed out", "reset", "unreachable", "unfinished".
        attempts: Sent for the cohort, retries included.
        latency: First attempt to final success, successes only.
        failed_latency: First attempt to final failure.
        completion: Birth to effect, of what a queue accepted.
        unfinished: Accepted or asked, and not done when the run ended.
        stale_reads: Reads older than the newest version acknowledged before they were sent.
        own_stale_reads: Reads older than what this user wrote or saw before.
        reads: Reads that were checked for staleness.
        duplicates: Requests of which something that adds took effect more than once.
        lost: Requests of which something that was acknowledged is gone; of a session: the reads that find it gone.
    """

    requests: int
    successes: int
    degraded: int
    throughput: float
    goodput: float
    availability: float
    failures: Mapping[str, int]
    attempts: int
    latency: Times
    failed_latency: Times
    completion: Times
    unfinished: int
    stale_reads: int
    own_stale_reads: int
    reads: int
    duplicates: int = 0
    lost: int = 0


@dataclass(frozen=True, slots=True)
class PoolResult:
    """One pool of threads, connections or cores over the window.

    Attributes:
        name: "cores", "threads", "connections".
        size: How many units, over all replicas; their mean over the window where replicas came and went.
        utilisation: Busy share of them.
        queue_mean: Mean number waiting.
        queue_max: Most waiting at one instant (of one replica).
        grants: How many got a unit in the window.
        wait_mean: Mean wait for a unit, seconds, those who did not wait included.
        wait_p99: 99th percentile of the same.
        wait_total: Seconds of waiting in the window, summed over all who waited (the integral of the queue).
        refused: Turned away because the queue was full.
    """

    name: str
    size: float
    utilisation: float
    queue_mean: float
    queue_max: int
    grants: int
    wait_mean: float
    wait_p99: float
    wait_total: float
    refused: int


@dataclass(frozen=True, slots=True)
class ComponentResult:
    """One card over the window.

    Attributes:
        kind: Its kind.
        utilisation: Of its most telling pool (`pools[0]`), 0 to 1; 0 for what has none.
        arrivals: Calls that reached it in the window.
        completions: Calls that it answered in the window.
        throughput: completions per second.
        queue_mean: Mean number waiting in front of it, all its pools.
        queue_max: Most waiting at one instant.
        wait_mean: Mean time a call spent waiting in its queues, seconds.
        wait_p99: 99th percentile of the waits in its most waited-for pool, seconds.
        service_mean: Mean work on its cores per call, seconds.
        in_flight: Mean number of calls inside.
        refused: Calls that it turned away, by reason ("backlog full", …).
        pools: What it holds.
        counters: The kind's own figures ("hits", "misses", "lag_max", …), as documented by the kind.
        replicas: How many, and of each the utilisation while it was there.
    """

    kind: str
    utilisation: float
    arrivals: int
    completions: int
    throughput: float
    queue_mean: float
    queue_max: int
    wait_mean: float
    wait_p99: float
    service_mean: float
    in_flight: float
    refused: Mapping[str, int]
    pools: tuple[PoolResult, ...]
    counters: Mapping[str, float]
    replicas: tuple[float, ...] = (0.0,)


@dataclass(frozen=True, slots=True)
class RunResult:
    """Everything that one run measured.

    Attributes:
        seed: Of the run.
        total: All logical requests of the cohort.
        workloads: By name.
        operations: By operation name (all workloads together).
        components: By id.
        cost: Dollars per hour: time average over the window of what ran, plus charges per use.
        ended: "" if the run went its way; else why it ended early (a limit), as one sentence.
        steps: Events simulated.
        versions: engine, python, numpy and platform.
    """

    seed: int
    total: Slice
    workloads: Mapping[str, Slice]
    operations: Mapping[str, Slice]
    components: Mapping[str, ComponentResult]
    cost: float
    ended: str = ""
    steps: int = 0
    versions: Mapping[str, str] = field(default_factory=dict)
