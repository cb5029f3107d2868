"""Everything that can be wrong with a level file: one line each, at its line and column, saying what to write.

Each case replaces something in the sample level; `at` is where the message has to point, as the text that
stands there after the change.
"""

import time
import tracemalloc
from pathlib import Path

import pytest

from scalegame.components import kinds
from scalegame.errors import Place, Problems, ScalegameError
from scalegame.levels.load import load, loads

TEXT = (Path(__file__).parent / "sample.yaml").read_text(encoding="utf-8")


def problems(text: str) -> tuple[ScalegameError, ...]:
    with pytest.raises(ScalegameError) as caught:
        loads(text, "bad.yaml", kinds())
    return caught.value.errors if isinstance(caught.value, Problems) else (caught.value,)


def place_of(text: str, at: str) -> Place:
    before = text[: text.index(at)]
    return Place("bad.yaml", before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)


CASES = [
    # Wrong type
    ("difficulty: 2", "difficulty: hard", "hard", '"hard" is not a count'),
    ("title: A sample", "title: 42", "42", "must be text, not 42: put it in quotes"),
    ("title: A sample", "title: [A, B]", "[A, B]", "must be text, not a list"),
    ("teaches: [replication]", "teaches: replication", "replication", '"teaches" must be a list'),
    ("places: [town, hill]", "places: {town: hill}", "{town", '"places" must be a list, not a mapping'),
    ("hints: [Look., Think.]", "hints: [Look., 5]", "5]\nguide", 'item 2 of "hints" must be text'),
    ("users: 2_000", "users: [1]", "[1]", "is not a count"),
    ("fixed: [people, robots, db]", "fixed:", "\n\npalette", '"fixed" must be a list, not nothing'),
    ("stars: {cost: $1/h, latency: 250 ms, parts: 9}", "stars: 3", "3\n\nhints", '"stars" must be a mapping'),
    ("position: [2, 1]", "position: here", "here}", '"position" must be a list'),
    ("adjust: {ttl: 1 s..60 s}", "adjust: ttl", "ttl}", "adjust is a list"),
    ("at 33 s: post dies", "{at 33 s: [post]}", "{at 33 s", "must be a sentence"),
    # Too much and too little
    ("title: A sample", "title: " + "A" * 99, "AAAA", '"title" may have 60 characters at most'),
    ("title: A sample", 'title: ""', '""', '"title" must not be empty'),
    ("teaches: [replication]", "teaches: []", "[]", '"teaches" must have at least 1'),
    (
        "    do:\n      - set web threads=200",
        "    do: [" + "buy lighter, " * 201 + "]\n    x:\n      - a",
        "[buy",
        "at most",
    ),
    # What a beginner writes first
    ("position: [2, 1]", "position: [2, one]", "one]", "must be a whole number"),
    ("teaches: [replication]", "teaches: []", "[]", "at least 1 entry"),
    ('{poisson: "50/s until 20 s, then 100/s"}', "50/s", "50/s\n", 'write {poisson: "120/s"}'),
    ('"50/s until 20 s, then 100/s"', "50", "{poisson: 50}", '50 has no unit: write {poisson: "50/s"}'),
    ("    expect: wins", "    expect: win", "win\n", "write expect: wins, or expect: {loses: latency.p99}"),
    # Unknown key
    ("difficulty: 2", "difficulty: 2\ndificulty: 3", "dificulty", 'unknown key "dificulty" – did you mean'),
    ("    users: 2_000", "    user: 2_000\n    users: 5", "user: 2_000", 'did you mean "users"'),
    ("cores: 2, memory", "core: 2, cores: 2, memory", "core: 2", 'did you mean "cores"'),
    ("threads: 40,", "thread: 40,", "thread: 40", 'service has no "thread" – did you mean "threads"'),
    ("{every: 2 s}", "{evry: 2 s}", "evry", 'did you mean "health_check.every"'),
    ("{read: passes, times: 3}", "{raed: passes}", "raed", 'unknown key "raed" – did you mean "read"'),
    ("{range: 1..6, effort: 2 h}", "{range: 1..6, efort: 2 h}", "{range", 'did you mean "effort"'),
    ("{after: 80 ms, do: browse}", "{afer: 80 ms, after: 1 s, do: browse}", "afer", 'did you mean "after"'),
    # Missing key
    ("id: sample\n", "", "format", '"id" is missing here: unique among the levels'),
    ("    users: 2_000\n", "", "at: town", '"users" is missing'),
    (
        "{kind: queue, at: hill, capacity: 500}",
        "{kind: queue}",
        "line: {kind",
        "needs a place: write at: one of town, hill",
    ),
    ("runs: shop, ", "", "web: {kind", 'service needs "runs"'),
    ("    at: town\n", "", "people: {kind", "needs a place"),
    ("    keys: passes\n    timeout", "    timeout", "people:\n    at", "several data sets"),
    # Unknown kind
    ("kind: queue", "kind: queu", "queu,", 'no kind of component called "queu" – did you mean "queue"'),
    ("quick-cache: {kind: cache, ", "quick-cache: {", "quick-cache: {", "neither on the board nor a kind"),
    # Missing unit
    ("grace: 5 s", "grace: 5", "5\n\nplaces", '5 has no unit: write "5 ms" or "5 s"'),
    ("price: $0.90/h", "price: 0.90", "0.90", 'write "$0.9/h"'),
    ("loss: 0.1 %", "loss: 0.1", "0.1}", "0.1 has no unit"),
    ("value: 2 KB", "value: 2", "2}\n  notes", 'write "2 KB" or "2 MB"'),
    ("{exponential: 10 ms}", "{exponential: 10}", "{exponential: 10}", 'write "10 ms" or "10 s"'),
    ("then 100/s", "then 100", '"50/s until', 'write "100/s"'),
    ("write: 6 ms", "write: 6", "6}}", 'write "6 ms" or "6 s"'),
    # Negative and absurd
    ("memory: 4 GB", "memory: -4 GB", "-4 GB", "is negative"),
    ("cores: 2,", "cores: 0,", "0, memory", "out of range: between 1 and 4,096"),
    ("cores: 2,", "cores: 2.5,", "2.5", "not a whole number"),
    ("difficulty: 2", "difficulty: 9", "9\nteaches", "between 1 and 5"),
    ("loss: 0.1 %", "loss: 120 %", "120 %", "more than the whole"),
    ("threads: 40,", "threads: 0,", "0, position", "threads must be between 1 and 10,000"),
    ("keys: 20_000", "keys: 1e18", "1e18", "too large"),
    ("bandwidth: 100 Mbit/s", "bandwidth: 0 Mbit/s", "0 Mbit/s", "nothing gets through"),
    ("measure: from 10 s to 60 s", "measure: from 70 s to 60 s", "from 70", "must end after it begins"),
    ("measure: from 10 s to 60 s", "measure: 10 s to 60 s", "10 s to", 'write it like "from 10 s to 120 s"'),
    ("measure: from 10 s", "run: 60 s\nmeasure: from 10 s", "run: 60 s", "so run is no key of its own"),
    ("timeout: 2 s\n", "timeout: 0 s\n", "0 s\n    retries", "write none to wait for ever"),
    ("{mean: 18 ms, p99: 60 ms}", "{mean: 18 ms, p99: 6 ms}", "{lognormal", "lognormal needs mean < p99"),
    ("5 times slower", "1 times slower", "at 31 s", "above 1"),
    ("threads: 5..200", "threads: 200..5", "200..5", "the lesser value comes first"),
    ("browse: 9, book: {weight: 1", "browse: 0, book: {weight: 0", "{browse: 0", "needs a weight above 0"),
    ("position: [2, 1]", "position: [-2, 1]", "[-2", "columns and rows go from 0"),
    # NaN and infinity
    ("loss: 0.1 %", "loss: .nan", ".nan", "not a number that a level can use"),
    ("loss: 0.1 %", "loss: nan %", "nan %", "is not a ratio"),
    ("zipf: 1.1", "zipf: .inf", ".inf", "not a number that a level can use"),
    ("weight: 1,", "weight: NaN,", "NaN", "is not a count"),
    ("{exponential: 10 ms}", "{exponential: inf ms}", "{exponential: inf", "is not a time"),
    # Duplicate names
    ("  robots: {kind", "  people: {kind: clients}\n  robots: {kind", "people: {kind: clients}", "already given"),
    ("places: [town, hill]", "places: [town, hill, town]", "town]\nnetwork", "is there twice"),
    ("  within hill:", "  hill -> town: {latency: 1 ms}\n  within hill:", "hill -> town", "given twice"),
    ("  - cost <= $2/h", "  - cost <= $2/h\n  - cost<=$2/h", "cost<=$2/h", "is there twice"),
    (
        "  - people -> web -> db",
        "  - people -> web -> db\n  - web -> db",
        "web -> db\n  - robots",
        "wired already",
    ),
    (
        "{kind: clients, at: hill, sends: robots}",
        "{kind: clients, at: hill, sends: people}",
        "people}\n  web",
        "sends",
    ),
    # Wiring
    ("web -> line -> post", "web -> lime -> post", "web -> lime", 'called "lime" – did you mean "line"'),
    (
        "  - robots -> web",
        "  - robots -> web\n  - post -> web",
        "web -> line -> post",
        "would close a circle: line -> post -> web",
    ),
    ("  - robots -> web", "  - robots -> web -> web", "robots -> web -> web", "cannot be wired to itself"),
    ("  - robots -> web", "  - robots -> db", "robots -> db", "db"),
    ("  - robots -> web", "  - robots", "robots\n  - web", 'write it like "web -> db"'),
    ("  - robots -> web", "  - robots -> ", "robots -> \n", 'write it like "web -> db"'),
    ("fixed: [people, robots, db]", "fixed: [people, dbx]", "dbx", 'no component is called "dbx"'),
    # Names that lead nowhere
    ("holds: passes, at: hill", "holds: pases, at: hill", "pases", "did you mean"),
    ("at: hill, capacity", "at: hil, capacity", "hil,", 'no place is called "hil"'),
    ("size: small, threads", "size: smal, threads", "smal,", 'did you mean "small"'),
    ("{read: passes, times: 3}", "{read: pass}", "pass}]", 'no data set is called "pass"'),
    ("{send: mail.post}", "{send: mail.pots}", "mail.pots", 'no operation is called "mail.pots" – did you'),
    ("{send: mail.post}", "{send: mail}", "{send: mail}", "program.operation"),
    ("{browse: 1}", "{brows: 1}", "brows:", 'did you mean "browse"'),
    ("{after: 80 ms, do: browse}", "{after: 80 ms, do: post}", "post}}}", "add post: 0"),
    ("  within hill:", "  within hil:", "within hil:", 'no place is called "hil"'),
    ("town <-> hill:", "town <> hill:", "town <> hill:", 'write "a <-> b"'),
    ("town <-> hill:", "town -> hill:", "town -> hill", "none back"),
    (
        "  town <-> hill: {latency: {lognormal",
        "  town <-> town: {latency: {lognormal",
        "town <-> town",
        "within town",
    ),
    ("post: {adjust: {size", "post: {max: 3, adjust: {size", "max: 3", "belongs to the board"),
    ("post: {adjust: {size", "db: {adjust: {size", "db: {adjust", "db is fixed"),
    ("{size: [small, large], threads", "{size: [small, huge], threads", "[small, huge]", "huge"),
    ("adjust: [policy]", "adjust: [polcy]", "polcy", 'did you mean "policy"'),
    ("set: {shop.browse.work:", "set: {shop.brows.work:", "shop.brows.work", 'did you mean "shop.browse'),
    ("db.work.read: 1 ms", "db.work.read: 1", "1, passes", 'write "1 ms"'),
    ("shop.book: [{work: 9 ms}]", "shop.book: [{wrk: 9 ms}]", "wrk", 'did you mean "work"'),
    ("until: added balancer", "until: added balancr", "added balancr", 'did you mean "balancer"'),
    ("until: ran}", "until: run}", "run}", "is not a condition"),
    ("at 33 s: post dies", "at 33 s: pots dies", "at 33 s", 'no component is called "pots"'),
    ("at 33 s: post dies", "at 33 s: post explodes", "at 33 s", 'write it like "at 60 s'),
    ("at 33 s: post dies", "at 99 s: post dies", "at 99 s", "the run is over"),
    ("at 33 s: post dies", "at 33 s: post is cut", "at 33 s", "only links can be cut"),
    # Programs
    ("{work: 5 ms}, {write: notes}", "{work: 5 ms, write: notes}", "{work: 5 ms, write", "not work and write"),
    ("{work: 5 ms}, {write: notes}", "{work: 5 ms}", "accepted, steps", "nothing behind"),
    ("{work: 5 ms}, {write: notes}", "{read: notes}, {write: notes}", "accepted, steps", "reply: done"),
    ("{work: 5 ms}, {write: notes}", "{write: notes}, {call: shop.book}", "[{work: 20 ms}", "never end"),
    (", batch: 20, within: 50 ms", ", batch: 20", "{write: passes, batch", "go together"),
    # Objectives
    ("  - availability >= 90 %", "  - availabilty >= 90 %", "availabilty", 'did you mean "availability"'),
    ("book.latency.p99 < 900 ms", "buy.latency.p99 < 900 ms", "buy.latency", 'called "buy"'),
    ("  - availability >= 90 %\n", "", "objectives:", "a latency objective alone"),
    ("  - completion.p99 < 10 s\n", "", "objectives:", "where a queue can stand"),
    ("{loses: book.latency.p99}", "{loses: latency.p99}", "latency.p99}", "is not an objective of this level"),
    ("{loses: book.latency.p99}", "loses", "loses", "expect"),
    # Attempts obey the rules that players obey
    ("- set web threads=200", "- set web threads=900", "set web threads=900", "can be 5 to 200"),
    ("- buy lighter", "- buy lightr", "buy lightr", 'did you mean "lighter"'),
    ("- buy lighter", "- set db size=large", "set db", "nothing about it can be changed"),
    ("- buy lighter", "- make it fast", "make it fast", "unknown command"),
    (", rewire robots -> lb -> web]", "]", "more:\n    do", "is to win, but cannot start"),
    # Bounds
    ("then 100/s", "then 1e9/s", "{poisson", "at most 50,000 requests"),
    ("then 100/s", "then 1000/s", "{poisson", "ask for 50,600 requests"),
    ("clients: 5, think: {exponential: 1 s}", "clients: 20000, think: 0 s", "{clients", "at most 500,000"),
    ("measure: from 10 s to 60 s", "measure: from 10 s to 60 h", "from 10 s to 60 h", "1 h at most"),
    # Format
    ("format: 1", "format: 7", "7\nid", "reads up to format 1: update it"),
    ("format: 1", "format: new", "new", "is not a format"),
    ("format: 1\n", "", "id: sample", "begin with format: 1"),
]


@pytest.mark.parametrize(("old", "new", "at", "part"), CASES, ids=[f"{c[1][:40]!r}" for c in CASES])
def test_one_line_at_the_place(old: str, new: str, at: str, part: str) -> None:
    assert TEXT.count(old) == 1, "the case must change one thing"
    text = TEXT.replace(old, new)
    found = problems(text)
    for error in found:
        assert error.place is not None
        assert error.place.line is not None
        assert error.place.column is not None
        assert "\n" not in str(error)
        assert len(error.message) < 320
    lines = [str(error) for error in found]
    wanted = place_of(text, at)
    assert any(str(wanted) == str(e.place) and part in e.message for e in found), (str(wanted), lines)
    assert len(found) <= 3, "one mistake does not bury the author"


def test_all_problems_at_once_in_the_order_of_the_file() -> None:
    text = TEXT
    for old, new in (
        ("size: small, threads", "size: tiny, threads"),
        ("at: hill, capacity", "at: moon, capacity"),
        ("  - cost <= $2/h", "  - cost <= 2"),
        ("at 33 s: post dies", "at 33 s: post flies"),
        ("until: ran}", "until: fun}"),
    ):
        text = text.replace(old, new)
    found = problems(text)
    lines = [error.place.line for error in found if error.place is not None and error.place.line is not None]
    assert len(lines) == len(found) >= 5
    assert lines == sorted(lines)


def test_shape_problems_come_all_at_once_too() -> None:
    text = TEXT.replace("difficulty: 2", "difficulty: x").replace("grace: 5 s", "grace: 5")
    assert [e.place.line for e in problems(text) if e.place] == [5, 11]


@pytest.mark.parametrize("text", ["", "just words", "[a, b]", "5"])
def test_what_is_no_level_at_all(text: str) -> None:
    (error,) = problems(text)
    assert "a level is a mapping that begins with format: 1" in error.message


def bombs() -> dict[str, str]:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join(['*' + chr(97 + i)] * 9)}]" for i in range(9)]
    return {
        "aliases": "\n".join(lines),
        "ten megabytes": TEXT + "# " + "x" * 10_000_000,
        "ten megabytes of hints": TEXT.replace("hints: [Look., Think.]", f"hints: [{'Look., ' * 1_400_000}]"),
        "deep": "format: " + "[" * 100_000,
        "many": "format: [" + "0," * 100_000 + "]",
        "tag": TEXT.replace("title: A sample", "title: !!python/object/apply:os.system [ls]"),
        "long pattern": TEXT.replace("50/s until 20 s", "50/s until 20 s, then " * 5_000),
        "long sentence": TEXT.replace("post dies", "post " * 40_000),
        "long name": TEXT.replace("capacity: 500", "c" * 100_000 + ": 5"),
        "many wires": TEXT.replace("  - robots -> web\n", "  - robots -> web\n" * 5_000),
        "many cards": TEXT.replace(
            "board:", "board:\n" + "".join(f"  x{i}: {{kind: queue, at: hill}}\n" for i in range(500))
        ),
        "many attempts": TEXT.replace("- buy lighter\n", "- buy lighter\n      - return lighter\n" * 500),
        "huge number": TEXT.replace("users: 2_000", "users: " + "9" * 5_000),
        "many stages": TEXT.replace("users: 2_000", "users: 2_000e99999999"),
    }  # fmt: skip


@pytest.mark.parametrize("name", bombs())
def test_nothing_explodes(name: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(bombs()[name])
    kinds()
    tracemalloc.start()
    start = time.process_time()
    with pytest.raises(ScalegameError) as caught:
        load(path, kinds())
    took, (_, most) = time.process_time() - start, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert took < 10
    assert most < 60e6
    for line in str(caught.value).split("\n"):
        assert line.startswith(f"{path}")
        assert len(line) < 400 + len(str(path))


def test_a_path_that_leads_nowhere(tmp_path: Path) -> None:
    with pytest.raises(ScalegameError, match="there is no such file"):
        load(tmp_path / "none.yaml", kinds())
    with pytest.raises(ScalegameError, match="this is a folder, not a file"):
        load(tmp_path, kinds())
    with pytest.raises(ScalegameError, match="this is no ordinary file"):
        load(Path("/dev/zero"), kinds())


def test_what_refers_to_an_unreadable_objective_is_not_blamed() -> None:
    (problem,) = problems(TEXT.replace("book.latency.p99 < 900 ms", "book.latency.p98 < 900 ms"))
    assert 'latency has no "p98"' in problem.message


def test_a_loser_has_to_start_as_well() -> None:
    old = "    do:\n      - set web threads=200"
    assert old in TEXT
    found = problems(TEXT.replace(old, "    do:\n      - unwire web -> db"))
    assert any("is to lose a run, but cannot start: web " in problem.message for problem in found)


def test_a_misspelt_key_is_one_problem() -> None:
    with pytest.raises(Problems) as caught:
        loads(TEXT.replace("difficulty: 2", "dificulty: 2"), "bad.yaml", kinds())
    (problem,) = caught.value.errors
    assert 'unknown key "dificulty" – did you mean "difficulty"?' in problem.message
    assert caught.value.more, "what the names mean is looked at afterwards"


def test_a_misspelt_workload_is_one_problem_and_no_bad_advice() -> None:
    found = problems(TEXT.replace("sends: people", "sends: peple"))
    assert ['did you mean "people"' in problem.message for problem in found] == [True]


def test_a_comma_without_quotes_is_known_for_what_it_is() -> None:
    found = problems(TEXT.replace('"50/s until 20 s, then 100/s"', "50/s until 20 s, then 100/s"))
    assert [problem.message for problem in found] == [
        'a comma needs quotes here: write {poisson: "50/s until 20 s, then 100/s"}'
    ]
