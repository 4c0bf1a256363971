"""Ask axe-core what stands in a reader's way, page by page.

    python benchmarks/accessibility.py [SITE] [--only TEXT] [--all] [--details]

SITE is the folder of the built site, `_build/html` by default. Each page is
opened once in Chromium, with all its boxes open, and looked at wide and
narrow, light and dark. axe is asked all its rules for WCAG 2.0 to 2.2, A and
AA, its best practices and its experiments. In the table stand the elements
with a fault, and under `unsure` those that axe leaves to the eye.

No style depends on the width and on the colours at once. So chapters, which
are long, are looked at in two ways, wide and light, narrow and dark, and the
source pages, which one template makes, in one of these two each; `--all`
looks at them in all four. `--details` says which elements are meant, and what
axe says of them.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
AXE = ROOT / "benchmarks" / "axe" / "axe.min.js"
SIZES = {
    "wide": {"width": 1280, "height": 900},
    "narrow": {"width": 390, "height": 844},
}
WAYS = [
    ("wide", "light"),
    ("wide", "dark"),
    ("narrow", "dark"),
    ("narrow", "light"),
]
READY = """async () => {
  if (window.MathJax?.startup) await MathJax.startup.promise;
  await document.fonts.ready;
}"""
DRAWN = """() => [...document.querySelectorAll("pre.mermaid")].every(
  (diagram) => diagram.querySelector("svg"))"""
OPEN_ALL = """() => document.querySelectorAll("details").forEach(
  (box) => { box.open = true; })"""
SHOWN = "(scheme) => document.documentElement.dataset.theme === scheme"
OPTIONS = {
    "runOnly": [
        *("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"),
        *("best-practice", "experimental"),
    ],
    "resultTypes": ["violations", "incomplete"],
}
RUN = """async (options) => {
  const told = ({ id, impact, nodes }) => nodes.map((node) => {
    const checks = [...node.any, ...node.all, ...node.none];
    const why = checks.map((check) => check.message).join(" ");
    return `${id} (${impact}): ${node.target.flat().join(" ")}: ${why}`;
  });
  const { violations, incomplete } = await axe.run(options);
  return [violations.flatMap(told), incomplete.flatMap(told)];
}"""


@dataclass
class Audit:
    """What axe says of one page, looked at in one way."""

    way: tuple[str, str]
    faults: list[str]
    unsure: list[str]


def ways(page: str) -> list[tuple[str, str]]:
    """Return how a page is looked at."""
    if page.startswith("source/"):
        return [WAYS[0] if len(page) % 2 else WAYS[2]]
    return WAYS[::2] if page.startswith("book/part") else WAYS


def open_page(tab: Page, url: str) -> None:
    """Open a page and all its boxes, and wait until everything stands."""
    tab.set_default_timeout(180_000)
    tab.emulate_media(reduced_motion="reduce")
    tab.goto(url)
    tab.evaluate(READY)
    tab.wait_for_function(DRAWN)
    tab.evaluate(OPEN_ALL)


def ask(tab: Page) -> tuple[list[str], list[str]]:
    """Return the faults that axe finds, and what it is unsure about."""
    if not tab.evaluate("'axe' in window"):
        tab.evaluate(AXE.read_text(encoding="utf-8"))
    options: dict[str, Any] = OPTIONS
    faults, unsure = tab.evaluate(RUN, options)
    return faults, unsure


def audit(
    tab: Page, url: str, ways: list[tuple[str, str]] = WAYS
) -> Iterator[Audit]:
    """Ask axe about one page, in each of these ways to look at it."""
    tab.set_viewport_size(SIZES["wide"])
    open_page(tab, url)
    for width, scheme in ways:
        tab.set_viewport_size(SIZES[width])
        tab.emulate_media(color_scheme=scheme)
        tab.wait_for_function(SHOWN, arg=scheme)
        yield Audit((width, scheme), *ask(tab))


def main() -> None:
    from pages import launch, pages_below, served

    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("site", nargs="?", type=Path)
    parser.add_argument("--only", default="", help="part of a page's name")
    parser.add_argument("--all", action="store_true", help="in all ways")
    parser.add_argument("--details", action="store_true")
    options = parser.parse_args()
    site = (options.site or ROOT / "_build" / "html").resolve()
    print(" " * 38, *(f"{width:>6}" for width, _ in WAYS))
    print(f"{'page':38}", *(f"{scheme:>6}" for _, scheme in WAYS), end="")
    print(" unsure seconds")
    faulty = 0
    with sync_playwright() as driver, served(site) as (address, _):
        tab = launch(driver).new_page()
        for page in pages_below(site):
            if page == "index.html" or options.only not in page:
                continue  # the root only leads to the book
            start = time.perf_counter()
            wanted = WAYS if options.all else ways(page)
            told = {a.way: a for a in audit(tab, address + page, wanted)}
            seconds = time.perf_counter() - start
            counts = [
                f"{len(told[way].faults) if way in told else '':6}"
                for way in WAYS
            ]
            unsure = max(len(a.unsure) for a in told.values())
            print(f"{page:38}", *counts, f"{unsure:6} {seconds:7.1f}")
            faulty += any(a.faults for a in told.values())
            for way, a in told.items() if options.details else ():
                for kind in "faults", "unsure":
                    for line in getattr(a, kind):
                        print(f"    {kind}, {' and '.join(way)}: {line}")
            sys.stdout.flush()
    print(f"{faulty} pages with a fault")
    sys.exit(bool(faulty))


if __name__ == "__main__":
    main()
