from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from scalegame.cli import cli
from scalegame.components import kinds
from scalegame.levels.load import load
from scalegame.proving import is_current, sampling
from scalegame.proving.certificate import certificate_path, read_certificate
from scalegame.proving.sampling import sample
from tests.proving.hut import LEVEL, level_in

PACK = "format: 1\nid: huts\ntitle: Huts\nauthor: A. N. Author\nlicence: CC-BY-4.0\nlanguage: en\nabout: Huts.\n"
#: The hut with a rate that variants change; losing needs no luck, so that it is proved fast.
VARIED = LEVEL.replace("poisson: 80/s", 'poisson: "${rate}"').replace(
    "\nbrief:", "\nvariables: {rate: 80/s}\nvariants: {steep: {rate: 85/s}}\ndrawn: {rate: [78/s, 82/s]}\nbrief:"
)


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCALEGAME_HOME", str(tmp_path / "home"))


def prove(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["prove", *map(str, arguments)])


def test_a_level_is_proved_and_then_known(tmp_path: Path) -> None:
    path = level_in(tmp_path, LEVEL).source
    first = prove(path, "--jobs", 0, "--search", 3, "--json")
    assert first.exit_code == 0, first.output
    (proof,) = json.loads(first.stdout)
    assert proof["proved"]
    assert not proof["full"]
    assert proof["search"]["designs"] == 3
    assert proof["difficulty"]["declared"] == 1
    assert (tmp_path / "home" / "cache" / "runs.sqlite3").exists()
    assert prove(path, "--jobs", 0, "--search", 3, "--json").stdout == first.stdout
    # A level that stands alone has no certificate.
    assert not (tmp_path / "certificates").exists()


def test_what_is_not_proved_is_status_1_and_says_what_to_do(tmp_path: Path) -> None:
    path = level_in(tmp_path, LEVEL.replace("\nbrief:", "\nmechanism: [web.size]\nbrief:")).source
    result = prove(path, "--jobs", 0, "--search", 0)
    assert result.exit_code == 1
    assert "problem: faster without web.size: wins" in result.stdout
    assert "  advice: name in mechanism" in result.stdout


def test_a_pack_is_proved_with_its_variants_and_keeps_certificates(tmp_path: Path) -> None:
    pack = tmp_path / "huts"
    pack.mkdir()
    (pack / "pack.yaml").write_text(PACK, encoding="utf-8")
    path = pack / "01-hut.yaml"
    path.write_text(VARIED, encoding="utf-8")
    result = prove(pack, "--jobs", 0)
    assert result.exit_code == 0, result.output
    assert result.stdout.rstrip().endswith("4 levels, all of them proved")
    names = ["small-hut", "small-hut@1", "small-hut@2", "small-hut@steep"]
    assert sorted(file.stem for file in (pack / "certificates").iterdir()) == names
    for variant in ("", "steep", "1", "2"):
        level = load(path, kinds(), variant)
        assert is_current(level, read_certificate(level))
    # Then a sample has little to do: some of the levels that are proved, their losers on three seeds.
    result = prove(pack, "--sample", "--jobs", 0, "--json")
    proofs = json.loads(result.stdout)
    assert len(proofs) == sampling.SAMPLE
    assert {proof["full"] for proof in proofs} == {False}
    assert max(a["runs"] for proof in proofs for a in proof["attempts"] if a["declared"] != "wins") == 3


def test_one_variant_is_meant_by_its_name(tmp_path: Path) -> None:
    path = level_in(tmp_path, VARIED).source
    result = prove(f"{path}@steep", "--jobs", 0, "--search", 0, "--json")
    (proof,) = json.loads(result.stdout)
    assert proof["level"] == "small-hut@steep"


def test_certificates_of_another_format_are_none(tmp_path: Path) -> None:
    level = level_in(tmp_path, LEVEL)
    path = certificate_path(level)
    path.parent.mkdir()
    path.write_text('{"format": 0, "proved": true}', encoding="utf-8")
    assert read_certificate(level) is None
    path.write_text('{"format": 1, "proved": true}', encoding="utf-8")
    assert read_certificate(level) == {"format": 1, "proved": True}


def test_a_sample_depends_on_the_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    levels = [level_in(tmp_path, LEVEL.replace("id: small-hut", f"id: hut-{i}")) for i in range(8)]
    stale, rest = sample(levels)
    assert (stale, rest) == (tuple(levels), ())
    monkeypatch.setattr(sampling, "is_current", lambda level, given: level.own != "hut-3")
    chosen = set()
    for engine in ("one", "other", "third", "fourth"):
        monkeypatch.setattr(sampling, "engine_hash", lambda engine=engine: engine)
        stale, rest = sample(levels)
        assert [level.own for level in stale] == ["hut-3"]
        assert len({level.own for level in rest}) == 2
        assert sample(levels) == (stale, rest)
        chosen.add(tuple(level.own for level in rest))
    assert len(chosen) > 1
