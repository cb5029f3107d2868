"""Share codes: a design there and back exactly, and nothing but one line from what is no code."""

from __future__ import annotations

import base64
import hashlib
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scalegame.components import kinds
from scalegame.design.designfile import Design
from scalegame.design.language import LONGEST_LINE, MOST_LINES
from scalegame.design.orderlines import MOST_ORDERS
from scalegame.design.sharecode import LONGEST_CODE, decode, encode, looks_like_code
from scalegame.errors import ScalegameError
from scalegame.levels.sandbox import sandbox

DESIGN = Design(
    "tiny", ("add balancer", "rewire people -> balancer -> kiosk", "set kiosk replicas=3"), "ab12", "1"
)
#: Words that no line of edits minds.
NAMES = st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True)
LINES = st.one_of(
    st.builds("add {} as {}".format, NAMES, NAMES),
    st.builds("wire {} -> {}".format, NAMES, NAMES),
    st.builds("set {} work.read={}".format, NAMES, st.text("abcµ√{}: 019", min_size=1).map(lambda t: f"x{t}x")),
    st.builds("traffic {} {}/s timeout {} s".format, NAMES, st.integers(1, 99), st.integers(1, 9)),
    st.builds("goal {}".format, st.text("aé<>=µ% 09", min_size=1).map(lambda t: f"x{t}x")),
)
ORDERS = st.builds("at {} s: scale {} {}".format, st.integers(0, 99), NAMES, st.integers(1, 9))
DESIGNS = st.builds(
    Design,
    NAMES,
    st.lists(LINES, max_size=30).map(tuple),
    st.text("0123456789abcdef", max_size=32),
    st.just("1"),
    st.lists(ORDERS, max_size=3).map(tuple),
)


def refused(text: str) -> str:
    with pytest.raises(ScalegameError) as error:
        decode(text)
    assert "\n" not in error.value.message
    assert len(error.value.message) < 300
    return error.value.message


def coded(payload: bytes, version: int = 1) -> str:
    """A code with a sound checksum, whatever is in it."""
    packed = zlib.compress(payload, 9)
    body = hashlib.blake2b(packed, digest_size=4).digest() + packed
    return f"SG{version}-{base64.urlsafe_b64encode(body).decode().rstrip('=')}"


@settings(max_examples=150, deadline=None)
@given(DESIGNS)
def test_there_and_back(design: Design) -> None:
    code = encode(design)
    assert decode(code) == design
    assert looks_like_code(code)
    assert code.isascii()
    assert not set(code) & set("+/= \n")


def test_it_may_be_broken_and_padded_on_its_way() -> None:
    code = encode(DESIGN)
    broken = "\n  ".join(code[i : i + 20] for i in range(0, len(code), 20))
    assert looks_like_code(broken)
    assert decode(f"  {broken}\r\n") == DESIGN


def test_a_board_of_the_sandbox_comes_back() -> None:
    level = sandbox(kinds())
    lines = ("traffic shoppers 60/s until 10 s, then 150/s", "add shoppers", "add shop", "fault at 9 s: shop dies")
    design = decode(encode(Design(level.id, lines, level.digest, "1")))
    assert design.board(level.rulebook).conditions.faults == ("at 9 s: shop dies",)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=200), st.text("SG1-abcXYZ_09", max_size=100), st.binary(max_size=80).map(coded)))
def test_what_is_no_code_gets_one_line(text: str) -> None:
    try:
        decode(text)
    except ScalegameError as error:
        assert "\n" not in error.message


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_damaged_code_is_noticed(data: st.DataObject) -> None:
    code = encode(DESIGN)
    at = data.draw(st.integers(4, len(code) - 1))
    char = data.draw(st.sampled_from("abcXYZ019_-"))
    damaged = data.draw(
        st.sampled_from([code[:at], code[:at] + code[at + 1 :], code[:at] + char + code[at + 1 :]])
    )
    try:
        # The last character may carry bits that mean nothing.
        assert decode(damaged) == DESIGN
    except ScalegameError as error:
        assert "damaged or incomplete" in error.message


def test_a_bomb_is_not_unpacked() -> None:
    code = coded(b"tiny\n\n1\n" + b"a" * 50_000_000)
    assert len(code) <= 2 * LONGEST_CODE
    refused(code)
    assert "unpacks to more" in refused(coded(b"tiny\n\n1\n" + b"a" * 10_000_000))


def test_bounds() -> None:
    assert "at most 64,000" in refused("SG1-" + "a" * LONGEST_CODE)
    assert "at most 64,000" in refused("a" * 1_000_000)
    assert str(MOST_LINES) in refused(coded("\n".join(["tiny", "", "1", *["buy x"] * (MOST_LINES + 1)]).encode()))
    assert "longer than" in refused(coded(b"tiny\n\n1\nadd " + b"a" * LONGEST_LINE))


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("", "is not a share code"),
        ("hello", "is not a share code"),
        ("SG2-abc", "newer scalegame"),
        ("SG0-abc", "never was"),
        ("SG1-", "damaged"),
        (coded(b""), "damaged"),
        (coded(b"tiny\n"), "damaged"),
        (coded(b"\n\n1\nbuy x"), "level"),
        (coded(b"tiny\n\n1\nfly away"), "line 1"),
        (coded(b"tiny\n\n1\nbuy \x1b[2J"), "damaged"),
        (coded(b"tiny\n\n1\nbuy \xff\xfe"), "damaged"),
    ],
)
def test_messages(code: str, says: str) -> None:
    assert says in refused(code)


def test_what_is_too_long_for_a_code_says_so() -> None:
    noise = hashlib.shake_256(b"noise").hexdigest(200_000)
    lines = tuple(f"set web x={noise[i * 400 : i * 400 + 400]}" for i in range(1000))
    with pytest.raises(ScalegameError, match="write it to a file"):
        encode(Design("tiny", lines))


def test_orders_of_a_code_are_read_as_those_of_a_file_are() -> None:
    head = "tiny\nab12\n1\nadd balancer"
    assert decode(coded(f"{head}\n~at 3 s: scale kiosk 2".encode())).live == ("at 3 s: scale kiosk 2",)
    assert 'order 2 of this share code: "nonsense" is not an order' in refused(
        coded(f"{head}\n~at 3 s: crash kiosk\n~nonsense".encode())
    )
    assert "order 1" in refused(coded(f"{head}\n~at soon: crash kiosk".encode()))
    many = "\n~at 3 s: crash kiosk" * (MOST_ORDERS + 1)
    assert f"{MOST_ORDERS} orders at most" in refused(coded(f"{head}{many}".encode()))
