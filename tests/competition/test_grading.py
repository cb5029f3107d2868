"""A folder of designs and what comes of it: everybody has a row, and whoever reads it can trust it."""

from __future__ import annotations

import csv
import io
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from scalegame.cli import main
from scalegame.competition.grading import rubric, tables
from scalegame.competition.grading.folder import students
from scalegame.competition.grading.grade import Graded, grade
from scalegame.competition.grading.records import Records
from scalegame.competition.judging import judge, seeds
from scalegame.competition.model import submission
from scalegame.competition.model.judgement import to_data
from scalegame.design import sharecode
from scalegame.design.designfile import Design
from scalegame.errors import Problems, ScalegameError
from scalegame.levels.designs import design_text
from tests.competition.judging import HERE, WINNING, tiny

SECRET = "0123456789abcdef" * 2
LEVEL = HERE.parent / "tui" / "tiny.yaml"


def design(*do: str, level: str = "tiny") -> Design:
    return Design(level, do or WINNING)


@pytest.fixture
def handed_in(tmp_path: Path) -> Path:
    """Ten students as they are."""
    where = tmp_path / "class"
    where.mkdir()
    (where / "ann.yaml").write_text(design_text(design()))
    (where / "bob.yaml").write_text(design_text(design("set kiosk replicas=1")))
    (where / "cid.json").write_text(json.dumps({"format": 0, "level": "tiny", "do": list(WINNING)}))
    (where / "dora.txt").write_text(sharecode.encode(design()) + "\n")
    (where / "eve.yaml").write_text("format: 0\nlevel: tiny\ndo:\n  - set kiosk replica=3\n")
    (where / "fay.yaml").write_text(design_text(design(level="another")))
    (where / "gil.txt").write_bytes(b"x" * 200_000)
    (where / "=cmd|' '!A0.yaml").write_text(design_text(design()))
    moodle = where / "Smith_Jones Hal_4711_assignsubmission_file_"
    moodle.mkdir()
    (moodle / "bad.yaml").write_text("format: 0\nlevel: tiny\ndo: [remove nowhere]\n")
    (moodle / "good.yaml").write_text(design_text(design()))
    (where / "ivanovivo_LATE_123_456_my design.yaml").write_text(design_text(design()))
    (where / "joe.yaml").symlink_to(LEVEL)
    (where / "kim").mkdir()
    (where / ".hidden.yaml").write_text("x")
    (where / "notes.pdf").write_text("x")
    return where


def graded(where: Path, tmp_path: Path, count: int = 3) -> dict[str, Graded]:
    records = Records(tmp_path / "records.sqlite3")
    found = grade(tiny(), students(where), rubric.usual(tiny()), SECRET, count, records)
    records.close()
    return {one.student.name: one for one in found}


def test_everybody_has_a_row_and_a_reason(handed_in: Path, tmp_path: Path) -> None:
    found = graded(handed_in, tmp_path)
    winners = {name for name, one in found.items() if one.judgement is not None and one.judgement.won}
    assert winners == {"ann", "cid", "dora", "=cmd|' '!A0", "Smith_Jones Hal", "ivanovivo"}
    problems = {name: one.problem for name, one in found.items() if one.problem}
    assert problems.keys() == {"eve", "fay", "gil", "joe", "kim"}
    assert 'did you mean "replicas"?' in problems["eve"]
    assert 'for the level "another"' in problems["fay"]
    assert "over 65,536 bytes" in problems["gil"]
    assert "link" in problems["joe"]
    assert "no design" in problems["kim"]
    assert (found["Smith_Jones Hal"].student.moodle, found["Smith_Jones Hal"].file) == ("4711", "good.yaml")
    assert found["ivanovivo"].student.canvas == "123"


def test_the_verdict_is_that_of_the_judge(handed_in: Path, tmp_path: Path) -> None:
    found = graded(handed_in, tmp_path)["ann"].judgement
    entry = submission.check(design(), tiny())
    alone = judge.judge(tiny(), entry, seeds.hidden(SECRET, tiny().own, 3), seeds.fingerprint(SECRET, 3))
    assert found is not None
    assert to_data(found) == to_data(alone)


def test_what_was_judged_is_not_judged_again(
    handed_in: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = graded(handed_in, tmp_path)
    monkeypatch.setattr(judge, "judge", lambda *_: pytest.fail("judged twice"))
    again = graded(handed_in, tmp_path)
    assert {name: one.points for name, one in again.items()} == {name: one.points for name, one in first.items()}


def test_an_interruption_loses_nothing(handed_in: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, made = judge.judge, list[str]()

    def interrupted(*given: Any) -> Any:
        if made:
            raise KeyboardInterrupt
        made.append("one")
        return real(*given)

    monkeypatch.setattr(judge, "judge", interrupted)
    with pytest.raises(KeyboardInterrupt):
        graded(handed_in, tmp_path)
    count = []
    monkeypatch.setattr(judge, "judge", lambda *given: count.append(1) or real(*given))
    graded(handed_in, tmp_path)
    assert len(count) == 1, "there are two different designs, and one was known"


def test_what_could_not_be_judged_has_no_points_and_is_no_nought(
    handed_in: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ScalegameError("Not judged", "no worker is there")

    monkeypatch.setattr(judge, "judge", broken)
    found = graded(handed_in, tmp_path)
    assert found["ann"].points is None
    assert found["eve"].points == 0.0
    rows = list(csv.DictReader(io.StringIO(tables.moodle(list(found.values()), rubric.usual(tiny())))))
    assert {row["Full name"]: row["Grade"] for row in rows}["ann"] == ""


def test_tables_are_what_importers_want(handed_in: Path, tmp_path: Path) -> None:
    found, marks = list(graded(handed_in, tmp_path).values()), rubric.usual(tiny())
    rows = list(csv.reader(io.StringIO(tables.canvas(tiny(), found, marks))))
    assert rows[0][:5] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    assert "Points Possible" in rows[1][0]
    assert ["ivanovivo", "123"] in [row[:2] for row in rows]
    assert {len(row) for row in rows} == {6}
    moodle = list(csv.DictReader(io.StringIO(tables.moodle(found, marks))))
    assert {row["Identifier"] for row in moodle} == {"", "Participant 4711"}
    plain = list(csv.reader(io.StringIO(tables.as_csv(found, marks))))
    assert not [cell for row in plain for cell in row if cell.startswith(("=", "@", "+"))]
    scope = tables.gradescope(found[0], marks)
    json.dumps(scope, allow_nan=False)
    assert {test["max_score"] for test in scope["tests"]} == {mark.points for mark in marks}  # type: ignore[attr-defined]


def test_a_rubric(tmp_path: Path) -> None:
    path = tmp_path / "rubric.yaml"
    path.write_text(
        "format: 1\nmarks:\n  - {when: won, points: 60}\n  - {when: latency.p99 < 500 ms, points: 10}\n"
        "  - {when: star cost, points: 5}\n  - {when: cost <= $0.34/h, points: 5}\n"
        "  - {when: availability >= 99.9 %, points: 20}\n"
    )
    marks = rubric.read(path, tiny())
    assert rubric.most(marks) == 100
    entry = submission.check(design(), tiny())
    judged = judge.judge(tiny(), entry, seeds.play(tiny()), seeds.PLAY)
    assert rubric.earned(marks, judged)[0]
    assert rubric.points(marks, judged) == sum(
        mark.points for mark, is_earned in zip(marks, rubric.earned(marks, judged), strict=True) if is_earned
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[]", "begins with format: 1"),
        ("format: 2\nmarks: [{when: won, points: 1}]", "write format: 1"),
        ("format: 1\nmark: []", 'did you mean "marks"'),
        ("format: 1\nmarks: []", "a list of 1 to"),
        ("format: 1\nmarks: [{when: one, points: 1}]", ' "one" is nothing that can be marked'),
        ("format: 1\nmarks: [{when: star cots, points: 1}]", 'did you mean "cost"'),
        ("format: 1\nmarks: [{when: won, points: -1}]", "a number above 0"),
        ("format: 1\nmarks: [{when: won}]", "the keys when and points"),
        ("format: 1\nmarks: [{when: cost < 5, points: 1}]", "$"),
        ("format: 1\nmarks:\n  - {when: won, points: x}\n  - {when: what, points: 1}", ":4:"),
    ],
)
def test_mistakes_in_a_rubric_are_told_with_their_place(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "rubric.yaml"
    path.write_text(text)
    with pytest.raises(ScalegameError) as found:
        rubric.read(path, tiny())
    said = str(found.value)
    assert told in said
    assert all("rubric.yaml" in str(e) for e in getattr(found.value, "errors", (found.value,)))
    assert not isinstance(found.value, Problems) or found.value.errors


def test_the_command_writes_everything_and_again_the_same(
    handed_in: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*arguments: object) -> str:
        monkeypatch.setattr("sys.argv", ["scalegame", "grade", str(LEVEL), str(handed_in), *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code == 0
        return capsys.readouterr().out

    told = json.loads(run("--jobs", 0, "--seeds", 3, "--json"))
    out = tmp_path / "class-graded"
    assert {path.name for path in out.iterdir()} == {
        "secret.txt",
        "judgements.sqlite3",
        "results.json",
        "results.csv",
        "moodle.csv",
        "canvas.csv",
        "report.html",
        "gradescope",
    }
    assert (out / "secret.txt").stat().st_mode & 0o077 == 0
    secret = (out / "secret.txt").read_text().strip()
    for path in out.rglob("*"):
        if path.is_file() and path.name != "secret.txt":
            assert secret.encode() not in path.read_bytes()
    assert len(list((out / "gradescope").iterdir())) == len(told["students"])
    page = (out / "report.html").read_text()
    assert "<script" not in page
    assert "=cmd|&#x27; &#x27;!A0" in page
    again = json.loads(run("--jobs", 0, "--seeds", 3, "--json"))
    assert again["students"] == told["students"]
    assert "students, 6 win" in run("--jobs", 0, "--seeds", 3)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no file can be called so")
def test_whatever_a_file_is_called_everybody_has_his_points(tmp_path: Path) -> None:
    where = tmp_path / "class"
    where.mkdir()
    text = design_text(design()).encode()
    for name in (b"ann.yaml", b"b\xffb.yaml", b"c\x1b]0;pwn\x07\nd.yaml"):
        Path(os.fsdecode(os.fsencode(where) + b"/" + name)).write_bytes(text)
    # Read like a file, it would be waited for until the end of time.
    os.mkfifo(where / "pipe.yaml")
    found = graded(where, tmp_path, 1)
    assert [one.judgement is not None and one.judgement.won for one in found.values()] == [True] * 3
    assert all(one.file.isprintable() and one.student.name.isprintable() for one in found.values())
    assert all(one.file.encode() for one in found.values())


def test_nobody_there(tmp_path: Path) -> None:
    with pytest.raises(ScalegameError, match="nobody is in"):
        students(tmp_path)
    with pytest.raises(ScalegameError, match="is no folder"):
        students(tmp_path / "none")
