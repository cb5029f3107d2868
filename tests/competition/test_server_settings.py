"""The file that says how a competition is held."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from scalegame.competition.model.settings import Settings, Slot, Weights, phase, started
from scalegame.competition.server.settings_file import Given, moment, read
from scalegame.errors import Problems, ScalegameError
from scalegame.levels.packfolder import Entry

NOW = 1_800_000_000.0
ENTRIES = [
    Entry(Path("a.yaml"), "work:queues", "Queues", 1, "One", 1, 1, own="queues", pack="work", variants=("steep",)),
    Entry(Path("b.yaml"), "work:caches", "Caches", 1, "One", 2, 1, own="caches", pack="work", drawn=True),
]


def settings(tmp_path: Path, text: str, given: Given | None = None) -> Settings:
    path = tmp_path / "contest.yaml"
    path.write_text(text)
    return read(path, ENTRIES, "The pack", given or Given(), NOW)


def problems(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(ScalegameError) as caught:
        settings(tmp_path, text)
    errors = caught.value.errors if isinstance(caught.value, Problems) else (caught.value,)
    return [str(error).replace(f"{tmp_path}/", "") for error in errors]


def test_without_a_file_it_is_a_contest_of_all_levels_that_somebody_starts_by_hand() -> None:
    found = read(None, ENTRIES, "The pack")
    assert found == Settings("The pack", "contest", (Slot("work:queues"), Slot("work:caches")))
    assert phase(found, NOW) == "waiting"


def test_everything_that_can_be_said_is_understood(tmp_path: Path) -> None:
    found = settings(
        tmp_path,
        """
format: 1
title: Load week
mode: contest
groups: pairs
levels:
  - queues@steep
  - level: caches@17
    opens: 20 min
start: 2027-01-18 09:00
end: 2027-01-18 10:30
freeze: 15 min before the end
lock: 2027-01-18 10:25
limit: 10
every: 10 min
hidden_seeds: 30
standings: hidden
weights: {cost: 2, latency: 1}
""",
    )
    end = datetime(2027, 1, 18, 10, 30).timestamp()
    assert found == Settings(
        title="Load week",
        mode="contest",
        slots=(Slot("work:queues@steep"), Slot("work:caches@17", 1200.0)),
        groups="pairs",
        members=2,
        start=end - 5400,
        end=end,
        freeze=end - 900,
        lock=end - 300,
        limit=10,
        every=600.0,
        hidden_seeds=30,
        live_on_hidden=True,
        weights=Weights(cost=2.0, latency=1.0),
    )


def test_what_is_started_by_hand_has_its_length_and_its_freeze_from_then_on(tmp_path: Path) -> None:
    found = settings(tmp_path, "format: 1\nminutes: 50\nfreeze: 10 min before the end\nlock: 1 min before end\n")
    assert (found.start, found.end, found.freeze) == (None, None, None)
    begun = started(found, NOW)
    assert (begun.start, begun.end, begun.freeze, begun.lock) == (NOW, NOW + 3000, NOW + 2400, NOW + 2940)


def test_the_command_line_is_stronger_than_the_file(tmp_path: Path) -> None:
    text = "format: 1\nmode: contest\nstart: 2027-01-18 09:00\nend: 2027-01-18 10:30\n"
    found = settings(tmp_path, text, Given("lesson", "now", 50))
    assert (found.mode, found.start, found.end) == ("lesson", NOW, NOW + 3000)


def test_each_problem_has_its_place_and_says_what_to_write(tmp_path: Path) -> None:
    assert problems(
        tmp_path,
        "format: 1\nmode: exam\nlevels:\n  - queues\nminutes: many\nstart: tomorrow\nlimit: -1\ntitel: x\n",
    ) == [
        "contest.yaml:2:7: \"mode\" must be 'lesson' or 'contest', not \"exam\"",
        'contest.yaml:5:10: "many" is not a count: write it like 5_000',
        'contest.yaml:6:8: "tomorrow" is no moment: write day and time, as in 2026-11-30 09:00',
        'contest.yaml:7:8: "-1" is negative: a count is 0 or more',
        'contest.yaml:8:1: unknown key "titel" – did you mean "title"?',
    ]


def test_levels_are_looked_for_in_the_pack(tmp_path: Path) -> None:
    assert problems(
        tmp_path, "format: 1\nlevels:\n  - quues\n  - queues@stepe\n  - queues@3\n  - caches\n  - caches\n"
    ) == [
        'contest.yaml:3:5: the pack has no level "quues" – did you mean "queues"?',
        'contest.yaml:4:5: queues has no variant "stepe" – did you mean "steep"?',
        'contest.yaml:5:5: queues has no variant "3" – known: steep',
        "contest.yaml:7:5: work:caches is there twice: name it once",
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("end: 2027-01-18 09:00\nstart: 2027-01-18 09:00", ":2:1: the end has to come after the start"),
        ("freeze: 1 h before the end", ":2:1: freeze counts from the end: write end: … or minutes: …"),
        ("minutes: 50\nlock: 1 h before the end", ":3:1: lock would come before the start"),
        ("end: 2027-01-18 09:00\nminutes: 5", ":3:1: write end or minutes: one of the two says when it ends"),
        (
            "groups: individuals\nmembers: 3",
            ":3:1: individuals have one member: leave members out, or write groups: teams",
        ),
        (
            "minutes: 10\nlevels: [{level: queues, opens: 10 min}]",
            ":3:10: work:queues would open after the end",
        ),
        ("start: 2027-01-18 09:00\nfreeze: 2027-01-18 08:00", ":3:1: freeze has to lie between start and end"),
    ],
)
def test_moments_in_a_wrong_order_are_told(tmp_path: Path, text: str, problem: str) -> None:
    assert problems(tmp_path, f"format: 1\n{text}\n") == [f"contest.yaml{problem}"]


@pytest.mark.parametrize("text", ["2026-13-01", "soon", "", 12, None, "1999-01-01", "9999-12-31"])
def test_what_is_no_moment_is_refused(text: object) -> None:
    with pytest.raises(ScalegameError, match="is no moment"):
        moment(text)
