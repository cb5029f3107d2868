"""Links as an author writes them: by figures, by kilometres of fibre, or as "such a network"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from scalegame.design.distributions import Distribution, constant
from scalegame.errors import ScalegameError
from scalegame.levels.schema import LinkShape
from scalegame.simulation.scenario import LOCAL, Profile

#: Light in glass, whose index of refraction is about 1.5: two thirds of its speed in a vacuum.
KM_PER_SECOND = 200_000.0

_M, _G = 1e6 / 8, 1e9 / 8
#: What networks are like: one-way latency, what one message gets of the bandwidth, loss.
PROFILES: Mapping[str, Profile] = MappingProxyType(
    {
        "lan": Profile(constant(0.0003), 10 * _G),
        "wan": Profile(Distribution("lognormal", (0.030, 0.060)), 100 * _M),
        "4g": Profile(Distribution("uniform", (0.020, 0.040)), 50 * _M, loss=0.005),
        "5g": Profile(Distribution("uniform", (0.001, 0.002)), 1 * _G),
    }
)


def fibre(kilometres: float) -> Distribution:
    """One-way latency of so much fibre: what light needs for it, and nothing for what stands along it."""
    return constant(kilometres / KM_PER_SECOND)


def read(link: LinkShape) -> Profile:
    """A link as it is written; what is given goes before what the named profile says.

    Raises:
        ScalegameError: It does not say how long a message takes, or says it twice.
    """
    if link.latency is not None and link.fibre is not None:
        raise ScalegameError("Bad link", "a link has a latency or a length of fibre, not both: leave one out")
    if link.latency is None and link.fibre is None and link.profile is None:
        raise ScalegameError(
            "Bad link",
            "how long does a message take here? Write {latency: 30 ms}, {fibre: 4148 km} or {profile: wan}",
        )
    base = LOCAL if link.profile is None else PROFILES[link.profile]
    latency = link.latency if link.fibre is None else fibre(link.fibre)
    return replace(
        base,
        latency=base.latency if latency is None else latency,
        bandwidth=base.bandwidth if link.bandwidth is None else link.bandwidth,
        loss=base.loss if link.loss is None else link.loss,
        jitter=link.jitter,
    )
