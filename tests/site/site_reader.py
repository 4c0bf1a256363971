"""Reads the built site as files: its pages, their links and their ids."""

from functools import cache
from html.parser import HTMLParser
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "_build" / "html"
# Sphinx's empty index, which no page links to, and the redirect at the root.
NO_PAGES = {"genindex.html", "index.html"}


def pages() -> list[str]:
    """Return the addresses of all pages, relative to the site."""
    found = (path.relative_to(SITE) for path in SITE.rglob("*.html"))
    return sorted(
        path.as_posix()
        for path in found
        if path.as_posix() not in NO_PAGES and path.parts[0] != "_static"
    )


def pages_with(html: str) -> list[str]:
    """Return the addresses of the pages whose source has this."""
    return [
        page
        for page in pages()
        if html in (SITE / page).read_text(encoding="utf-8")
    ]


def pages_with_boxes() -> list[str]:
    """Return the addresses of the pages that have boxes that fold."""
    return pages_with('<details class="box')


def pages_with_players() -> list[str]:
    """Return the addresses of the pages that have an animation."""
    return pages_with('<template class="player"')


class Anchors(HTMLParser):
    """Collect the links of a page and the ids they may lead to."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.repeated: set[str] = set()

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if "id" in values:
            if values["id"] in self.ids:
                self.repeated.add(values["id"])
            self.ids.add(values["id"])
        if tag == "a" and values.get("href"):
            self.links.append(values["href"])


@cache
def anchors(page: str) -> Anchors:
    """Return the links and ids of a page."""
    reader = Anchors()
    reader.feed((SITE / page).read_text(encoding="utf-8"))
    return reader
