"""Numbers in texts that neither the file nor its proof knows."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path

from scalegame.levels.lint.model import Finding, Looked
from scalegame.levels.yamltree import LARGEST_FILE

#: Smaller numbers are counted on fingers ("two of five"), and are hardly ever worth a warning.
_LEAST = 10
#: A measured figure may be told from another seed than the mean of them all.
_LOOSE = 0.05
#: Bounds on work: what is beyond counts as known.
_MOST_VALUES, _MOST_NUMBERS = 600, 200
_DEEPEST = 30
_YEARS = range(1900, 2101)

_DIGITS = r"[0-9]+(?:[,_\u2009\u202f][0-9]{3})*(?:\.[0-9]+)?"
_ANY = re.compile(
    _DIGITS
    + r"(?:[eE][+-]?[0-9]{1,2})?[ \u00a0]?(?P<unit>[kKMGT]?B\b|km\b|ms\b|[µμu]s\b|min\b|s\b|%|/s\b|/min\b|/h\b)?"
)
# What is part of a name, a time of day, an edit, a power or a formula is no figure.
_TOLD = re.compile(
    rf"(?<![\w.,:=^/\-])(?P<number>{_DIGITS})(?![0-9.,]*[\w:²³⁰¹⁴-⁹^=])(?=(?P<rest>[^.;:!?()]{{0,40}}))"
)
_TOLD_TIGHT = re.compile(rf"(?<![\w.,:=^/\-])(?P<number>{_DIGITS})(?=(?P<rest>(?:ms\b|s\b|%|[KMGT]B\b)))")
_UNIT = re.compile(
    r"[ \u00a0]?(?P<unit>%|percent\b|of 100\b|ms\b|milliseconds?\b|s\b|seconds?\b|min(?:utes?)?\b|"
    r"[KMGT]B\b|km\b|(?:/s|(?:[a-z]+ )?a second)\b)"
)
_SHARES = ("%", "percent", "of 100")
_FACTORS = dict.fromkeys(_SHARES, 1e-2) | {
    "ms": 1e-3,
    "µs": 1e-6,
    "μs": 1e-6,
    "us": 1e-6,
    "min": 60.0,
    "/min": 1 / 60,
}
_FACTORS |= {"millisecond": 1e-3, "milliseconds": 1e-3, "minute": 60.0, "minutes": 60.0, "/h": 1 / 3600}
_FACTORS |= {"B": 1.0, "KB": 1e3, "kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12}
#: Powers of seconds: a rate times a time is a number. What has another unit goes with its own sort only.
_POWERS = dict.fromkeys(("ms", "millisecond", "milliseconds", "s", "second", "seconds"), 1)
_POWERS |= dict.fromkeys(("min", "minute", "minutes", "µs", "μs", "us"), 1)
_POWERS |= dict.fromkeys(("/s", "/min", "/h", "a second"), -1) | dict.fromkeys((*_SHARES, ""), 0)
_OTHER = 10
_NOUNS = frozenset({"request", "call", "core", "thread", "user", "machine", "connection", "place"})
_TEXTS = frozenset(
    {
        "title",
        "chapter_title",
        "brief",
        "hints",
        "debrief",
        "guide",
        "texts",
        "outcomes",
        "accepts",
        "says",
        "teaches",
    }
)


@dataclass(frozen=True, slots=True)
class _Known:
    """What numbers can be told from, in base units, each list in order.

    Attributes:
        stated: Of the file, of the kinds' defaults, and in the comments before its first key.
        worked: That sums, differences, products and quotients are made of, by their power of seconds.
        measured: By the proof.
    """

    stated: list[float]
    worked: Mapping[int, list[float]]
    measured: list[float]


def find(looked: Looked) -> Iterator[Finding]:
    """Yield a finding for each text that tells figures from nowhere.

    Without a certificate nothing is known of what a run shows, and so nothing is found.
    """
    if looked.certificate is None:
        return
    known = _known(looked, looked.certificate)
    data = looked.document.data
    # What a profile of the pack says is not in this file.
    if sum(map(len, known.worked.values())) > _MOST_VALUES or (isinstance(data, dict) and data.get("profiles")):
        return
    level = looked.level
    nouns = _nouns(looked)
    texts: list[tuple[str, tuple[str | int, ...]]] = [(level.brief, ("brief",))]
    texts += [(hint, ("hints", i)) for i, hint in enumerate(level.hints)]
    texts.append((level.debrief, ("debrief",)))
    for text, loc in texts:
        missing = [
            shown for shown, values, off, power in _told(text, nouns) if not _is_there(values, off, power, known)
        ]
        if missing:
            which = ", ".join(dict.fromkeys(missing))
            message = (
                f"neither this file nor its certificate has {which}: correct it, or show in a comment at the top"
            )
            message += " of the file how it comes about"
            yield looked.finding("number-not-there", message, *loc, key=len(loc) == 1)


def _told(text: str, nouns: frozenset[str]) -> Iterator[tuple[str, tuple[float, ...], float, int]]:
    """Yield figures of a text.

    Yields:
        As shown; what it can mean, in base units; how much it is rounded, as a share; its power of seconds.
    """
    flat = " ".join(text.split())
    matches = [*_TOLD.finditer(flat), *_TOLD_TIGHT.finditer(flat)]
    for match in sorted(matches, key=lambda m: m.start())[:_MOST_NUMBERS]:
        number = _number(match["number"])
        unit = _UNIT.match(match["rest"])
        if number < _LEAST:
            continue
        if unit is not None:
            shown = match["number"] + unit.group()
            power = -1 if unit["unit"].endswith("a second") else _POWERS.get(unit["unit"], _OTHER)
            scaled = number * _FACTORS.get(unit["unit"], 1.0)
            # What is not 73 % is 27 %.
            values = (scaled, 1.0 - scaled) if unit["unit"] in _SHARES else (scaled,)
        else:
            words = re.findall(r"[a-z]+", match["rest"].lower())[:2]
            if not any(word in nouns or word.removesuffix("s") in nouns for word in words):
                continue
            if number in _YEARS and "," not in match["number"]:
                continue
            shown, values = f"{match['number']} {words[0]}", (number,)
            power = 0
        yield shown, values, _rounding(match["number"]) / number, power


def _number(text: str) -> float:
    return float(re.sub(r"[,_\u2009\u202f]", "", text))


def _rounding(text: str) -> float:
    """Return half of the last digit that is meant: 1,600 was 1,550 or more."""
    digits = re.sub(r"[,_\u2009\u202f]", "", text)
    if "." in digits:
        return 0.5 * 10.0 ** -len(digits.partition(".")[2])
    zeros = len(digits) - len(digits.rstrip("0"))
    return 0.5 * 10.0 ** max(0, min(zeros, len(digits) - 2))


def _is_there(values: tuple[float, ...], rounding: float, power: int, known: _Known) -> bool:
    for value in values:
        off = abs(value) * rounding * 1.01 + 1e-12
        if _any_in(known.stated, value - off, value + off):
            return True
        loose = max(off, abs(value) * _LOOSE)
        if _any_in(known.measured, value - loose, value + loose):
            return True
        if _comes_about(value - off, value + off, power, known.worked):
            return True
    return False


def _comes_about(low: float, high: float, power: int, worked: Mapping[int, list[float]]) -> bool:
    """Whether a figure of this power is between the two and is made of two others by one step."""
    same = worked.get(power, [])
    if any(_any_in(same, low - a, high - a) or _any_in(same, low + a, high + a) for a in same):
        return True
    for own, values in worked.items():
        times, over = worked.get(power - own, []), worked.get(own - power, [])
        for a in values:
            if a > 0 and low > 0 and (_any_in(times, low / a, high / a) or _any_in(over, a / high, a / low)):
                return True
    return False


def _any_in(values: list[float], low: float, high: float) -> bool:
    i = bisect_left(values, low)
    return i < len(values) and values[i] <= high


def _known(looked: Looked, certificate: Mapping[str, object]) -> _Known:
    data, level, book = looked.document.data, looked.level, looked.level.rulebook
    assert isinstance(data, dict)
    found: dict[float, set[int]] = {}
    _gather({key: value for key, value in data.items() if key not in _TEXTS}, found, 0)
    worked: dict[int, list[float]] = {}
    for number in sorted(found):
        for power in found[number]:
            worked.setdefault(power, []).append(number)
    # What kinds have by themselves, and what is reckoned at the top of the file, is stated, too.
    for part in (book.sizes, book.data, book.programs, level.network, level.workloads, level.window):
        _gather(part, found, 0)
    for settings in [c.settings for c in level.found] + [i.settings for i in book.palette.values()]:
        _gather(settings, found, 0)
    for line in _comments(level.source):
        _gather(line, found, 0)
    measured: dict[float, set[int]] = {}
    for key in ("attempts", "generated"):
        _gather(certificate.get(key), measured, 0)
    return _Known(sorted(found), worked, sorted(measured))


def _gather(value: object, found: dict[float, set[int]], depth: int) -> None:
    """Collect the numbers of a tree, in base units, with their powers of seconds."""
    if depth > _DEEPEST or len(found) > 20 * _MOST_VALUES or isinstance(value, bool):
        return
    if isinstance(value, (int, float)):
        if abs(value) < 1e15:
            found.setdefault(float(value), set()).add(0)
    elif isinstance(value, str):
        for match in _ANY.finditer(value):
            plain = re.match(_DIGITS + r"(?:[eE][+-]?[0-9]{1,2})?", match.group())
            if plain is None or len(plain.group()) > 30:
                continue
            unit = match["unit"] or ""
            number = _number(plain.group()) * _FACTORS.get(unit, 1.0)
            found.setdefault(number, set()).add(_POWERS.get(unit, _OTHER))
    elif isinstance(value, Mapping):
        for key, each in value.items():
            if key not in _TEXTS:
                _gather(each, found, depth + 1)
    elif isinstance(value, (list, tuple)):
        for each in value:
            _gather(each, found, depth + 1)
    elif is_dataclass(value):
        for field in fields(value):
            if field.name not in _TEXTS:
                _gather(getattr(value, field.name), found, depth + 1)


def _comments(source: str) -> list[str]:
    """Return the comments before the first key of a file; none where there is no file."""
    try:
        with Path(source).open("rb") as file:
            text = file.read(LARGEST_FILE).decode("utf-8", "replace")
    except (OSError, ValueError):
        return []
    found = []
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            break
        found.append(line)
    return found


def _nouns(looked: Looked) -> frozenset[str]:
    """Return the words that the level has for its things: of its components, programs, operations and data."""
    level, book = looked.level, looked.level.rulebook
    names = {*level.found.components, *book.palette, *book.data, *level.workloads}
    names |= {name for program in book.programs.values() for name in program.operations}
    words = {word for name in names for word in re.split(r"[^a-z]+", name.lower()) if len(word) > 3}
    return frozenset({word.removesuffix("s") for word in words} | words | _NOUNS)
