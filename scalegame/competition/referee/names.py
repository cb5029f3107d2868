"""Names, codes and keys of people who take part."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import unicodedata

from scalegame.competition.model.refusal import Refusal
from scalegame.errors import is_control

LONGEST_NAME = 40
"""Characters of the name of a player or a team."""

LONGEST_TEXT = 500
"""Characters of an announcement, a question or a reason."""

#: Letters and digits that nobody takes for one another, read from a wall.
_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
#: They choose between glyphs of the letter before them, and have none.
_VARIANTS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
#: Letters and marks that show nothing (Unicode calls them default ignorable), and the blank of Braille.
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u180f\u2800\u3164\uffa0")
#: Marks on one letter; more of them draw over the lines above and below.
_MOST_MARKS = 2
#: Small letters of other alphabets that are, or whose capitals are, taken for Latin ones.
_ALIKE = str.maketrans("авеікмнорстухѕјһԁԛԝαβεηικμνορτυχ", "abeikmhopctyxsjhdqwabehikmvoptux")
_KEY = re.compile(r"[0-9a-f]{32,64}")


def code(length: int) -> str:
    """Draws a code that people type."""
    return "".join(secrets.choice(_LETTERS) for _ in range(length))


def same_code(given: str, code: str) -> bool:
    """Whether somebody has typed a code; case and blanks do not matter."""
    typed = "".join(given.split()).upper()[:64]
    return hmac.compare_digest(typed.encode(), code.encode())


def name(text: str, whose: str) -> str:
    """A name as it is kept: one line, composed letters, no character that cannot be seen.

    Raises:
        Refusal: It is none.
    """
    found = " ".join(_VARIANTS.sub("", unicodedata.normalize("NFC", text)).split())
    kinds = [unicodedata.category(char) for char in found]
    if not any(kind[0] in "LNPS" for kind in kinds):
        raise Refusal("invalid", "No name", f"write {whose}")
    if len(found) > LONGEST_NAME:
        raise Refusal("invalid", "Too long", f"{whose} has {LONGEST_NAME} characters at most")
    if any(is_control(char) or char in _UNSEEN for char in found):
        raise Refusal("invalid", "No name", f"{whose} has a character in it that cannot be seen")
    marks = "".join("m" if kind in ("Mn", "Me") else " " for kind in kinds)
    if "m" * (_MOST_MARKS + 1) in marks:
        raise Refusal("invalid", "No name", f"{whose} has too many marks on one letter")
    return found


def folded(name: str) -> str:
    """A name as it is compared: what looks alike is the same, also where it is of another alphabet."""
    return unicodedata.normalize("NFKC", name).casefold().translate(_ALIKE)


def text(given: str, what: str, most: int = LONGEST_TEXT) -> str:
    """A text of somebody's in one line.

    Raises:
        Refusal: There is none, or it is too long.
    """
    found = " ".join(unicodedata.normalize("NFC", given).split())
    if not found:
        raise Refusal("invalid", "Nothing there", f"write {what}")
    if len(found) > most:
        raise Refusal("invalid", "Too long", f"{what} has {most} characters at most")
    if any(is_control(char) for char in found):
        raise Refusal("invalid", "Not readable", f"{what} has a character in it that cannot be seen")
    return found


def key() -> str:
    """Draws a key: 128 bits."""
    return secrets.token_hex(16)


def checked_key(given: str) -> str:
    """A key that somebody else has drawn.

    Raises:
        Refusal: It is too short to be one.
    """
    if _KEY.fullmatch(given) is None:
        raise Refusal("invalid", "No key", "a key has 32 to 64 hexadecimal digits")
    return given


def hashed(key: str) -> str:
    """A key as it is kept: nobody gets it back from that."""
    return hashlib.blake2b(key.encode(), digest_size=32, person=b"scalegame").hexdigest()


def matches(key: str, kept: str) -> bool:
    """Whether a key is the one that was kept; how long that takes says nothing."""
    return hmac.compare_digest(hashed(key).encode(), kept.encode())
