"""What is sent to the server, and what it answers: shapes that are checked, and that the description shows."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from scalegame.competition.server.auth import LONGEST_TOKEN
from scalegame.errors import is_control
from scalegame.levels.fields import refused


def _plain(text: str) -> str:
    """A line of text, with single blanks, in which every character can be seen."""
    line = " ".join(text.split())
    if not line:
        raise refused("must not be empty")
    if any(is_control(char) for char in line):
        raise refused("must be plain text: there is a character in it that cannot be seen")
    return line


def _plain_or_none(text: str) -> str:
    return _plain(text) if text.strip() else ""


Line = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_plain)]
Name = Annotated[str, Field(min_length=1, max_length=40), AfterValidator(_plain)]
Perhaps = Annotated[str, Field(max_length=200), AfterValidator(_plain_or_none)]
Id = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
Key = Annotated[str, Field(min_length=32, max_length=64, pattern=r"^[0-9a-f]+$")]
Minutes = Annotated[float, Field(gt=0, le=60 * 24 * 60)]


class Asked(BaseModel):
    """Something that is sent; unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Answer(BaseModel):
    """Something that is answered; there may be more in it."""

    model_config = ConfigDict(extra="allow")


class Error(BaseModel):
    """Why it was not done."""

    title: str = Field(description="A few words.")
    message: str = Field(description="What is wrong, and what to do instead.")


class Refused(BaseModel):
    """An answer that says no."""

    error: Error


class Join(Asked):
    """Somebody wants to take part."""

    code: Perhaps = Field(description="The join code that is on the board.")
    name: Name = Field(description="What others are shown.")
    key: Key = Field(description="128 bits that the player's machine drew: the same key again is the same player.")
    team: Annotated[str, Field(max_length=40), AfterValidator(_plain_or_none)] = Field("", description="Its name.")
    team_code: Perhaps = Field("", description="Of a team that is there already: its members know it.")


class Session(Asked):
    """A browser wants to be known: one of the two."""

    token: Annotated[str, Field(max_length=LONGEST_TOKEN)] = ""
    code: Perhaps = ""


class Submission(Asked):
    """A design, and nothing else."""

    format: Literal[0]
    level: Annotated[str, Field(min_length=1, max_length=200)]
    digest: Annotated[str, Field(max_length=200)] = ""
    engine: Annotated[str, Field(max_length=200)] = ""
    do: list[Annotated[str, Field(max_length=2000)]] = Field(default=[], max_length=2000)
    live: list[Annotated[str, Field(max_length=2000)]] = Field(default=[], max_length=2000)


class Vote(Asked):
    """What somebody thinks will happen."""

    choice: Id


class Control(Asked):
    """What the instructor does with the whole competition."""

    action: Literal["start", "pause", "resume", "extend", "freeze", "unfreeze", "lock", "unlock", "end"]
    minutes: Minutes | None = None
    reason: Perhaps = ""


class TeamAction(Asked):
    """What the instructor does with a team."""

    action: Literal["disqualify", "reinstate", "extra"]
    minutes: Minutes | None = None
    reason: Perhaps = ""


class Announcement(Asked):
    """What the instructor says to everybody, or to one team."""

    text: Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_plain)]
    team: Id | None = None


class Poll(Asked):
    """A question before a run."""

    level: Perhaps = ""
    question: Line
    choices: list[Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_plain)]] = Field(
        min_length=2, max_length=8
    )


class PollAction(Asked):
    """What the instructor does with a poll."""

    action: Literal["open", "close", "show"]


class Regrade(Asked):
    """Judge anew; what was judged before is kept."""

    level: Perhaps = ""
    reason: Perhaps = ""


class Named(Answer):
    """A player, a team or a level."""

    id: str
    name: str = ""


class Joined(Answer):
    """Somebody takes part."""

    token: str
    player: Named
    team: Named
    contest: Answer


class Known(Answer):
    """As whom a browser is known."""

    role: Literal["player", "viewer", "instructor"]


class Contest(Answer):
    """A competition as it is now."""

    id: str
    title: str
    mode: Literal["lesson", "contest"]
    phase: Literal["waiting", "open", "locked", "over"]
    levels: list[Answer]


class Received(Answer):
    """A submission as its team sees it."""

    id: str
    uuid: str
    level: str
    state: str


class Standings(Answer):
    """Who has won how much; nobody is ranked in a lesson."""

    rows: list[Answer]
    levels: list[Answer]
