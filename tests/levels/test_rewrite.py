"""Changes to level files that their authors ask for: everything else stays byte for byte."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scalegame.errors import ScalegameError, is_control
from scalegame.levels.rewrite import NewAttempt, same, with_attempt, with_target
from scalegame.levels.yamltext import scalar
from scalegame.levels.yamltree import load

LEVELS = Path(__file__).parents[2] / "levels"
SHIPPED = sorted(LEVELS.glob("[0-9]*/*.yaml"))
STRANGE = (
    *(
        "a: b",
        "x  # y",
        "a #b",
        "#",
        "- a",
        "yes",
        "no",
        "1:30",
        "2026-01-31",
        "'",
        '"',
        "{x}",
        "[",
        "ü – 雪",
        "~",
    ),
    *("null", "12", "1e3", "a, b", "trailing ", " leading", "a:", "&x", "*x", "!t", "%", "@", "`", "two  blanks"),
    *("=", "<<", "?", "? a", "|", ">", "a\\b", "$0.70/h", "set web replicas=3 # no"),
)
NEW = NewAttempt("mine", ("add balancer as lb", "rewire a -> lb -> web"), "latency.p99", "So: it # loses.")


def read(path: Path) -> str:
    with path.open(encoding="utf-8", newline="") as file:
        return file.read()


def rest(old: str, new: str) -> str:
    """What was put in, provided that nothing else changed."""
    front = 0
    while front < min(len(old), len(new)) and old[front] == new[front]:
        front += 1
    back = len(old) - front
    assert new.endswith(old[front:]) or back == 0, "something else changed"
    return new[front : len(new) - back]


def expected(text: str, attempt: NewAttempt) -> object:
    data = copy.deepcopy(load(text).data)
    assert isinstance(data, dict)
    known = data.get("attempts") or {}
    assert isinstance(known, dict)
    more: dict[str, object] = {"do": list(attempt.do)}
    more |= {"live": list(attempt.live)} if attempt.live else {}
    more |= {"expect": {"loses": attempt.loses} if attempt.loses else "wins"}
    more |= {"says": attempt.says} if attempt.says else {}
    return {**data, "attempts": {**known, attempt.name: more}}


@pytest.mark.parametrize("ends", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_an_attempt_is_put_into_every_shipped_level(path: Path, ends: str) -> None:
    text = read(path).replace("\n", ends)
    for old in (text, text.rstrip()):
        new = with_attempt(old, NEW)
        assert load(new).data == expected(old, NEW)
        put_in = rest(old, new)
        assert "mine:" in put_in
        assert put_in.count("\n") == put_in.count(ends)
        assert new.endswith(ends) == old.endswith(ends)
        again = NewAttempt("mine", ("set web size=large",), "", "Another.")
        assert load(with_attempt(new, again)).data == expected(old, again)


HEAD = "# first\nformat: 1\nid: a\n"
LAYOUTS = {
    "none": HEAD,
    "none, and no line end": HEAD.rstrip(),
    "none behind a text": HEAD + "debrief: |\n  one\n\n  two\n",
    "none behind a text that keeps blanks": HEAD + "debrief: |+\n  one\n\n\n",
    "none before an end": HEAD + "# last\n...\n",
    "none behind a text without an end": HEAD + "debrief: |\n  one",
    "empty": HEAD + "attempts: {} # none yet\nbook: [1]\n",
    "empty at the end": HEAD + "attempts: {}",
    "empty, in lines": HEAD + "attempts: {\n  # none yet\n}\nbook: [1]\n",
    "nothing": HEAD + "attempts:\nbook: [1]\n",
    "nothing and a comment": HEAD + "attempts: # none yet\n  # really\nbook: [1]\n",
    "braces": HEAD + "attempts: {a: {do: [], expect: wins}, } # note\nbook: [1]\n",
    "braces in lines": HEAD + "attempts: {\n  a: {do: [], expect: wins}, # a\n  b: {do: []} # b\n}\n",
    "json": '{"format": 1, "id": "a", "attempts": {"b": {"do": [], "expect": "wins"}}}',
    "json without": '{"format": 1, "id": "a"}\n',
    "lines": HEAD + "attempts:\n  a:\n    do:\n    - x\n    # in\n    expect: wins # told\n\n# out\nbook: [1]\n",
    "wide": HEAD + "attempts:\n    a:\n        do: []\n        expect: wins\n        # of a\n",
    "indented": "  format: 1\n  attempts:\n   a: {do: [], expect: wins}\n",
    "a text at the end": HEAD + "attempts:\n  a:\n    do: []\n    says: >-\n      one\n      two\n",
    "a started document": "---\n" + HEAD + "attempts:\n  a:\n    do: []\n    expect: wins\n...\n",
    "carriage returns": (HEAD + "attempts:\n  a:\n    do: []\n    expect: wins\n").replace("\n", "\r"),
}


@pytest.mark.parametrize("text", LAYOUTS.values(), ids=LAYOUTS)
@pytest.mark.parametrize("ends", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_it_is_put_into_any_layout(text: str, ends: str) -> None:
    text = text.replace("\n", ends)
    new = with_attempt(text, NEW)
    data = load(new).data
    assert isinstance(data, dict)
    if "without an end" in "".join(k for k, v in LAYOUTS.items() if v == text.replace("\r\n", "\n")):
        data["debrief"] = "one"  # it gained the line break
    assert data == expected(text, NEW)
    for line in text.split(ends):
        for comment in [line[line.index("#") :]] if "#" in line else []:
            assert comment in new
    bare = text.replace(" {}", "") if "attempts: {}" in text else text
    rest(bare, new)
    for other in (NewAttempt("mine", ("x",)), NewAttempt("mine", NEW.do, "", "Other", ("at 1 s: crash web-1",))):
        again = with_attempt(new, other)
        known = load(again).data["attempts"]["mine"]  # type: ignore[index,call-overload]
        assert known["do"] == list(other.do)  # type: ignore[index,call-overload]
        assert known["says"] == (other.says or NEW.says)  # type: ignore[index,call-overload]
        assert known["expect"] == "wins"  # type: ignore[index,call-overload]


def test_an_attempt_of_that_name_keeps_its_place_and_its_comments() -> None:
    old = HEAD + (
        "attempts:\n  # the good one\n  a: # name\n    do: # edits\n      - one # why\n      - two\n"
        "    expect: wins # sure\n    says: >-\n      A text\n      # of two lines\n\n"
        "  b: {do: [x], expect: wins}\n"
    )
    new = with_attempt(old, NewAttempt("a", ("three",), "cost"))
    assert new == HEAD + (
        "attempts:\n  # the good one\n  a: # name\n    # edits\n    # why\n    do: [three]\n"
        "    expect: {loses: cost} # sure\n    says: >-\n      A text\n      # of two lines\n\n"
        "  b: {do: [x], expect: wins}\n"
    )
    assert with_attempt(new, NewAttempt("a", ("three",), "cost")) == new
    flow = with_attempt(old, NewAttempt("b", ("y",), "", "S", ("at 1 s: go",)))
    assert '  b: {do: [y], expect: wins, live: ["at 1 s: go"], says: S}\n' in flow


def test_many_edits_stand_in_lines_of_their_own() -> None:
    new = with_attempt(HEAD, NewAttempt("a", tuple(f"set web-{i} replicas=3" for i in range(9))))
    assert max(map(len, new.splitlines())) < 100
    assert new.count("\n      - set web-") == 9


@pytest.mark.parametrize("text", STRANGE)
def test_what_needs_quotes_comes_back(text: str) -> None:
    attempt = NewAttempt(text, (text, text), text, text, (text,))
    for layout in LAYOUTS.values():
        data = load(with_attempt(layout, attempt)).data
        assert data["attempts"][text]["says"] == text  # type: ignore[index,call-overload]
        assert data["attempts"][text]["do"] == [text, text]  # type: ignore[index,call-overload]
        assert data["attempts"][text]["live"] == [text]  # type: ignore[index,call-overload]


@given(st.text(min_size=1, max_size=30))
def test_any_text_comes_back_or_is_refused(text: str) -> None:
    try:
        written = scalar(text)
    except ScalegameError:
        assert any(is_control(char) for char in text)
        return
    assert load(f"a: {written}").data == {"a": text}
    assert load(f"{{{written}: [{written}]}}").data == {text: [text]}


ATTEMPTS = st.builds(
    NewAttempt,
    st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=12),
    st.lists(st.text(st.characters(categories=("L", "N", "P", "S")), max_size=30), max_size=6).map(tuple),
    st.sampled_from(("", "latency.p99", "cost")),
    st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), max_size=80),
)


@given(st.sampled_from(sorted(LAYOUTS)), ATTEMPTS, st.sampled_from(("\n", "\r\n")))
def test_any_attempt_in_any_layout(layout: str, attempt: NewAttempt, ends: str) -> None:
    text = LAYOUTS[layout].replace("\n", ends)
    if attempt.name in ("a", "b"):
        return
    new = with_attempt(text, attempt)
    data, was = load(new).data, expected(text, attempt)
    assert isinstance(data, dict)
    attempts = data["attempts"]
    assert isinstance(attempts, dict)
    said = attempts[attempt.name]
    assert isinstance(said, dict)
    assert said["do"] == [line.replace("${", "$${") for line in attempt.do]
    assert same([*data], [*was])  # type: ignore[misc]
    rest(text.replace(" {}", "") if "attempts: {}" in text else text, new)


def test_variables_are_kept_from_being_ones() -> None:
    attempt = NewAttempt("a", ("set ${x}",), "", "${y}")
    assert load(with_attempt(HEAD, attempt)).data["attempts"]["a"] == {  # type: ignore[index,call-overload]
        "do": ["set $${x}"], "expect": "wins", "says": "$${y}"}  # fmt: skip
    older = with_attempt(HEAD.replace("format: 1", "format: 0"), attempt)
    assert load(older).data["attempts"]["a"]["says"] == "${y}"  # type: ignore[index,call-overload]


# Objectives


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_objective_of_every_shipped_level_can_be_moved(path: Path) -> None:
    text = read(path)
    data = load(text).data
    assert isinstance(data, dict)
    listed = data["objectives"]
    assert isinstance(listed, list)
    for index, old in enumerate(listed):
        new = with_target(text, index, "12345", str(path))
        after = load(new).data
        assert isinstance(after, dict)
        moved = after["objectives"]
        assert isinstance(moved, list)
        assert moved[index] != old
        assert [*moved[:index], old, *moved[index + 1 :]] == listed
        assert {**after, "objectives": listed} == data
        assert [a for a, b in zip(text.split("\n"), new.split("\n"), strict=True) if a != b] != []


@pytest.mark.parametrize(
    ("written", "becomes"),
    [
        ("- latency.p99  <  400 ms   # why", "- latency.p99  <  600 ms   # why"),
        ('- "cost <= $3/h" # why', '- "cost <= 600 ms" # why'),
        ("- 'cost <= $3/h'", "- 'cost <= 600 ms'"),
        ("- >-\n    cost <=\n    $3/h\n# why", "- cost <= 600 ms\n# why"),
    ],
)
def test_quotes_and_comments_of_an_objective_stay(written: str, becomes: str) -> None:
    text = HEAD + f"objectives:\n- a > 1\n{written}\n- b < 2\n"
    assert with_target(text, 1, "600 ms") == HEAD + f"objectives:\n- a > 1\n{becomes}\n- b < 2\n"
    flow = HEAD + "objectives: [a > 1, b < 2] # why\n"
    assert with_target(flow, 1, "600 ms") == HEAD + "objectives: [a > 1, b < 600 ms] # why\n"


def test_what_cannot_be_changed_is_refused_with_its_place() -> None:
    with pytest.raises(ScalegameError) as variable:
        with_target(HEAD + 'objectives:\n  - "latency.p99 < ${most}"\n', 0, "1 s", "my.yaml")
    assert str(variable.value).startswith("my.yaml:5:5: ")
    assert "variables" in variable.value.message
    for text in ("", "- a\n", "just text", "objectives: 3\n"):
        with pytest.raises(ScalegameError):
            with_target(text, 0, "1 s")
    for text in ("", "- a\n", "attempts: [a]\n", "attempts: {mine: 3}\n"):
        with pytest.raises(ScalegameError):
            with_attempt(text, NEW)
