"""Texts of a level in several languages."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from scalegame.levels.schema import LevelShape, TextsShape
from scalegame.levels.source import Source


def check(shape: LevelShape, source: Source) -> None:
    """Report translations that do not fit the level."""
    for language, texts in shape.texts.items():
        at = ("texts", language)
        if language == shape.language:
            message = f"{language} is the language of this file already: the texts are those at the top"
            source.problem("Duplicate language", message, *at, key=True)
        _as_long(texts.hints, shape.hints, "hints", source, *at)
        _as_long(texts.guide, shape.guide, "guide", source, *at)
        for name in texts.attempts:
            source.known("attempt", name, shape.attempts, *at, "attempts", name, key=True)
        for name in texts.projects:
            source.known("project", name, shape.projects, *at, "projects", name, key=True)


def _as_long(given: Sequence[str] | None, own: Collection[object], key: str, source: Source, *at: str) -> None:
    if given is not None and len(given) != len(own):
        message = f"there are {len(given)} here and {len(own)} in {key}: write one for each, in the same order"
        source.problem("Not all", message, *at, key)


def spoken(shape: LevelShape, language: str) -> LevelShape:
    """Return a level's shape with its texts in one of its languages; what is not translated stays as it is."""
    texts = shape.texts.get(language)
    if texts is None:
        return shape
    update: dict[str, object] = {
        key: value for key in ("title", "brief", "hints", "debrief") if (value := getattr(texts, key)) is not None
    }
    if texts.guide is not None and len(texts.guide) == len(shape.guide):
        steps = zip(shape.guide, texts.guide, strict=True)
        update["guide"] = [step.model_copy(update={"text": text}) for step, text in steps]
    update["attempts"] = {
        name: attempt.model_copy(update={"says": texts.attempts.get(name, attempt.says)})
        for name, attempt in shape.attempts.items()
    }
    update["projects"] = {
        name: project.model_copy(update=_of_project(texts, name)) for name, project in shape.projects.items()
    }
    return shape.model_copy(update=update)


def _of_project(texts: TextsShape, name: str) -> dict[str, str]:
    given = texts.projects.get(name)
    return {} if given is None else {key: value for key, value in given if value is not None}
