"""What became of a call, which its caller cannot know: it sees a reply, or a silence (pure)."""

from __future__ import annotations

from math import inf

from scalegame.insight.trail import DIED, Hop, Try
from scalegame.simulation.kernel import ANSWERS, RESET, TIMED_OUT

SUCCESS, NO_HOST, DEAD_SERVER = "success", "no such host", "dead server"
CRASHED, SLOW, LOST_REPLY = "crashed while processing", "slow server", "lost reply"
#: Besides the six that textbooks count: it never arrived; or a reply came, and it was no.
LOST_REQUEST, SAID_NO = "lost request", "said no"


def truth(attempt: Try, hop: Hop | None, unheard: str = "") -> str:
    """What became of an attempt.

    Args:
        attempt: As its client sees it.
        hop: The call at whom it asked; None: nobody began to work on it.
        unheard: In that case, what became of the message.

    Returns:
        One of `SUCCESS`, `NO_HOST`, `DEAD_SERVER`, `CRASHED`, `SLOW`, `LOST_REPLY`, `LOST_REQUEST` and `SAID_NO`;
        "" where it is not known, or not yet.
    """
    if attempt.reply in ANSWERS:
        return SUCCESS
    if hop is None:
        return DEAD_SERVER if attempt.reply == RESET else unheard
    if hop.reply == DIED:
        return CRASHED
    if attempt.reply not in (TIMED_OUT, ""):
        return SAID_NO
    if hop.back == inf:
        return LOST_REPLY
    return "" if attempt.ended is None else SLOW
