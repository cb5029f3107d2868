"""Texts in several languages: which one is shown, and what of it is wrong."""

from __future__ import annotations

import pytest

from scalegame.components import kinds
from scalegame.errors import Problems, ScalegameError
from scalegame.levels.heading import heading
from scalegame.levels.languages import choose, of_environment
from scalegame.levels.load import loads
from scalegame.levels.starter import starter
from scalegame.levels.yamltree import load as load_yaml

PLAIN = starter("my-level")
TEXTS = """
guide:
  - {text: Look., until: ran}
variables: {people: 2_000}
texts:
  de:
    title: Mein Kartenladen
    brief: |
      Heute kommen ${people}.
    hints: [Was ist voll?, Mehr davon.]
    guide: [Schau.]
    attempts: {one-large: Zu teuer.}
    projects: {lighter-lookups: {title: Leichter suchen}}
  de-AT: {title: Mein Kartengeschäft}
  fr: {debrief: Fini.}
"""
TEXT = PLAIN + TEXTS


def test_texts_of_a_language_and_the_rest_as_it_was() -> None:
    own, german = loads(TEXT, "x", kinds()), loads(TEXT, "x", kinds(), language="de")
    assert (own.language, own.languages) == ("en", ("en", "de", "de-AT", "fr"))
    assert german.language == "de"
    assert german.title == "Mein Kartenladen"
    assert german.brief == "Heute kommen 2_000."
    assert german.hints == ("Was ist voll?", "Mehr davon.")
    assert german.guide == (("Schau.", "ran"),)
    assert german.debrief == own.debrief
    said = {attempt.name: attempt.says for attempt in german.attempts}
    assert said == {attempt.name: attempt.says for attempt in own.attempts} | {"one-large": "Zu teuer."}
    project = german.rulebook.projects["lighter-lookups"]
    assert (project.title, project.says) == ("Leichter suchen", own.rulebook.projects["lighter-lookups"].says)


def test_texts_decide_nothing() -> None:
    without = loads(PLAIN, "x", kinds())
    assert {loads(TEXT, "x", kinds(), language=one).digest for one in ("", "de", "fr", "xx")} == {without.digest}
    assert without.languages == ("en",)


@pytest.mark.parametrize(
    ("wanted", "got"),
    [
        ("", "en"), ("en", "en"), ("en-GB", "en"), ("de", "de"), ("DE", "de"), ("de-AT", "de-AT"),
        ("de-CH", "de"), ("fr-CA", "fr"), ("xx", "en"), ("e", "en"),
    ],
)  # fmt: skip
def test_the_nearest_language(wanted: str, got: str) -> None:
    assert choose(wanted, "en", ["de-AT", "de", "fr"]) == got
    assert loads(TEXT, "x", kinds(), language=wanted).language == got


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, ""),
        ({"LANG": "C.UTF-8"}, ""),
        ({"LANG": "POSIX"}, ""),
        ({"LANG": "de_AT.UTF-8"}, "de-AT"),
        ({"LANG": "de_DE@euro", "LC_MESSAGES": ""}, "de-DE"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "fr_FR"}, "fr-FR"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "it"}, "it"),
        ({"LANG": "\x1b[31m"}, ""),
    ],
)
def test_the_language_of_a_terminal(environment: dict[str, str], language: str) -> None:
    assert of_environment(environment) == language


@pytest.mark.parametrize(
    ("old", "new", "at", "said"),
    [
        ("hints: [Was ist voll?, Mehr davon.]", "hints: [Was?]", "[Was?]", "there are 1 here and 2 in hints"),
        ("guide: [Schau.]", "guide: [A, B]", "[A, B]", "there are 2 here and 1 in guide"),
        ("{one-large: Zu", "{on-large: Zu", "on-large", 'called "on-large" – did you mean "one-large"?'),
        ("{lighter-lookups: {", "{lookups: {", "lookups: {title", 'no project is called "lookups"'),
        ("  de-AT:", "  en:", "en: {title", "en is the language of this file already"),
        ("  de-AT:", "  german:", "german:", "write it short, as in en or de"),
        ("{debrief: Fini.}", "{debrif: Fini.}", "debrif:", 'unknown key "debrif" – did you mean "debrief"?'),
        ("{debrief: Fini.}", "{debrief: ''}", "''", "must not be empty"),
        ("title: Mein Kartenladen", "title: [M]", "[M]", "must be text"),
        ("${people}.", "${pepole}.", "|\\n      Heute", 'did you mean "people"?'),
    ],
)
def test_what_is_wrong_is_told_at_its_place(old: str, new: str, at: str, said: str) -> None:
    assert TEXT.count(old) == 1
    text = TEXT.replace(old, new)
    at = at.replace("\\n", "\n")
    before = text[: text.index(at, len(PLAIN))].split("\n")
    with pytest.raises(ScalegameError) as caught:
        loads(text, "x", kinds())
    found = [str(e) for e in (caught.value.errors if isinstance(caught.value, Problems) else [caught.value])]
    assert len(found) == 1
    assert found[0].startswith(f"x:{len(before)}:{len(before[-1]) + 1}: ")
    assert said in found[0]


def test_the_list_has_the_title_of_a_language() -> None:
    document = load_yaml("title: One\nlanguage: en\ntexts: {de: {title: Eins}, fr: {brief: x}, it: 5}", "x")
    assert [heading(document, one)["title"] for one in ("", "de-AT", "fr", "it", "xx")] == [
        "One", "Eins", "One", "One", "One"]  # fmt: skip
