"""The command line: what automation and teachers rely on."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from scalegame.cli import main
from scalegame.components import kinds
from scalegame.levels.load import load
from scalegame.levels.schema import LevelShape

SAMPLE = Path(__file__).parent / "levels" / "sample.yaml"


class Cli:
    """Calls the command line as a user would, in this process."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.monkeypatch, self.capsys = monkeypatch, capsys
        self.out = self.err = ""

    def __call__(self, *arguments: object) -> int:
        self.monkeypatch.setattr(sys, "argv", ["scalegame", *map(str, arguments)])
        with pytest.raises(SystemExit) as caught:
            main()
        self.out, self.err = self.capsys.readouterr()
        assert "Traceback" not in self.out + self.err
        assert isinstance(caught.value.code, int)
        return caught.value.code


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    return Cli(monkeypatch, capsys)


@pytest.fixture
def level(tmp_path: Path) -> Path:
    """The sample with a short run."""
    text = SAMPLE.read_text(encoding="utf-8").replace("measure: from 10 s to 60 s", "measure: from 1 s to 5 s")
    text = text.replace("until 20 s", "until 1 s").replace("at 30 s", "at 2 s").replace("at 31 s", "at 2 s")
    text = text.replace("at 32 s", "at 3 s").replace("  - at 33 s: post dies\n", "").replace("for 5 s", "for 1 s")
    path = tmp_path / "short.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def started(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scalegame", *map(str, arguments)],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


# -- run


def test_run_json_has_the_documented_keys(cli: Cli, level: Path) -> None:
    cli("run", level, "--seeds", 2, "--json")
    data = json.loads(cli.out, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert list(data) == [
        "level", "design", "seeds", "won", "stars", "effort_hours", "versions", "objectives", "runs",
    ]  # fmt: skip
    assert (data["level"], data["design"], len(data["seeds"])) == ("sample", [], 2)
    assert set(data["versions"]) == {"engine", "python", "numpy", "platform", "level"}
    assert [set(o) for o in data["objectives"]] == [{"text", "value", "target", "held"}] * 4
    assert [o["text"] for o in data["objectives"]][1] == "book.latency.p99 < 900 ms"
    assert data["objectives"][3]["target"] == 2
    assert [r["seed"] for r in data["runs"]] == data["seeds"]
    run = data["runs"][0]
    assert set(run) == {
        "seed", "won", "throughput", "goodput", "availability", "cost_per_hour", "failures", "latency",
        "workloads", "components", "diagnosis",
    }  # fmt: skip
    assert set(run["latency"]) == {"mean", "p50", "p90", "p95", "p99", "p999", "max"}
    assert set(run["workloads"]) == {"people", "robots"}
    assert set(run["components"]) == {"people", "robots", "web", "db", "post", "line", "notes-db"}
    web = run["components"]["web"]
    assert set(web) >= {"kind", "utilisation", "arrivals", "completions", "throughput", "queue", "wait", "service"}
    assert (web["kind"], set(web["queue"]), set(web["wait"]), set(web["service"])) == (
        "service", {"mean", "max"}, {"mean", "p99"}, {"mean"},
    )  # fmt: skip
    assert 0 < web["utilisation"] <= 1
    assert run["cost_per_hour"] == pytest.approx(0.4)
    assert data["won"] == all(o["held"] for o in data["objectives"])


def test_run_json_is_the_same_every_time_and_a_seed_can_be_run_again(cli: Cli, level: Path) -> None:
    cli("run", level, "--json")
    first = json.loads(cli.out)
    assert len(first["seeds"]) == 3
    cli("run", level, "--json")
    assert json.loads(cli.out) == first
    cli("run", level, "--json", "--seed", first["seeds"][1])
    assert json.loads(cli.out)["runs"] == [first["runs"][1]]


def test_nothing_to_measure_is_null(cli: Cli, level: Path) -> None:
    text = level.read_text().replace('"50/s until 1 s, then 100/s"', "0/s").replace("clients: 5", "clients: 1")
    level.write_text(text.replace("think: {exponential: 1 s}", "think: 300 s"))
    assert cli("run", level, "--json", "--seed", 1) == 1
    data = json.loads(cli.out)
    assert data["runs"][0]["latency"]["p99"] is None
    assert data["objectives"][1] == {
        "text": "book.latency.p99 < 900 ms", "value": None, "target": 0.9, "held": False,
    }  # fmt: skip


def test_a_design_is_run_and_the_exit_status_says_who_won(cli: Cli, level: Path, tmp_path: Path) -> None:
    design = tmp_path / "d.yaml"
    level.write_text(level.read_text().replace("book.latency.p99 < 900 ms", "effort <= 20 h").replace(
        "{loses: book.latency.p99}", "wins"))  # fmt: skip
    level.write_text(level.read_text().replace("availability >= 90 %", "availability >= 1 %").replace(
        "latency: 250 ms, ", ""))  # fmt: skip
    design.write_text("format: 0\nlevel: sample\ndo: [set web threads=80, set web replicas=1]\n")
    assert cli("run", level, "--design", design, "--json") == 0
    assert json.loads(cli.out)["design"] == ["set web threads=80"]
    design.write_text("format: 0\nlevel: sample\ndo: [buy lighter]\n")
    assert cli("run", level, "--design", design, "--json") == 1
    data = json.loads(cli.out)
    assert (data["effort_hours"], data["won"], data["stars"]) == (30, False, [])


DUTY = Path(__file__).parent / "tui" / "duty.yaml"


def test_an_attempt_of_the_file_is_run_by_its_name(cli: Cli) -> None:
    level = Path(__file__).parent / "tui" / "tiny.yaml"
    declared = load(level, kinds()).attempts
    for attempt in declared:
        assert cli("run", level, "--attempt", attempt.name, "--json") == (0 if attempt.wins else 1)
        assert json.loads(cli.out)["won"] is attempt.wins
    assert cli("run", level, "--attempt", declared[0].name + "x") == 1
    assert f'did you mean "{declared[0].name}"?' in cli.err
    assert cli("run", level, "--attempt", declared[0].name, "--design", "d.yaml") == 2


def test_run_does_what_a_log_of_orders_says(cli: Cli, tmp_path: Path) -> None:
    log, design = tmp_path / "orders.txt", tmp_path / "design.yaml"
    log.write_text("# before the rush\nat 6 s: scale kiosk 4\n", encoding="utf-8")
    design.write_text("format: 0\nlevel: duty\nlive:\n  - at 6 s: scale kiosk 4\n", encoding="utf-8")
    assert cli("run", DUTY, "--json") == 1
    assert cli("run", DUTY, "--orders", log, "--json") == 0
    by_log = json.loads(cli.out)
    assert by_log["runs"][0]["cost_per_hour"] == pytest.approx(0.1 * (4 + 18 * 4) / 22)
    assert cli("run", DUTY, "--design", design, "--json") == 0
    assert json.loads(cli.out) == by_log
    assert cli("run", DUTY, "--orders", design, "--json") == 0
    assert json.loads(cli.out) == by_log


def test_run_tells_where_an_order_is_wrong(cli: Cli, tmp_path: Path) -> None:
    log = tmp_path / "orders.txt"
    log.write_text("at 6 s: scale kiosk 4\nat 7 s: scale kisok 2\n", encoding="utf-8")
    assert cli("run", DUTY, "--orders", log) == 1
    assert cli.err == f'{log}:2: there is no "kisok" on the board – did you mean "kiosk"?\n'
    assert cli("run", DUTY, "--orders", tmp_path / "none.txt") == 1
    assert "no such file" in cli.err
    (tmp_path / "design.yaml").write_text("format: 0\nlevel: duty\nlive: [crash kiosk]\n", encoding="utf-8")
    assert cli("run", DUTY, "--design", tmp_path / "design.yaml") == 1
    assert "design.yaml:3:8: " in cli.err
    assert 'write it like "at 12 s: scale web 4"' in cli.err


def test_run_for_people(cli: Cli, level: Path) -> None:
    cli("run", level)
    for part in ("A sample", "availability >= 90 %", "run 3", "web", "$0.40/h", "%"):
        assert part in cli.out


def test_a_board_that_cannot_start_is_not_run(cli: Cli, level: Path, tmp_path: Path) -> None:
    design = tmp_path / "d.yaml"
    design.write_text("format: 0\nlevel: sample\ndo: [unwire people -> web]\n")
    assert cli("run", level, "--design", design) == 1
    assert "people" in cli.err
    assert cli.out == ""


def test_a_wrong_line_in_a_design_is_named(cli: Cli, level: Path, tmp_path: Path) -> None:
    design = tmp_path / "d.yaml"
    design.write_text("format: 0\nlevel: sample\ndo:\n  - buy lighter\n  - set wab threads=9\n")
    assert cli("run", level, "--design", design) == 1
    assert cli.err.startswith(f"{design}:5:5: ")
    assert 'did you mean "web"' in cli.err
    assert cli.err.count("\n") == 1


# -- validate


def test_validate_says_what_is_fine(cli: Cli, level: Path) -> None:
    assert cli("validate", level) == 0
    told, *warnings = cli.out.splitlines()
    assert told == f'{level}: "A sample", 4 objectives, 2 attempts'
    assert warnings
    assert all(line.startswith(f"warning: {level}:") for line in warnings)
    assert cli("validate", level, "--strict") == 1
    assert cli.err == f"{len(warnings)} warnings\n"
    accepts = "accepts: {unused: a sample, few-ideas: a sample, no-outcomes: a sample, no-debrief: it is short}\n"
    level.write_text(level.read_text() + accepts)
    assert cli("validate", level, "--strict") == 0, cli.out
    assert cli.out.count("accepted: ") == len(warnings)
    assert cli("validate", level, "--json") == 0
    (told,) = json.loads(cli.out)
    assert {each["accepted"] for each in told["warnings"]} <= {"a sample", "it is short"}


def test_validate_prints_one_line_for_each_problem(cli: Cli, level: Path) -> None:
    level.write_text(level.read_text().replace("threads: 40", "thread: 40").replace("grace: 5 s", "grace: 5"))
    assert cli("validate", level) == 1
    line = next(i for i, text in enumerate(level.read_text().split("\n"), 1) if text.startswith("grace"))
    assert cli.out == f'{level}:{line}:8: 5 has no unit: write "5 ms" or "5 s"\n'
    assert cli.err == f"{level}: what else there is is looked for once this is right\n1 problem\n"
    level.write_text(level.read_text().replace("grace: 5", "grace: 5 s"))
    assert cli("validate", level) == 1
    assert 'service has no "thread" – did you mean "threads"' in cli.out
    assert cli.err == "1 problem\n"


def test_validate_takes_folders_and_goes_on_after_a_bad_file(cli: Cli, level: Path) -> None:
    (level.parent / "a.yaml").write_text("format: 0\n- x\n")
    (level.parent / "b.yaml").write_text("format: 0\nlevel: nobody\ndo: []\n")
    assert cli("validate", level.parent) == 1
    lines = [line for line in cli.out.splitlines() if not line.startswith("warning: ")]
    assert len(lines) == 3
    assert lines[0].startswith(f"{level.parent / 'a.yaml'}:2:1: ")
    assert "nobody" in lines[1]
    assert '"A sample"' in lines[2]


def test_the_game_s_own_levels_are_valid(cli: Cli) -> None:
    from scalegame.levels.packs import folder

    assert cli("validate", folder()) == 0, cli.out


@pytest.mark.parametrize(
    "arguments",
    [
        ("validate", "none.yaml"),
        ("validate", "."),
        ("run", "no-such-level"),
        ("run", "../../etc/passwd"),
        ("run", "none.yaml"),
        ("prove", "no-such-level"),
        ("new", "level.txt"),
        ("new", "no-such-folder/level.yaml"),
    ],
)
def test_what_is_not_there_is_one_line_and_status_1(
    cli: Cli, arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli(*arguments) == 1
    said = (cli.out + cli.err).splitlines()
    assert len(said) - said.count("1 problem") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("fly",),
        ("run",),
        ("run", "x", "--seed", "1", "--seeds", "2"),
        ("run", "x", "--seed", "-1"),
        ("run", "x", "--seeds", "0"),
        ("run", "x", "--seeds", "many"),
        ("validate",),
        ("prove", "--jobs", "many"),
        ("schema", "cat"),
        ("run", "x", "--jason"),
    ],
)
def test_wrong_usage_is_status_2(cli: Cli, arguments: tuple[str, ...]) -> None:
    assert cli(*arguments) == 2
    assert "Error" in cli.err


def test_a_seed_that_is_no_number_is_called_so(cli: Cli) -> None:
    assert cli("run", "first-lift", "--seed", "abc") == 2
    assert "'abc' is not a valid whole number." in cli.err


def test_a_misspelt_level_is_guessed_in_one_clear_sentence(cli: Cli) -> None:
    assert cli("run", "first-lft") == 1
    assert '"first-lft" – did you mean "first-lift"?; a file' in cli.err


def test_a_design_for_a_level_that_is_not_there_is_named_with_its_place(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "design.yaml"
    path.write_text("format: 0\nlevel: nope\ndo: []\n", encoding="utf-8")
    assert cli("validate", path) == 1
    assert cli.out.startswith(f'{path}:2:8: there is no level "nope"')


def test_an_empty_name_is_not_the_folder_one_is_in(cli: Cli) -> None:
    assert cli("validate", "") == 1
    assert "the name of a file is empty" in cli.err


def test_the_name_of_a_file_sends_nothing_to_the_terminal(cli: Cli, tmp_path: Path) -> None:
    assert cli("validate", tmp_path / "a\x1b[31m.yaml") == 1
    assert "a\\x1b[31m.yaml: there is no such file" in cli.out
    path = tmp_path / "b\x1b[31m.yaml"
    assert cli("new", path) == 0
    assert "\x1b" not in cli.out
    assert cli("validate", path) == 0
    assert "\x1b" not in cli.out


def test_output_that_the_terminal_cannot_show_is_no_traceback(level: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "scalegame", "run", str(level), "--seeds", "1"],
        capture_output=True, timeout=120, check=False, env={**os.environ, "PYTHONIOENCODING": "latin-1"},
    )  # fmt: skip
    assert b"Traceback" not in done.stderr
    assert b"availability" in done.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no disk that is always full")
def test_a_full_disk_is_one_line() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "scalegame", "schema", "level"],
            stdout=full, stderr=subprocess.PIPE, text=True, timeout=120, check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "cannot be written" in done.stderr


# -- new, prove, schema, levels


def test_a_new_level_validates_plays_and_is_never_overwritten(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "03-My Level!.yaml"
    assert cli("new", path) == 0
    text = path.read_text(encoding="utf-8")
    assert "\nid: my-level " not in text
    assert yaml.safe_load(text)["id"] == "my-level"
    assert cli("validate", path) == 0
    assert cli("run", path, "--seeds", 1) == 1, "as found it is lost"
    assert cli("new", path) == 1
    assert cli.err == f"{path}: there is such a file already, and it stays\n"
    assert path.read_text(encoding="utf-8") == text


def test_what_to_do_next_can_be_pasted(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "my level.yaml"
    assert cli("new", path) == 0
    assert cli.out.rstrip().endswith(f"scalegame play '{path}'")
    assert cli("new", tmp_path / ".yaml") == 1
    assert "write my-idea.yaml" in cli.err


def test_a_new_level_is_proved(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCALEGAME_HOME", str(tmp_path / "home"))
    path = tmp_path / "levels" / "fresh-idea.yaml"
    path.parent.mkdir()
    cli("new", path)
    assert cli("prove", path, "--json", "--search", 5) == 0, cli.out
    (proof,) = json.loads(cli.out)
    assert (proof["level"], proof["proved"], proof["full"]) == ("fresh-idea", True, False)
    assert {a["name"] for a in proof["attempts"]} >= {"two-small-ones", "one-medium", "one-large"}
    assert not any(set(a["stars"]) == {"cost", "latency", "parts"} for a in proof["attempts"])
    assert not (tmp_path / "certificates").exists(), "certificates are kept of the game's own levels"


def test_levels_are_listed(cli: Cli) -> None:
    assert cli("levels") == 0
    assert cli("levels", "--json") == 0
    entries = json.loads(cli.out)
    keys = {"id", "title", "chapter", "chapter_title", "position", "difficulty", "teaches", "pack", "estimated"}
    assert all(set(entry) == keys for entry in entries)
    assert entries == sorted(entries, key=lambda e: (e["chapter"], e["position"]))


def test_schemas_are_complete(cli: Cli) -> None:
    assert cli("schema", "level") == 0
    schema = json.loads(cli.out)
    assert set(schema["properties"]) == set(LevelShape.model_fields)
    assert all(p.get("description") for p in schema["properties"].values())
    assert schema["additionalProperties"] is False
    assert cli("schema", "design") == 0
    assert set(json.loads(cli.out)["required"]) == {"format", "level"}


def test_version_and_help(cli: Cli) -> None:
    assert cli("--version") == 0
    assert cli.out.startswith("scalegame, version ")
    assert cli("--help") == 0
    for command in ("play", "levels", "validate", "run", "prove", "new", "schema"):
        assert f"\n  {command} " in cli.out


@pytest.mark.parametrize(
    ("arguments", "level", "over"),
    [
        ((), None, {}),
        (("play",), None, {}),
        (("play", "x"), "x", {}),
        (("play", "--ascii", "--fps", "5", "--no-mouse"), None, {"glyphs": "ascii", "fps": "5", "mouse": "off"}),
    ],
)
def test_play_is_the_default(
    cli: Cli, arguments: tuple[str, ...], level: str | None, over: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[tuple[object, ...]] = []
    monkeypatch.setattr("scalegame.tui.app.run", lambda *given: started.append(given))
    assert cli(*arguments) == 0
    assert started == [(level, over)]


# -- processes


@pytest.mark.parametrize(
    "arguments", [("run", "{level}", "--seeds", "1"), ("validate", "{level}"), ("levels",), ("schema", "level")]
)
def test_only_play_loads_textual(arguments: tuple[str, ...], level: Path) -> None:
    code = (
        "import sys; from scalegame.cli import main\n"
        f"sys.argv = ['scalegame', *{[a.format(level=level) for a in arguments]!r}]\n"
        "try: main()\nexcept SystemExit: pass\n"
        "assert not [m for m in sys.modules if m.partition('.')[0] == 'textual'], 'textual was loaded'\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


def test_the_module_is_the_command(level: Path) -> None:
    done = started("validate", level)
    assert (done.returncode, done.stderr) == (0, "")
    assert started("run", "nobody").returncode == 1


def test_output_that_nobody_reads_is_no_error(level: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "scalegame", "schema", "level"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(60) == 1


#: Calls the command line, and says when work begins: a run is made, or processes are started for it.
_TELLS = """
import signal, sys
from scalegame.cli import main
from scalegame.components import kinds
from scalegame.levels.load import load
# Whoever runs the tests in the background has made their children deaf to Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)
if sys.argv[1] == "run":
    from scalegame.simulation import run as house
    name = "simulate"
else:
    from scalegame.proving.processes import Workers as house
    name = "submit"
work = getattr(house, name)
def told(*args):
    print("at work", flush=True)
    return work(*args)
setattr(house, name, told)
main()
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT to send")
@pytest.mark.parametrize("command", ["run", "prove"])
def test_ctrl_c_is_quiet(command: str, tmp_path: Path) -> None:
    path = tmp_path / "long.yaml"
    started("new", path)
    with subprocess.Popen(
        [sys.executable, "-c", _TELLS, command, str(path), *{"run": ("--seeds", "1000")}.get(command, ())],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == "at work\n"
        # As a terminal does it: to the whole group. The processes that prove are just starting.
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out.replace("at work\n", ""), err.strip()) == (130, "", "")


@pytest.mark.skipif(os.name == "nt", reason="Windows ends processes without asking them")
def test_a_proof_that_is_told_to_end_tidies_up(tmp_path: Path) -> None:
    path = tmp_path / "long.yaml"
    started("new", path)
    with subprocess.Popen(
        [sys.executable, "-c", _TELLS, "prove", str(path)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == "at work\n"
        process.terminate()
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out.replace("at work\n", ""), err.strip()) == (130, "", "")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT to send")
def test_ctrl_c_that_python_would_drop_ends_a_run(level: Path) -> None:
    code = """
import os, signal
from scalegame.cli import main
from scalegame.components import kinds
from scalegame.levels.load import load
from scalegame.simulation import run
def wait():
    try:
        yield
    finally:
        os.kill(os.getpid(), signal.SIGINT)  # it comes while a generator is thrown away
def simulate(*args):
    waiting = wait()
    next(waiting)
    del waiting
    raise SystemExit("it went on")
run.simulate = simulate
main()
"""
    done = subprocess.run(
        [sys.executable, "-c", code, "run", str(level)], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


def test_a_trace_follows_requests_hop_by_hop(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "trace.jsonl"
    assert cli("run", "two-is-company", "--seeds", "1", "--trace", str(path)) == 1
    told = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert {"median", "p99", "slowest", "failed"} == {one["why"] for one in told}
    slowest = next(one for one in told if one["why"] == "slowest")
    assert [hop["replica"] for hop in slowest["hops"]] == ["web-1", "passes-db-1"]
    assert slowest["hops"][0]["waited"] > 0.1  # it stood in web's queue
    assert cli("run", "two-is-company", "--seeds", "1", "--trace", str(tmp_path / "no" / "trace.jsonl")) == 1
    assert "cannot write" in cli.err
    assert "no such file" in cli.err
