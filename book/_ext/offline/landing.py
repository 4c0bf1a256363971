"""The line on the first page of the site that leads to the offline copies.

The page has an empty place for it. Whoever makes a copy fills the place in,
from the files that are there: so no link is dead.
"""

import re
from pathlib import Path

import pikepdf
import yaml

ROOT = Path(__file__).resolve().parents[3]
SITE = ROOT / "_build" / "html"
FIRST = "book/index.html"
FOLDER = "offline"
PDF = "neural-networks-line-by-line.pdf"
ZIP = "neural-networks-line-by-line.zip"
PLACE = re.compile(r'(<p class="offline-copies">).*?(</p>)', re.DOTALL)


def settings() -> dict[str, str]:
    """Return the settings of the book."""
    text = (ROOT / "_config.yml").read_text(encoding="utf-8")
    return yaml.safe_load(text)


def size(path: Path) -> str:
    """Return a file's size in words."""
    return f"{path.stat().st_size / 1e6:.1f} MB"


def copies(folder: Path) -> str:
    """Return links to those copies that are in the folder."""
    found = []
    if (path := folder / PDF).is_file():
        with pikepdf.open(path) as pdf:
            told = f"{len(pdf.pages)} pages, {size(path)}"
        link = f'<a href="../{FOLDER}/{PDF}">the whole book as PDF</a>'
        found.append(f"{link} ({told})")
    if (path := folder / ZIP).is_file():
        link = f'<a href="../{FOLDER}/{ZIP}" download>this site as ZIP</a>'
        found.append(f"{link} ({size(path)})")
    if not found:
        return ""
    return f"To read without a network: {' or '.join(found)}."


def with_links(html: str, links: str) -> str:
    """Return the first page with these links in their place."""
    return PLACE.sub(lambda place: f"{place[1]}{links}{place[2]}", html)


def announce(site: Path = SITE) -> None:
    """Write the links to the copies that the site has on its first page."""
    page = site / FIRST
    html = page.read_text(encoding="utf-8")
    page.write_text(with_links(html, copies(site / FOLDER)), encoding="utf-8")
