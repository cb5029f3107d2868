import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scalegame.errors import ScalegameError
from scalegame.units import LARGEST_WHOLE, LIMIT, Dimension, parse, show, whole, write

TIME, RATE, SIZE, RATIO = Dimension.TIME, Dimension.RATE, Dimension.SIZE, Dimension.RATIO
PRICE, MONEY, BANDWIDTH = Dimension.PRICE, Dimension.MONEY, Dimension.BANDWIDTH
EFFORT, COUNT = Dimension.EFFORT, Dimension.COUNT


@pytest.mark.parametrize(
    ("text", "dimension", "value"),
    [
        ("20 ms", TIME, 0.02),
        ("20ms", TIME, 0.02),
        ("  20   ms ", TIME, 0.02),
        ("5\u202f000 ms", TIME, 5.0),
        ("20\u00a0ms", TIME, 0.02),
        ("3 us", TIME, 3e-6),
        ("3 µs", TIME, 3e-6),
        ("3 \u03bcs", TIME, 3e-6),
        ("7 ns", TIME, 7e-9),
        ("1.5 min", TIME, 90.0),
        ("2 h", TIME, 7200.0),
        ("1 d", TIME, 86400.0),
        (".5 s", TIME, 0.5),
        ("1e-3 s", TIME, 0.001),
        ("0 s", TIME, 0.0),
        ("240/s", RATE, 240.0),
        ("240 / s", RATE, 240.0),
        ("240 per s", RATE, 240.0),
        ("240 1/s", RATE, 240.0),
        ("1/s", RATE, 1.0),
        ("30/min", RATE, 0.5),
        ("36 / h", RATE, 0.01),
        ("64 KB", SIZE, 64_000.0),
        ("64 kB", SIZE, 64_000.0),
        ("2 GB", SIZE, 2e9),
        ("1.5 TB", SIZE, 1.5e12),
        ("512 B", SIZE, 512.0),
        ("99.9 %", RATIO, 0.999),
        ("99.9%", RATIO, 0.999),
        ("0", RATIO, 0.0),
        (1, RATIO, 1.0),
        (0.0, RATIO, 0.0),
        ("0 %", RATIO, 0.0),
        ("$0.40/h", PRICE, 0.4),
        ("$ 0.40 / h", PRICE, 0.4),
        ("$0.40 per h", PRICE, 0.4),
        ("$730/month", PRICE, 1.0),
        ("$0.0000002", MONEY, 2e-7),
        ("$0", MONEY, 0.0),
        ("100 Mbit/s", BANDWIDTH, 12.5e6),
        ("10 Gbit/s", BANDWIDTH, 1.25e9),
        ("5 MB/s", BANDWIDTH, 5e6),
        ("30 h", EFFORT, 30.0),
        ("2 d", EFFORT, 16.0),
        ("5_000", COUNT, 5000),
        ("5\u2009000", COUNT, 5000),
        (5000, COUNT, 5000),
        ("0", COUNT, 0),
        (1.5, COUNT, 1.5),
    ],
)
def test_parse(text: object, dimension: Dimension, value: float) -> None:
    assert parse(text, dimension) == value


@pytest.mark.parametrize("text", ["5_000", 5000, 5000.0, "5e3"])
def test_a_whole_count_is_an_int(text: object) -> None:
    assert isinstance(parse(text, COUNT), int)


@pytest.mark.parametrize(
    ("text", "dimension", "message"),
    [
        (120, TIME, '120 has no unit: write "120 ms" or "120 s"'),
        ("120", TIME, '120 has no unit: write "120 ms" or "120 s"'),
        (0, TIME, '0 has no unit: write "0 ms" or "0 s"'),
        (240, RATE, '240 has no unit: write "240/s" or "240/min"'),
        (64, SIZE, '64 has no unit: write "64 KB" or "64 MB"'),
        (0.999, RATIO, '0.999 has no unit: write "99.9 %"'),
        (97, RATIO, '97 has no unit: write "97 %"'),
        (0.4, PRICE, '0.4 has no unit: write "$0.4/h" or "$0.4/month"'),
        ("0.4/h", PRICE, '0.4/h has no unit: write "$0.4/h"'),
        ("$0.4", PRICE, '$0.4 has no unit: write "$0.4/h" or "$0.4/month"'),
        (5, MONEY, '5 has no unit: write "$5"'),
        (100, BANDWIDTH, '100 has no unit: write "100 Mbit/s" or "100 MB/s"'),
        (30, EFFORT, '30 has no unit: write "30 h" or "30 d"'),
        (
            "20 msec",
            TIME,
            '"20 msec" has the unknown unit "msec": use ns, µs, ms, s, min, h or d – did you mean "ms"?',
        ),
        ("3 apples", COUNT, '"3 apples" is not a plain number: write it like 5_000'),
        ("1,234", COUNT, '"1,234" is not a plain number: write it like 5_000'),
        ("-5 ms", TIME, '"-5 ms" is negative: a time is 0 or more'),
        (-1, COUNT, '"-1" is negative: a count is 0 or more'),
        ("$-1", MONEY, '"$-1" is negative: an amount of money is 0 or more'),
        ("soon", TIME, '"soon" is not a time: write it like "20 ms"'),
        ("", EFFORT, '"" is not an effort: write it like "30 h"'),
        (True, COUNT, "true is not a count: write it like 5_000"),
        (None, TIME, 'None is not a time: write it like "20 ms"'),
        ("120 %", RATIO, '"120 %" is more than the whole: a ratio is between 0 % and 100 %'),
        ("1e16 s", TIME, '"1e16 s" is too large for a time'),
    ],
)
def test_errors_say_what_to_write(text: object, dimension: Dimension, message: str) -> None:
    with pytest.raises(ScalegameError) as caught:
        parse(text, dimension)
    assert caught.value.message == message


@pytest.mark.parametrize("dimension", Dimension)
@pytest.mark.parametrize(
    "text",
    [
        *(math.nan, math.inf, -math.inf, "nan", "inf s", "1e999 s", "1e9999999999 s", 10**400, "9" * 10_000),
        *(True, False, None, [], {}, b"5 s", "٣ s", "1 s s", "--5 s", "5__0 s", "1.2.3 s", "\x00"),
    ],
)
def test_nonsense_is_refused_in_every_dimension(text: object, dimension: Dimension) -> None:
    with pytest.raises(ScalegameError):
        parse(text, dimension)


@given(st.text(max_size=40), st.sampled_from(Dimension))
def test_any_text_is_read_or_refused(text: str, dimension: Dimension) -> None:
    try:
        value = parse(text, dimension)
    except ScalegameError as error:
        assert "\n" not in str(error)
    else:
        assert 0 <= value <= LIMIT


@pytest.mark.parametrize(
    ("value", "dimension", "text"),
    [
        (0.412, TIME, "412 ms"),
        (1.9312, TIME, "1.93 s"),
        (0.0003, TIME, "300 µs"),
        (0.9996, TIME, "1 s"),
        (2e-9, TIME, "2 ns"),
        (1e-12, TIME, "0.001 ns"),
        (0.0, TIME, "0 s"),
        (90.0, TIME, "90 s"),
        (120.0, TIME, "2 min"),
        (7200.0, TIME, "2 h"),
        (86400.0 * 3, TIME, "3 d"),
        (240.0, RATE, "240/s"),
        (0.5, RATE, "30/min"),
        (12345.6, RATE, "12,346/s"),
        (0.0, RATE, "0/s"),
        (64_000.0, SIZE, "64 KB"),
        (999_999.0, SIZE, "1 MB"),
        (0.0, SIZE, "0 B"),
        (0.999, RATIO, "99.9 %"),
        (0.9995, RATIO, "99.95 %"),
        (0.99996, RATIO, "99.996 %"),
        (0.9999999, RATIO, "99.99999 %"),
        (0.81234, RATIO, "81.2 %"),
        (1.0, RATIO, "100 %"),
        (0.0, RATIO, "0 %"),
        (0.4, PRICE, "$0.40/h"),
        (1.2, PRICE, "$1.20/h"),
        (1234.5, PRICE, "$1,234/h"),
        (2e-7, MONEY, "$0.0000002"),
        (0.0, MONEY, "$0.00"),
        (12.5e6, BANDWIDTH, "100 Mbit/s"),
        (30.0, EFFORT, "30 h"),
        (1234, COUNT, "1,234"),
        (12.345, COUNT, "12.3"),
        (0, COUNT, "0"),
        (-0.005, TIME, "-5 ms"),
        (math.nan, TIME, "–"),
        (math.inf, TIME, "∞"),
    ],
)
def test_show(value: float, dimension: Dimension, text: str) -> None:
    assert show(value, dimension) == text


def test_what_is_one_but_for_the_rounding_of_a_sum_reads_as_everything() -> None:
    assert show(1 - 2.4e-15, RATIO) == "100 %"


@given(st.floats(0, 1 - 1e-8))
def test_what_is_not_everything_never_reads_as_everything(value: float) -> None:
    assert not show(value, RATIO).startswith("100")


@given(st.floats(allow_nan=True), st.sampled_from(Dimension))
def test_anything_can_be_shown(value: float, dimension: Dimension) -> None:
    assert show(value, dimension)


@given(st.floats(1e-9, 1e12), st.sampled_from([TIME, RATE, SIZE, BANDWIDTH, EFFORT]))
def test_what_is_shown_is_close(value: float, dimension: Dimension) -> None:
    assert parse(show(value, dimension).replace(",", ""), dimension) == pytest.approx(value, rel=0.0051)


@pytest.mark.parametrize(
    ("value", "dimension", "text"),
    [
        (0.02, TIME, "20 ms"),
        (0.2, TIME, "200 ms"),
        (90.0, TIME, "90 s"),
        (120.0, TIME, "2 min"),
        (3600.0, TIME, "1 h"),
        (0.0, TIME, "0 s"),
        (0.1 + 0.2, TIME, "0.30000000000000004 s"),
        (240.0, RATE, "240/s"),
        (1200.0, RATE, "1200/s"),
        (64_000.0, SIZE, "64 KB"),
        (0.999, RATIO, "99.9 %"),
        (0.001, RATIO, "0.1 %"),
        (1.0, RATIO, "100 %"),
        (0.4, PRICE, "$0.4/h"),
        (2e-7, MONEY, "$0.0000002"),
        (12.5e6, BANDWIDTH, "100 Mbit/s"),
        (30.0, EFFORT, "30 h"),
        (5000, COUNT, "5000"),
        (0, COUNT, "0"),
    ],
)
def test_write(value: float, dimension: Dimension, text: str) -> None:
    assert write(value, dimension) == text


@pytest.mark.parametrize("dimension", Dimension)
@given(value=st.floats(0, LIMIT) | st.floats(0, 1) | st.integers(0, int(LIMIT)).map(float))
def test_what_is_written_is_read_back_exactly(value: float, dimension: Dimension) -> None:
    value = value / LIMIT if dimension is RATIO else value
    assert parse(write(value, dimension), dimension) == value


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("007", 7),
        (str(LARGEST_WHOLE), LARGEST_WHOLE),
        (str(LARGEST_WHOLE + 1), None),
        ("9" * 5000, None),
        ("", None),
        ("²", None),
        ("٣", None),
        ("-1", None),
        ("1_0", None),
        (" 1", None),
        ("1\n", None),
    ],
)
def test_a_whole_number_has_plain_digits_and_not_many(text: str, number: int | None) -> None:
    assert whole(text) == number


def test_a_whole_number_can_be_bounded() -> None:
    assert (whole("3", 3), whole("4", 3)) == (3, None)
