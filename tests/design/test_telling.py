"""Steps in words, and going from step to step."""

from __future__ import annotations

import pytest

from scalegame.design import edits
from scalegame.design.history import History
from scalegame.design.telling import names, told
from tests.design.fakes import FOUND, RULES


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["set web replicas=3"], "web: replicas 1 → 3"),
        (["set web replicas=3 threads=60"], "web: replicas 1 → 3, threads 40 → 60"),
        (["add cache as cache at valley"], "added cache"),
        (["add cache as sessions at valley"], "added cache as sessions"),
        (["move web 4,4", "move passes-db 8,8", "move web 5,5"], "moved web and passes-db"),
        (["buy index"], "bought An index"),
        (["buy index", "return index", "buy index", "return index"], "bought An index, returned An index, "
         "bought An index and 1 more"),
        (["add cache as a at valley", "add cache as b at valley", "wire web -> a"], "added a and b with 1 wire"),
        (["unwire web -> passes-db"], "unwired web → passes-db"),
        (["add balancer as lb at valley", "rewire skiers -> lb -> web"], "added balancer as lb between "
         "skiers and web"),
    ],
)  # fmt: skip
def test_a_step_in_words(lines: list[str], words: str) -> None:
    after = edits.apply_all(FOUND, lines, RULES)
    assert told(FOUND, after, lines, RULES) == words


def test_what_is_told_of_names() -> None:
    assert names([]) == ""
    assert names(["a"]) == "a"
    assert names("ab") == "a and b"
    assert names("abcd") == "a, b, c and d"
    assert names("abcde") == "a, b, c and 2 more"


def test_a_history_goes_to_any_step_and_forgets_none() -> None:
    history, boards = History(FOUND), [FOUND]
    for column in (4, 8, 12):
        after = edits.apply(history.board, f"move web {column},4", RULES)
        history = history.do(after, f"move web {column},4")
        boards.append(after)
    for at in (0, 3, 1, 2, -5, 99):
        there = history.to(at)
        assert there.at == min(max(at, 0), 3)
        assert there.board == boards[there.at]
        assert len(there.entries) == 3


def test_a_step_that_is_amended_to_nothing_is_gone() -> None:
    after = edits.apply(FOUND, "move web 4,4", RULES)
    history = History(FOUND).do(after, "there")
    assert history.amend(FOUND, "and back").at == 0
    assert history.amend(edits.apply(after, "move web 5,5", RULES), "on").entries == (("on", True),)
