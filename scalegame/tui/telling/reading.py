"""The pages of the codex as texts: which there are, how one is found, what the words mean (no screen in here)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import PurePosixPath

from scalegame.errors import nearest

GLOSSARY = "glossary"
#: What is looked for is cut to so many characters.
_LONGEST = 80
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")


@dataclass(frozen=True, slots=True)
class Found:
    """Where a topic leads.

    Attributes:
        page: Of the codex; "" if there is none.
        word: Of the glossary, where the topic is one; else "".
        meaning: Of that word.
        complaint: Why there is no page, with the nearest name; "" if there is one.
    """

    page: str
    word: str = ""
    meaning: str = ""
    complaint: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A page that speaks of what is looked for.

    Attributes:
        page: Of the codex.
        title: Of the page.
        line: The first line of it that has the words.
        count: How often they occur.
    """

    page: str
    title: str
    line: str
    count: int


def pages() -> dict[str, str]:
    """Pages by path without its ending ("kinds/cache"), with the title that each begins with."""
    return {page: _title(text, page) for page, text in _texts().items()}


def page_text(page: str) -> str:
    """The Markdown of a page; a sentence that says so where there is none."""
    text = _texts().get(page)
    if text is None:
        return f"# Nothing here yet\n\nThere is no page called `{page}`."
    if page == "keys":
        from scalegame.tui.setup.keymap import page_list

        return text + page_list()
    return text + _parts() if page == "index" else text


@cache
def _texts() -> dict[str, str]:
    found: dict[str, str] = {}

    def visit(folder: Traversable, prefix: str) -> None:
        # The table of contents first, then the pages of this folder, then the folders.
        for entry in sorted(folder.iterdir(), key=lambda e: (e.is_dir(), e.name != "index.md", e.name)):
            if entry.is_dir():
                visit(entry, f"{prefix}{entry.name}/")
            elif entry.name.endswith(".md"):
                found[prefix + entry.name.removesuffix(".md")] = entry.read_text(encoding="utf-8")

    root = resources.files("scalegame") / "codex"
    if root.is_dir():
        visit(root, "")
    return found


def _title(text: str, page: str) -> str:
    return text.partition("\n")[0].lstrip("# ").strip() or page


def _parts() -> str:
    """The end of the index: the page of every kind of component, found like the kinds themselves."""
    kinds = {page: title for page, title in pages().items() if page.startswith("kinds/")}
    return "\n## The parts\n" + "".join(f"- [{title}]({page}.md)\n" for page, title in kinds.items())


# Pieces of a page


def opening(page: str) -> str:
    """The first paragraph of a page under its title, as one line."""
    body = page_text(page).partition("\n")[2].strip()
    return " ".join(body.partition("\n\n")[0].split())


def section(page: str, heading: str) -> str:
    """What a page has under a heading, as it is written; "" if it has no such heading."""
    found = re.search(rf"^## {re.escape(heading)}\n+(.*?)(?=^## |\Z)", page_text(page), re.MULTILINE | re.DOTALL)
    return found.group(1).rstrip() if found else ""


def plain(text: str) -> str:
    """Markdown of one line without its marks."""
    return _LINK.sub(r"\1", text).replace("**", "").replace("*", "").replace("`", "")


# Words


@cache
def words() -> dict[str, str]:
    """The glossary: what each of its words means, by the word in small letters."""
    found: dict[str, str] = {}
    # An entry is a list item; where it explains two words, each meaning ends with the next word in bold.
    for item in re.split(r"^- ", page_text(GLOSSARY), flags=re.MULTILINE)[1:]:
        whole = " ".join(item.split())
        bold = list(_BOLD.finditer(whole))
        for number, match in enumerate(bold):
            end = bold[number + 1].start() if number + 1 < len(bold) else len(whole)
            said = plain(whole[match.end() : end]).strip(" –:./")
            names = [name.strip() for name in re.split(r"[/,]", match.group(1))]
            # "Closed / open" has two meanings, with a stroke between them as well.
            parts = [part.strip() for part in said.split(" / ")]
            each = parts if len(parts) == len(names) else [said] * len(names)
            for name, one in zip(names, each, strict=True):
                found.setdefault(name.lower(), one)
    return found


def meaning(word: str) -> tuple[str, str]:
    """A word of the glossary and what it means; two empty texts if it is not there.

    Its plural is found as well, and a word that is part of an entry of several words.
    """
    wanted, known = _wanted(word), words()
    for one in (wanted, wanted.removesuffix("s"), wanted.replace(" ", "-"), wanted.replace("-", " ")):
        if one in known:
            return one, known[one]
    within = [name for name in known if wanted and wanted in re.split(r"[ -]", name)]
    return (within[0], known[within[0]]) if within else ("", "")


def find(topic: str) -> Found:
    """The page that a topic means.

    By its path, the last part of its path, its title, a word of the glossary, the beginning of one of these, or
    else by what the pages say.

    Args:
        topic: What was typed.
    """
    wanted, titles = _wanted(topic), pages()
    if not wanted:
        return Found(next(iter(titles), ""))
    dashed = wanted.replace(" ", "-").removesuffix(".md")
    tails = {PurePosixPath(page).name: page for page in reversed(titles)}
    by_title = {title.lower(): page for page, title in titles.items()}
    for name in (dashed, dashed.removesuffix("s")):
        if name in titles:
            return Found(name)
        if name in tails:
            return Found(tails[name])
    if wanted in by_title:
        return Found(by_title[wanted])
    word, said = meaning(wanted)
    if word:
        return Found(GLOSSARY, word, said)
    for name, page in (*by_title.items(), *tails.items()):
        if len(wanted) > 2 and (name.startswith((wanted, dashed)) or wanted in name.split()):
            return Found(page)
    if hits := search(wanted):
        return Found(hits[0].page)
    known = [*tails, *words()]
    return Found("", complaint=f'There is no page called "{topic.strip()[:_LONGEST]}"{nearest(wanted, known)}')


def search(text: str) -> tuple[Hit, ...]:
    """The pages that have all the words of a text, those that say them most often first."""
    wanted = _wanted(text).split()
    hits = []
    for page, body in _texts().items():
        low = body.lower()
        if not wanted or not all(word in low for word in wanted):
            continue
        row = next(line for line in low.splitlines() if wanted[0] in line)
        told = next(line for line in body.splitlines() if line.lower() == row)
        count = sum(low.count(word) for word in wanted)
        # A page about something says it in its title.
        bonus = 1000 * any(word in _title(body, page).lower() for word in wanted)
        hits.append((count + bonus, Hit(page, _title(body, page), plain(told).strip(" #-"), count)))
    return tuple(hit for _, hit in sorted(hits, key=lambda pair: -pair[0]))


def _wanted(text: str) -> str:
    return " ".join(text.lower().split())[:_LONGEST]


def unknown_word(word: str) -> str:
    """What to say of a word that the glossary does not have."""
    wanted = word.strip()[:_LONGEST]
    return f'The glossary has no "{wanted}"{nearest(wanted.lower(), words())}'
