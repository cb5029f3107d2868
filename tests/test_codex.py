"""The codex: a page for every kind, and no link that leads nowhere."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from posixpath import normpath

import pytest

from scalegame.components import kinds
from scalegame.tui.screens.codex import page_text, pages

FOLDER = Path(__file__).parents[1] / "scalegame" / "codex"
PAGES = sorted(path.relative_to(FOLDER).with_suffix("").as_posix() for path in FOLDER.rglob("*.md"))
#: What fits beside the list of pages in a terminal of 80 columns; the viewer does not wrap code.
CODE_WIDTH = 43


def links(page: str) -> set[str]:
    """Pages that a page links to, seen from the top of the codex."""
    found = re.findall(r"\]\(([^)#]+)[^)]*\)", page_text(page))
    inside = [href for href in found if "://" not in href]
    assert all(href.endswith(".md") for href in inside)
    return {normpath(PurePosixPath(page).parent / href).removesuffix(".md") for href in inside}


@pytest.mark.parametrize("name", kinds())
def test_a_kinds_page_names_each_of_its_parameters(name: str) -> None:
    named = re.findall(r"^- `([a-z_.]+)` \(", page_text(f"kinds/{name}"), flags=re.MULTILINE)
    assert named == [parameter.name for parameter in kinds()[name].parameters]


@pytest.mark.parametrize("name", kinds())
def test_a_kinds_page_states_the_defaults_in_force(name: str) -> None:
    stated = dict(re.findall(r"^- `([a-z_.]+)` \(([^)]+)\)", page_text(f"kinds/{name}"), flags=re.MULTILINE))
    for parameter in kinds()[name].parameters:
        required = repr(parameter.default) == "REQUIRED"
        wanted = "from the level" if required else parameter.show(parameter.default)
        assert stated[parameter.name] == wanted, parameter.name


def test_the_index_leads_to_every_page_and_no_further() -> None:
    assert links("index") == set(PAGES) - {"index"}  # the pages of kinds it finds by itself


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_to_pages(page: str) -> None:
    assert links(page) <= set(PAGES)


def test_the_viewer_finds_the_pages_the_index_first() -> None:
    assert sorted(pages()) == PAGES
    assert next(iter(pages())) == "index"
    assert all(title and not title.endswith(".md") for title in pages().values())


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_plain_markdown_for_a_narrow_screen(page: str) -> None:
    text = page_text(page)
    assert text.startswith("# ")
    # Raw HTML is a tag; a less-than sign in a formula or a placeholder in code is none.
    prose = re.sub(r"`[^`]*`|^    .*$", "", text, flags=re.MULTILINE)
    assert not re.search(r"</?[a-zA-Z][^>]*>", prose)
    for line in text.splitlines():
        assert len(line) <= 100, line
        if line.startswith("    "):
            assert len(line) - 4 <= CODE_WIDTH, line
