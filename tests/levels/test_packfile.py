"""Packs as one file: what goes in comes out, and nothing else is ever written anywhere."""

import errno
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scalegame.components import kinds
from scalegame.errors import Problems, ScalegameError
from scalegame.levels import packfile, packinstall, packs
from scalegame.levels.load import load
from scalegame.levels.packfile import PackFile, dumps, loads
from scalegame.levels.unsolved import unsolved
from tests.levels.making import LEVEL, make_pack


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where imported packs are."""
    monkeypatch.setenv("SCALEGAME_HOME", str(tmp_path / "home"))
    return tmp_path / "home" / "packs"


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    where = make_pack(
        tmp_path / "mine", {"01-a/1-one.yaml": "one", "01-a/2-two.yml": "two"}, "about: Ünïcödé 日本"
    )
    (where / "README.md").write_bytes(b"\xef\xbb\xbfText\r\nwith all\tsorts of ends\n\n")
    (where / "certificates").mkdir()
    (where / "certificates" / "one.json").write_text('{"format": 1}')
    return where


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def tree(where: Path) -> dict[str, bytes]:
    return {
        path.relative_to(where).as_posix(): path.read_bytes()
        for path in sorted(where.rglob("*"))
        if path.is_file()
    }


def packed(files: object = None, **more: object) -> dict[str, Any]:
    """The data of a pack's file, with a right digest unless something else is given."""
    files = {"pack.yaml": "format: 1\nid: mine\ntitle: A pack\n", "a.yaml": LEVEL} if files is None else files
    digest = ""
    if isinstance(files, dict) and all(isinstance(part, str) for item in files.items() for part in item):
        try:
            digest = PackFile("mine", files).digest
        except UnicodeEncodeError:
            digest = "none"
    data = {"scalegame-pack": 1, "id": "mine", "solutions": True, "files": files, "digest": digest}
    return {key: value for key, value in {**data, **more}.items() if value is not ...}


# What goes in comes out


def test_pack_to_file_to_pack_is_exact(mine: Path, home: Path, tmp_path: Path) -> None:
    made, _ = packfile.pack(mine, kinds())
    file = written(tmp_path / "mine.scalepack", dumps(made))
    checked = packinstall.install(file, kinds())
    assert tree(home / "mine") == tree(mine)
    assert [level.id for level in checked.levels] == ["mine:one", "mine:two"]
    again, _ = packfile.pack(home / "mine", kinds())
    assert dumps(again) == file.read_text("utf-8")


def test_the_campaign_goes_through_a_file(tmp_path: Path) -> None:
    made, checked = packfile.pack(packs.folder(), kinds())
    assert made.left_out == ()
    assert len(checked.levels) == len(packs.index())
    packinstall.unpack(loads(dumps(made), "x"), tmp_path / "there")
    assert tree(tmp_path / "there") == tree(packs.folder())


def test_what_no_pack_has_is_left_out_and_named(mine: Path) -> None:
    (mine / "picture.png").write_bytes(b"\x89PNG")
    (mine / "notes.txt").write_text("x")
    (mine / ".git").mkdir()
    (mine / ".git" / "config.yaml").write_text("[")
    (mine / "a" / "b" / "c").mkdir(parents=True)
    made, _ = packfile.pack(mine, kinds())
    assert made.left_out == ("notes.txt", "picture.png", "a/b/c/")
    assert sorted(made.files) == [
        "01-a/1-one.yaml", "01-a/2-two.yml", "README.md", "certificates/one.json", "pack.yaml",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["Ünder.yaml", "two words.md", "con.yaml", "a;b.md", "-x.md", "\u0430bc.md"])
def test_names_that_do_not_travel_are_refused_at_home(mine: Path, name: str) -> None:
    (mine / name).write_text(LEVEL.replace("id: sample", "id: three"), encoding="utf-8")
    with pytest.raises(ScalegameError) as caught:
        packfile.pack(mine, kinds())
    assert caught.value.place is not None
    assert caught.value.place.file.endswith(name)


@pytest.mark.skipif(os.name == "nt", reason="symbolic links need rights on Windows")
@pytest.mark.parametrize("name", ["secret.md", "folder"])
def test_links_are_not_packed(mine: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.md").write_text("secret")
    (mine / name).symlink_to(tmp_path / "secret.md" if name != "folder" else tmp_path)
    with pytest.raises(ScalegameError, match="a pack has none"):
        packfile.pack(mine, kinds())


def test_what_is_wrong_is_not_packed(mine: Path) -> None:
    level = mine / "01-a" / "1-one.yaml"
    level.write_text(level.read_text("utf-8").replace("cores: 2", "cors: 2"), encoding="utf-8")
    with pytest.raises(Problems):
        packfile.pack(mine, kinds())
    (mine / "01-a" / "1-one.yaml").unlink()
    (mine / "latin.md").write_bytes(b"\xe4")
    with pytest.raises(ScalegameError, match="not UTF-8"):
        packfile.pack(mine, kinds())
    (mine / "latin.md").write_bytes(b"\x1b[2J")
    with pytest.raises(ScalegameError, match=r"control character U\+001B"):
        packfile.pack(mine, kinds())


# Without solutions


def test_without_solutions_a_level_is_the_same_level(tmp_path: Path) -> None:
    made, checked = packfile.pack(packs.folder(), kinds(), solutions=False)
    assert not made.solutions
    assert not [name for name in made.files if name.endswith(".json")]
    there = tmp_path / "there"
    packinstall.unpack(loads(dumps(made), "x"), there)
    for level in checked.levels:
        path = there / Path(level.source).relative_to(packs.folder())
        after = load(path, kinds())
        assert after.digest == level.digest
        assert [attempt.name for attempt in after.attempts] == [a.name for a in level.attempts if not a.wins]
        assert (after.mechanism, dict(after.accepts)) == ((), {})
        for part in ("title", "brief", "hints", "debrief", "guide", "outcomes", "languages"):
            assert getattr(after, part) == getattr(level, part), (level.id, part)
        assert not re.search(r"^#|\s#\s", path.read_text("utf-8"), re.MULTILINE)


def test_solutions_are_gone_wherever_they_stand(mine: Path) -> None:
    level = mine / "01-a" / "1-one.yaml"
    texts = "texts: {de: {title: Ein Muster, attempts: {more: Zwei sind mehr, threads: Fäden}}}\n"
    accepts = "accepts: {web without more: it is a sample}\nmechanism: [balancer]\n"
    level.write_text(level.read_text("utf-8") + texts + accepts + "# the trick: two\n", encoding="utf-8")
    (mine / "design.yaml").write_text("format: 0\nlevel: mine:one\ndo: [set web replicas=2]\n")
    files, _ = packfile.pack(mine, kinds(), solutions=False)
    assert sorted(files.files) == ["01-a/1-one.yaml", "01-a/2-two.yml", "pack.yaml"]
    assert set(files.left_out) >= {"README.md", "design.yaml"}
    text = files.files["01-a/1-one.yaml"]
    for word in ("Zwei sind mehr", "Two are more", "trick", "mechanism", "it is a sample"):
        assert word not in text
    assert "Ein Muster" in text
    assert "Fäden" in text


def test_variables_that_only_solutions_used_are_gone(mine: Path) -> None:
    level = mine / "01-a" / "1-one.yaml"
    text = level.read_text("utf-8")
    assert "do: [set web replicas=2" not in text
    more = (
        "variables: {answer: 'set web threads=77', kept: 4, when: 30 s}\n"
        "variants: {steep: {answer: set web threads=78, kept: 5}}\n"
        "drawn: {answer: [set web threads=79], kept: [4, 6]}\n"
    )
    # A sentence with a colon in it is a mapping to YAML, and its variable stands in a key.
    assert "\n  - at 30 s: " in text
    text = text.replace("\n  - at 30 s: ", "\n  - at ${when}: ")
    text = text.replace("difficulty: 2", "difficulty: ${kept}").replace(
        "attempts:\n", "attempts:\n  hidden: {do: ['${answer}'], expect: wins, says: It is hidden.}\n"
    )
    level.write_text(text + more, encoding="utf-8")
    assert load(level, kinds(), "steep").difficulty == 5
    files, _ = packfile.pack(mine, kinds(), solutions=False)
    written = files.files["01-a/1-one.yaml"]
    assert "threads=7" not in written
    assert "answer" not in written
    level.write_text(written, encoding="utf-8")
    assert [load(level, kinds(), variant).difficulty for variant in ("", "steep")] == [4, 5]
    assert load(level, kinds(), "3").difficulty in (4, 6)


def test_a_mark_of_an_editor_at_the_beginning_is_no_part_of_the_file(mine: Path) -> None:
    for name in ("pack.yaml", "01-a/1-one.yaml"):
        path = mine / name
        path.write_text("\ufeff" + path.read_text("utf-8").replace("\n", "\r\n"), encoding="utf-8", newline="")
    before = [entry.id for entry in packs.entries_of(packs.read_pack(mine))]
    assert before == ["mine:one", "mine:two"]
    made, _ = packfile.pack(mine, kinds(), solutions=True)
    there = mine.parent / "there"
    packinstall.unpack(loads(dumps(made), "x"), there)
    for name in ("pack.yaml", "01-a/1-one.yaml"):
        assert (there / name).read_bytes() == (mine / name).read_bytes()


def test_texts_that_are_hard_to_write_stay_as_they_are(mine: Path) -> None:
    level = mine / "01-a" / "1-one.yaml"
    hard = "debrief: |2\n   odd\n\n\n  end # no comment  \n   \nhints:\n - >-\n  a\n   b\n\n\n  c\n - '# \"x\"'\n"
    text = re.sub(r"(?m)^(debrief|hints):.*\n(?:[ -].*\n|\n)*", "", level.read_text("utf-8")) + hard
    level.write_text(text, encoding="utf-8")
    before = load(level, kinds())
    (changed,) = (
        text
        for name, text in unsolved(mine, {"01-a/1-one.yaml": text}, kinds()).items()
        if name.endswith("one.yaml")
    )
    level.write_text(changed, encoding="utf-8")
    after = load(level, kinds())
    assert (after.debrief, after.hints, after.digest) == (before.debrief, before.hints, before.digest)


# What strangers send

BAD_NAMES = [
    *(
        "../a.yaml",
        "a/../../b.yaml",
        "/etc/passwd.md",
        "~/a.md",
        "C:/a.md",
        "C:a.md",
        "a\\b.md",
        "..\\a.md",
        "\\\\x\\a.md",
    ),
    *("", ".", "..", ".yaml", "a//b.md", "./a.md", "a/", "a/./b.md", ".hidden.md", "a/.git/x.md", "a/b/c/d.md"),
    *(
        "con.md",
        "NUL.yaml",
        "a/aux.md",
        "com1.yaml",
        "Lpt9.md",
        "prn.tar.md",
        "a.md ",
        " a.md",
        "a.md.",
        "a.",
        "-a.md",
    ),
    *(
        "a.exe",
        "a.sh",
        "a.py",
        "a.html",
        "a.so",
        "a",
        "a.yaml.exe",
        "a.yaml\u202eexe",
        "\u0430.yaml",
        "\uff41.yaml",
        "a\u200b.md",
    ),
    *("a\n.md", "a\x00.md", "a\x1b[2J.md", "a:b.md", "a|b.md", "a*.md", "a?.md", 'a".md', "x" * 100 + ".md"),
]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_no_name_leads_out_of_the_folder(tmp_path: Path, home: Path, name: str) -> None:
    files = {**packed()["files"], name: "x"}
    file = written(tmp_path / "x.scalepack", json.dumps(packed(files)))
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(ScalegameError) as caught:
        packinstall.install(file, kinds())
    assert "\x1b" not in str(caught.value)
    assert "\n" not in str(caught.value)
    assert sorted(path for path in tmp_path.rglob("*") if "home" not in path.parts) == before
    assert not home.exists()


@pytest.mark.parametrize("name", ["in/pack.yaml", "in/PACK.yaml", "Pack.yaml"])
def test_a_pack_has_no_pack_in_it(name: str) -> None:
    with pytest.raises(ScalegameError, match=r"one pack\.yaml, at its top"):
        loads(json.dumps(packed({**packed()["files"], name: "format: 1\nid: campaign\ntitle: X\n"})), "x")


@pytest.mark.parametrize(
    "names", [("a.md", "A.md"), ("x/a.md", "X/b.md"), ("x.md", "x.md/b.md"), ("x/y/a.md", "x/Y/b.md")]
)
def test_names_that_are_one_elsewhere_are_refused(names: tuple[str, str]) -> None:
    files = {**packed()["files"], **dict.fromkeys(names, "x")}
    with pytest.raises(ScalegameError, match=r"capitals do not count|file and a folder"):
        loads(json.dumps(packed(files)), "x")


SPLIT: dict[str, Callable[[], str | bytes]] = {
    "nothing": lambda: "",
    "no JSON": lambda: "PK\x03\x04",
    "bytes": lambda: b"\xff\xfe\x00",
    "a list": lambda: "[]",
    "a number": lambda: "1" * 5000,
    "null": lambda: "null",
    "another object": lambda: "{}",
    "deep": lambda: "[" * 100_000,
    "deep and closed": lambda: '{"scalegame-pack":' + "[" * 5000 + "]" * 5000 + "}",
    "many": lambda: "[" + "[]," * 1_000_000 + "[]]",
    "many texts": lambda: "[" + '"",' * 1_000_000 + '""]',
    "a text without end": lambda: '{"scalegame-pack": "' + '\\"' * 1_000_000,
    "too large": lambda: " " * (packfile.LARGEST + 1),
    "twice": lambda: json.dumps(packed())[:-1] + ', "id": "other"}',
    "a file twice": lambda: json.dumps(packed()).replace('"files": {', '"files": {"a.yaml": "x", '),
    "not a number": lambda: json.dumps(packed()).replace("true", "NaN"),
    "infinite": lambda: json.dumps(packed()).replace("true", "1e999"),
    "half of it": lambda: json.dumps(packed())[:-100],
}  # fmt: skip


@pytest.mark.parametrize("what", SPLIT)
def test_what_is_no_pack_is_refused(what: str) -> None:
    with pytest.raises(ScalegameError) as caught:
        loads(SPLIT[what](), "x.scalepack")
    assert str(caught.value).startswith("x.scalepack: ")
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"scalegame-pack": 2}, "format 2"),
        ({"scalegame-pack": True}, "format"),
        ({"scalegame-pack": 1.0}, "format"),
        ({"scalegame-pack": "\x1b[31m"}, "format"),
        ({"id": "../x"}, "no id"),
        ({"id": "a/b"}, "no id"),
        ({"id": "Con"}, "no id"),
        ({"id": "nul"}, "meaning of its own"),
        ({"id": 7}, "no id"),
        ({"id": None}, "no id"),
        ({"id": ...}, 'no "id"'),
        ({"solutions": 1}, "damaged"),
        ({"files": []}, "damaged"),
        ({"files": {"pack.yaml": 7}}, "no text"),
        ({"files": {"pack.yaml": {"a": "b"}}}, "no text"),
        ({"files": {"a.yaml": "x"}}, "no pack.yaml"),
        ({"files": {f"{i}.md": "" for i in range(301)}}, "300 files"),
        ({"digest": "0" * 32}, "damaged"),
        ({"digest": None}, "damaged"),
        ({"execute": "rm"}, "tampered"),
        ({"files": {"pack.yaml": "a\x1b[2J"}}, "U+001B"),
        ({"files": {"pack.yaml": "a\u202eb"}}, "U+202E"),
        ({"files": {"pack.yaml": "a\ud800b"}}, "U+D800"),
        ({"files": {"pack.yaml": "x" * (256 * 1024 + 1)}}, "256 KB"),
        ({"files": {"pack.yaml": "ü" * (128 * 1024 + 1)}}, "256 KB"),
    ],
)
def test_what_a_pack_may_not_hold_is_refused(more: dict[str, object], said: str) -> None:
    data = packed(more["files"]) if "files" in more else packed(**more)
    with pytest.raises(ScalegameError) as caught:
        loads(json.dumps(data), "x")
    assert said in caught.value.message


def test_a_changed_file_is_noticed() -> None:
    text = json.dumps(packed())
    assert loads(text, "x").files["a.yaml"] == LEVEL
    with pytest.raises(ScalegameError, match="damaged"):
        loads(text.replace("replicas=2", "replicas=3"), "x")


@pytest.mark.parametrize("id", ["campaign", "other"])
def test_a_pack_cannot_pretend_to_be_another(tmp_path: Path, home: Path, id: str) -> None:
    file = written(tmp_path / "x.scalepack", json.dumps(packed(id=id)))
    with pytest.raises(ScalegameError, match=r"comes with the game|export it again"):
        packinstall.install(file, kinds())
    assert packs.installed() == ()
    assert tree(tmp_path) == {"x.scalepack": file.read_bytes()}


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none", Path("a\x00b")):
        with pytest.raises(ScalegameError):
            packfile.load(path)


# Whole or not at all


def test_a_broken_level_is_told_by_its_name_and_nothing_is_installed(tmp_path: Path, home: Path) -> None:
    files = {
        **packed()["files"],
        "in/b.yaml": LEVEL.replace("cores: 2", "cors: 2").replace("id: sample", "id: two"),
    }
    file = written(tmp_path / "x.scalepack", json.dumps(packed(files)))
    with pytest.raises(Problems) as caught:
        packinstall.install(file, kinds())
    assert re.match(r"mine/in/b\.yaml:19:\d+: ", str(caught.value))
    assert str(home) not in str(caught.value)
    assert list(home.iterdir()) == []


def test_a_second_pack_of_one_id_is_refused_until_told_otherwise(mine: Path, home: Path, tmp_path: Path) -> None:
    file = written(tmp_path / "x.scalepack", dumps(packfile.pack(mine, kinds())[0]))
    packinstall.install(file, kinds())
    before = tree(home)
    other = written(tmp_path / "y.scalepack", json.dumps(packed()))
    with pytest.raises(ScalegameError, match="--replace"):
        packinstall.install(other, kinds())
    assert tree(home) == before
    packinstall.install(other, kinds(), replace=True)
    assert sorted(tree(home)) == ["mine/a.yaml", "mine/pack.yaml"]
    assert [path.name for path in home.iterdir()] == ["mine"]


@pytest.mark.parametrize("fails", ["write", "rename", "interrupt"])
def test_an_import_that_is_interrupted_leaves_what_was_there(
    mine: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    file = written(tmp_path / "x.scalepack", dumps(packfile.pack(mine, kinds())[0]))
    packinstall.install(file, kinds())
    before = tree(home)
    other = written(tmp_path / "y.scalepack", json.dumps(packed()))
    calls = 0

    def full(*_: object) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            if fails == "interrupt":
                raise KeyboardInterrupt
            raise OSError(errno.ENOSPC, "No space left on device")

    if fails == "rename":
        # The old pack is put aside, and then the new one cannot take its name.
        renames = Path.rename

        def rename(self: Path, target: Path) -> Path:
            if self.name.startswith(".import-"):
                raise OSError(errno.EACCES, "Permission denied")
            return renames(self, target)

        monkeypatch.setattr(Path, "rename", rename)
    else:
        monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(KeyboardInterrupt if fails == "interrupt" else ScalegameError):
        packinstall.install(other, kinds(), replace=True)
    assert tree(home) == before
    assert [path.name for path in home.iterdir()] == ["mine"]


def test_what_killed_imports_left_goes_with_the_next(mine: Path, home: Path, tmp_path: Path) -> None:
    (home / ".import-old").mkdir(parents=True)
    (home / ".import-new").mkdir()
    os.utime(home / ".import-old", (0, 0))
    packinstall.install(written(tmp_path / "x.scalepack", json.dumps(packed())), kinds())
    assert sorted(path.name for path in home.iterdir()) == [".import-new", "mine"]


def test_a_removed_pack_is_gone(home: Path, tmp_path: Path) -> None:
    packinstall.install(written(tmp_path / "x.scalepack", json.dumps(packed())), kinds())
    packinstall.remove("mine")
    assert list(home.iterdir()) == []
    for id in ("mine", "../home", "campaign", "", "."):
        with pytest.raises(ScalegameError):
            packinstall.remove(id)
    assert home.is_dir()


@pytest.mark.skipif(os.name == "nt", reason="symbolic links need rights on Windows")
def test_what_a_link_points_at_is_not_removed(mine: Path, home: Path) -> None:
    home.mkdir(parents=True)
    (home / "mine").symlink_to(mine)
    packinstall.remove("mine")
    assert list(home.iterdir()) == []
    assert (mine / "pack.yaml").exists()


# Anything

_TEXT = json.dumps(packed())
_LITTLE = {"pack.yaml": "format: 1\nid: mine\ntitle: A pack\n", "a.yaml": "id: x\n"}
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.text(max_size=12), inside, max_size=4),
    max_leaves=12,
)


def given_back(text: str | bytes) -> None:
    try:
        found = loads(text, "x")
    except ScalegameError:
        return
    assert loads(dumps(found), "x") == found


@given(at=st.integers(0, len(_TEXT)), length=st.integers(0, 40), put=st.text(max_size=20))
def test_mutated_files_give_a_pack_or_an_error(at: int, length: int, put: str) -> None:
    given_back(_TEXT[:at] + put + _TEXT[at + length :])


@given(st.binary(max_size=300) | st.text(max_size=300))
def test_anything_gives_a_pack_or_an_error(text: str | bytes) -> None:
    given_back(text)


@given(
    more=st.dictionaries(
        st.sampled_from(["scalegame-pack", "id", "solutions", "files", "digest", "x"]), _JSON, max_size=3
    ),
    files=st.none() | st.dictionaries(st.text(max_size=30) | st.sampled_from(BAD_NAMES), _JSON, max_size=3),
)
def test_any_values_give_a_pack_or_an_error(more: dict[str, Any], files: dict[str, Any] | None) -> None:
    data = packed(None if files is None else {**_LITTLE, **files})
    given_back(json.dumps({**data, **more}))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(max_size=40) | st.sampled_from(BAD_NAMES), text=st.text(max_size=60))
def test_whatever_can_be_read_is_unpacked_inside(tmp_path: Path, name: str, text: str) -> None:
    try:
        found = loads(json.dumps(packed({**_LITTLE, name: text})), "x")
    except ScalegameError:
        return
    where = tmp_path / str(len(list(tmp_path.iterdir())))
    packinstall.unpack(found, where)
    assert tree(where) == {path: content.encode() for path, content in found.files.items()}


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    key=st.sampled_from(["id", "title", "chapters", "unlock", "language", "profiles", "about", "format"]),
    value=_JSON,
)
def test_any_pack_file_gives_a_pack_or_an_error(tmp_path: Path, key: str, value: Any) -> None:
    where = tmp_path / "mine"
    if not where.exists():
        make_pack(where, {"a.yaml": "one"})
    data = {"format": 1, "id": "mine", "title": "A pack", key: value}
    # JSON is YAML, but for what is no number; a key stands in a line of its own.
    text = "".join(f"{name}: {json.dumps(item)}\n" for name, item in data.items())
    (where / "pack.yaml").write_text(text, encoding="utf-8", errors="replace")
    try:
        packfile.pack(where, kinds())
    except ScalegameError as error:
        assert error.message
    try:
        packs.entries_of(packs.read_pack(where))
    except ScalegameError as error:
        assert error.message
