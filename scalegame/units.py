"""Quantities with their units: read from text, shown to people, written so that nothing is lost.

Inside the program a quantity is a plain float in one base unit per dimension (seconds, bytes, dollars
an hour …). At the edges – YAML, typed commands, screens – it always carries its unit.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from fractions import Fraction

from scalegame.errors import ScalegameError, nearest, quoted

LIMIT = 1e15
"""No quantity, in its base unit, may be larger than this."""

LARGEST_WHOLE = 2**63 - 1
"""No whole number that somebody types may be larger than this."""

HOURS_A_MONTH = 730
"""What a price per month is divided by."""

HOURS_A_WORKDAY = 8
"""What a person-day of effort counts for."""


class Dimension(Enum):
    """What a quantity measures; the value is the word used in messages."""

    TIME = "time"
    RATE = "rate"
    SIZE = "size"
    RATIO = "ratio"
    PRICE = "price"
    MONEY = "amount of money"
    BANDWIDTH = "bandwidth"
    DISTANCE = "distance"
    EFFORT = "effort"
    COUNT = "count"


@dataclass(frozen=True)
class _Spelling:
    """How the quantities of one dimension are written.

    Attributes:
        factors: For each unit, how many base units it is; exact, so that "20 ms" is the float 0.02.
        base: The unit whose factor is 1.
        examples: What a message offers for a number that lacks its unit; ``#`` stands for the number.
        gap: What stands between number and unit.
        prefix: What stands before the number.
        aliases: Other spellings of the same units, read but never written.
        natural: Units, largest first, that `write` and `show` use when they give a number from 1 up.
    """

    factors: dict[str, Fraction]
    base: str
    examples: tuple[str, ...]
    natural: tuple[str, ...]
    gap: str = " "
    prefix: str = ""
    aliases: tuple[tuple[str, str], ...] = ()


_SPELLINGS: dict[Dimension, _Spelling] = {
    Dimension.TIME: _Spelling(
        factors={
            "ns": Fraction(1, 10**9),
            "µs": Fraction(1, 10**6),
            "ms": Fraction(1, 1000),
            "s": Fraction(1),
            "min": Fraction(60),
            "h": Fraction(3600),
            "d": Fraction(86400),
        },
        base="s",
        examples=("# ms", "# s"),
        natural=("d", "h", "min", "s", "ms", "µs", "ns"),
        # The Greek letter beside the micro sign: keyboards differ.
        aliases=(("us", "µs"), ("\u03bcs", "µs")),
    ),
    Dimension.RATE: _Spelling(
        factors={"/s": Fraction(1), "/min": Fraction(1, 60), "/h": Fraction(1, 3600)},
        base="/s",
        examples=("#/s", "#/min"),
        natural=("/s", "/min", "/h"),
        gap="",
        aliases=(("1/s", "/s"), ("1/min", "/min"), ("1/h", "/h")),
    ),
    Dimension.SIZE: _Spelling(
        factors={unit: Fraction(1000**power) for power, unit in enumerate(("B", "KB", "MB", "GB", "TB"))},
        base="B",
        examples=("# KB", "# MB"),
        natural=("TB", "GB", "MB", "KB", "B"),
        aliases=(("kB", "KB"),),
    ),
    Dimension.RATIO: _Spelling(
        factors={"%": Fraction(1, 100)},
        base="%",
        examples=("# %",),
        natural=("%",),
    ),
    Dimension.PRICE: _Spelling(
        factors={"/h": Fraction(1), "/month": Fraction(1, HOURS_A_MONTH)},
        base="/h",
        examples=("$#/h", "$#/month"),
        natural=("/h",),
        gap="",
        prefix="$",
    ),
    Dimension.MONEY: _Spelling(
        factors={"": Fraction(1)},
        base="",
        examples=("$#",),
        natural=("",),
        gap="",
        prefix="$",
    ),
    Dimension.BANDWIDTH: _Spelling(
        factors={f"{size}bit/s": Fraction(1000**power, 8) for power, size in enumerate(("", "k", "M", "G"))}
        | {f"{size}B/s": Fraction(1000**power) for power, size in enumerate(("", "K", "M", "G"))},
        base="B/s",
        examples=("# Mbit/s", "# MB/s"),
        natural=("Gbit/s", "Mbit/s", "kbit/s", "bit/s"),
        aliases=(("Kbit/s", "kbit/s"), ("kB/s", "KB/s")),
    ),
    Dimension.DISTANCE: _Spelling(
        factors={"km": Fraction(1), "m": Fraction(1, 1000)},
        base="km",
        examples=("# km",),
        natural=("km", "m"),
    ),
    Dimension.EFFORT: _Spelling(
        factors={"h": Fraction(1), "d": Fraction(HOURS_A_WORKDAY)},
        base="h",
        examples=("# h", "# d"),
        natural=("h",),
    ),
    Dimension.COUNT: _Spelling(factors={"": Fraction(1)}, base="", examples=("#",), natural=("",), gap=""),
}

# Digits may be grouped by underscores or by narrow spaces. Commas and points may not: what "1,234" means
# depends on the country.
_NUMBER = re.compile(r"(?:[0-9]+(?:[_\u2009\u202f][0-9]+)*(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_GROUPING = str.maketrans("", "", "_\u2009\u202f")
_LONGEST = 100


def parse(text: object, dimension: Dimension) -> float:
    """Read a quantity that a person wrote.

    Args:
        text: What stood in the file or on the command line; numbers are accepted where no unit belongs.
        dimension: What it has to measure.

    Returns:
        The value in base units: seconds, 1/s, bytes, 0 to 1, dollars per hour, dollars, bytes per
        second, hours. A `Dimension.COUNT` is an int when it is a whole number.

    Raises:
        ScalegameError: If it is not such a quantity; the message says what to write instead.
    """
    spelling = _SPELLINGS[dimension]
    words = _as_text(text, dimension)
    body = words.removeprefix(spelling.prefix).lstrip()
    number = _NUMBER.match(body)
    if number is None:
        raise _not_readable(words, dimension)
    digits = number.group().translate(_GROUPING)
    unit = _unit_as_written(body[number.end() :])
    if spelling.prefix and not words.startswith(spelling.prefix):
        raise _lacks_unit(words, digits + (unit if unit in spelling.factors else ""), digits, dimension)
    if dimension is Dimension.RATIO and not unit and Fraction(digits) in (0, 1):
        return float(digits)
    if unit == "" and "" not in spelling.factors:
        raise _lacks_unit(words, digits, digits, dimension)
    unit = dict(spelling.aliases).get(unit, unit)
    if unit not in spelling.factors:
        raise _unknown_unit(words, unit, dimension)
    exact = Fraction(digits) * spelling.factors[unit]
    if exact > LIMIT:
        raise _bad(f"{quoted(words)} is too large for {_a(dimension)}")
    if dimension is Dimension.RATIO and exact > 1:
        raise _bad(f"{quoted(words)} is more than the whole: a ratio is between 0 % and 100 %")
    if dimension is Dimension.COUNT and exact.denominator == 1:
        return int(exact)
    return float(exact)


def write(value: float, dimension: Dimension) -> str:
    """Return the text from which `parse` gets exactly this value again.

    The unit is the largest natural one that gives a number from 1 to 1000 (``20 ms``, ``64 KB``); where
    that would lose digits, the base unit with all of them.

    Args:
        value: A finite value from 0 to `LIMIT` in base units.
        dimension: What it measures.
    """
    spelling = _SPELLINGS[dimension]
    exact = Fraction(value)
    for unit in spelling.natural:
        amount = exact / spelling.factors[unit]
        if 1 <= amount < 1000 and not (_is_long(unit, dimension) and amount.denominator > 1):
            text = _joined(f"{float(amount):.9g}", unit, spelling)
            if parse(text, dimension) == value:
                return text
    # repr() is the shortest decimal that names the float; scaling it exactly keeps that property.
    scaled = Decimal(repr(float(value))) * (100 if dimension is Dimension.RATIO else 1)
    if 0 < scaled < Decimal("1e-12"):
        return _joined(f"{scaled.normalize():e}", spelling.base, spelling)
    return _joined(_trimmed(f"{scaled:f}"), spelling.base, spelling)


def show(value: float, dimension: Dimension) -> str:
    """Return the quantity for people to read, with three significant digits and a fitting unit.

    A ratio below 1 never reads as 100 %, unless it is 1 but for the rounding of sums (1e-9). What is not a
    number reads as ``–``.
    """
    if math.isnan(value):
        return "–"
    if value < 0:
        return "-" + show(-value, dimension)
    if math.isinf(value):
        return "∞"
    spelling = _SPELLINGS[dimension]
    if dimension is Dimension.RATIO:
        return _joined(_percentage(value), "%", spelling)
    if dimension in (Dimension.PRICE, Dimension.MONEY):
        return _joined(_dollars(value), spelling.base, spelling)
    for unit in spelling.natural:
        digits = _three_digits(value / float(spelling.factors[unit]))
        # Judged after rounding, so that 999.9 ms reads "1 s" and not "1,000 ms".
        if float(digits.replace(",", "")) >= (2 if _is_long(unit, dimension) else 1):
            return _joined(digits, unit, spelling)
    smallest = spelling.natural[-1] if value else spelling.base
    return _joined(_three_digits(value / float(spelling.factors[smallest])), smallest, spelling)


def _is_long(unit: str, dimension: Dimension) -> bool:
    """Tell whether a unit is a multiple of the base that people avoid for odd amounts ("1.5 min")."""
    return dimension is Dimension.TIME and unit in ("min", "h", "d")


def _joined(digits: str, unit: str, spelling: _Spelling) -> str:
    return f"{spelling.prefix}{digits}{spelling.gap if unit else ''}{unit}"


def _three_digits(value: float) -> str:
    if value >= 99.95:
        return f"{value:,.0f}"
    if value != 0 and value < 0.001:
        return f"{value:.3g}"
    return _trimmed(f"{value:.{_decimals(value, 3)}f}")


def _decimals(value: float, significant: int) -> int:
    """Return how many decimals show so many significant digits of a number."""
    return max(0, significant - 1 - math.floor(math.log10(value))) if value else 0


def _trimmed(digits: str) -> str:
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def _percentage(value: float) -> str:
    percent = Decimal(1 if abs(value - 1) < 1e-9 else value) * 100
    if not 99 < percent < 100:
        return _three_digits(float(percent))
    # What matters near the top is how much is missing: show two digits of that.
    return _trimmed(f"{percent:.{_decimals(float(100 - percent), 2)}f}")


def _dollars(value: float) -> str:
    if value >= 1000:
        return f"{value:,.0f}"
    if 0 < value < 1e-12:
        return f"{value:.3g}"
    digits = f"{value:.{max(2, _decimals(value, 3))}f}"
    whole, _, cents = digits.partition(".")
    return f"{whole}.{cents.rstrip('0').ljust(2, '0')}"


def _as_text(text: object, dimension: Dimension) -> str:
    """Return what was written as text, or refuse what cannot be a quantity at all."""
    if isinstance(text, bool) or not isinstance(text, int | float | str):
        written = "true" if text is True else "false" if text is False else quoted(text)
        raise _not_readable(written, dimension, quote=False)
    if isinstance(text, float) and not math.isfinite(text):
        raise _not_readable(str(text), dimension, quote=False)
    # A huge int is refused before it is turned into digits, which would take long or fail.
    if isinstance(text, int) and abs(text) > LIMIT:
        raise _bad(f"a number beyond {LIMIT:g} is too large for {_a(dimension)}")
    words = str(text).strip()
    if len(words) > _LONGEST:
        raise _not_readable(words, dimension)
    if words.lstrip("$ ").startswith(("-", "−")):
        raise _bad(f"{quoted(words)} is negative: {_a(dimension)} is 0 or more")
    return words


def _unit_as_written(rest: str) -> str:
    """Return the unit without the freedoms people take with spaces: "/ s" and "per s" are "/s"."""
    unit = re.sub(r"\s*/\s*", "/", rest.strip())
    return re.sub(r"^per\s+", "/", unit)


def _offers(digits: str, dimension: Dimension) -> str:
    """Return the examples of a dimension with a number put in: ``"120 ms" or "120 s"``."""
    return " or ".join(f'"{example.replace("#", digits)}"' for example in _SPELLINGS[dimension].examples)


def whole(text: str, most: int = LARGEST_WHOLE) -> int | None:
    """A whole number as a person types it: the digits 0 to 9 alone, and not too many of them.

    What Python itself takes for digits is more (``²``, digits of other scripts), and not all of that is a number;
    and it reads no number at all of some thousand digits.

    Args:
        text: What was typed.
        most: The largest number that means anything.

    Returns:
        The number; None if the text is none, or one that is too large.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_WHOLE))):
        return None
    number = int(text)
    return number if number <= most else None


def _lacks_unit(words: str, amount: str, digits: str, dimension: Dimension) -> ScalegameError:
    if dimension is Dimension.RATIO and Fraction(digits) <= 1:
        # Nobody means 0.999 %: who writes a fraction wants it read as one.
        offer = f'"{write(float(digits), dimension)}"'
    elif amount != digits:
        offer = f'"{_SPELLINGS[dimension].prefix}{amount}"'
    else:
        offer = _offers(digits, dimension)
    return _bad(f"{words} has no unit: write {offer}")


def _unknown_unit(words: str, unit: str, dimension: Dimension) -> ScalegameError:
    units = [known for known in _SPELLINGS[dimension].factors if known]
    if not units:
        return _bad(f"{quoted(words)} is not a plain number: write it like {_examples(dimension)}")
    return _bad(f"{quoted(words)} has the unknown unit {quoted(unit)}: use {_listed(units)}{_close(unit, units)}")


def _close(unit: str, units: list[str]) -> str:
    help_text = nearest(unit, units)
    # The units have just been listed; only a guess adds anything.
    return help_text if "did you mean" in help_text else ""


def _listed(units: list[str]) -> str:
    return units[0] if len(units) == 1 else ", ".join(units[:-1]) + " or " + units[-1]


def _not_readable(words: str, dimension: Dimension, quote: bool = True) -> ScalegameError:
    written = quoted(words) if quote else words
    return _bad(f"{written} is not {_a(dimension)}: write it like {_examples(dimension)}")


_TYPICAL = {
    Dimension.TIME: '"20 ms"',
    Dimension.RATE: '"200/s"',
    Dimension.SIZE: '"64 KB"',
    Dimension.RATIO: '"99.9 %"',
    Dimension.PRICE: '"$0.40/h"',
    Dimension.MONEY: '"$0.01"',
    Dimension.BANDWIDTH: '"100 Mbit/s"',
    Dimension.DISTANCE: '"4148 km"',
    Dimension.EFFORT: '"30 h"',
    Dimension.COUNT: "5_000",
}


def _examples(dimension: Dimension) -> str:
    return _TYPICAL[dimension]


def _a(dimension: Dimension) -> str:
    """Return the name of a dimension with its article."""
    return f"{'an' if dimension.value[0] in 'aeiou' else 'a'} {dimension.value}"


def _bad(message: str) -> ScalegameError:
    return ScalegameError("Bad quantity", message)
