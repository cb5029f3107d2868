"""The rules of a competition: who gets in, what is taken, what is seen, what the instructor can do."""

from __future__ import annotations

import json
import uuid
from pathlib import Path

import pytest

from scalegame.competition.model.refusal import Refusal
from scalegame.competition.model.settings import Slot, Weights
from scalegame.competition.referee import handing
from scalegame.competition.referee.contest import Contest
from scalegame.design.designfile import Design
from scalegame.errors import ScalegameError
from tests.competition.contests import (
    LOSING,
    NOON,
    contest,
    design,
    hand_in,
    instructor,
    judge_all,
    late,
    player,
)
from tests.competition.judging import WINNING


def refused(kind: str) -> pytest.RaisesContext[Refusal]:
    return pytest.raises(Refusal, check=lambda error: error.kind == kind)


# Who gets in


def test_who_joins_is_known_by_his_token_and_nobody_else(tmp_path: Path) -> None:
    it = contest(tmp_path)
    told = it.join(it.code.lower(), " Ann ", "Blue", "", "ab" * 16, NOON)
    who = it.authenticate(str(told["token"]))
    assert (who.role, who.name) == ("player", "Ann")
    for token in ("p.1.", "p.1." + "cd" * 16, "p.99." + "ab" * 16, "i." + "ab" * 16, "v.x", "", "p.ab", "x.1.2"):
        with refused("unknown"):
            it.authenticate(token)


def test_joining_again_with_the_same_key_is_the_same_player(tmp_path: Path) -> None:
    it = contest(tmp_path)
    first = it.join(it.code, "Ann", "Blue", "", "ab" * 16, NOON)
    assert it.join(it.code, "Ann", "Blue", "", "ab" * 16, NOON + 9) == first
    assert len(it.overview(NOON)["teams"]) == 1  # type: ignore[arg-type]


def test_no_key_is_in_the_file(tmp_path: Path) -> None:
    it = contest(tmp_path)
    player(it, key="ab" * 16)
    key = it.instructor.removeprefix("i.")
    it.close()
    content = b"".join(path.read_bytes() for path in tmp_path.glob("contest.sqlite3*"))
    assert b"ab" * 16 not in content
    assert key.encode() not in content


def test_a_team_is_entered_with_its_code_and_only_so_many(tmp_path: Path) -> None:
    it = contest(tmp_path, groups="pairs", members=2)
    code = it.join(it.code, "Ann", "Blue", "", "ab" * 16, NOON)["team"]["code"]  # type: ignore[index]
    with refused("conflict"):
        player(it, "Bob", "BLUE")
    with refused("denied"):
        player(it, "Bob", "blue", "WRONG")
    with refused("conflict"):
        player(it, "ann", "Blue", code)
    assert player(it, "Bob", "Blue", code.lower()).team == 1
    with refused("conflict"):
        player(it, "Cid", "Blue", code)


def test_individuals_are_teams_of_one(tmp_path: Path) -> None:
    it = contest(tmp_path, groups="individuals", members=1)
    player(it, "Ann", "whatever")
    with refused("conflict"):
        player(it, "ANN", "else")
    assert [team["name"] for team in it.overview(NOON)["teams"]] == ["Ann"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", [
    "", "   ", "x" * 41, "a\x1b[2Jb", "a\u202eb", "a\nb\x00",
    "\u3164", "\u2800\u2800", "An\u034fna", "An\u17b4na", "\ufe0f", "\u0301", "x" + 3 * "\u0335",
])  # fmt: skip
def test_names_are_short_and_can_be_seen(tmp_path: Path, name: str) -> None:
    with refused("invalid"):
        player(contest(tmp_path), name)


@pytest.mark.parametrize(
    "name", ["anna", "Anna\ufe0f", "\U000e0100Anna", "\u0410nn\u0430", "\u0391nna", "\uff21nna"]
)
def test_who_looks_like_another_team_is_that_team(tmp_path: Path, name: str) -> None:
    it = contest(tmp_path)
    player(it, "Ann", "Anna")
    with refused("conflict"):
        player(it, "Eve", name)


def test_names_of_all_alphabets_and_pictures_are_names(tmp_path: Path) -> None:
    it = contest(tmp_path)
    for number, name in enumerate(("Nguyễn Văn Ân", "Борис", "山田", "❤\ufe0f 7", "Ελένη", "عَلِيّ")):
        assert player(it, name, f"T{number}").team == number + 1


def test_one_team_does_not_fill_a_competition(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handing, "MOST_OF_TEAM", 2)
    it = contest(tmp_path)
    ann, bob = player(it, "Ann", "Blue"), player(it, "Bob", "Red")
    for _ in range(2):
        hand_in(it, ann)
    with refused("conflict"):
        hand_in(it, ann)
    hand_in(it, bob)


def test_markup_in_a_name_is_a_name(tmp_path: Path) -> None:
    it = contest(tmp_path)
    assert player(it, "<script>alert(1)</script>", "[red]").name == "<script>alert(1)</script>"


def test_the_code_lets_one_look_and_nothing_else(tmp_path: Path) -> None:
    it = contest(tmp_path)
    who = it.authenticate(it.enter(it.code))
    assert it.standings(who, NOON)["rows"] == []
    with refused("denied"):
        it.enter("AAAAAA")
    for asked in (lambda: it.mine(who, NOON), lambda: it.pack(who, NOON), lambda: hand_in(it, who)):
        with refused("denied"):
            asked()


# Handing in


def test_the_same_number_is_the_same_submission(tmp_path: Path) -> None:
    it = contest(tmp_path)
    ann = player(it)
    number = str(uuid.uuid4())
    first, new = it.submit(ann, number, design(it), "12:00", NOON + 1)
    again, newly = it.submit(ann, number.upper(), design(it, *LOSING), "12:05", NOON + 2)
    assert (new, newly) == (True, False)
    assert again == first
    assert len(it.mine(ann, NOON + 3)) == 1


def test_what_was_taken_is_there_after_the_file_is_opened_again(tmp_path: Path) -> None:
    it = contest(tmp_path)
    ann = player(it)
    told = hand_in(it, ann)
    it.close()
    again = Contest.open(tmp_path / "contest.sqlite3", tmp_path / "pack")
    (mine,) = again.mine(ann, NOON + 3)
    assert mine["uuid"] == told["uuid"]
    assert again.check() == []


def test_nothing_is_taken_before_the_start_while_paused_or_after_the_lock(tmp_path: Path) -> None:
    it = contest(tmp_path, lock=NOON + 1800)
    ann, boss = player(it), instructor(it)
    with refused("conflict"):
        hand_in(it, ann, at=NOON - 1)
    it.control(boss, "pause", None, "fire drill", NOON + 10)
    with refused("often"):
        hand_in(it, ann, at=NOON + 20)
    it.control(boss, "resume", None, "", NOON + 70)
    hand_in(it, ann, at=NOON + 1859)
    with refused("conflict"):
        hand_in(it, ann, at=NOON + 1861)


def test_extra_time_is_for_one_team_and_holds_the_end_back(tmp_path: Path) -> None:
    it = contest(tmp_path)
    ann, bob = player(it), player(it, "Bob", "Red")
    it.team(instructor(it), str(ann.team), "extra", 10, "", NOON)
    hand_in(it, ann, at=NOON + 3600 + 599)
    with refused("conflict"):
        hand_in(it, bob, at=NOON + 3601)
    judge_all(it)
    assert not it.standings(bob, NOON + 3601)["final"]
    assert it.standings(bob, NOON + 4201)["final"]


def test_a_limit_holds_within_its_time_and_says_when_to_come_again(tmp_path: Path) -> None:
    it = contest(tmp_path, limit=2, every=600.0)
    ann = player(it)
    hand_in(it, ann, at=NOON + 1)
    hand_in(it, ann, *LOSING, at=NOON + 101)
    with pytest.raises(Refusal) as found:
        hand_in(it, ann, at=NOON + 201)
    assert (found.value.kind, found.value.after) == ("often", 400.0)
    hand_in(it, ann, at=NOON + 602)
    hand_in(it, player(it, "Bob", "Red"), at=NOON + 201)


def test_a_level_that_is_not_open_yet_is_neither_named_nor_taken(tmp_path: Path) -> None:
    it = contest(tmp_path, slots=late(tmp_path, 600.0))
    ann = player(it)
    told = json.dumps(it.contest(ann, NOON + 1))
    assert "kiosks:late" not in told
    assert "02-late" not in it.pack(ann, NOON + 1)
    with refused("conflict"):
        hand_in(it, ann, slot="kiosks:late", at=NOON + 1)
    hand_in(it, ann, slot="kiosks:late", at=NOON + 601)
    assert "02-late.yaml" in it.pack(ann, NOON + 601)


def test_levels_are_handed_out_without_what_wins(tmp_path: Path) -> None:
    it = contest(tmp_path)
    assert "expect: wins" in (tmp_path / "pack" / "01-tiny.yaml").read_text().replace('"', "")
    assert "wins" not in it.pack(player(it), NOON + 1)


def test_a_design_for_another_version_of_the_level_is_not_taken(tmp_path: Path) -> None:
    it = contest(tmp_path)
    ann = player(it)
    for wrong in (
        Design("kiosks:tiny", WINNING, "0" * 32),
        Design("kiosks:tiny", WINNING),
        Design("other", WINNING),
    ):
        with refused("conflict"):
            it.submit(ann, str(uuid.uuid4()), wrong, "", NOON + 1)


def test_a_design_that_breaks_the_rules_is_told_so(tmp_path: Path) -> None:
    it = contest(tmp_path)
    with pytest.raises(ScalegameError, match="nowhere"):
        hand_in(it, player(it), "remove nowhere")
    assert it.submissions(NOON) == []


def test_others_see_nothing_of_it(tmp_path: Path) -> None:
    it = contest(tmp_path)
    ann, bob = player(it), player(it, "Bob", "Red")
    id = str(hand_in(it, ann)["id"])
    assert it.submission(ann, id, NOON)["design"]["do"]  # type: ignore[index]
    for wrong in (id, "99", "-1", "1e3", "../1", "9" * 30):
        with refused("missing"):
            it.submission(bob, wrong, NOON)
    assert it.mine(bob, NOON) == []


def test_who_is_disqualified_hands_nothing_in_and_is_not_ranked(tmp_path: Path) -> None:
    it = contest(tmp_path)
    ann, boss = player(it), instructor(it)
    hand_in(it, ann)
    judge_all(it)
    assert len(it.standings(ann, NOON + 3)["rows"]) == 1  # type: ignore[arg-type]
    with refused("invalid"):
        it.team(boss, str(ann.team), "disqualify", None, "", NOON + 4)
    it.team(boss, str(ann.team), "disqualify", None, "Copied.", NOON + 4)
    with refused("denied"):
        hand_in(it, ann, at=NOON + 5)
    assert it.standings(ann, NOON + 5)["rows"] == []
    it.team(boss, str(ann.team), "reinstate", None, "", NOON + 6)
    assert len(it.standings(ann, NOON + 7)["rows"]) == 1  # type: ignore[arg-type]


# What is seen


def test_results_are_of_the_play_seeds_until_it_is_over(tmp_path: Path) -> None:
    it = contest(tmp_path)
    ann = player(it)
    hand_in(it, ann)
    judge_all(it)
    (before,) = it.mine(ann, NOON + 3)
    assert before["state"] == "judged"
    assert before["result"]["won"] is True  # type: ignore[index]
    assert before["final"] is None
    assert it.standings(ann, NOON + 3)["seeds"] == "play"
    (after,) = it.mine(ann, NOON + 3601)
    assert after["final"]["won"] is True  # type: ignore[index]
    assert it.standings(ann, NOON + 3601)["seeds"] == "hidden"


def test_no_seed_and_no_secret_is_ever_told(tmp_path: Path) -> None:
    it = contest(tmp_path)
    ann, boss = player(it), instructor(it)
    hand_in(it, ann)
    judge_all(it)
    hidden = [seed for what in it.pending(True) for seed in it.seeds_for(what)]
    assert hidden == [], "all of it was judged"
    told = json.dumps(
        [
            it.contest(ann, NOON + 3601),
            it.mine(ann, NOON + 3601),
            it.standings(ann, NOON + 3601),
            it.overview(NOON + 3601),
            it.export(NOON + 3601),
            it.submission(boss, "1", NOON + 3601),
        ]
    )
    from scalegame.competition.judging import seeds

    level = it.levels.by_slot["kiosks:tiny"]
    secret = it.store.fact("secret")
    assert secret not in told
    for seed in seeds.hidden(secret, level.own, 5):
        assert str(seed) not in told
    assert it.store.fact("instructor") not in told


def test_frozen_is_frozen(tmp_path: Path) -> None:
    it = contest(tmp_path, freeze=NOON + 100)
    ann, bob, boss = player(it), player(it, "Bob", "Red"), instructor(it)
    hand_in(it, ann, *LOSING, at=NOON + 50)
    judge_all(it)
    before = it.standings(bob, NOON + 99)
    hand_in(it, ann, at=NOON + 150)
    hand_in(it, bob, at=NOON + 160)
    judge_all(it, NOON + 170)
    frozen = it.standings(bob, NOON + 200)
    assert frozen["frozen"]
    assert (frozen["rows"], frozen["levels"]) == (before["rows"], before["levels"])
    assert it.standings(boss, NOON + 200)["rows"] == before["rows"], "for the instructor, too, unless he asks"
    live = it.standings(boss, NOON + 200, live=True)
    assert [row["won"] for row in live["rows"]] == [1, 1]  # type: ignore[attr-defined]
    with refused("denied"):
        it.standings(bob, NOON + 200, live=True)
    final = it.standings(bob, NOON + 3601)
    assert not final["frozen"]
    assert [row["won"] for row in final["rows"]] == [1, 1]  # type: ignore[attr-defined]


def test_what_came_before_the_freeze_counts_though_it_was_judged_after_it(tmp_path: Path) -> None:
    it = contest(tmp_path, freeze=NOON + 100)
    ann = player(it)
    hand_in(it, ann, at=NOON + 99)
    judge_all(it, NOON + 500)
    (row,) = it.standings(ann, NOON + 600)["rows"]  # type: ignore[misc]
    assert row["won"] == 1


def test_equal_designs_share_a_rank_and_are_judged_once(tmp_path: Path) -> None:
    it = contest(tmp_path)
    ann, bob, cid = player(it), player(it, "Bob", "Red"), player(it, "Cid", "Green")
    hand_in(it, ann, *WINNING)
    # The same board, said otherwise.
    hand_in(it, bob, WINNING[0], WINNING[2], WINNING[1])
    hand_in(it, cid, *LOSING)
    assert len(it.pending(False)) == 2
    judge_all(it)
    rows = it.standings(ann, NOON + 3)["rows"]
    shown = [(row["shown"], row["name"], row["tied"]) for row in rows]  # type: ignore[attr-defined]
    assert shown == [("1=", "Blue", True), ("1=", "Red", True), ("3", "Green", False)]


def test_a_lesson_ranks_nobody(tmp_path: Path) -> None:
    it = contest(tmp_path, mode="lesson")
    ann = player(it)
    hand_in(it, ann)
    judge_all(it)
    told = it.standings(ann, NOON + 3)
    assert told["rows"] == []
    (level,) = told["levels"]  # type: ignore[misc]
    assert (level["won_by"], level["tried"]) == (1, 1)


def test_a_score_is_told_where_weights_are_set(tmp_path: Path) -> None:
    it = contest(tmp_path, weights=Weights(cost=1.0, parts=1.0))
    ann = player(it)
    hand_in(it, ann)
    judge_all(it)
    (row,) = it.standings(ann, NOON + 3)["rows"]  # type: ignore[misc]
    assert row["score"] > 0


def test_the_instructor_sees_what_loses_most_often(tmp_path: Path) -> None:
    it = contest(tmp_path)
    for name in ("Ann", "Bob"):
        hand_in(it, player(it, name, name), *LOSING)
    judge_all(it)
    (most,) = it.losing()
    assert most["count"] == 2
    assert most["objective"]


# What the instructor does


def test_a_pause_moves_what_lies_ahead(tmp_path: Path) -> None:
    it = contest(tmp_path, freeze=NOON + 1800)
    boss = instructor(it)
    it.control(boss, "pause", None, "", NOON + 600)
    assert it.contest(boss, NOON + 900)["remaining"] == 3000.0
    it.control(boss, "resume", None, "", NOON + 900)
    told = it.contest(boss, NOON + 900)
    assert (told["end"], told["freeze"], told["start"]) == (NOON + 3900, NOON + 2100, NOON)


def test_what_can_be_done_and_what_not(tmp_path: Path) -> None:
    it = contest(tmp_path, start=None, end=None)
    boss, ann = instructor(it), player(it)
    assert it.contest(ann, NOON)["phase"] == "waiting"
    for action in ("end", "resume", "extend", "dance"):
        with pytest.raises(Refusal):
            it.control(boss, action, None, "", NOON)
    with refused("denied"):
        it.control(ann, "start", 50, "", NOON)
    it.control(boss, "start", 50, "", NOON)
    assert it.contest(ann, NOON + 1)["end"] == NOON + 3000
    with refused("conflict"):
        it.control(boss, "start", 50, "", NOON + 5)
    it.control(boss, "extend", 10, "", NOON + 6)
    assert it.contest(ann, NOON + 7)["end"] == NOON + 3600
    it.control(boss, "end", None, "", NOON + 8)
    assert it.contest(ann, NOON + 9)["phase"] == "over"
    what = [line["what"] for line in it.audit()]
    assert what == ["made", "join", "start", "extend", "end"]


def test_the_log_is_only_added_to(tmp_path: Path) -> None:
    it = contest(tmp_path)
    for statement in ("UPDATE audit SET who = 'x'", "DELETE FROM audit"):
        with pytest.raises(Exception, match="only added to"), it.store.writing() as db:
            db.execute(statement)


def test_polls(tmp_path: Path) -> None:
    it = contest(tmp_path, mode="lesson")
    boss, ann, bob = instructor(it), player(it), player(it, "Bob", "Red")
    with refused("invalid"):
        it.ask(boss, "", "What happens?", ["nothing"], NOON)
    poll = it.ask(boss, "kiosks:tiny", "What happens?", ["the queue grows", "nothing"], NOON)
    id = str(poll["id"])
    it.vote(ann, id, "1", NOON)
    it.vote(ann, id, "0", NOON)
    it.vote(bob, id, "0", NOON)
    for wrong in ("2", "-1", "x"):
        with refused("missing"):
            it.vote(bob, id, wrong, NOON)
    seen = it.poll(bob)
    assert seen is not None
    assert [choice["votes"] for choice in seen["choices"]] == [None, None]  # type: ignore[attr-defined]
    assert (seen["cast"], seen["mine"]) == (2, "0")
    it.poll_action(boss, id, "close", NOON)
    with refused("conflict"):
        it.vote(ann, id, "1", NOON)
    shown = it.poll_action(boss, id, "show", NOON)
    assert shown is not None
    assert [choice["votes"] for choice in it.poll(ann)["choices"]] == [2, 0]  # type: ignore[index,attr-defined]


def test_announcements_reach_whom_they_are_for(tmp_path: Path) -> None:
    it = contest(tmp_path)
    boss, ann, bob = instructor(it), player(it), player(it, "Bob", "Red")
    heard: list[tuple[str, str | None]] = []
    it.changed.append(lambda what, team: heard.append((what, team)))
    it.announce(boss, "Ten minutes!", None, NOON)
    it.announce(boss, "Only you.", str(ann.team), NOON)
    assert [row["text"] for row in it.announcements(ann, 0)] == ["Ten minutes!", "Only you."]
    assert [row["text"] for row in it.announcements(bob, 0)] == ["Ten minutes!"]
    assert it.announcements(bob, 1) == []
    assert heard == [("announcement", None), ("announcement", str(ann.team))]


def test_judging_anew_keeps_what_was_judged_and_counts_what_is_new(tmp_path: Path) -> None:
    it = contest(tmp_path)
    ann = player(it)
    hand_in(it, ann)
    judge_all(it)
    assert it.regrade(None, "a mistake in the level", "instructor", NOON + 5) == 1
    (mine,) = it.mine(ann, NOON + 6)
    assert mine["state"] == "waiting"
    judge_all(it)
    assert it.mine(ann, NOON + 7)[0]["state"] == "judged"
    row = it.store.one("SELECT COUNT(*) AS count FROM judgements")
    assert row is not None
    assert row["count"] == 4, "two sets of seeds, twice"


def test_another_engine_judges_nothing_until_it_is_asked_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    it = contest(tmp_path)
    ann = player(it)
    hand_in(it, ann)
    judge_all(it)
    it.store.keep_fact("engine", "0.0")
    assert not it.can_judge
    assert it.mine(ann, NOON + 5)[0]["state"] == "waiting", "nothing was judged by that one"
    it.regrade("kiosks:tiny", "a new engine", "instructor", NOON + 6)
    assert it.can_judge
    judge_all(it)
    assert it.mine(ann, NOON + 7)[0]["state"] == "judged"


def test_what_is_taken_home(tmp_path: Path) -> None:
    it = contest(tmp_path)
    ann = player(it, "<b>Ann</b>", "Blue")
    hand_in(it, ann)
    hand_in(it, ann, *LOSING, at=NOON + 5)
    judge_all(it)
    told = json.loads(json.dumps(it.export(NOON + 3601), allow_nan=False))
    assert [s["result"]["won"] for s in told["submissions"]] == [True, False]
    assert told["teams"][0]["members"][0]["name"] == "<b>Ann</b>"
    page = it.debrief(NOON + 3601)
    assert "<b>Ann</b>" not in page
    assert "&lt;b&gt;Ann&lt;/b&gt;" in page


def test_the_pack_that_is_handed_out_does_not_take_the_campaigns_place(tmp_path: Path) -> None:
    from scalegame.competition.referee.levelset import Levels
    from scalegame.levels import packfile, packs

    where = packs.folder()
    text = Levels(where, [Slot("two-is-company")]).text(["two-is-company"])
    packed = packfile.loads(text, "handed out")
    assert packed.id == "campaign-competition"
    assert "unlock: none" in packed.files["pack.yaml"]
    assert [name for name in packed.files if name.endswith(".yaml")] == [
        "01-scale/02-two-is-company.yaml",
        "pack.yaml",
    ]


def test_whatever_pack_a_level_came_in_it_is_the_level(tmp_path: Path) -> None:
    it = contest(tmp_path)
    ann = player(it)
    for level in ("tiny", "kiosks:tiny", "campaign-competition:tiny"):
        given = Design(level, WINNING, design(it).digest)
        told, _ = it.submit(ann, str(uuid.uuid4()), given, "", NOON + 1)
        assert told["level"] == "kiosks:tiny"
    assert len(it.pending(False)) == 1


# Clocks


def test_what_is_done_in_a_pause_counts_from_the_pause_on(tmp_path: Path) -> None:
    it = contest(tmp_path)
    boss, ann = instructor(it), player(it)
    it.control(boss, "pause", None, "", NOON + 100)
    it.control(boss, "freeze", None, "", NOON + 150)
    it.control(boss, "lock", None, "", NOON + 160)
    assert it.is_frozen(NOON + 170)
    it.control(boss, "resume", None, "", NOON + 300)
    assert it.is_frozen(NOON + 301)
    assert it.contest(ann, NOON + 301)["phase"] == "locked"


def test_time_that_is_given_in_a_pause_is_as_long_as_was_said(tmp_path: Path) -> None:
    it = contest(tmp_path, end=NOON + 200)
    boss = instructor(it)
    it.control(boss, "pause", None, "", NOON + 100)
    it.control(boss, "extend", 10, "", NOON + 250)
    it.control(boss, "resume", None, "", NOON + 300)
    assert it.contest(boss, NOON + 300)["end"] == NOON + 200 + 600 + 200


def test_a_start_ends_a_pause(tmp_path: Path) -> None:
    it = contest(tmp_path, start=None, end=None)
    boss = instructor(it)
    it.control(boss, "pause", None, "", NOON)
    it.control(boss, "start", 50, "", NOON + 100)
    told = it.contest(boss, NOON + 101)
    assert (told["phase"], told["paused"], told["start"]) == ("open", False, NOON + 100)


def test_nothing_is_final_before_everything_is_judged(tmp_path: Path) -> None:
    it = contest(tmp_path, freeze=NOON + 50)
    ann = player(it)
    hand_in(it, ann)
    for what in it.pending(hidden=False):
        it.failed(what, "no worker is there", NOON + 2)
    told = it.standings(ann, NOON + 3601)
    assert (told["final"], told["frozen"]) == (False, True)
    assert it.mine(ann, NOON + 3601)[0]["final"] is None
    judge_all(it)
    assert it.standings(ann, NOON + 3602)["final"]


def test_a_level_that_has_changed_is_not_gone_on_with(tmp_path: Path) -> None:
    it = contest(tmp_path)
    it.close()
    level = tmp_path / "pack" / "01-tiny.yaml"
    text = level.read_text()
    level.write_text(text.replace("90/s", "88/s"))
    with pytest.raises(ScalegameError, match="kiosks:tiny has changed"):
        Contest.open(tmp_path / "contest.sqlite3", tmp_path / "pack")
    level.write_text(text)
    Contest.open(tmp_path / "contest.sqlite3", tmp_path / "pack").close()
