"""Compare two builds of the book: numbers and text must be the same.

Run as: python benchmarks/repeat.py FIRST/_build/html SECOND/_build/html

Measured times may differ. They stand in elements of the class `measured`,
or are outputs of cells with that tag, and are left out.
"""

import difflib
import re
import sys
from pathlib import Path

from bs4 import BeautifulSoup


def text(page: Path) -> list[str]:
    """Return the lines of a page's article, figures included."""
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    article = soup.find("article") or soup
    for measured in article.select(".measured, .tag_measured .cell_output"):
        measured.decompose()
    images = [tag.get("src", "") for tag in article.find_all("img")]
    words = article.get_text().splitlines() + images
    return [line for line in map(str.strip, words) if line]


def pages(site: Path) -> set[Path]:
    """Return the pages of a site, relative to it."""
    return {path.relative_to(site) for path in site.rglob("*.html")}


def differences(first: Path, second: Path) -> list[str]:
    """Return what differs, line by line, under the name of its page."""
    found = [f"only in one: {page}" for page in pages(first) ^ pages(second)]
    for page in sorted(pages(first) & pages(second)):
        lines = difflib.unified_diff(
            text(first / page), text(second / page), lineterm="", n=0
        )
        found += [
            f"{page}: {line[:200]}"
            for line in lines
            if re.match(r"[+-][^+-]", line)
        ]
    return found


if __name__ == "__main__":
    found = differences(Path(sys.argv[1]), Path(sys.argv[2]))
    print("\n".join(found) or "the same numbers and the same text")
    sys.exit(bool(found))
