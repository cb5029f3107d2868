"""What can be set about the game itself: a line a setting, its values beside it; a change is seen at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.message import Message

from scalegame.errors import ScalegameError
from scalegame.tui import actions
from scalegame.tui.messages import ChangeSetting, OpenPage
from scalegame.tui.screens import taking
from scalegame.tui.screens.base import GameScreen
from scalegame.tui.setup.settings import KNOWN, NAMES, Setting, Settings, known, read, step, written
from scalegame.tui.setup.settings_file import KEYS_NAME, Setup
from scalegame.tui.telling.words import HELD, MISSED, line
from scalegame.tui.widgets.plain import Static

_SAMPLE = line(
    (f"{HELD} held", "$success"),
    "   ",
    ("▲ tight", "$warning"),
    "   ",
    (f"{MISSED} lost", "$error"),
    "   ",
    ("━━━╸", "$primary"),
    ("━━━━", "$faint"),
    "   ▁▂▃▄▅▆▇█   ",
    ("quiet", "$quiet"),
    ("   a key", "$primary bold"),
)


class Value(Static):
    """A value that can be chosen; a click does it."""

    @dataclass
    class Chosen(Message):
        """A value was clicked."""

        name: str
        value: str

    def __init__(self, setting: Setting, value: str) -> None:
        """Takes what it is a value of."""
        super().__init__(classes="value")
        self.setting, self.value = setting, value

    def show(self, chosen: bool) -> None:
        """Shows whether it is the one in force."""
        word = self.setting.word(self.value)
        self.update(line((f"[{word}]", "$primary bold")) if chosen else line((f" {word} ", "$foreground")))

    def on_click(self, event: events.Click) -> None:
        """Asks to be chosen."""
        event.stop()
        self.post_message(self.Chosen(self.setting.name, self.value))


class Row(Horizontal):
    """One setting."""

    def __init__(self, setting: Setting) -> None:
        """Takes the setting."""
        super().__init__(classes="setting", id=f"setting-{setting.name}")
        self.setting = setting

    def compose(self) -> ComposeResult:
        """Its name, and its values."""
        yield Static(classes="setting-name")
        for value in self.setting.values:
            yield Value(self.setting, value)
        yield Static(classes="odd-value")

    def show(self, settings: Settings, at: bool) -> None:
        """Shows which value is in force, and whether the cursor is here."""
        now = written(settings, self.setting.name)
        self.set_class(at, "-at")
        self.query_one(".setting-name", Static).update(
            line((f"{'▸' if at else ' '} {self.setting.title}", "bold" if at else ""))
        )
        for value in self.query(Value):
            value.show(value.value == now)
        odd = "" if now in self.setting.values else f"[{now}]"
        self.query_one(".odd-value", Static).update(line((odd, "$primary bold")))


class SettingsScreen(GameScreen):
    """The settings."""

    PLACE = actions.SETTINGS
    AUTO_FOCUS = ""

    def __init__(self) -> None:
        """Begins at the first."""
        super().__init__()
        self.at = 0

    def body(self) -> ComposeResult:
        """The settings, what the one under the cursor means, a sample, and where the files are."""
        with Vertical(id="settings"):
            for setting in KNOWN:
                yield Row(setting)
        yield Static(id="setting-about")
        yield Static(_SAMPLE, id="setting-sample")
        with VerticalScroll(id="setting-files", can_focus=False):
            yield Static(id="setting-told")

    @property
    def setup(self) -> Setup:
        """Where the settings are kept."""
        return taking.game(self).setup

    @property
    def setting(self) -> Setting:
        """The one under the cursor."""
        return KNOWN[self.at]

    def settings_changed(self) -> None:
        """Shows what is in force."""
        super().settings_changed()
        self.title_say(line(("Settings", "bold")), line(("what is changed is seen at once", "$quiet")))
        for index, row in enumerate(self.query(Row)):
            row.show(self.settings, index == self.at)
        self._tell()

    def _tell(self) -> None:
        setting = self.setting
        lines = [*setting.about]
        if setting.when:
            lines.append(f"Seen {setting.when}.")
        self.query_one("#setting-about", Static).update(line((f"{setting.name}  ", "$primary"), "\n".join(lines)))
        path, keymap = self.setup.path, self.setup.keymap
        changes = len({id for _, id in keymap.changes})
        if path is None:
            files = "Nothing is saved: what is set lasts as long as the game."
        else:
            usual = f"as usual; k makes {KEYS_NAME} to change them"
            files = f"Saved in {path}\nKeys {f'{changes} changed in {KEYS_NAME}' if changes else usual}"
        wrong = "".join(f"\n{told}" for told in self.setup.told())
        self.query_one("#setting-told", Static).update(line((files, "$quiet"), (wrong, "$warning")))

    # Doing

    def _set(self, name: str, value: str) -> None:
        self.at = NAMES.index(name)
        self.post_message(ChangeSetting(name, value))

    @on(Value.Chosen)
    def _chosen(self, event: Value.Chosen) -> None:
        event.stop()
        if event.name == "mouse" and event.value == "off" and self.settings.mouse:
            from scalegame.tui.screens.dialogs import QuestionScreen

            question = (
                "Without the mouse only the keyboard leads back: "
                f"{self.key('settings', actions.LEVELS)}, then → on the line Mouse, or typed here: mouse on. "
                "Leave the mouse to the terminal?"
            )
            self.app.push_screen(QuestionScreen(question, "Leave it", "Keep it"), self._mouse_off)
            return
        self._set(event.name, event.value)

    def _mouse_off(self, sure: bool | None) -> None:
        if sure:
            self._set("mouse", "off")

    @on(events.Click, ".setting-name")
    def _row_clicked(self, event: events.Click) -> None:
        row = event.widget.parent if event.widget is not None else None
        if isinstance(row, Row):
            self._go(NAMES.index(row.setting.name))

    def _go(self, at: int) -> None:
        self.at = at % len(KNOWN)
        self.say("")
        self.settings_changed()

    def do_row_down(self, words: str) -> None:
        """Goes to the setting below."""
        self._go(self.at + 1)

    def do_row_up(self, words: str) -> None:
        """Goes to the setting above."""
        self._go(self.at - 1)

    def do_value_next(self, words: str) -> None:
        """Sets the next value."""
        self._set(self.setting.name, step(self.settings, self.setting.name, 1))

    def do_value_before(self, words: str) -> None:
        """Sets the value before."""
        self._set(self.setting.name, step(self.settings, self.setting.name, -1))

    def do_set(self, words: str) -> None:
        """Sets what was typed: a name and a value, with a blank or an equals sign between them."""
        name, _, value = words.replace("=", " ").replace(":", " ").partition(" ")
        try:
            setting = known(name) if name else self.setting
            read(setting, value.strip())
        except ScalegameError as error:
            self.complain(_sentence(error.message), f"set {words}".strip())
            return
        self._set(setting.name, value.strip())

    def do_usual(self, words: str) -> None:
        """Sets what is under the cursor, or was typed, as it usually is."""
        try:
            names = NAMES if words == "all" else (known(words).name if words else self.setting.name,)
        except ScalegameError as error:
            self.complain(_sentence(error.message), f"usual {words}")
            return
        for name in names:
            self.post_message(ChangeSetting(name, written(Settings(), name)))

    def do_keys(self, words: str) -> None:
        """Writes a file of keys to start from."""
        try:
            path = self.setup.write_keys()
        except ScalegameError as error:
            self.complain(_sentence(error.message))
            return
        if path is None:
            self.say("There is no folder to write it to.", "error")
        else:
            self.say(f"Every key stands in {path}: change them there, they count from the next start on.", "good")

    def do_codex(self, words: str) -> None:
        """Opens the codex, at its page about settings unless another was typed."""
        self.post_message(OpenPage(words or "settings"))

    # Typing

    def typed(self, text: str) -> None:
        """The name of a setting and a value will do, without `set` before it."""
        try:
            known(text.replace("=", " ").replace(":", " ").split()[0])
        except (ScalegameError, IndexError):
            super().typed(text)
        else:
            self.do_set(text)

    def complete(self, text: str) -> Sequence[str]:
        """Commands, settings, values."""
        word, blank, rest = text.partition(" ")
        if blank and word == "usual":
            return tuple(f"usual {name}" for name in (*NAMES, "all") if name.startswith(rest))
        if blank and word == "set":
            name, blank, value = rest.partition(" ")
            if not blank:
                return tuple(f"set {one} " for one in NAMES if one.startswith(name))
            values = next((s.values for s in KNOWN if s.name == name), ())
            return tuple(f"set {name} {one}" for one in values if one.startswith(value))
        return super().complete(text)


def _sentence(message: str) -> str:
    return f"{message[:1].upper()}{message[1:]}{'' if message.endswith('?') else '.'}"
