"""What the server answers, from joining to the export, on a real competition."""

from __future__ import annotations

import asyncio
import json
import uuid
from pathlib import Path

from scalegame.competition.debrief.page import POLICY as DEBRIEF
from scalegame.levels import packfile
from tests.competition.contests import LOSING, NOON, judge_all
from tests.competition.serving import KEY, Client, house, title


async def test_a_submission_goes_its_way_from_joining_to_the_standings(tmp_path: Path) -> None:
    nobody = Client(house(tmp_path))
    ann = await nobody.player()
    seen = (await ann.ask("GET", "contest")).json()
    assert (seen["phase"], seen["me"]["team"]["name"]) == ("open", "Blue")
    answer = await ann.submit()
    assert (answer.status_code, answer.json()["state"]) == (202, "waiting")
    judge_all(ann.contest)
    (told,) = (await ann.ask("GET", "submissions")).json()
    assert (told["state"], told["result"]["won"], told["final"]) == ("judged", True, None)
    one = (await ann.ask("GET", f"submissions/{told['id']}")).json()
    assert one["design"]["do"]
    standings = (await ann.ask("GET", "standings")).json()
    assert [(row["name"], row["won"]) for row in standings["rows"]] == [("Blue", 1)]
    assert set(standings["lag"]) == {"waiting", "oldest", "p95"}


async def test_the_same_request_again_is_the_same_submission(tmp_path: Path) -> None:
    ann = await Client(house(tmp_path)).player()
    name = str(uuid.uuid4())
    first, again = await ann.submit(uuid_=name), await ann.submit(uuid_=name.upper())
    assert (first.status_code, again.status_code) == (202, 200)
    assert first.json()["id"] == again.json()["id"]
    assert len((await ann.ask("GET", "submissions")).json()) == 1


async def test_the_same_key_is_the_same_player(tmp_path: Path) -> None:
    nobody = Client(house(tmp_path))
    assert (await nobody.player(key=KEY)).token == (await nobody.player("Bob", "Red", key=KEY)).token


async def test_the_pack_has_no_solution_and_is_sent_once(tmp_path: Path) -> None:
    ann = await Client(house(tmp_path)).player()
    answer = await ann.ask("GET", "pack")
    packed = packfile.loads(answer.content, "pack")
    assert not packed.solutions
    assert "three-tills" not in answer.text
    assert "three-tills" in (tmp_path / "pack" / "01-tiny.yaml").read_text()
    again = await ann.ask("GET", "pack", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_who_has_to_wait_hears_how_long(tmp_path: Path) -> None:
    ann = await Client(house(tmp_path, limit=1, every=600.0)).player()
    assert (await ann.submit()).status_code == 202
    answer = await ann.submit(*LOSING)
    assert (answer.status_code, title(answer)) == (429, "Too often")
    assert 0 < int(answer.headers["retry-after"]) <= 600


async def test_a_design_that_breaks_a_rule_is_told_why(tmp_path: Path) -> None:
    ann = await Client(house(tmp_path)).player()
    answer = await ann.submit("add nonsense")
    assert answer.status_code == 422
    assert "nonsense" in answer.json()["error"]["message"]
    answer = await ann.submit(digest="0" * 32)
    assert answer.status_code == 409


async def test_the_instructor_rules(tmp_path: Path) -> None:
    nobody = Client(house(tmp_path))
    ann, host = await nobody.player(), nobody.instructor()
    await ann.submit(*LOSING)
    judge_all(ann.contest)
    overview = (await host.ask("GET", "host/overview")).json()
    assert overview["teams"][0]["members"] == [{"id": "1", "name": "Ann"}]
    assert set(overview["queue"]) == {"waiting", "running", "failed"}
    assert overview["losing"][0]["count"] == 1
    assert (await host.ask("POST", "host/control", {"action": "pause"})).json()["paused"] is True
    assert (await ann.submit()).status_code == 429
    assert (await host.ask("POST", "host/control", {"action": "resume"})).status_code == 200
    extra = {"action": "extra", "minutes": 5}
    assert (await host.ask("POST", "host/teams/1", extra)).json() == {"id": "1", "done": "extra"}
    assert (await ann.ask("GET", "contest")).json()["me"]["extra"] == 300
    said = await host.ask("POST", "host/announcements", {"text": "Five minutes"})
    assert (said.status_code, said.json()["text"]) == (201, "Five minutes")
    assert [row["text"] for row in (await ann.ask("GET", "announcements?after=0")).json()] == ["Five minutes"]
    assert (await host.ask("POST", "host/regrade", {"reason": "again"})).json() == {"count": 1}
    lines = [row["what"] for row in (await host.ask("GET", "host/audit")).json()]
    assert [line.partition(":")[0] for line in lines] == [
        "made",
        "join",
        "pause",
        "resume",
        "extra",
        "announce",
        "regrade",
    ]


async def test_a_poll_is_asked_voted_and_shown(tmp_path: Path) -> None:
    nobody = Client(house(tmp_path))
    ann, host = await nobody.player(), nobody.instructor()
    assert (await ann.ask("GET", "poll")).json() is None
    made = (await host.ask("POST", "host/polls", {"question": "Does it hold?", "choices": ["yes", "no"]})).json()
    assert (await ann.ask("PUT", f"poll/{made['id']}/vote", {"choice": "1"})).json()["mine"] == "1"
    assert [one["votes"] for one in (await ann.ask("GET", "poll")).json()["choices"]] == [None, None]
    await host.ask("POST", f"host/polls/{made['id']}", {"action": "show"})
    assert [one["votes"] for one in (await ann.ask("GET", "poll")).json()["choices"]] == [0, 1]


async def test_a_run_is_shown_with_its_charts(tmp_path: Path) -> None:
    nobody = Client(house(tmp_path))
    ann, host = await nobody.player(), nobody.instructor()
    id = (await ann.submit(*LOSING)).json()["id"]
    answer = await host.ask("GET", f"host/submissions/{id}/run")
    told = answer.json()
    judge_all(ann.contest)
    mine = (await ann.ask("GET", f"submissions/{id}")).json()["result"]
    assert told["verdict"]["won"] is mine["won"] is False
    assert [one["held"] for one in told["verdict"]["objectives"]] == [one["held"] for one in mine["objectives"]]
    assert {chart["unit"] for chart in told["series"]} <= {"s", "/s", "ratio", "count", "$/h"}
    for chart in told["series"]:
        assert {len(line["values"]) for line in chart["lines"]} == {len(chart["times"])} == {120}
    assert told["diagnosis"][0]["sentence"]


async def test_everything_can_be_taken_home(tmp_path: Path) -> None:
    nobody = Client(house(tmp_path))
    host = nobody.instructor()
    ann = await nobody.player("=Ann", "<b>Blue</b>")
    await ann.submit()
    judge_all(ann.contest)
    found = json.loads((await host.ask("GET", "host/export.json")).content)
    assert found["submissions"][0]["team_name"] == "<b>Blue</b>"
    rows = (await host.ask("GET", "host/export.csv")).text.splitlines()
    assert rows[1].startswith("1,<b>Blue</b>,'=Ann,")
    page = await host.ask("GET", "host/debrief.html")
    assert page.headers["content-security-policy"] == DEBRIEF
    assert "<b>Blue" not in page.text
    assert "&lt;b&gt;Blue" in page.text


async def test_a_browser_is_known_by_a_cookie_that_no_script_reads(tmp_path: Path) -> None:
    nobody = Client(house(tmp_path))
    answer = await nobody.ask("POST", "session", {"code": nobody.contest.code})
    assert answer.json() == {"role": "viewer"}
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    board = nobody.other(Cookie=cookie.partition(";")[0])
    assert (await board.ask("GET", "standings")).status_code == 200
    assert (await board.ask("GET", "contest")).json()["me"]["role"] == "viewer"
    assert "Max-Age=0" in (await board.ask("DELETE", "session")).headers["set-cookie"]


async def test_the_instructors_own_view_is_not_the_boards(tmp_path: Path) -> None:
    nobody = Client(house(tmp_path, freeze=NOON + 30))
    ann, host = await nobody.player(), nobody.instructor()
    await ann.submit()
    judge_all(ann.contest)
    public = (await host.ask("GET", "standings")).json()
    live = (await host.ask("GET", "standings?view=live")).json()
    assert public["frozen"] is True
    assert ([row["won"] for row in public["rows"]], [row["won"] for row in live["rows"]]) == ([0], [1])
    assert (await ann.ask("GET", "standings?view=live")).status_code == 403


async def test_who_hears_that_standings_are_new_gets_new_ones(tmp_path: Path) -> None:
    it = house(tmp_path)
    nobody = Client(it)
    it.broker.begin()
    it.rules.changed.append(it.broker.publish)
    ann = await nobody.player()
    await ann.submit()
    while not it.broker.round:
        await asyncio.sleep(0.01)
    said = it.broker.round
    before = await ann.ask("GET", "standings")
    judge_all(ann.contest)
    while it.broker.round == said:
        await asyncio.sleep(0.01)
    after = await ann.ask("GET", "standings")
    assert [answer.json()["rows"][0]["won"] for answer in (before, after)] == [0, 1]
