import random
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from scalegame.errors import ScalegameError
from scalegame.levels import yamltree
from scalegame.levels.yamltree import DEEPEST, LARGEST_FILE, MOST_NODES, load


@pytest.fixture(params=["CSafeLoader", "SafeLoader"], autouse=True)
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run every test with the fast reader and with the one for machines that lack it."""
    monkeypatch.setattr(yamltree, "_LOADER", getattr(yaml, request.param))
    return str(request.param)


def refusal(source: Path | str | bytes) -> ScalegameError:
    with pytest.raises(ScalegameError) as caught:
        load(source, "a.yaml")
    assert "\n" not in str(caught.value)
    return caught.value


LEVEL = """\
# a comment
id: two
sizes:
  small: {cores: 2, price: $0.10/h}
wires:
  - a -> b
  - b -> c
brief: |
  Monday,
  09:00.
"""


def test_plain_data() -> None:
    assert load(LEVEL, "a.yaml").data == {
        "id": "two",
        "sizes": {"small": {"cores": 2, "price": "$0.10/h"}},
        "wires": ["a -> b", "b -> c"],
        "brief": "Monday,\n09:00.\n",
    }


@pytest.mark.parametrize(
    ("loc", "key", "place"),
    [
        ((), False, "a.yaml:2:1"),
        (("id",), False, "a.yaml:2:5"),
        (("id",), True, "a.yaml:2:1"),
        (("sizes", "small", "cores"), False, "a.yaml:4:18"),
        (("sizes", "small", "cores"), True, "a.yaml:4:11"),
        (("wires", 1), False, "a.yaml:7:5"),
        (("wires", 1), True, "a.yaml:7:5"),
        (("wires", 7), False, "a.yaml:6:3"),
        (("wires", True), False, "a.yaml:6:3"),
        (("sizes", "huge", "cores"), False, "a.yaml:4:3"),
        (("sizes", "huge", "cores"), True, "a.yaml:3:1"),
        (("nothing",), True, "a.yaml:2:1"),
    ],
)
def test_places(loc: tuple[str | int, ...], key: bool, place: str) -> None:
    assert str(load(LEVEL, "a.yaml").place(loc, key=key)) == place


def test_places_can_pass_over_what_is_not_in_the_data() -> None:
    loc = ("sizes", "function-after[check()]", "small", "Size", "cores")
    assert str(load(LEVEL, "a.yaml").place(loc, skipping=True)) == "a.yaml:4:18"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", "yes"),
        ("no", "no"),
        ("on", "on"),
        ("off", "off"),
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("1:30", "1:30"),
        ("09:00", "09:00"),
        ("2026-01-31", "2026-01-31"),
        ("5_000", 5000),
        ("20_000", 20000),
        ("5__000", "5__000"),
        ("-3", -3),
        ("0", 0),
        ("007", "007"),
        ("0x1F", "0x1F"),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        ("1.", 1.0),
        (".5", 0.5),
        (".", "."),
        ("120 ms", "120 ms"),
        ("99.9 %", "99.9 %"),
        ("'5'", "5"),
        ('"true"', "true"),
        ("=", "="),
        ("<<", "<<"),
        ("Größe", "Größe"),
    ],
)
def test_scalars(text: str, value: object) -> None:
    data = load(f"a: {text}\n").data
    assert isinstance(data, dict)
    assert data["a"] == value
    assert type(data["a"]) is type(value)


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "\ufeff"])
def test_an_empty_document_has_no_data(text: str) -> None:
    document = load(text, "a.yaml")
    assert document.data is None
    assert document.place(("a",)).line in (1, 2)


def test_words_that_other_readers_take_for_truth_values_can_be_keys() -> None:
    assert load("on: 1\nno: 2\n<<: 3\n").data == {"on": 1, "no": 2, "<<": 3}


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("a: 1\nb: 2\na: 3\n", 'a.yaml:3:1: "a" is already given in line 1: remove one'),
        ("a: {b: 1, b: 2}", 'a.yaml:1:11: "b" is already given in line 1: remove one'),
        ("a:\n  5: x\n", 'a.yaml:2:3: a key must be text, not 5: write "5" in quotes'),
        ("true: x\n", 'a.yaml:1:1: a key must be text, not true: write "true" in quotes'),
        ("1.5: x\n", 'a.yaml:1:1: a key must be text, not 1.5: write "1.5" in quotes'),
        ("? \n: x\n", 'a.yaml:1:2: a key must be text, not nothing: write a name before the ":"'),
        (
            "a: {[1, 2]: x}",
            "a.yaml:1:5: a key must be text, not a list or mapping: text in braces needs quotes",
        ),
        (
            "? {a: b}\n: x",
            "a.yaml:1:3: a key must be text, not a list or mapping: text in braces needs quotes",
        ),
        ("a: &x 1\n", 'a.yaml:1:4: anchor "&x": write the value out instead'),
        ("a: *x\n", 'a.yaml:1:4: alias "*x": write the value out instead'),
        ("a: !!str 1\n", 'a.yaml:1:4: tag "!!str": remove it, values need none'),
        ("a: ! 1\n", 'a.yaml:1:4: tag "!": remove it, values need none'),
        (
            "a: !!python/name:os.system x",
            'a.yaml:1:4: tag "!!python/name:os.system": remove it, values need none',
        ),
        ("!!map {a: 1}", 'a.yaml:1:1: tag "!!map": remove it, values need none'),
        ("- !x [1]", 'a.yaml:1:3: tag "!x": remove it, values need none'),
        ("a: 1\n---\nb: 2\n", 'a.yaml:2:1: a second document begins here: remove the "---"'),
        ("%YAML 1.1\n---\na: 1\n", 'a.yaml:1:1: lines that begin with "%" are not allowed: remove it'),
        ("a: .nan\n", "a.yaml:1:4: .nan is not a number that a level can use"),
        ("a: -.inf\n", "a.yaml:1:4: -.inf is not a number that a level can use"),
        ("a: 1e999\n", 'a.yaml:1:4: "1e999" is too long or too large for a number'),
        ('a: "\\e[31m"\n', "a.yaml:1:4: the text contains the control character U+001B: remove it"),
        ('"\\0": 1\n', "a.yaml:1:1: the text contains the control character U+0000: remove it"),
        ('a: "\\u202e"\n', "a.yaml:1:4: the text contains the control character U+202E: remove it"),
        ("a: 1\nb: \x07\n", "a.yaml:2:4: control character U+0007: remove it"),
        ("a: 1\r\nb: \x1b", "a.yaml:2:4: control character U+001B: remove it"),
        ("a: \u2028b: 1", "a.yaml:1:4: control character U+2028: remove it"),
    ],
)
def test_refusals(text: str, error: str) -> None:
    assert str(refusal(text)) == error


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: b: c\n", "a.yaml:1:5"),
        ("a:\n\t- b\n", "a.yaml:2:1"),
        ("a: [1, 2\nb: 3\n", "a.yaml:2"),
        ("a: 'x\n", "a.yaml:2:1"),
        ("a: 1\n b: 2\n", "a.yaml:2:3"),
        ("- a\nb: 1\n", "a.yaml:2:1"),
        ("a: @x\n", "a.yaml:1:4"),
        ("a: 1\n}\n", "a.yaml:2:1"),
        ('a: "\\U00110000"\n', "a.yaml:1"),
        ('a: "\\ud800"\n', "a.yaml:1"),
        ("%YAML " + "9" * 5000 + ".1\n---\na", "a.yaml:1"),
    ],
)
def test_syntax_errors_have_a_place(text: str, place: str) -> None:
    assert str(refusal(text)).startswith(place)


def test_a_common_slip_is_explained_in_plain_words() -> None:
    assert refusal("title: Monday: nine\n").message.endswith('put text that contains ": " in quotes')


def test_bytes_that_are_not_utf8() -> None:
    assert str(refusal(b"a: 1\nb: caf\xe9\n")).startswith("a.yaml:2:7: not UTF-8")
    assert "not UTF-8" in str(refusal("a: 1".encode("utf-16")))
    assert "not UTF-8" in str(refusal("a: \ud800"))


def test_a_mark_in_front_does_not_move_places() -> None:
    assert str(load(b"\xef\xbb\xbfa: 1", "a.yaml").place(("a",))) == "a.yaml:1:4"


def test_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "level.yaml"
    path.write_text("a: 1\n")
    document = load(path)
    assert document.data == {"a": 1}
    assert str(document.place(("a",))) == f"{path}:1:4"
    assert load(path, "level.yaml").name == "level.yaml"


@pytest.mark.parametrize("path", [Path("/nowhere/at/all.yaml"), Path("/dev/zero"), Path("/"), Path("a\0b")])
def test_what_is_no_file(path: Path) -> None:
    assert refusal(path).place is not None


def test_size_is_checked_before_reading(tmp_path: Path) -> None:
    path = tmp_path / "huge.yaml"
    with path.open("wb") as file:
        file.truncate(50 * 10**9)
    assert "larger than 256 KB" in str(refusal(path))


def test_the_limits_are_just_that() -> None:
    nodes = MOST_NODES - 1
    load("[" + ",".join("a" * nodes) + "]")
    assert "more than 20,000 values" in str(refusal("[" + ",".join("a" * (nodes + 1)) + "]"))
    load("[" * DEEPEST + "]" * DEEPEST)
    assert str(refusal("[" * (DEEPEST + 1) + "]" * (DEEPEST + 1))).startswith(
        f"a.yaml:1:{DEEPEST + 1}: nested more than 24"
    )
    load("a" * LARGEST_FILE)
    assert "larger than" in str(refusal("a" * (LARGEST_FILE + 1)))
    assert "larger than" in str(refusal("é" * (LARGEST_FILE // 2 + 1)))


@pytest.mark.parametrize(
    "unit",
    [
        "[",
        "{",
        "- ",
        "? ",
        "a: ",
        "[a, ",
        "{a: ",
        "&a ",
        "*a ",
        "!",
        "\n",
        "#",
        "'",
        '"',
        "|",
        "\\",
        "%",
        "a\n",
        "<<: ",
        "- - [",
        "-\n",
        ",",
        ": ",
        "\t",
        "--- \n",
        "a: b\n",
        '"\\x41',
        "- |\n ",
        " ",
    ],
)
@pytest.mark.parametrize("size", [LARGEST_FILE, 10_000_000])
def test_hostile_input_comes_to_an_end(unit: str, size: int) -> None:
    text = (unit * (size // len(unit) + 1))[:size]
    try:
        load(text)
    except ScalegameError as error:
        assert "\n" not in str(error)


def test_nesting_by_indentation() -> None:
    text = "\n".join(" " * depth + "a:" for depth in range(200))
    assert "nested more than 24 deep" in str(refusal(text))


@settings(max_examples=300, deadline=None)
@given(st.text("ab:-? \n'\"[]{},&*!|>%#~0123456789._\\tex\t", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        load(text)
    except ScalegameError as error:
        assert error.place is not None
        assert error.place.line is not None


TREES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.text("abc :#-yn\n", max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc5: ", max_size=5), inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=200, deadline=None)
@given(TREES)
def test_what_is_dumped_is_read_back(tree: object) -> None:
    document = load(yaml.safe_dump(tree, allow_unicode=True, default_flow_style=random.Random(0).random() < 0.5))
    assert document.data == tree


def test_both_readers_agree_on_places(loader: str) -> None:
    level = LEVEL + "ü: [‘x’, {k: v}]\n"
    document = load(level)
    assert str(document.place(("ü", 1, "k"))) == "text:11:14"
