"""Variables, variants and instances: what is put in where, and what is said of what cannot be."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from scalegame.components import kinds
from scalegame.errors import Problems, ScalegameError
from scalegame.levels.heading import heading, variants_of
from scalegame.levels.load import load, loads
from scalegame.levels.model import Level
from scalegame.levels.naming import full_id, instance, joined, split
from scalegame.levels.starter import starter
from scalegame.levels.variables import LARGEST_FILLED, draw
from scalegame.levels.yamltree import load as load_yaml

PLAIN = starter("my-level")
DECLARED = """
variables: {rate: 120/s, people: 2_000, most: 4, target: 400 ms, when: 30 s, much: $0.70/h, unit: ms, on: true}
variants:
  gentle: {rate: 110/s, target: 450 ms}
  hard: {people: 3_000}
  none: {}
drawn: {rate: [100/s, 110/s, 115/s], people: [1_000, 3_000]}
"""


def changed(text: str, *changes: tuple[str, str]) -> str:
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


TEXT = (
    changed(
        PLAIN,
        ("ramp to 120/s until 15 s, then 120/s", "ramp to ${rate} until 15 s, then ${rate}"),
        ("users: 2_000", "users: ${people}"),
        ("replicas: 1..4", 'replicas: "1..${most}"'),
        ("p99 < 400 ms", "p99 < ${target}"),
        ("cost <= $0.70/h", "cost <= ${ much }"),
        ("says: Eight cores for the work of three.", "says: Not for ${people} at ${rate}, nor $${rate}."),
        ("Today the sun is out.", "Today ${people} come."),
        ("objectives:\n", "faults:\n  - at ${when}: web is 1.5 times slower for 1 s\n\nobjectives:\n"),
        ("title: My first level", "title: At ${rate}"),
    )
    + DECLARED
)


def level(variant: str = "", text: str = TEXT) -> Level:
    return loads(text, "x.yaml", kinds(), variant)


def refused(text: str, variant: str = "") -> tuple[str, ...]:
    with pytest.raises(ScalegameError) as caught:
        level(variant, text)
    error = caught.value
    return tuple(map(str, error.errors if isinstance(error, Problems) else [error]))


def plain(rate: str = "120/s", people: str = "2_000", target: str = "400 ms") -> str:
    """The level as it would be written without variables."""
    text = TEXT.removesuffix(DECLARED).replace("$${", "\0")
    for name, value in {"rate": rate, "people": people, "target": target, "most": "4", "when": "30 s"}.items():
        text = text.replace(f"${{{name}}}", value)
    return text.replace("${ much }", "$0.70/h").replace("\0", "$${")


def test_a_level_with_variables_is_the_level_with_their_values() -> None:
    found, same = level(), level(text=plain())
    assert found.digest == same.digest
    assert found.attempts == same.attempts
    assert found.brief == same.brief
    assert "2_000 come" in found.brief
    assert found.attempts[-1].says == "Not for 2_000 at 120/s, nor ${rate}."
    assert (found.title, found.faults) == ("At 120/s", same.faults)
    assert found.variants == ("gentle", "hard", "none")
    assert found.drawn
    assert (found.own, found.variant) == ("my-level", "")


def test_a_variant_is_a_level_of_its_own() -> None:
    gentle = level("gentle")
    assert (gentle.id, gentle.own, gentle.variant) == ("my-level@gentle", "my-level@gentle", "gentle")
    assert gentle.objectives == level(text=plain("110/s", target="450 ms")).objectives
    assert gentle.workloads == level(text=plain("110/s")).workloads
    # Even one that changes nothing has seeds, and so a proof, of its own.
    assert level("none").digest != level().digest
    assert not {*level("none").seeds("play", 3)} & {*level().seeds("play", 3)}


def test_instances_are_drawn_the_same_way_for_ever() -> None:
    found = {n: level(str(n)) for n in (1, 2, 3, 4, 999_999)}
    assert [found[n].brief.split("Today ")[1].split()[0] for n in found] == [
        "1_000",
        "1_000",
        "1_000",
        "3_000",
        "1_000",
    ]
    assert [found[n].title for n in found] == [f"At {rate}/s" for rate in (100, 115, 100, 115, 115)]
    assert {found[n].own for n in found} == {f"my-level@{n}" for n in found}
    # What is not drawn has its usual value.
    assert all(one.objectives == level().objectives for one in found.values())
    assert {draw("x", n, "rate", 3) for n in range(1, 30)} == {0, 1, 2}


def test_types_are_those_of_the_variable() -> None:
    found = level(text=changed(TEXT, ("difficulty: 1 ", "difficulty: ${most} ")))
    assert found.difficulty == 4
    assert "true is not a count" in refused(changed(TEXT, ("difficulty: 1 ", "difficulty: ${on} ")))[0]
    # Inside of other text it is put in as it is written.
    assert level(text=changed(TEXT, ("grace: 10 s", 'grace: "1${most} s"'))).window.grace == 14


@pytest.mark.parametrize(
    ("old", "new", "at", "said"),
    [
        ("${ much }", "${mush}", "cost <= ${", 'no variable is called "mush" – did you mean "much"?'),
        ("${ much }", "${much", "cost <= ${", "a variable is not closed"),
        ("${ much }", "${}", "cost <= ${", 'no variable is called ""'),
        ("id: my-level", "id: my-${most}", "my-${most}", "id cannot contain a variable"),
        ("when: 30 s", "when: '${rate}'", "'${rate}'", "a variable cannot contain another variable"),
        ("when: 30 s", "when: [1, 2]", "[1, 2]", "a variable is a number or a text, not a list"),
        ("when: 30 s", f"when: {'x' * 201}", "x" * 201, "200 characters at most"),
        ("hard: {people: 3_000}", "hard: {peple: 3}", "peple", 'no variable is called "peple" – did you mean'),
        ("people: [1_000", "peoples: [1_000", "peoples", 'called "peoples" – did you mean "people"'),
        ("people: [1_000, 3_000]", "people: []", "[]", "must have at least 1 entry"),
        ("  town <-> cellar:", "  town <-> ${most}:", "town <-> $", "variables stand in values, not in keys"),
        ("{cores: 2, memory: 4 GB", "{cores: ${most}, memory: 4 GB", "{most}, m", 'write "${name}"'),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_at_its_place(old: str, new: str, at: str, said: str) -> None:
    text = changed(TEXT, (old, new))
    assert text.count(at) == 1
    before = text[: text.index(at)].split("\n")
    place = f"x.yaml:{len(before)}:{len(before[-1]) + 1}: "
    found = refused(text)
    assert any(line.startswith(place) and said in line for line in found), (place, found)
    assert len(found) == 1


def test_a_level_without_variables_says_how_to_have_one() -> None:
    (said,) = refused(changed(PLAIN, ("grace: 10 s", "grace: ${time}")))
    assert said.endswith(':8: "time" is no variable, this level has none: add variables: {time: …}')


def test_an_error_says_what_the_variables_at_its_place_are() -> None:
    wrong = changed(TEXT, ("gentle: {rate: 110/s", "gentle: {rate: 110"))
    assert level(text=wrong).title == "At 120/s"
    (said,) = refused(wrong, "gentle")
    assert said.endswith('110 has no unit: write "110/s" or "110/min" – ${rate} is "110" in the variant gentle')
    assert said.startswith("x.yaml:53:")


@pytest.mark.parametrize(
    ("variant", "said"),
    [
        ("gentel", '"my-level" has no variant "gentel" – did you mean "gentle"?'),
        ("0", "instances of \"my-level\" have numbers from 1 to 999,999, not 0"),
        ("007", "have numbers from 1 to 999,999, not 007"),
        ("1000000", "have numbers from 1 to 999,999, not 1000000"),
    ],
)  # fmt: skip
def test_a_variant_that_is_not_there(variant: str, said: str) -> None:
    assert said in refused(TEXT, variant)[0]


def test_variants_of_a_level_that_has_none() -> None:
    line = PLAIN[: PLAIN.index("\nid:")].count("\n") + 2
    assert refused(PLAIN, "gentle") == (f'x.yaml:{line}:1: "my-level" has no variants: leave "@gentle" out',)
    assert "has no instances by number" in refused(PLAIN, "3")[0]
    drawn = PLAIN + "variables: {a: 1}\ndrawn: {a: [1]}\n"
    assert "write a number after the @" in refused(drawn, "gentle")[0]


def test_what_is_put_in_is_bounded() -> None:
    slots = "${a}" * 100 + "\n  "
    text = PLAIN + f"variables: {{a: {'x' * 200}}}\n"
    text = text.replace("  The ticket shop", "  " + slots * (LARGEST_FILLED // 20_000 + 5) + "The ticket shop")
    (said,) = refused(text)
    assert ":8: with the variables put in, this is larger" in said


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("two-is-company", ("two-is-company", "")),
        ("two-is-company@steep", ("two-is-company", "steep")),
        ("pack:level@17", ("pack:level", "17")),
        ("my.yaml@steep", ("my.yaml", "steep")),
        ("me@home/my.yaml", ("me@home/my.yaml", "")),
        ("me@home/my.yaml@x_1", ("me@home/my.yaml", "x_1")),
        ("my@home.yaml", ("my@home.yaml", "")),
        ("a@b@c", ("a@b", "c")),
        ("@x", ("@x", "")),
        ("x@", ("x@", "")),
        ("x@" + "y" * 41, ("x@" + "y" * 41, "")),
    ],
)
def test_names_of_variants(name: str, parts: tuple[str, str]) -> None:
    assert split(name) == parts
    assert joined(*parts) == name


def test_ids() -> None:
    assert [instance(text) for text in ("1", "17", "999999", "0", "01", "1000000", "x", "")] == [
        1, 17, 999_999, None, None, None, None, None]  # fmt: skip
    assert (full_id("a@b", ""), full_id("a@b", "campaign"), full_id("a@b", "mine")) == ("a@b", "a@b", "mine:a@b")


def test_the_list_shows_variables_put_in() -> None:
    text = "title: At ${rate}, $${rate} and ${what}\nvariables: {rate: 1_0}\nvariants: {a: {}, b: {}}\n"
    data = heading(load_yaml("format: 1\n" + text, "x"))
    assert data["title"] == "At 1_0, ${rate} and ${what}"
    assert variants_of(data) == (("a", "b"), False)
    assert heading(load_yaml("format: 0\n" + text, "x"))["title"] == "At ${rate}, $${rate} and ${what}"


def test_a_variant_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "my.yaml"
    path.write_text(TEXT, encoding="utf-8")
    assert load(path, kinds(), "gentle") == replace(level("gentle"), source=str(path))


def test_one_place_is_one_problem_however_many_variables_are_unknown_there() -> None:
    found = refused(changed(TEXT, ("title: ", "title: ${none} ${no} ${nothing} ")))
    assert len([said for said in found if "no variable is called" in said]) == 1
