"""Packs as their levels see them: the id in front, and profiles with places in the pack's own file."""

from __future__ import annotations

from pathlib import Path

import pytest

from scalegame.components import kinds
from scalegame.errors import Problems, ScalegameError
from scalegame.levels.load import load, loads
from scalegame.levels.starter import starter

TEXT = starter("my-level")
PACK = """\
format: 1
id: mine
profiles:
  machines:
    sizes:
      small: {cores: 2, memory: 4 GB, price: $0.10/h}
      medium: {cores: 4, memory: 8 GB, price: $0.30/h}
  more:
    sizes:
      medium: {cores: 16, memory: 8 GB, price: $0.30/h}
      large: {cores: 8, memory: 16 GB, price: $0.90/h}
  valley:
    places: [town, cellar]
    network:
      town <-> cellar: {latency: 15 ms}
    data:
      tickets: {keys: 5_000, popularity: {zipf: 1.1}, value: 1 KB}
    programs:
      shop:
        lookup: [{work: {exponential: 20 ms}}, {read: tickets}]
        order: [{work: {exponential: 40 ms}}, {write: tickets}]
    clocks: {drift: 1 s}
"""


def without(text: str, *keys: str) -> str:
    """The text without some of its keys."""
    out, skipping = [], False
    for line in text.split("\n"):
        if line[:1].isalpha():
            skipping = line.split(":")[0] in keys
        if not skipping:
            out.append(line)
    return "\n".join(out)


BARE = without(TEXT, "sizes", "places", "network", "data", "programs")


def put(folder: Path, text: str, pack: str = PACK, inside: str = "01-one") -> Path:
    (folder / inside).mkdir(exist_ok=True, parents=True)
    (folder / "pack.yaml").write_text(pack, encoding="utf-8")
    path = folder / inside / "02-it.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def problems(path: Path) -> list[str]:
    with pytest.raises(ScalegameError) as caught:
        load(path, kinds())
    error = caught.value
    return [
        str(one).replace(str(path.parent.parent), "P")
        for one in (error.errors if isinstance(error, Problems) else [error])
    ]


def test_the_pack_stands_before_the_id_and_decides_nothing(tmp_path: Path) -> None:
    alone = loads(TEXT, "x.yaml", kinds())
    for inside in ("01-one", "."):
        level = load(put(tmp_path, TEXT, inside=inside), kinds())
        assert (level.id, level.own, level.pack) == ("mine:my-level", "my-level", "mine")
        assert level.digest == alone.digest
        assert level.seeds("play", 3) == alone.seeds("play", 3)
    assert (alone.id, alone.pack) == ("my-level", "")


def test_a_pack_is_no_further_than_the_folder_above(tmp_path: Path) -> None:
    assert load(put(tmp_path, TEXT, inside="a/b"), kinds()).pack == ""
    # The nearer of two counts.
    path = put(tmp_path, TEXT)
    (path.parent / "pack.yaml").write_text("format: 1\nid: near\n")
    assert load(path, kinds()).pack == "near"


def test_levels_of_the_campaign_are_known_by_their_own_ids(tmp_path: Path) -> None:
    level = load(put(tmp_path, TEXT, "id: campaign\n"), kinds())
    assert (level.id, level.pack) == ("my-level", "campaign")


@pytest.mark.parametrize("pack", ["", "[]", "id: 5", "id: a b", "id: Mine", "name: x"])
def test_a_file_of_that_name_that_is_no_pack_is_none(pack: str, tmp_path: Path) -> None:
    assert load(put(tmp_path, TEXT, pack), kinds()).id == "my-level"


def test_a_pack_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (said,) = problems(put(tmp_path, TEXT, "id: mine\nprofiles: {a: [}\n"))
    assert said.startswith("P/pack.yaml:2:")


def test_a_pack_that_was_saved_again_is_read_again(tmp_path: Path) -> None:
    path = put(tmp_path, TEXT)
    load(path, kinds())
    (tmp_path / "pack.yaml").write_text(PACK.replace("mine", "another"))
    assert load(path, kinds()).id == "another:my-level"


def test_a_link_out_of_the_pack_is_refused(tmp_path: Path) -> None:
    path = put(tmp_path / "pack", TEXT)
    (tmp_path / "elsewhere.yaml").write_text(PACK)
    (tmp_path / "pack" / "pack.yaml").unlink()
    (tmp_path / "pack" / "pack.yaml").symlink_to(tmp_path / "elsewhere.yaml")
    with pytest.raises(ScalegameError, match="a link out of its folder"):
        load(path, kinds())


def test_a_level_with_profiles_is_the_level_with_what_they_say(tmp_path: Path) -> None:
    level = load(put(tmp_path, BARE + "profiles: [machines, more, valley]\nclocks: {drift: 2 s}\n"), kinds())
    same = loads(TEXT + "clocks: {drift: 2 s}\n", "x.yaml", kinds())
    assert level.digest == same.digest
    assert list(level.rulebook.sizes) == ["small", "medium", "large"]


def test_what_the_level_says_goes_before_the_profile_one_level_deep(tmp_path: Path) -> None:
    own = """
profiles: [more, machines, valley]
places: [cellar, attic]
network:
  town <-> attic: {latency: 1 ms}
  cellar <-> attic: {latency: 1 ms}
sizes:
  large: {cores: 8, memory: 16 GB, price: $0.90/h}
  huge: {cores: 64, memory: 16 GB, price: $9/h}
clocks: {every: 10 s}
"""
    level = load(put(tmp_path, BARE + own), kinds())
    assert {name: size.cores for name, size in level.rulebook.sizes.items()} == {
        "medium": 16, "large": 8, "small": 2, "huge": 64}  # fmt: skip
    assert level.network.places == ("town", "cellar", "attic")
    assert ("town", "cellar") in level.network.links
    assert level.clocks is not None
    assert level.clocks.sync_every == 10


@pytest.mark.parametrize(
    ("own", "pack", "said"),
    [
        ("[machine]", ("", ""), 'no profile of the pack is called "machine" – did you mean "machines"?'),
        ("[machines, machines]", ("", ""), "this profile is there twice"),
        ("[machines, more]", ("id: mine", "id: mine\nprofile: {}"), ""),
    ],
)
def test_profiles_that_are_not_there(own: str, pack: tuple[str, str], said: str, tmp_path: Path) -> None:
    path = put(tmp_path, without(TEXT, "sizes") + f"profiles: {own}\n", PACK.replace(*pack) if pack[0] else PACK)
    if not said:
        assert load(path, kinds()).pack == "mine"
        return
    (told,) = problems(path)
    assert told.startswith("P/01-one/02-it.yaml:")
    assert said in told


@pytest.mark.parametrize(
    ("old", "new", "place", "said"),
    [
        ("small: {cores: 2", "small: {cores: two", "6:22", '"two" is not a count'),
        ("small: {cores: 2", "small: {core: 2", "6:15", 'unknown key "core"'),
        ("keys: 5_000", "keys: 5_000_000", "17:23", "out of range"),
        ("town <-> cellar:", "town <-> celler:", "15:7", 'no place is called "celler" – did you mean "cellar"?'),
        ("latency: 15 ms", "latency: 15", "15:34", "has no unit"),
        ("read: tickets", "read: tokens", "20:55", 'no data set is called "tokens"'),
        ("drift: 1 s", "drift: 1", "22:21", "has no unit"),
        ("places: [town, cellar]", "places: [town, 5]", "13:20", "must be text"),
        ("places: [town, cellar]", "places: town", "13:13", '"places" must be a list of names'),
        ("    places: [", "    placs: [", "13:5", 'a profile has no "placs" – did you mean "places"?'),
        ("drift: 1 s", "drift: '${x}'", "22:21", "there are no variables in them"),
        ("  more:\n", "  more: 5\n  most:\n", "8:9", "a profile is a mapping with some of"),
    ],
)
def test_what_is_wrong_in_a_profile_is_told_in_its_own_file(
    old: str, new: str, place: str, said: str, tmp_path: Path
) -> None:
    assert old in PACK
    found = problems(put(tmp_path, BARE + "profiles: [machines, valley]\n", PACK.replace(old, new, 1)))
    assert any(line.startswith(f"P/pack.yaml:{place}: ") and said in line for line in found), found


def test_problems_of_the_level_stay_in_the_level(tmp_path: Path) -> None:
    (said,) = problems(
        put(tmp_path, BARE.replace("grace: 10 s", "grace: 10") + "profiles: [machines, more, valley]\n")
    )
    assert said.startswith("P/01-one/02-it.yaml:")
    assert "10 has no unit" in said


def test_profiles_need_a_pack(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "my.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(BARE + "profiles: [machines]\n")
    with pytest.raises(
        ScalegameError, match=r"profiles stand in pack\.yaml beside this file or in the folder above"
    ):
        load(path, kinds())


def test_places_are_told_as_the_path_was_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put(tmp_path, BARE + "profiles: [machines, more, valley]\n", PACK.replace("cores: 2", "cores: two"))
    monkeypatch.chdir(path.parent)
    with pytest.raises(ScalegameError) as caught:
        load(path.name, kinds())
    assert str(caught.value).startswith(f"{Path('..') / 'pack.yaml'}:6:22: ")
