"""Variants wherever a level can be named: by id and path, on the command line, in designs and share codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from scalegame.cli import cli
from scalegame.components import kinds
from scalegame.errors import ScalegameError
from scalegame.levels import packs
from scalegame.levels.starter import starter

TEXT = starter("shop").replace("from 5 s to 45 s", "from 5 s to ${end}").replace("then 120/s", "then ${rate}") + (
    "variables: {rate: 10/s, end: 15 s}\nvariants: {gentle: {rate: 12/s}}\ndrawn: {rate: [10/s, 11/s, 12/s]}\n"
    "texts: {de: {title: Der Kartenladen}}\n"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "shop.yaml"
    path.write_text(TEXT.replace("ramp to 120/s", "ramp to ${rate}"), encoding="utf-8")
    return path


def call(*arguments: object) -> Result:
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments], standalone_mode=False)
    if result.exception is not None and not isinstance(result.exception, ScalegameError):
        raise result.exception
    return result


def test_a_variant_of_a_file(path: Path) -> None:
    assert packs.find(f"{path}@gentle", kinds()).own == "shop@gentle"
    assert packs.find(f"{path}@17", kinds()).own == "shop@17"
    assert packs.find(f"{path}@17", kinds(), "de-AT").title == "Der Kartenladen"
    with pytest.raises(ScalegameError, match='no variant "gentel" – did you mean "gentle"'):
        packs.find(f"{path}@gentel", kinds())


def test_a_level_of_the_game_has_the_variants_that_it_says() -> None:
    with pytest.raises(ScalegameError, match='has no variants: leave "@steep" out'):
        packs.find("two-is-company@steep", kinds())
    with pytest.raises(ScalegameError, match="there is no level"):
        packs.find("two-is-companyy@steep", kinds())


def test_runs_share_codes_and_designs_name_the_variant(path: Path, tmp_path: Path) -> None:
    ran = json.loads(call("run", f"{path}@gentle", "--seeds", "1", "--json").output)
    assert ran["level"] == "shop@gentle"
    assert ran["runs"][0]["seed"] == packs.find(f"{path}@gentle", kinds()).seeds("play", 1)[0]
    design = tmp_path / "design.yaml"
    design.write_text('format: 0\nlevel: shop@gentle\ndo: ["set web size=medium"]\n', encoding="utf-8")
    code = call("share", f"{path}@gentle", "--design", design).output.strip()
    opened = call("open", code).output
    assert "level: shop@gentle\n" in opened
    assert "set web size=medium" in opened
    for other in (path, f"{path}@17"):
        refused = call("run", other, "--design", design)
        assert "this design is for the level shop@gentle, not for shop" in str(refused.exception)
