import pytest
from hypothesis import given
from hypothesis import strategies as st

from scalegame.design.edits import apply
from scalegame.design.history import History
from scalegame.errors import ScalegameError
from tests.design.fakes import FOUND, RULES

LINES = ("add cache", "set web replicas=2", "set web replicas=3", "buy index", "move web 1,1", "move web 2,2")


def test_entries_read_like_sentences() -> None:
    history = History(FOUND)
    for line in ("add cache", "set web replicas=3", "buy index"):
        history = history.edit(line, RULES)
    history = history.undo()
    assert history.entries == (
        ("added cache at valley", True),
        ("set web: replicas 3", True),
        ("bought An index", False),
    )


@given(st.lists(st.sampled_from([*LINES, "undo", "redo"]), max_size=30))
def test_undo_leads_back_to_the_start_and_redo_forth_again(lines: list[str]) -> None:
    history = History(FOUND)
    for line in lines:
        try:
            history = (
                {"undo": history.undo, "redo": history.redo}[line]()
                if line in ("undo", "redo")
                else (history.edit(line, RULES))
            )
        except ScalegameError:
            continue
    while history.undone:
        history = history.redo()
    last, boards = history, []
    while history.done:
        boards.append(history.board)
        history = history.undo()
    assert history.board is FOUND
    assert len(history.entries) == len(last.entries)
    while history.undone:
        history = history.redo()
        assert history.board is boards.pop()
    assert history == last


def test_something_new_forgets_what_was_taken_back() -> None:
    history = History(FOUND).edit("add cache", RULES).undo().edit("buy index", RULES)
    with pytest.raises(ScalegameError, match="nothing was undone"):
        history.redo()
    assert history.board == apply(FOUND, "buy index", RULES)


def test_what_changes_nothing_is_not_an_entry() -> None:
    history = History(FOUND).edit("add cache", RULES).undo()
    assert history.edit("set web replicas=1", RULES) is history


def test_dragging_a_card_is_one_step() -> None:
    history = History(FOUND).edit("add cache", RULES)
    for column in range(5):
        history = history.edit(f"move web {column},1", RULES)
    assert [label for label, _ in history.entries] == ["added cache at valley", "moved web"]
    assert history.undo().board == history.done[0].board


def test_there_is_an_end() -> None:
    with pytest.raises(ScalegameError, match="as it was at the start"):
        History(FOUND).undo()


def test_a_refused_edit_changes_nothing() -> None:
    history = History(FOUND)
    with pytest.raises(ScalegameError):
        history.edit("remove skiers", RULES)
    assert history.done == ()
