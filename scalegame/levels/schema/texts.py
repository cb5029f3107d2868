"""The shape of the texts of a level in other languages."""

from __future__ import annotations

from pydantic import Field

from scalegame.levels.fields import Name, Shape


class ProjectTextsShape(Shape):
    """The texts of a project in another language."""

    title: str | None = Field(None, description="For the palette.")
    says: str | None = Field(None, description="One sentence: what it would do.")


class TextsShape(Shape):
    """The texts of a level in another language; what is left out stays as it is."""

    title: str | None = Field(None, min_length=1, max_length=60, description="For people.")
    brief: str | None = Field(None, min_length=1, max_length=2000, description="Story and task.")
    hints: list[str] | None = Field(None, max_length=20, description="All of them, in the same order.")
    debrief: str | None = Field(None, min_length=1, max_length=4000, description="What to say after a win.")
    guide: list[str] | None = Field(None, max_length=20, description="The texts of all steps, in the same order.")
    attempts: dict[Name, str] = Field(default_factory=dict, description="What they say: {name: sentence}.")
    projects: dict[Name, ProjectTextsShape] = Field(
        default_factory=dict, description="{name: {title: …, says: …}}."
    )
