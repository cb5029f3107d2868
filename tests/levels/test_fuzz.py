"""Damaged files: whatever is wrong, reading gives a level or an error with a place, and never anything else."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scalegame.components import kinds
from scalegame.errors import Problems, ScalegameError, is_control
from scalegame.levels import packs
from scalegame.levels.load import load, loads
from scalegame.levels.model import Level
from scalegame.levels.yamltree import load as load_yaml
from tests.levels.test_pack_profiles import BARE, PACK, put
from tests.levels.test_texts import TEXT as SPOKEN
from tests.levels.test_variables import TEXT as VARIABLE

REAL = tuple(entry.path.read_text(encoding="utf-8") for entry in packs.index())
BASES = (*REAL, Path(__file__).with_name("sample.yaml").read_text(encoding="utf-8"), VARIABLE, SPOKEN)
NAME = "fuzzed.yaml"

Tree = Any
Way = tuple[str | int, ...]
_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)

ODD: list[Tree] = [
    None, True, "", 0, -1, 1, 0.5, 10**18, -(10**18), 1e-300, 1e17, "0", "-5 ms", "1e999 s", "1e308/s", "9" * 29,
    "none", "any", "wins", "x" * 3000, "é" * 50, "${rate}", "${", "${x} ${people}", "$${", "20 ms", "1/s", "100 %",
    "$1/h", "a -> b", "a <-> a", "from 1 s to 1e300 s", "at 1 s: web dies", "ramp to 1e9/s until 1 s", "\u202e",
    "\\", "{}", "[bold]", "a.b.c", "1..9", "9..1", "..", "@", "x@y", [], {}, [[]],
    [None], {"a": None}, ["a"] * 300, {"x": {"y": {"z": 1}}}, {"exponential": "-1 s"},
    {"lognormal": {"mean": "1 s", "p99": "1 s"}},
    {"empirical": []},
    {"poisson": ""},
]  # fmt: skip


def paths(tree: Tree, here: Way = ()) -> list[Way]:
    """The ways to all nodes."""
    found = [here]
    items = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in items:
        found += paths(value, (*here, key))
    return found


def at(tree: Tree, path: Way) -> Tree:
    for part in path:
        tree = tree[part]
    return tree


TREES = tuple(load_yaml(text, "x").data for text in BASES)
PATHS = tuple([path for path in paths(tree) if path] for tree in TREES)


@st.composite
def mended(draw: st.DrawFn) -> str:
    """A file in which some nodes were dropped, swapped, renamed, doubled or made into something else."""
    index = draw(st.integers(0, len(TREES) - 1))
    tree: Tree = copy.deepcopy(TREES[index])
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(PATHS[index]))
        other = draw(st.sampled_from(PATHS[index]))
        try:
            parent, value = at(tree, path[:-1]), copy.deepcopy(at(tree, other))
            match draw(st.sampled_from(["drop", "swap", "odd", "odd", "odd", "rename", "double", "grow"])):
                case "drop":
                    del parent[path[-1]]
                case "swap":
                    parent[path[-1]] = value
                case "odd":
                    parent[path[-1]] = copy.deepcopy(draw(st.sampled_from(ODD)))
                case "rename" if isinstance(parent, dict):
                    parent[str(other[-1])] = parent.pop(path[-1])
                case "double" if isinstance(parent, list):
                    parent.extend(copy.deepcopy(parent) * draw(st.integers(1, 30)))
                case "grow" if isinstance(parent, dict):
                    parent[draw(st.text(max_size=8))] = value
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took it away
    return str(yaml.dump(tree, Dumper=_DUMPER, allow_unicode=True, sort_keys=False))


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """A file whose text was cut, doubled, overwritten or filled with huge numbers."""
    text = draw(st.sampled_from(BASES))
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, max(0, len(text) - 1)))
        end = min(len(text), start + draw(st.sampled_from([0, 1, 2, 5, 40, 2000])))
        match draw(st.sampled_from(["cut", "write", "double", "number", "shift"])):
            case "cut":
                text = text[:start] + text[end:]
            case "write":
                text = text[:start] + draw(st.text(max_size=6)) + text[end:]
            case "double":
                text = text[:end] + text[start:end] * 3 + text[end:]
            case "number":
                text = text[:start] + re.sub(
                    r"[0-9]+", "9" * draw(st.sampled_from([1, 7, 15, 28])), text[start:], count=2
                )
            case "shift":
                text = (
                    text[:start]
                    + draw(st.sampled_from(["\n", "\n  ", "\t", ": ", "- ", "#", '"', "{", "}"]))
                    + text[start:]
                )
    return text


def check(text: str, variant: str = "", language: str = "") -> Level | None:
    """A level, or an error that says where; both can be shown."""
    try:
        level = loads(text, NAME, kinds(), variant, language)
    except ScalegameError as error:
        for one in error.errors if isinstance(error, Problems) else (error,):
            assert one.place is not None, str(one)
            assert one.place.file == NAME
            assert one.place.line is not None or one.title == "Too large", str(one)
            assert not any(is_control(char) for char in one.message)
            assert one.message
            assert len(one.message) < 1000
        return None
    assert level.digest
    return level


FUZZ = settings(
    max_examples=100,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)
VARIANTS = st.sampled_from(["", "", "", "gentle", "17", "0", "none", "x" * 40])
LANGUAGES = st.sampled_from(["", "de", "de-AT", "fr-CA", "\x1b"])


@FUZZ
@given(text=mended(), variant=VARIANTS, language=LANGUAGES)
def test_changed_trees(text: str, variant: str, language: str) -> None:
    check(text, variant, language)


@FUZZ
@given(text=damaged())
def test_damaged_texts(text: str) -> None:
    check(text)


@settings(FUZZ, max_examples=40)
@given(data=st.data())
def test_damaged_packs(data: st.DataObject, tmp_path_factory: Any) -> None:
    folder = tmp_path_factory.getbasetemp() / "fuzzed-pack"
    start = data.draw(st.integers(0, len(PACK)))
    end = start + data.draw(st.sampled_from([0, 1, 3, 30]))
    filling = data.draw(
        st.sampled_from(["", "\n", "x", "${a}", ": ", "9" * 20, "[", "}", "- ", "5", "\x00", "\u2028"])
    )
    path = put(folder, BARE + "profiles: [machines, more, valley]\n", PACK[:start] + filling + PACK[end:])
    try:
        assert load(path, kinds()).digest
    except ScalegameError as error:
        for one in error.errors if isinstance(error, Problems) else (error,):
            assert one.place is not None, str(one)
            assert Path(one.place.file).parent in (folder, folder / "01-one"), str(one)


def test_the_fuzz_meets_levels_and_errors() -> None:
    """It would prove little if everything were refused at the door, or nothing."""
    found: list[bool] = []

    @settings(FUZZ, max_examples=60)
    @given(text=st.one_of(mended(), damaged()))
    def meet(text: str) -> None:
        found.append(check(text) is None)

    meet()
    assert 5 < sum(found) < len(found) - 5, sum(found)
