"""Share codes: a design as one word that can be sent in a message and pasted on the other side.

`SG1-` (the version), then in the url-safe alphabet of base64: four bytes of checksum and the design, deflated.
A code comes from strangers: it is bounded in length and in what it unpacks to, every line of it must be an edit
or an order, and what these do is up to the rules of the level that it names.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import zlib

from scalegame.design import orderlines
from scalegame.design.designfile import FORMAT, Design, from_data
from scalegame.design.language import LONGEST_LINE, MOST_LINES, parse
from scalegame.errors import ScalegameError, is_control, quoted

PREFIX = "SG"
VERSION = 1
#: Characters of one code, at most.
LONGEST_CODE = 64_000
#: Bytes that a code may unpack to.
_LARGEST = 4 * LONGEST_LINE * MOST_LINES
_CHECK = 4
_HEADS = 3
#: In front of a line that says what is done during the run; no edit begins with it.
_ORDER = "~"
_CODE = re.compile(r"SG([0-9]{1,3})-([A-Za-z0-9_-]*)")


def looks_like_code(text: str) -> bool:
    """Tell whether text means to be a share code; it may be broken over several lines."""
    return _CODE.fullmatch("".join(text[: 2 * LONGEST_CODE].split())) is not None


def encode(design: Design) -> str:
    """A design as a share code.

    Raises:
        ScalegameError: It is too long for one.
    """
    orders = (f"{_ORDER}{line}" for line in design.live)
    text = "\n".join((design.level, design.digest, design.engine, *design.do, *orders))
    packed = zlib.compress(text.encode(), 9)
    code = base64.urlsafe_b64encode(_checksum(packed) + packed).decode().rstrip("=")
    whole = f"{PREFIX}{VERSION}-{code}"
    if len(whole) > LONGEST_CODE:
        raise _bad("this design is too long for a share code: write it to a file instead")
    return whole


def decode(text: str) -> Design:
    """The design of a share code. Spaces and line breaks in it do not matter.

    Raises:
        ScalegameError: It is none, it was damaged on its way, or it was made by a newer game.
    """
    if len(text) > 2 * LONGEST_CODE:
        raise _bad(f"a share code has at most {LONGEST_CODE:,} characters, this one {len(text):,}")
    code = "".join(text.split())
    if len(code) > LONGEST_CODE:
        raise _bad(f"a share code has at most {LONGEST_CODE:,} characters, this one {len(code):,}")
    match = _CODE.fullmatch(code)
    if match is None:
        raise _bad(f"{quoted(code[:40])} is not a share code: these begin with {PREFIX}{VERSION}-")
    version = int(match[1])
    if version != VERSION:
        newer = "made by a newer scalegame: update it" if version > VERSION else "of a version that never was"
        raise _bad(f"this share code is {newer}")
    lines = _unpacked(match[2]).split("\n")
    if len(lines) < _HEADS:
        raise _damaged()
    if any(is_control(char) for line in lines for char in line):
        raise _damaged()
    level, digest, engine, *rest = lines
    do = [line for line in rest if not line.startswith(_ORDER)]
    live = [line.removeprefix(_ORDER) for line in rest if line.startswith(_ORDER)]
    data = {"format": FORMAT, "level": level, "digest": digest, "engine": engine, "do": do, "live": live}
    design = from_data(data)
    for number, line in enumerate(do, 1):
        try:
            parse(line)
        except ScalegameError as error:
            raise _bad(f"line {number} of this share code: {error.message}") from None
    if len(live) > orderlines.MOST_ORDERS:
        raise _bad(f"a log has {orderlines.MOST_ORDERS} orders at most, the one in this share code {len(live):,}")
    for number, line in enumerate(live, 1):
        try:
            orderlines.split(line)
        except ScalegameError as error:
            raise _bad(f"order {number} of this share code: {error.message}") from None
    return design


def _unpacked(code: str) -> str:
    try:
        packed = base64.urlsafe_b64decode(code + "=" * (-len(code) % 4))
    except (binascii.Error, ValueError):
        raise _damaged() from None
    if _checksum(packed[_CHECK:]) != packed[:_CHECK]:
        raise _damaged()
    unpacker = zlib.decompressobj()
    try:
        content = unpacker.decompress(packed[_CHECK:], _LARGEST)
    except zlib.error:
        raise _damaged() from None
    if not unpacker.eof or unpacker.unused_data:
        raise _bad("this share code unpacks to more than any design has")
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise _damaged() from None


def _checksum(packed: bytes) -> bytes:
    return hashlib.blake2b(packed, digest_size=_CHECK).digest()


def _damaged() -> ScalegameError:
    return _bad("this share code is damaged or incomplete: copy the whole of it, from SG on")


def _bad(message: str) -> ScalegameError:
    return ScalegameError("Not a share code", message)
