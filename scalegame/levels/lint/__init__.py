"""What is allowed in a level, and hardly ever meant: findings of `validate`, each with a name and a place."""

from __future__ import annotations

from collections.abc import Mapping

from scalegame.levels.lint import ideas, numbers, targets, unused, words
from scalegame.levels.lint.model import Finding, Looked
from scalegame.levels.lint.shared import lint_pack
from scalegame.levels.model import Level
from scalegame.levels.yamltree import Document

__all__ = ["Finding", "lint", "lint_pack"]


def lint(level: Level, document: Document, certificate: Mapping[str, object] | None = None) -> tuple[Finding, ...]:
    """Look a sound level over.

    Args:
        level: As loaded, without a variant.
        document: Its file, as it is written.
        certificate: What a proof of this very level measured; None: there is none.

    Returns:
        What was found, in the order of the file; what its author accepts has the reason with it.
    """
    looked = Looked(level, document, certificate)
    found = [finding for look in (targets, ideas, unused, words, numbers) for finding in look.find(looked)]
    return tuple(sorted(found, key=lambda f: (f.place.line or 0, f.place.column or 0, f.name)))
