"""The shape of a whole level, and of what decides whether it is won."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field
from pydantic.json_schema import JsonSchemaValue

from scalegame.design.orderlines import MOST_ORDERS
from scalegame.errors import quoted
from scalegame.levels.fields import Language, Name, Price, Scalar, Sentence, Shape, Time, number, refused, whole
from scalegame.levels.schema.board import CardShape, ItemShape, LiveShape, ProjectShape
from scalegame.levels.schema.programs import OperationShape
from scalegame.levels.schema.short import ShortShape
from scalegame.levels.schema.texts import TextsShape
from scalegame.levels.schema.world import ClocksShape, DataShape, LinkShape, SizeShape, WorkloadShape


class StarsShape(Shape):
    """Pars: a star for each that a winning design meets."""

    cost: Price | None = Field(None, description="Dollars per hour.")
    latency: Time | None = Field(None, description="Of the first latency objective.")
    parts: Annotated[int | None, *whole(1, 1000)] = Field(None, description="Components, replicas counted.")


class GuideShape(Shape):
    """One step of a guided level."""

    text: str = Field(description="What the player is told.")
    until: str = Field(description='What completes the step: "wired a -> b", "added cache", "ran" …')


class ExpectShape(ShortShape):
    """``wins``, or ``{loses: latency.p99}``."""

    wins: bool = False
    loses: str | None = Field(None, description="The objective that it misses, as in latency.p99.")

    @classmethod
    def short(cls, data: object) -> object:
        """Return the long form of ``wins``."""
        if isinstance(data, str | int | float) and data != "wins":
            message = f"{quoted(data)} is no expectation: write expect: wins, or expect: {{loses: latency.p99}}"
            raise refused(message)
        return {"wins": True} if data == "wins" else data

    @classmethod
    def short_schema(cls, long: JsonSchemaValue) -> JsonSchemaValue:
        """Return the JSON Schema of the short form."""
        return {"const": "wins"}


class AttemptShape(Shape):
    """A design that is declared to win or to lose."""

    do: list[str] = Field(max_length=200, description="Edits, as a player types them.")
    expect: ExpectShape = Field(description='"wins", or {loses: latency.p99}.')
    says: str = Field("", description="One sentence that it teaches.")
    live: list[Sentence] = Field(
        default_factory=list,
        max_length=MOST_ORDERS,
        description='What is done while it runs: "at 12 s: scale web 4".',
    )


class LevelShape(Shape):
    """A level of scalegame."""

    format: Literal[1] = Field(description="The format of this file: 1.")
    language: Language = Field("en", description="Language of the texts in this file, as in en or de-AT.")
    id: Name = Field(description="Unique among the levels, as in two-is-company.")
    title: str = Field(min_length=1, max_length=60, description="For people.")
    chapter: Annotated[int, *whole(1, 99)] = Field(description="Number of the chapter.")
    chapter_title: str = Field("", max_length=60, description="For the list of levels.")
    difficulty: Annotated[int, *whole(1, 5)] = Field(description="From 1 to 5.")
    teaches: list[str] = Field(min_length=1, max_length=12, description="Topics, as a list.")
    brief: str = Field(
        min_length=1,
        max_length=2000,
        description="Story and task; it must fit one screen: 14 lines of 76 characters.",
    )
    time_scale: Annotated[float, *number(1, 1e6)] = Field(
        1.0, description="How many seconds of the subject one simulated second stands for."
    )
    measure: str = Field(description='When it is measured, as in "from 10 s to 120 s".')
    grace: Time = Field(30.0, description="How long after the end a request may still take.")
    places: list[Name] = Field(min_length=1, max_length=40, description="Names of places, as in [homes, valley].")
    clocks: ClocksShape | None = Field(None, description="Clocks that drift; left out: all are right.")
    network: dict[str, LinkShape] = Field(default_factory=dict, description='What lies between: "a <-> b: {…}".')
    sizes: dict[Name, SizeShape] = Field(default_factory=dict, description="Machines for sale, smallest first.")
    data: dict[Name, DataShape] = Field(default_factory=dict, description="Data sets.")
    programs: dict[Name, dict[Name, OperationShape]] = Field(
        min_length=1, description="What the software does for each operation."
    )
    workloads: dict[Name, WorkloadShape] = Field(min_length=1, description="Who asks for what.")
    board: dict[Name, CardShape] = Field(min_length=1, max_length=60, description="What the player finds.")
    wires: list[str] = Field(default_factory=list, max_length=200, description='Wires, as in "web -> db".')
    fixed: list[str] = Field(default_factory=list, description="What can be neither removed nor changed.")
    palette: dict[Name, ItemShape] = Field(default_factory=dict, description="What can be added or adjusted.")
    projects: dict[Name, ProjectShape] = Field(default_factory=dict, description="Engineering work for sale.")
    faults: list[Sentence] = Field(
        default_factory=list,
        max_length=100,
        description='What goes wrong: "at 60 s: web-1 crashes for 15 s".',
    )
    live: LiveShape | None = Field(None, description="What the player may do while it runs; left out: nothing.")
    objectives: list[str] = Field(
        min_length=1, max_length=20, description='What must hold: "latency.p99 < 200 ms".'
    )
    stars: StarsShape = Field(description="Pars: {cost: $0.55/h, latency: 250 ms, parts: 4}.")
    hints: list[str] = Field(default_factory=list, max_length=20, description="From gentle to plain.")
    guide: list[GuideShape] = Field(default_factory=list, max_length=20, description="Steps of a guided level.")
    debrief: str = Field(min_length=1, max_length=4000, description="What to say after a win.")
    attempts: dict[Name, AttemptShape] = Field(default_factory=dict, description="Designs that win or lose.")
    mechanism: list[str] = Field(
        default_factory=list,
        max_length=12,
        description="What the level is about, and no attempt wins without: [cache, copies.jitter, wires].",
    )
    accepts: dict[str, Annotated[str, Field(min_length=1, max_length=300)]] = Field(
        default_factory=dict,
        max_length=60,
        description="Findings of validate and prove that are meant to be there, each with its reason.",
    )
    outcomes: list[Annotated[str, Field(min_length=1, max_length=120)]] = Field(
        default_factory=list,
        max_length=6,
        description="What a player can do afterwards, each beginning with a verb: [explain why averages mislead].",
    )
    book: list[Annotated[int, *whole(1, 16)]] = Field(
        default_factory=list, max_length=16, description="Chapters of Foundations of Scalable Systems: [5]."
    )
    profiles: list[Name] = Field(
        default_factory=list,
        max_length=10,
        description="Names of profiles of the pack (its pack.yaml), the first before the others.",
    )
    variables: dict[Name, Scalar] = Field(
        default_factory=dict,
        max_length=40,
        description='Values with names, for "${rate}" in the rest of the file.',
    )
    variants: dict[Name, dict[Name, Scalar]] = Field(
        default_factory=dict,
        max_length=20,
        description="Other values of the variables: {steep: {rate: 300/s}} is played as my-level@steep.",
    )
    drawn: dict[Name, Annotated[list[Scalar], Field(min_length=1, max_length=100)]] = Field(
        default_factory=dict,
        max_length=40,
        description="Values to draw from: {rate: [200/s, 240/s]}; my-level@17 is the seventeenth instance.",
    )
    texts: dict[Language, TextsShape] = Field(
        default_factory=dict, max_length=20, description="The texts in other languages: {de: {title: …}}."
    )
