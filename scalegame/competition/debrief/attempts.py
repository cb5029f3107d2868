"""What a debrief is made from (pure data); whoever keeps submissions gives it."""

from __future__ import annotations

from dataclasses import dataclass

from scalegame.competition.model.judgement import Judgement
from scalegame.design.designfile import Design


@dataclass(frozen=True, slots=True)
class Team:
    """Who handed in together.

    Attributes:
        id: Unique in its competition.
        name: For people.
        members: Names of its players.
    """

    id: str
    name: str
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Attempted:
    """A design that was handed in.

    Attributes:
        team: Id of a team.
        player: Name of who handed it in; "" if that is not known.
        level: As its slot names it.
        received: Unix time in seconds; None if that is not known.
        local: What the player's own clock said when it was handed in there (ISO 8601), "" if not known. It may be
            long before it was received, where a network was down; and it is only what a player's machine claims.
        design: As `submission.check` gives it.
        key: As `submission.key_of` gives it; equal for duplicates.
        judgement: On the seeds that the standings are judged on; None: not judged.
    """

    team: str
    player: str
    level: str
    received: float | None
    local: str
    design: Design
    key: str
    judgement: Judgement | None
