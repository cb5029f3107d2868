"""From a folder of designs to marks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

from scalegame.competition.grading import rubric
from scalegame.competition.grading.folder import Student, content
from scalegame.competition.grading.records import Records
from scalegame.competition.grading.rubric import Mark
from scalegame.competition.judging import judge, seeds
from scalegame.competition.model import submission
from scalegame.competition.model.judgement import Judgement
from scalegame.competition.model.submission import Entry
from scalegame.errors import Problems, ScalegameError, printable
from scalegame.levels.model import Level

Progress = Callable[[int, int, str], None]
"""Called with how many files are done, of how many, and whose is next."""


@dataclass(frozen=True, slots=True)
class Graded:
    """A student's result.

    Attributes:
        student: Who.
        file: Name of the file that counts: of several the one with the most points, the first of equals.
        judgement: Of it; None: there is none, for `problem`.
        points: Earned; None where nothing was judged though it may not be the student's fault.
        earned: One a mark.
        problem: What is wrong; "" if nothing is.
        entry: The design that counts.
    """

    student: Student
    file: str = ""
    judgement: Judgement | None = None
    points: float | None = None
    earned: tuple[bool, ...] = ()
    problem: str = ""
    entry: Entry | None = None


def grade(
    level: Level,
    students: Sequence[Student],
    marks: Sequence[Mark],
    secret: str,
    count: int,
    records: Records,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> tuple[Graded, ...]:
    """Judges everybody's designs on the same hidden seeds.

    Args:
        level: That they are for.
        students: Who handed in.
        marks: The rubric.
        secret: That the seeds follow from.
        count: How many seeds.
        records: What was judged before is taken from there, and what is judged is kept there at once.
        executor: Where runs are made; None: in this process.
        progress: Told how far it is.
    """
    drawn, name = seeds.hidden(secret, level.own, count), seeds.fingerprint(secret, count)
    total, done, found = sum(len(student.files) for student in students), 0, []
    for student in students:
        tried = [] if student.files else [Graded(student, problem=student.problem, points=0.0)]
        for path in student.files:
            if progress is not None:
                progress(done, total, student.name)
            tried.append(_one(level, student, path, marks, drawn, name, records, executor))
            done += 1
        # The first of the best; what was not judged counts below everything.
        found.append(
            max(tried, key=lambda one: (-1.0 if one.points is None else one.points, one.judgement is not None))
        )
    if progress is not None:
        progress(total, total, "")
    return tuple(found)


def _one(
    level: Level,
    student: Student,
    path: Path,
    marks: Sequence[Mark],
    drawn: Sequence[int],
    name: str,
    records: Records,
    executor: Executor | None,
) -> Graded:
    try:
        entry = submission.check(submission.read(content(path), printable(path.name)), level)
    except ScalegameError as error:
        return Graded(student, printable(path.name), points=0.0, problem=_told(error))
    judged = records.find(level.digest, entry.key, name)
    if judged is None:
        try:
            judged = judge.judge(level, entry, drawn, name, executor)
        except ScalegameError as error:
            # Not judged is not the same as nothing achieved.
            return Graded(student, printable(path.name), problem=f"{error.title}: {error.message}", entry=entry)
        records.keep(entry.key, judged)
    earned = rubric.earned(marks, judged)
    ended = next((run.ended for run in judged.runs if run.ended), "")
    return Graded(student, printable(path.name), judged, rubric.points(marks, judged), earned, ended, entry)


def _told(error: ScalegameError) -> str:
    return "; ".join(str(one) for one in error.errors) if isinstance(error, Problems) else str(error)
