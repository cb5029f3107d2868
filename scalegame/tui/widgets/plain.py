"""The widgets that show text, taking it for text: what a person wrote in square brackets is no markup.

Names of boards, words of a level and lines that were typed are shown in all of them. What is to be coloured is a
`Content`, which these show as it is.
"""

from __future__ import annotations

from textual import widgets
from textual.visual import VisualType
from textual.widgets.option_list import Option


class Static(widgets.Static):
    """A text that does not change by itself."""

    def __init__(self, content: VisualType = "", *, id: str | None = None, classes: str | None = None) -> None:
        """Takes what to show: a string as it is, or a `Content` with its styles."""
        super().__init__(content, markup=False, id=id, classes=classes)


class OptionList(widgets.OptionList):
    """A list to choose from."""

    def __init__(
        self, *content: VisualType | Option | None, id: str | None = None, classes: str | None = None
    ) -> None:
        """Takes the options: strings as they are, or a `Content` each."""
        super().__init__(*content, markup=False, id=id, classes=classes)
