"""Where runs are made: processes of this machine, or a Dask cluster where a class outgrows one machine.

All of these survive that workers are lost: what was lost is made again, a bounded number of times; after that its
future fails with the `ScalegameError` "Not judged".
"""

from __future__ import annotations

from concurrent.futures import Executor
from pathlib import Path
from typing import NamedTuple

from scalegame.competition.judging.ownpool import OwnPool


class Tls(NamedTuple):
    """What a cluster's machines know each other by (PEM files).

    Attributes:
        authority: Certificate of whoever signed the others.
        certificate: Of the judge.
        key: That belongs to it.
    """

    authority: Path
    certificate: Path
    key: Path


def local(workers: int) -> Executor:
    """Processes of this machine, started when there is work.

    Args:
        workers: How many, at least 1.
    """
    return OwnPool(workers)


def cluster(address: str, tls: Tls | None = None) -> Executor:
    """The workers of a Dask cluster (extra `cluster`).

    Whoever may talk to a Dask cluster may run anything on it. So there are two kinds that are taken: one that
    nobody else can reach (scheduler and workers on 127.0.0.1 or ::1), and one whose machines know each other by
    their certificates.

    Args:
        address: Of the scheduler: `tcp://127.0.0.1:8786`, or `tls://host:8786`.
        tls: For the latter.

    Raises:
        ScalegameError: The address is neither, files are missing, nothing answers there, workers stand where
            others can reach them, or Dask is not installed.
    """
    from scalegame.competition.judging.clusters import Cluster

    return Cluster.at(address, tls)


def local_cluster(workers: int) -> Executor:
    """A Dask cluster of its own on this machine, for as long as the executor is not shut down.

    For trying out; `local` does the same with less.

    Raises:
        ScalegameError: Dask is not installed.
    """
    from scalegame.competition.judging.clusters import Cluster

    return Cluster.here(workers)
