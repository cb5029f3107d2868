"""Grades as tables for people, and for the systems that keep marks."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

from scalegame.competition.grading import rubric
from scalegame.competition.grading.grade import Graded
from scalegame.competition.grading.rubric import Mark
from scalegame.competition.model import judgement
from scalegame.levels.model import Level

#: Begins what a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_json(
    level: Level, graded: Sequence[Graded], marks: Sequence[Mark], about: Mapping[str, object]
) -> dict[str, object]:
    """Everything, for programs; neither seeds nor the secret are in it.

    Args:
        level: That was graded.
        graded: One a student.
        marks: The rubric.
        about: What else is recorded: engine, versions, name and number of the seeds, the time.
    """
    return {
        "level": level.id,
        "digest": level.digest,
        **about,
        "rubric": [{"when": mark.text, "points": mark.points} for mark in marks],
        "students": [
            {
                "student": one.student.name,
                "file": one.file,
                "points": one.points,
                "of": rubric.most(marks),
                "earned": [mark.text for mark, is_earned in zip(marks, one.earned, strict=False) if is_earned],
                "problem": one.problem,
                "result": None if one.judgement is None else judgement.rounded(one.judgement),
            }
            for one in graded
        ],
    }


def as_csv(graded: Sequence[Graded], marks: Sequence[Mark]) -> str:
    """A row a student, a column a mark."""
    head = ("student", "file", "points", "of", "won", "cost_per_hour", "latency", "availability", "parts")
    rows: list[Sequence[object]] = [(*head, *(f"points: {mark.text}" for mark in marks), "problem")]
    figures: tuple[object, ...]
    for one in graded:
        found = None if one.judgement is None else judgement.rounded(one.judgement)
        figures = ("", "", "", "", "")
        if found is not None:
            figures = tuple(_plain(found[key]) for key in ("won", "cost", "latency", "availability", "parts"))
        earned: list[object] = [""] * len(marks)
        if one.earned:
            earned = [m.points if is_earned else 0 for m, is_earned in zip(marks, one.earned, strict=True)]
        points = "" if one.points is None else one.points
        rows.append(
            (
                _text(one.student.name),
                _text(one.file),
                points,
                rubric.most(marks),
                *figures,
                *earned,
                _text(one.problem),
            )
        )
    return _csv(rows)


def moodle(graded: Sequence[Graded], marks: Sequence[Mark]) -> str:
    """A grading worksheet: a student is known by the number in the name of his folder.

    Where nothing was judged the grade is empty, which is not the same as none.
    """
    head = ("Identifier", "Full name", "Grade", "Maximum grade", "Last modified (grade)", "Feedback comments")
    rows: list[Sequence[object]] = [head]
    for one in graded:
        identifier = f"Participant {one.student.moodle}" if one.student.moodle else ""
        points = "" if one.points is None else one.points
        rows.append((identifier, one.student.name, points, rubric.most(marks), "", _text(feedback(one, marks))))
    return _csv(rows)


def canvas(level: Level, graded: Sequence[Graded], marks: Sequence[Mark]) -> str:
    """For the import of Canvas's gradebook: a student is known by the number in the name of his file."""
    title = f"scalegame: {level.title}"
    rows: list[Sequence[object]] = [
        ("Student", "ID", "SIS User ID", "SIS Login ID", "Section", title),
        ("    Points Possible", "", "", "", "", rubric.most(marks)),
    ]
    for one in graded:
        points = "" if one.points is None else one.points
        rows.append((one.student.name, one.student.canvas, "", "", "", points))
    return _csv(rows)


def gradescope(one: Graded, marks: Sequence[Mark]) -> dict[str, object]:
    """What an autograder of Gradescope writes as `results.json`."""
    tests = [
        {
            "name": mark.text,
            "score": mark.points if is_earned else 0.0,
            "max_score": mark.points,
            "status": "passed" if is_earned else "failed",
        }
        for mark, is_earned in zip(marks, one.earned or (False,) * len(marks), strict=True)
    ]
    told: dict[str, object] = {
        "output": one.problem or feedback(one, marks),
        "visibility": "visible",
        "tests": tests,
    }
    if one.judgement is not None:
        found = judgement.rounded(one.judgement)
        board = [
            (name, found[key])
            for name, key in (("cost $/h", "cost"), ("latency s", "latency"), ("parts", "parts"))
        ]
        told["leaderboard"] = [
            {"name": name, "value": value, "order": "asc"} for name, value in board if value is not None
        ]
    return told


def feedback(one: Graded, marks: Sequence[Mark]) -> str:
    """In a line, for the student."""
    if one.problem and one.judgement is None:
        return one.problem
    earned = [mark.text for mark, is_earned in zip(marks, one.earned, strict=False) if is_earned]
    missed = [mark.text for mark, is_earned in zip(marks, one.earned, strict=False) if not is_earned]
    parts = [f"earned: {', '.join(earned)}" if earned else "", f"missed: {', '.join(missed)}" if missed else ""]
    return ". ".join(part for part in (*parts, one.problem) if part)


def _text(text: str) -> str:
    """Text of somebody's that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _plain(value: object) -> object:
    return "" if value is None else value


def _csv(rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()
