"""No page may load anything from another server.

Links are welcome; scripts, styles, fonts, images and frames are not. The
check reads what was written: the start tags of every page, its inline
styles and scripts, and every style sheet and SVG picture.
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

REMOTE = re.compile(r"\s*(?:[a-z][a-z+.-]*:)?//", re.IGNORECASE)
IN_STYLE = re.compile(
    r"""(?:url\(\s*|@import\s+)["']?((?:https?:)?//[^"')\s;]+)""",
    re.IGNORECASE,
)
IN_SCRIPT = re.compile(
    r"""(?:\bfrom\s*|\bimport\s*\(?\s*|\bfetch\(\s*|\bWorker\(\s*"""
    r"""|\bimportScripts\(\s*|\.src\s*=\s*)["'`]((?:https?:)?//[^"'`]+)"""
)
LOADING_LINKS = {
    "stylesheet",
    "icon",
    "preload",
    "prefetch",
    "modulepreload",
    "manifest",
    "preconnect",
    "dns-prefetch",
    "apple-touch-icon",
    "mask-icon",
}
ATTRIBUTES = {
    "audio": ("src",),
    "embed": ("src",),
    "feimage": ("href", "xlink:href"),
    "iframe": ("src",),
    "image": ("href", "xlink:href"),
    "img": ("src",),
    "input": ("src",),
    "object": ("data",),
    "script": ("src",),
    "source": ("src",),
    "track": ("src",),
    "use": ("href", "xlink:href"),
    "video": ("src", "poster"),
}


class Loads(HTMLParser):
    """Collect the addresses on other servers that a page loads from."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inside = ""

    def handle_starttag(
        self, tag: str, attributes: list[tuple[str, str | None]]
    ) -> None:
        """Look at the attributes of this tag that make a browser load."""
        values = {name: value or "" for name, value in attributes}
        wanted = [values.get(name, "") for name in ATTRIBUTES.get(tag, ())]
        if tag == "link" and LOADING_LINKS & set(
            values.get("rel", "").lower().split()
        ):
            wanted.append(values.get("href", ""))
        for candidate in values.get("srcset", "").split(","):
            wanted.append(candidate)
        self.found += [url.strip() for url in wanted if REMOTE.match(url)]
        self.found += IN_STYLE.findall(values.get("style", ""))
        if tag in ("script", "style"):
            self.inside = tag

    def handle_endtag(self, tag: str) -> None:
        """Leave the script or style."""
        if tag == self.inside:
            self.inside = ""

    def handle_data(self, data: str) -> None:
        """Look into inline scripts and styles."""
        if self.inside == "script":
            self.found += IN_SCRIPT.findall(data)
        elif self.inside == "style":
            self.found += IN_STYLE.findall(data)


def remote_loads(text: str, suffix: str) -> list[str]:
    """Return the foreign addresses that a file of this kind loads from."""
    if suffix == ".css":
        return IN_STYLE.findall(text)
    parser = Loads()
    parser.feed(text)
    parser.close()
    return parser.found


def remote_loads_below(folder: Path) -> Iterator[tuple[Path, str]]:
    """Yield every file below the folder with each foreign address in it."""
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".html", ".css", ".svg"):
            text = path.read_text(encoding="utf-8", errors="replace")
            for url in remote_loads(text, path.suffix):
                yield path.relative_to(folder), url


def check_site(app: Sphinx, error: Exception | None) -> None:
    """Fail the build if a file of the site loads from another server."""
    if error is not None or app.builder.format != "html":
        return
    found = [
        f"{path} loads {url}"
        for path, url in remote_loads_below(Path(app.outdir))
    ]
    if found:
        raise ExtensionError(
            "pages must load nothing from other servers:\n  "
            + "\n  ".join(found)
        )


def setup(app: Sphinx) -> None:
    """Check at the end, after everything else has written its files."""
    app.connect("build-finished", check_site, priority=900)
