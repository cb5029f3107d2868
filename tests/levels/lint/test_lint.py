"""Each finding is found where it is, and not where it is not."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from scalegame.components import kinds
from scalegame.levels import packs
from scalegame.levels.archetypes import archetype
from scalegame.levels.lint import Finding, lint
from scalegame.levels.load import read
from scalegame.levels.yamltree import load as load_yaml

SOUND = archetype("capacity", "sound")


def findings(text: str, certificate: Mapping[str, object] | None = None) -> tuple[Finding, ...]:
    document = load_yaml(text, "x.yaml")
    return lint(read(document, Path("x.yaml"), kinds()), document, certificate)


def changed(*changes: tuple[str, str]) -> str:
    text = SOUND
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def without(first: str, until: str) -> str:
    """The sound level without the lines from one on, up to another."""
    lines = SOUND.splitlines(keepends=True)
    begin = next(i for i, line in enumerate(lines) if line.startswith(first))
    end = next((i for i in range(begin + 1, len(lines)) if until and lines[i].startswith(until)), len(lines))
    return "".join([*lines[:begin], *lines[end:]])


def test_nothing_is_found_in_a_sound_level() -> None:
    assert findings(SOUND) == ()


FAULTY = {
    "availability above nothing": (
        "always-met",
        changed(("availability >= 99 %", "availability >= 0 %")),
        "always",
    ),
    "longer than the time-out": ("always-met", changed(("p99 < 400 ms", "p99 < 3 s")), "2 s has timed out"),
    "dearer than the dearest": ("always-met", changed(("cost <= $0.70/h", "cost <= $50/h")), "the dearest"),
    "more than is asked for": (
        "never-met",
        changed(("  - availability >= 99 %", "  - availability >= 99 %\n  - goodput >= 500/s")),
        "are asked for",
    ),
    "cheaper than what is fixed": (
        "never-met",
        changed(
            ("fixed: [guests]", "fixed: [guests, tickets-db]"),
            ("  tickets-db: {adjust: {size: [medium, large]}}\n", ""),
        )
        .replace(
            "  bigger-database:\n    do: [set tickets-db size=large]", "  same:\n    do: [set web threads=60]"
        )
        .replace("cost <= $0.70/h", "cost <= $0.20/h"),
        "the cheapest board",
    ),
    "a star for less than it costs": ("star-out-of-reach", changed(("cost: $0.56/h", "cost: $0.46/h")), "$0.55/h"),
    "a star for too few parts": ("star-out-of-reach", changed(("parts: 2}", "parts: 1}")), "the smallest has 2"),
    "one way to win": (
        "few-ideas",
        without("  one-medium:", "  more-threads:").replace("parts: 2}", "parts: 4}"),
        "fewer than two",
    ),
    "no attempts": ("few-ideas", without("attempts:", ""), "no attempts"),
    "a size for nobody": (
        "unused",
        changed(
            ("size: any, threads: 10..200", "size: [small, medium, large], threads: 10..200"),
            ("  large: {", "  vast: {cores: 16, memory: 16 GB, price: $2/h}\n  large: {"),
        ),
        "the size vast",
    ),
    "data of nobody": (
        "unused",
        changed(
            ("    timeout: 2 s", "    keys: tickets\n    timeout: 2 s"),
            ("data:\n", "data:\n  maps: {keys: 10, popularity: uniform, value: 1 KB}\n"),
        ),
        "the data set maps",
    ),
    "an operation nobody asks for": (
        "unused",
        changed(("    lookup: [", "    tidy: [{work: 1 ms}]\n    lookup: [")),
        "shop.tidy",
    ),
    "a program of nobody": (
        "unused",
        changed(("programs:  ", "programs:  "), ("  shop:\n", "  kiosk:\n    sell: [{work: 1 ms}]\n  shop:\n")),
        "the program kiosk",
    ),
    "a place for nothing": (
        "unused",
        changed(
            ("places: [town, cellar]", "places: [town, cellar, attic]"),
            ("  town <-> cellar", "  town <-> attic: {latency: 1 ms}\n  town <-> cellar"),
        ),
        "the place attic",
    ),
    "a project that nobody tries": (
        "unused",
        changed(("projects:  ", "projects:  "), ("do: [buy lighter-lookups]", "do: [set web threads=60]")),
        "lighter-lookups",
    ),
    "a variable for nothing": ("unused", SOUND + "variables: {rate: 3/s}\n", "${rate}"),
    "a hint with the edit": (
        "hint-gives-away",
        changed(("  - Which box is always full?", "  - Write web.replicas=2.")),
        "web.replicas=2",
    ),
    "a hint with the item": (
        "hint-gives-away",
        changed(("  - Which box is always full?", "  - Put a balancer in front.")),
        "balancer",
    ),
    "a long brief": (
        "long-brief",
        changed(("  The ticket shop", "  Line.\n" * 15 + "  The ticket shop")),
        "17 lines",
    ),
    "a wide brief": ("long-brief", changed(("  The ticket shop", f"  {'wide ' * 16}\n  The ticket shop")), "80"),
    "a debrief of one sentence": (
        "no-debrief",
        without("debrief: ", "attempts:") + "debrief: It was 2.6 cores for two.\n",
        "very short",
    ),
    "no outcomes": ("no-outcomes", without("outcomes:", "brief:"), "outcomes: ["),
}


@pytest.mark.parametrize("fault", FAULTY)
def test_a_fault_is_found_with_its_place_and_nothing_else(fault: str) -> None:
    name, text, told = FAULTY[fault]
    found = findings(text)
    assert {finding.name for finding in found} == {name}, [str(finding) for finding in found]
    assert any(told in finding.message for finding in found), [str(finding) for finding in found]
    assert all(finding.place.line and str(finding).startswith("warning: x.yaml:") for finding in found)


def test_a_palette_that_is_used_up_by_every_winner_is_an_answer() -> None:
    text = changed(
        ("  balancer: {price: $0.05/h, adjust: [policy]}\n", ""),
        ("  web: {adjust: {size: any, threads: 10..200, replicas: 1..4}}\n", "  web: {adjust: {size: any}}\n"),
        ("  tickets-db: {adjust: {size: [medium, large]}}\n", ""),
    )
    head = text[: text.index("projects:")] + text[text.index("objectives:") : text.index("attempts:")]
    attempts = """attempts:
  medium: {do: [set web size=medium], expect: wins}
  large: {do: [set web size=large], expect: wins}
"""
    assert "answer-key" in {finding.name for finding in findings(head + attempts)}
    more = head.replace("size: any}}", "size: any, threads: 10..200}}")
    assert "answer-key" not in {finding.name for finding in findings(more + attempts)}


def test_a_star_for_latency_is_judged_by_the_certificate() -> None:
    quick = {"attempts": [{"name": "one-medium", "declared": "wins", "stars": ["latency"]}]}
    slow = {"attempts": [{"name": "one-medium", "declared": "wins", "stars": ["cost"]}]}
    assert findings(SOUND, quick) == ()
    (found,) = findings(SOUND, slow)
    assert (found.name, "quick" in found.message) == ("star-out-of-reach", True)


def test_a_certificate_of_nonsense_is_no_reason_to_stop() -> None:
    for nonsense in ({"attempts": 3}, {"attempts": [1, {"declared": "wins", "stars": 7}]}, {}):
        assert {finding.name for finding in findings(SOUND, nonsense)} <= {"star-out-of-reach"}


def test_what_the_author_accepts_has_its_reason() -> None:
    (found,) = findings(changed(("parts: 2}", "parts: 1}")) + "accepts: {star-out-of-reach: Try it.}\n")
    assert found.accepted == "Try it."
    assert str(found).startswith("accepted: x.yaml:")
    assert str(found).endswith("[star-out-of-reach]: Try it.")


def test_findings_of_variants_are_at_the_place_of_the_file() -> None:
    (found,) = findings(changed(("cost <= $0.70/h", "cost <= ${much}")) + "variables: {much: $50/h}\n")
    line = found.place.line
    assert line is not None
    assert "cost <=" in changed(("cost <= $0.70/h", "cost <= ${much}")).splitlines()[line - 1]


def test_a_level_of_the_game_can_be_looked_at() -> None:
    for entry in packs.index():
        document = load_yaml(entry.path)
        assert {f.name for f in lint(read(document, entry.path, kinds()), document)} <= {
            "unused",
            "star-out-of-reach",
        }
