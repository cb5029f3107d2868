"""The same design has the same judgement from the server, from `grade`, from the API and on a Dask cluster."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from scalegame import api
from scalegame.competition.grading import rubric, tables
from scalegame.competition.grading.folder import students
from scalegame.competition.grading.grade import grade
from scalegame.competition.grading.records import Records
from scalegame.competition.judging import executors
from scalegame.competition.model.judgement import to_data
from tests.competition.contests import LOSING, contest, hand_in, judge_all, player
from tests.competition.judging import WINNING

SECRET, COUNT = "00112233445566778899aabbccddeeff", 5


def test_the_same_judgement_everywhere(tmp_path: Path) -> None:
    designs = {"ann": WINNING, "bob": LOSING, "cid": ("set kiosk size=large",)}
    it = contest(tmp_path, hidden_seeds=COUNT)
    it.store.keep_fact("secret", SECRET)
    for name, do in designs.items():
        hand_in(it, player(it, name, name), *do)
    judge_all(it)
    by_host = {
        row["player_name"]: to_data(found) for row, found in it.judgements(hidden=True) if found is not None
    }

    puzzle = api.load(str(tmp_path / "pack" / "01-tiny.yaml"))
    drafts = {name: puzzle.design(*do) for name, do in designs.items()}
    by_api = {name: to_data(draft.judge(SECRET, COUNT)) for name, draft in drafts.items()}

    folder = tmp_path / "class"
    folder.mkdir()
    for name, draft in drafts.items():
        (folder / f"{name}.yaml").write_text(draft.yaml)
    records, marks = Records(tmp_path / "records.sqlite3"), rubric.usual(puzzle.level)
    graded = grade(puzzle.level, students(folder), marks, SECRET, COUNT, records)
    records.close()
    by_grade = {one.student.name: to_data(one.judgement) for one in graded if one.judgement is not None}

    with executors.local_cluster(1) as cluster:
        by_dask = {name: to_data(draft.judge(SECRET, COUNT, cluster)) for name, draft in drafts.items()}

    assert by_host == by_api == by_grade == by_dask
    assert {name: found["won"] for name, found in by_host.items()} == {"ann": True, "bob": False, "cid": False}
    rows = csv.DictReader(io.StringIO(tables.as_csv(graded, marks)))
    assert {row["student"]: row["won"] for row in rows} == {"ann": "True", "bob": "False", "cid": "False"}
