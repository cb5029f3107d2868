"""Help for what can be typed: how a command is written, with an example (pure functions)."""

from __future__ import annotations

from scalegame.design import edits
from scalegame.tui import actions
from scalegame.tui.telling.explaining import Topic
from scalegame.tui.telling.words import line

#: How somebody would write it, where the form alone leaves that open.
EXAMPLES = {
    "add": "add cache as sessions at north",
    "remove": "remove cache",
    "wire": "wire web -> cache -> database",
    "connect": "connect web cache",
    "unwire": "unwire web -> cache",
    "rewire": "rewire people -> lb -> web",
    "set": "set web replicas=3 size=large",
    "move": "move web 3,1",
    "traffic": "traffic shoppers 60/s until 10 s, then 150/s timeout 2 s retries 3",
    "fault": "fault at 30 s: shop crashes for 10 s",
    "mend": "mend 1",
    "goal": "goal latency.p99 < 200 ms",
    "ungoal": "ungoal 1",
    "measure": "measure 10 s 60 s",
}
#: Actions that are typed with the words of an edit.
_EDITS = {"faults": "fault", "goals": "goal"}


def command_topic(words: str, place: str, told: Topic) -> Topic | None:
    """What the help says of a command; None if it is none.

    Args:
        words: What was typed behind `help`.
        place: The screen on which it was typed.
        told: What the help says of these words otherwise; it follows where the command is no edit.
    """
    wanted = " ".join(words.casefold().split())
    action = actions.named(wanted, place)
    verb = _EDITS.get(wanted, edits.ALIASES.get(wanted, wanted))
    form = edits.FORMS.get(verb, "") if place == actions.BOARD else ""
    if action is None and not form:
        return None
    rows = [action.help] if action is not None else []
    if form:
        rows.append(f"Write: {form}")
    elif action is not None and action.command:
        rows.append(f"Write: {action.command} {action.takes}".rstrip())
    example = EXAMPLES.get(wanted, EXAMPLES.get(verb, "")) if form else ""
    if example:
        rows.append(f"As in: {example}")
    if action is not None and action.also:
        rows.append(f"Or: {', '.join(action.also)}")
    text = line(("\n".join(rows), "$foreground"))
    if told.known and not form:
        text = text + line("\n\n") + told.text
    title = action.title if action is not None else verb
    return Topic(f"{wanted}: {title}" if title != wanted else wanted, text, told.page if told.known else "keys")
