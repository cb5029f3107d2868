"""Figures in texts are those of the file, of its proof, or one step away from them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from scalegame.components import kinds
from scalegame.levels import load, yamltree
from scalegame.levels.archetypes import archetype
from scalegame.levels.lint import Finding, lint

SOUND = archetype("capacity", "sound")
PROOF: Mapping[str, object] = {
    "attempts": [
        {
            "name": "one-medium",
            "declared": "wins",
            "stars": ["cost", "latency", "parts"],
            "objectives": [{"text": "availability >= 99 %", "mean": 0.5422, "worst": 0.5277}],
        }
    ]
}


def found_in(hint: str, proof: Mapping[str, object] | None = PROOF, text: str = SOUND) -> tuple[Finding, ...]:
    old = "  - Which box is always full?"
    assert text.count(old) == 1
    document = yamltree.load(text.replace(old, f"  - {hint}"), "x.yaml")
    found = lint(load.read(document, Path("x.yaml"), kinds()), document, proof)
    return tuple(
        f for f in found if f.name == "number-not-there" and "correct it" in f.message and f.place.line == LINE
    )


LINE = next(i for i, line in enumerate(SOUND.splitlines(), 1) if "Which box is always full?" in line)


@pytest.mark.parametrize(
    "figure", ["7777 a second", "7,777 people a second", "8191 requests", "0.99 s and 7777 ms"]
)
def test_a_figure_from_nowhere_is_found_where_it_is_told(figure: str) -> None:
    (found,) = found_in(f"How would you carry {figure}?")
    assert found.message.startswith("neither this file nor its certificate has ")
    assert ("8191" if "8191" in figure else "7,777" if "," in figure else "7777") in found.message


@pytest.mark.parametrize(
    "told",
    [
        "It begins at 09:47:13, as in 1977.",
        "What is p9999, or 0.99²⁰, or web-7777, or x=7777?",
        "Only 7 ms, and 9 requests.",
        "There were 7777 sparrows on the roof.",
        "Of all who came 54 % were served, and 46 % were not.",
        "That is 54 of 100 of them.",
    ],
)
def test_what_is_no_figure_or_was_measured_is_left_alone(told: str) -> None:
    assert found_in(told if ": " not in told else f'"{told}"') == ()


def test_one_step_from_two_values_of_the_file_is_there() -> None:
    text = SOUND + "variables: {people: 7000, share: 11 %, more: 19, wait: 35 ms}\n"
    assert found_in("Think of 770 requests.", text=text) == ()  # 7000 x 11 %
    assert found_in("Think of 133,000 requests.", text=text) == ()  # 7000 x 19
    assert found_in("Think of 200,000 a second.", text=text) == ()  # 7000 in 35 ms
    assert found_in("Think of 245 seconds.", text=text) == ()  # 7000 times 35 ms
    assert found_in("Think of 931,931 seconds.", text=text) != ()


def test_without_a_proof_nothing_is_known_to_be_wrong() -> None:
    assert found_in("How would you carry 7777 a second?", None) == ()


def test_what_the_comment_at_the_top_reckons_is_there(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    changed = SOUND.replace("Which box is always full?", "How would you carry 7777 a second?")
    names = []
    for head in ("", "# On paper: 7777 a second.\n"):
        path.write_text(head + changed, encoding="utf-8")
        document = yamltree.load(path)
        names.append([f.name for f in lint(load.read(document, path, kinds()), document, PROOF)])
    assert [name.count("number-not-there") for name in names] == [1, 0]
