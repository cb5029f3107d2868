import pytest
from hypothesis import given
from hypothesis import strategies as st

from scalegame.design.language import (
    ALIASES,
    FORMS,
    LONGEST_LINE,
    Add,
    Buy,
    Edit,
    Move,
    Remove,
    Return,
    Rewired,
    Set,
    Unwired,
    Wired,
    describe,
    parse,
    write,
)
from scalegame.errors import ScalegameError

ids = st.from_regex(r"[a-z][a-z0-9-]{0,39}", fullmatch=True)
words = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,20}", fullmatch=True)
values = st.text(
    st.characters(exclude_categories=("C", "Z"), exclude_characters="="), min_size=1, max_size=12
).flatmap(lambda word: st.sampled_from([word, f"{word} ms", f"{{a: {word}}}"]))
settings_ = st.dictionaries(st.from_regex(r"[a-z][a-z_.]{0,9}", fullmatch=True), values, max_size=3).map(
    lambda given: tuple(given.items())
)
paths = st.lists(ids, min_size=2, max_size=5).map(tuple)
numbers = st.integers(0, 999)
edits: st.SearchStrategy[Edit] = st.one_of(
    st.builds(Add, words, st.none() | ids, st.none() | words, settings_),
    st.builds(Remove, ids),
    st.builds(Wired, paths),
    st.builds(Unwired, paths),
    st.builds(Rewired, paths),
    st.builds(Set, ids, settings_.filter(bool)),
    st.builds(Buy, words),
    st.builds(Return, words),
    st.builds(Move, ids, numbers, numbers),
)


@given(edits)
def test_what_is_written_is_read_back(edit: Edit) -> None:
    assert parse(write(edit)) == edit


@given(edits)
def test_spacing_does_not_matter(edit: Edit) -> None:
    line = write(edit)
    assert parse(f"  {line.replace(' ', '   ')}\t") == parse(line)


@given(edits)
def test_every_edit_has_a_name(edit: Edit) -> None:
    text = describe(edit)
    assert text
    assert "\n" not in text


@given(st.text(max_size=80) | st.builds("{} {}".format, st.sampled_from([*FORMS, *ALIASES]), st.text(max_size=60)))
def test_any_text_is_an_edit_or_one_line_of_refusal(text: str) -> None:
    try:
        edit = parse(text)
    except ScalegameError as error:
        assert "\n" not in error.message
        assert len(error.message) < 600
    else:
        assert parse(write(edit)) == edit


@pytest.mark.parametrize(
    ("line", "edit"),
    [
        ("ADD balancer AS LB at valley", Add("balancer", "lb", "valley")),
        ("add balancer at valley as lb", Add("balancer", "lb", "valley")),
        ("add cache", Add("cache")),
        (
            "add cache as sessions ttl = 30 s size=small",
            Add("cache", "sessions", None, (("ttl", "30 s"), ("size", "small"))),
        ),
        ("connect a b", Wired(("a", "b"))),
        ("wire a->b → c", Wired(("a", "b", "c"))),
        ("disconnect a -> b", Unwired(("a", "b"))),
        ("rewire skiers -> lb -> web", Rewired(("skiers", "lb", "web"))),
        ("rm web", Remove("web")),
        ("delete Web", Remove("web")),
        (
            "set db work.read={lognormal: {mean: 2 ms, p99: 9 ms}} connections=20",
            Set("db", (("work.read", "{lognormal: {mean: 2 ms, p99: 9 ms}}"), ("connections", "20"))),
        ),
        ("move web 3, 4", Move("web", 3, 4)),
        ("move web 3 4", Move("web", 3, 4)),
        ("Return index", Return("index")),
    ],
)
def test_ways_to_write(line: str, edit: Edit) -> None:
    assert parse(line) == edit


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("", "known: add, remove"),
        ("ad cache", 'unknown command "ad" – did you mean "add"?'),
        ("conect a b", 'did you mean "connect"?'),
        ("add", "add is written like this: add <item>"),
        ("add cache sessions", "add <item> [as <id>]"),
        ("add cache as 2nd", '"2nd" cannot be the name of a component'),
        ("add cache as " + "a" * 41, "40 at most"),
        ("set web", "set <id> parameter=value"),
        ("set web replicas= size=small", "replicas lacks its value"),
        ("set web a=1 a=2", "a is there twice"),
        ("wire a", "wire <id> -> <id>"),
        ("wire a -> -> b", "wire <id> -> <id>"),
        ("move web", "move <id> <column>,<row>"),
        ("move web 1000,2", "from 0 to 999"),
        ("remove web db", "remove <id>"),
        ("buy \x1b[2J", "cannot be seen"),
        ("set web a=" + "x" * LONGEST_LINE, f"at most {LONGEST_LINE} characters"),
    ],
)
def test_what_is_not_a_command_says_how_to_write_it(line: str, says: str) -> None:
    with pytest.raises(ScalegameError) as caught:
        parse(line)
    assert says in caught.value.message


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("add cache as sessions", "added cache as sessions"),
        ("add cache as cache at valley", "added cache at valley"),
        ("add cache ttl=3 s", "added cache with ttl 3 s"),
        ("set web replicas=3 size=large", "set web: replicas 3, size large"),
        ("rewire a -> b -> c", "rewired a -> b -> c"),
        ("buy index", "bought An index"),
        ("return other", "returned other"),
    ],
)
def test_descriptions(line: str, says: str) -> None:
    assert describe(parse(line), {"index": "An index"}) == says
