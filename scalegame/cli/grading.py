"""The command that grades a folder of designs."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scalegame.cli.group import Whole, as_text, cli
from scalegame.errors import ScalegameError, end_on_lost_interrupt, printable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scalegame.competition.grading.grade import Graded, Progress
    from scalegame.competition.grading.rubric import Mark
    from scalegame.levels.model import Level

MOST_JOBS = 8
SEEDS = 20
_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@cli.command()
@click.argument("level")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--rubric", type=_FILE, metavar="FILE", help="What is worth how many points; without it, the usual.")
@click.option("--seeds", type=Whole(2, 200), default=SEEDS, show_default=True, metavar="N", help="Hidden ones.")
@click.option(
    "--secret-file", type=_FILE, metavar="FILE", help="What the seeds follow from; else secret.txt of --out."
)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", help="Where results go.")
@click.option("--csv", "as_csv", is_flag=True, help="Print a table for programs.")
@click.option("--json", "as_json", is_flag=True, help="Print everything, for programs.")
@click.option("--jobs", type=Whole(0, 64), metavar="N", help="Processes; 0: this one. Without it, one a core.")
@click.option("--executor", type=click.Choice(["local", "dask"]), default="local", help="Where it is judged.")
@click.option("--cluster", metavar="ADDRESS", help="Of a Dask scheduler: tcp://127.0.0.1:8786, tls://host:8786.")
def grade(
    level: str,
    folder: Path,
    rubric: Path | None,
    seeds: int,
    secret_file: Path | None,
    out: Path | None,
    as_csv: bool,
    as_json: bool,
    jobs: int | None,
    executor: str,
    cluster: str | None,
) -> None:
    """Judge a folder of designs on hidden seeds, and mark them.

    DIR has a file a student (design file, JSON, or a share code in a .txt), or a folder a student, as downloads
    from Moodle and Canvas have. Results go to DIR-graded, beside it: tables for people, Moodle, Canvas and
    Gradescope, a report, and what was judged: interrupted, it goes on where it was. The same secret gives the same
    seeds, and so the same grades.
    """
    end_on_lost_interrupt()
    from scalegame import ENGINE
    from scalegame.competition.grading import rubric as rubrics
    from scalegame.competition.grading.folder import students
    from scalegame.competition.grading.grade import grade as judged
    from scalegame.competition.grading.records import Records
    from scalegame.competition.judging import seeds as seed_sets
    from scalegame.components import kinds
    from scalegame.levels import packs
    from scalegame.simulation.measure import versions

    if cluster is not None and executor != "dask":
        raise click.UsageError("--cluster goes with --executor dask")
    chosen = packs.find(level, kinds())
    marks = rubrics.usual(chosen) if rubric is None else rubrics.read(rubric, chosen)
    people = students(folder)
    where = out or folder.resolve().with_name(f"{folder.resolve().name}-graded")
    try:
        where.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ScalegameError("Not written", f"{where} cannot be made: {error.strerror}") from None
    secret = _secret(where, secret_file)
    with ExitStack() as stack:
        records = Records(where / "judgements.sqlite3")
        stack.callback(records.close)
        if records.others():
            click.echo("Some of this was judged by another version of the engine: that is judged anew.", err=True)
        workers = stack.enter_context(_executor(executor, cluster, jobs))
        with _progress() as progress:
            graded = judged(chosen, people, marks, secret, seeds, records, workers, progress)
    about = {
        "engine": ENGINE,
        "versions": versions(),
        "seeds": seed_sets.fingerprint(secret, seeds),
        "graded": time.strftime("%Y-%m-%d %H:%M:%S%z"),
    }
    _write_all(where, chosen, graded, marks, about)
    _print(where, chosen, graded, marks, about, as_csv, as_json)


def _secret(where: Path, given: Path | None) -> str:
    """The secret that was given, or that of these results, or a new one which is kept with them."""
    from scalegame.competition.judging import seeds

    kept = where / "secret.txt"
    if given is None and not kept.exists():
        found = seeds.secret()
        try:
            kept.touch(0o600)
            kept.write_text(f"{found}\n", "utf-8")
        except OSError as error:
            raise ScalegameError("Not written", f"{kept} cannot be written: {error.strerror}") from None
        return found
    try:
        with (given or kept).open(encoding="utf-8") as file:
            return seeds.checked(file.read(200))
    except (OSError, UnicodeDecodeError):
        raise ScalegameError("Not read", f"{given or kept} cannot be read") from None


@contextmanager
def _executor(kind: str, cluster: str | None, jobs: int | None) -> Iterator[Executor | None]:
    from scalegame.competition.judging import executors

    count = min(os.cpu_count() or 1, MOST_JOBS) if jobs is None else jobs
    if kind == "local" and not count:
        yield None
        return
    made = (
        executors.local(count)
        if kind == "local"
        else executors.local_cluster(max(count, 1))
        if cluster is None
        else executors.cluster(cluster)
    )
    with made as executor:
        yield executor


def _write_all(
    where: Path, level: Level, graded: Sequence[Graded], marks: Sequence[Mark], about: Mapping[str, object]
) -> None:
    from scalegame.competition.grading import report, tables
    from scalegame.files import rewrite

    rewrite(where / "results.json", as_text(tables.as_json(level, graded, marks, about)) + "\n")
    rewrite(where / "results.csv", tables.as_csv(graded, marks))
    rewrite(where / "moodle.csv", tables.moodle(graded, marks))
    rewrite(where / "canvas.csv", tables.canvas(level, graded, marks))
    rewrite(where / "report.html", report.html(level, graded, marks, about))
    scopes = where / "gradescope"
    scopes.mkdir(exist_ok=True)
    for number, one in enumerate(graded, 1):
        # A student's name is no path.
        plain = "".join(char if char.isalnum() and char.isascii() else "-" for char in one.student.name)[:60]
        rewrite(scopes / f"{number:04d}-{plain}.json", as_text(tables.gradescope(one, marks)) + "\n")


def _print(
    where: Path,
    level: Level,
    graded: Sequence[Graded],
    marks: Sequence[Mark],
    about: Mapping[str, object],
    as_csv: bool,
    as_json: bool,
) -> None:
    from scalegame.competition.grading import rubric, tables

    if as_json:
        click.echo(as_text(tables.as_json(level, graded, marks, about)))
        return
    if as_csv:
        click.echo(tables.as_csv(graded, marks), nl=False)
        return
    wide = max(len(one.student.name) for one in graded)
    for one in graded:
        points = "–" if one.points is None else f"{one.points:g}"
        won = "" if one.judgement is None else "won" if one.judgement.won else "lost"
        line = f"{one.student.name:<{min(wide, 40)}} {points:>6} {won:<5} {tables.feedback(one, marks)}"
        click.echo(printable(line).rstrip())
    winners = sum(one.judgement is not None and one.judgement.won for one in graded)
    click.echo(f"{len(graded)} students, {winners} win; of {rubric.most(marks):g} points.")
    click.echo(
        printable(f"Everything is in {where}: report.html, results.csv, moodle.csv, canvas.csv, gradescope/.")
    )


@contextmanager
def _progress() -> Iterator[Progress | None]:
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[who]}", markup=False),
    )
    with Bar(
        *columns, console=Console(stderr=True), transient=True, redirect_stdout=False, redirect_stderr=False
    ) as bar:
        task = bar.add_task("", total=None, who="")

        def show(done: int, of: int, who: str) -> None:
            bar.update(task, completed=done, total=of, who=who)

        yield show
