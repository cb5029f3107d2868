"""For all tests: properties try the same examples every time, unless somebody goes looking for new ones."""

from __future__ import annotations

import gc
import os
import sys

from hypothesis import settings

# A test that fails by luck is a defect; SCALEGAME_EXPLORE=1 draws new examples.
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None)
settings.load_profile("explore" if os.environ.get("SCALEGAME_EXPLORE") else "same")


def pytest_collection_finish() -> None:
    """Looks for garbage less often.

    Tests make and throw away whole games. Looking for cycles among all that was imported and made, as often as
    Python does by itself, would take a third of the time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(500_000, 10, 100)


def pytest_sessionfinish() -> None:
    """The browser that tests have shared ends with them."""
    if browser := sys.modules.get("tests.e2e.browser"):
        browser.close()
