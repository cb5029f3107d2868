"""The widgets that show text, taking it for text: what a person wrote in square brackets is no markup.

Names of boards, words of a level and lines that were typed are shown in all of them. What is to be coloured is a
`Content`, which these show as it is.
"""

from __future__ import annotations

from textual import widgets
from textual.content import Content
from textual.visual import VisualType
from textual.widgets.option_list import Option


class Static(widgets.Static):
    """A text that does not change by itself."""

    def __init__(self, content: VisualType = "", *, id: str | None = None, classes: str | None = None) -> None:
        """Takes what to show: a string as it is, or a `Content` with its styles."""
        super().__init__(content, markup=False, id=id, classes=classes)

    def update(self, content: VisualType = "", *, layout: bool = True) -> None:
        """Shows something else; the same once more is neither laid out nor drawn."""
        if not _is_same(content, self.content):
            super().update(content, layout=layout)


def _is_same(one: VisualType, other: VisualType) -> bool:
    """Whether both look the same; for the library, texts in other colours would be equal."""
    if isinstance(one, Content) and isinstance(other, Content):
        return one.plain == other.plain and one.spans == other.spans
    return isinstance(one, str) and isinstance(other, str) and one == other


class OptionList(widgets.OptionList):
    """A list to choose from."""

    def __init__(
        self, *content: VisualType | Option | None, id: str | None = None, classes: str | None = None
    ) -> None:
        """Takes the options: strings as they are, or a `Content` each."""
        super().__init__(*content, markup=False, id=id, classes=classes)
