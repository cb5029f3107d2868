"""Looking at a page as somebody would who sits in the last row, does not see well, or means no good."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.e2e import browser
from tests.e2e.browser import Browser

in_a_browser = pytest.mark.skipif(
    browser.found() is None,
    reason="no Chromium here: apt-get install chromium, or any package that puts it on the PATH",
)

#: What must never do anything, wherever it is written.
NASTY = (
    "<img src=x onerror=window.hurt=1><script>window.hurt=1</script>\"'><svg onload=window.hurt=1>"
    "</title></textarea>{{7*7}} ${7*7} &amp; javascript:window.hurt=1 \u202etxt.exe\u202c"
)

_VIOLATIONS = """
window.violations = [];
document.addEventListener('securitypolicyviolation',
  (e) => violations.push(`${e.violatedDirective} ${e.blockedURI}`));
"""

#: Elements that show text of their own, with what it takes to judge them.
_TEXTS = """
(() => {
  const number = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((s, v, i) => s + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = number(getComputedStyle(at).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return number(getComputedStyle(document.documentElement).backgroundColor);
  };
  const found = [];
  for (const element of document.body.querySelectorAll('*')) {
    const own = [...element.childNodes].filter((node) => node.nodeType === 3)
      .map((node) => node.textContent.trim()).join(' ').trim();
    if (!own || element.closest('title, noscript, script, option, .hidden, button:disabled')) continue;
    if (!element.checkVisibility()) continue;
    const style = getComputedStyle(element);
    const ink = light(number(element instanceof SVGElement ? style.fill : style.color));
    const paper = light(ground(element));
    found.push({text: own.slice(0, 40), size: parseFloat(style.fontSize),
      contrast: (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05)});
  }
  return found;
})()
"""


@asynccontextmanager
async def looking(
    folder: Path, width: int = 1280, height: int = 720, theme: str = "dark"
) -> AsyncIterator[Browser]:
    """A browser of that size; at the end nothing has gone wrong in it, and it asked nobody else."""
    async with Browser() as page:
        await page.do("Page.addScriptToEvaluateOnNewDocument", source=_VIOLATIONS)
        await resize(page, width, height)
        await prefer(page, theme)
        yield page
        assert await page.evaluate("window.violations") == []
        assert await page.evaluate("window.hurt === undefined")
        assert not page.errors
        assert {urlsplit(url).hostname for url in page.asked if not url.startswith("about:")} == {"127.0.0.1"}


async def resize(page: Browser, width: int, height: int) -> None:
    await page.do(
        "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False
    )


async def prefer(page: Browser, theme: str) -> None:
    await page.do("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": theme}])


async def shown(page: Browser, selector: str) -> list[str]:
    """Texts of what a selector finds, as far as it can be seen."""
    return await page.evaluate(
        f"[...document.querySelectorAll({selector!r})].filter((e) => e.checkVisibility())"
        ".map((e) => e.textContent)"
    )


async def until_shown(page: Browser, selector: str, text: str) -> None:
    """Waits until something that a selector finds shows a text."""
    await page.until_true(
        f"[...document.querySelectorAll({selector!r})].some((e) => e.checkVisibility()"
        f" && e.textContent.includes({text!r}))"
    )


async def click(page: Browser, selector: str) -> None:
    await page.until_true(f"document.querySelector({selector!r})?.checkVisibility()")
    await page.evaluate(f"document.querySelector({selector!r}).click()")


async def write(page: Browser, selector: str, text: str) -> None:
    """Types into a field, by the keyboard."""
    await page.evaluate(f"document.querySelector({selector!r}).focus(); document.activeElement.select?.()")
    await page.do("Input.insertText", text=text)


async def texts(page: Browser) -> list[dict[str, Any]]:
    """Every text that can be seen: {text, size in pixels, contrast with its ground}."""
    return await page.evaluate(_TEXTS)


async def is_within(page: Browser) -> bool:
    """Whether nothing sticks out of the page to the right."""
    return await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
