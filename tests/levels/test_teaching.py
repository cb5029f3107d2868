"""levels/teaching.md speaks of levels, attempts and minutes that there are."""

import re
from pathlib import Path

import pytest

from scalegame.components import kinds
from scalegame.levels import packs
from scalegame.levels.curriculum import MARK, table
from scalegame.levels.model import Level
from scalegame.levels.reference import filled
from scalegame.proving.changes import used
from scalegame.proving.worker import board_of

PAGE = (Path(__file__).parent.parent.parent / "levels" / "teaching.md").read_text("utf-8")
LESSONS = re.split(r"^### ", PAGE.partition("## 3 ")[2].partition("## 4 ")[0], flags=re.MULTILINE)[1:]


@pytest.fixture(scope="module")
def levels() -> tuple[Level, ...]:
    return packs.shipped(kinds())


def test_the_map_is_that_of_the_levels(levels: tuple[Level, ...]) -> None:
    assert filled(PAGE, MARK, table(levels)) == PAGE, (
        "python -m scalegame.levels.reference levels/README.md levels/teaching.md"
    )


def test_every_level_says_what_it_is_for(levels: tuple[Level, ...]) -> None:
    for level in levels:
        assert 1 <= len(level.outcomes) <= 6, level.id
        assert level.book, level.id
        assert level.mechanism, level.id
        for outcome in level.outcomes:
            assert outcome[0].islower(), outcome
            assert not outcome.endswith("."), outcome
            assert outcome.split()[0] not in ("the", "a", "how", "why", "what"), outcome


def test_what_a_level_is_about_is_in_it(levels: tuple[Level, ...]) -> None:
    """Each name of a mechanism is used by a winner, and by the same words that the level has."""
    for level in levels:
        book = level.rulebook
        done = " ".join(line for attempt in level.attempts if attempt.wins for line in attempt.do)
        for name in level.mechanism:
            card, _, parameter = name.partition(".")
            known = {*book.found.components, *book.palette, *book.projects}
            assert card in known, (level.id, name)
            assert card in done, (level.id, name)
            assert not parameter or f"{parameter}=" in done, (level.id, name)


def test_every_winner_uses_what_the_level_is_about(levels: tuple[Level, ...]) -> None:
    for level in levels:
        for attempt in level.attempts:
            if attempt.wins:
                assert used(level, board_of(level, attempt.do), level.mechanism), (level.id, attempt.name)


def test_five_lessons_of_fifty_minutes() -> None:
    assert len(LESSONS) == 5
    for lesson in LESSONS:
        minutes = [int(number) for number in re.findall(r"^\| (\d+) \|", lesson, re.MULTILINE)]
        assert sum(minutes) == 50, lesson.partition("\n")[0]
        for part in ("**Ask:**", "**They will see:**", "**Poll:**", "**Homework:**"):
            assert part in lesson, lesson.partition("\n")[0]


def test_lessons_speak_of_levels_and_attempts_that_there_are(levels: tuple[Level, ...]) -> None:
    attempts = {attempt.name for level in levels for attempt in level.attempts}
    parts = {id for level in levels for id in level.found.components}
    ids = {level.id for level in levels}
    said = {name for lesson in LESSONS for name in re.findall(r"`([a-z][a-z0-9-]+)`", lesson)}
    assert len(said & ids) >= 8
    assert len(said & attempts) >= 5
    assert said <= ids | attempts | parts


def test_the_figures_of_the_lessons(levels: tuple[Level, ...]) -> None:
    """What worksheets and polls ask for can be reckoned from the levels."""
    by_id = {level.id: level for level in levels}

    def work(id: str, program: str, operation: str) -> float:
        return float(by_id[id].rulebook.programs[program].operations[operation].steps[0].time.mean)  # type: ignore[union-attr]

    visit = 0.9 * work("two-is-company", "booking", "browse") + 0.1 * work("two-is-company", "booking", "book")
    cores = 240 * visit
    assert cores == pytest.approx(3.3, abs=0.05)  # "3.3 cores' worth of work"
    assert cores / 4 == pytest.approx(0.83, abs=0.005)  # "83 % busy each"
    four = by_id["four-of-five"]
    database = four.found.components["reports-db"]
    can = four.rulebook.sizes[str(database.settings["size"])].cores / database.settings["work.read"].mean  # type: ignore[union-attr]
    assert can == pytest.approx(167, abs=0.5)
    assert 405 * (1 - 0.60) < can < 405 * (1 - 0.40)  # of the hit ratios in the poll only the last helps
    how = by_id["how-full"]
    rates = {name: asking.arrivals.pieces[-1].low for name, asking in how.workloads.items()}  # type: ignore[union-attr]
    passes = rates["desks"] * work("how-full", "office-suite", "print")
    lists = rates["office"] * work("how-full", "office-suite", "draw")
    assert passes == pytest.approx(0.85, abs=0.01)
    assert lists == pytest.approx(1.74, abs=0.01)
    assert (passes + lists) / 4 == pytest.approx(0.65, abs=0.005)
