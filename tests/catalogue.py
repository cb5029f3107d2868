"""The table of what the game can show: mechanism -> what is set, which test shows it, which level, which page.

    python -m tests.catalogue

writes the page `codex/coverage.md` from `tests/catalogue.yaml`. `test_catalogue` checks what it says.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from scalegame.components import kinds
from scalegame.levels import schema
from scalegame.simulation.commands import VERBS

TESTS = Path(__file__).parent
TABLE = TESTS / "catalogue.yaml"
CODEX = TESTS.parent / "scalegame" / "codex"
LEVELS = TESTS.parent / "levels"
PAGE = CODEX / "coverage.md"

CHAPTERS = {
    1: "Scale, capacity, cost",
    2: "Architectures, networks, partial failure, time",
    4: "Concurrency inside a node",
    5: "Services and load balancing",
    6: "Caching",
}

SHAPES = {
    "step": schema.StepShape,
    "operation": schema.OperationShape,
    "workload": schema.WorkloadShape,
    "retries": schema.RetriesShape,
    "arrivals": schema.ArrivalsShape,
    "link": schema.LinkShape,
    "data": schema.DataShape,
    "popularity": schema.PopularityShape,
    "project": schema.ProjectShape,
    "level": schema.LevelShape,
}
#: Words of a fault's sentence that can stand in the table.
FAULT_WORDS = TESTS.parent / "scalegame" / "levels" / "faults.py"


@dataclass(frozen=True)
class Row:
    """One mechanism.

    Attributes:
        chapter: Of the subject.
        name: What it is called.
        where: What is set: `service.threads`, `step lock`, `workload retries`, `fault pauses`, `order scale`.
        tests: `simulation/test_pool.py::test_first_come_first_served`.
        levels: Ids; empty where the sandbox is the place.
        pages: Of the codex, without `.md`.
    """

    chapter: int
    name: str
    where: tuple[str, ...]
    tests: tuple[str, ...]
    levels: tuple[str, ...]
    pages: tuple[str, ...]


def rows() -> list[Row]:
    """The table as it stands in its file."""
    found = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    return [
        Row(
            int(row["chapter"]),
            row["row"],
            tuple(row["where"]),
            tuple(row["tests"]),
            tuple(row.get("levels", ())),
            tuple(row["pages"]),
        )
        for row in found
    ]


def wrong(row: Row) -> Iterator[str]:
    """What a row names that does not exist."""
    yield from (f"nothing is set by {where!r}" for where in row.where if not _is_set(where))
    yield from (f"no test {test!r}" for test in row.tests if not _is_test(test))
    known = {path.stem.split("-", 1)[1] for path in LEVELS.glob("*/*.yaml")}
    yield from (f"no level {level!r}" for level in row.levels if level not in known)
    yield from (f"no page {page!r}" for page in row.pages if not (CODEX / f"{page}.md").is_file())
    if not (row.where and row.tests and row.pages):
        yield "a row needs something to set, a test and a page"


def _is_set(where: str) -> bool:
    sort, _, name = where.partition(" ")
    if sort in SHAPES:
        return name in SHAPES[sort].model_fields
    if sort == "fault":
        return bool(name) and name in FAULT_WORDS.read_text(encoding="utf-8")
    if sort == "order":
        return name in VERBS
    if sort == "kind":
        return name in kinds()
    kind, _, parameter = where.partition(".")
    return kind in kinds() and parameter in {p.name for p in kinds()[kind].parameters}


def _is_test(test: str) -> bool:
    path, _, name = test.partition("::")
    file = TESTS / path
    if not file.is_file():
        return False
    functions = {
        n.name for n in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(n, ast.FunctionDef)
    }
    return name in functions


def page() -> str:
    """The page of the codex."""
    lines = [
        "# What is covered",
        "",
        "Every mechanism of chapters 1 to 6: what to set to see it, the test that shows its figure or its",
        "shape, and the level that is about it. All of it can be built in the sandbox.",
        "",
        "This page is made by `python -m tests.catalogue`, and a test fails if anything in it is not there.",
    ]
    for chapter, title in CHAPTERS.items():
        lines += ["", f"## {title}"]
        for row in rows():
            if row.chapter == chapter:
                lines += ["", *_entry(row)]
    return "\n".join(lines) + "\n"


def _entry(row: Row) -> Iterator[str]:
    yield f"**{row.name}**"
    yield ""
    yield from _wrapped("set: ", [f"`{where}`" for where in row.where])
    for test in row.tests:
        path, _, name = test.partition("::")
        yield f"- test: `{path}`"
        yield f"  `{name}`"
    if row.levels:
        yield from _wrapped("level: ", [f"`{level}`" for level in row.levels])
    yield from _wrapped("page: ", [f"[{page}]({page}.md)" for page in row.pages])


def _wrapped(label: str, words: list[str]) -> Iterator[str]:
    line = f"- {label}"
    for i, word in enumerate(words):
        piece = word + (", " if i + 1 < len(words) else "")
        if len(line + piece) > 98:
            yield line.rstrip()
            line = "  "
        line += piece
    yield line.rstrip()


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(f"{len(rows())} rows in {PAGE.name}")
