"""Weigh the built site: requests, kilobytes and seconds, page by page.

    python benchmarks/pages.py [SITE] [--only TEXT] [--files]

SITE is the folder of the built site, `_build/html` by default. Each page is
opened in Chromium with an empty cache. Counted is all that it loads by
itself, until its formulas and diagrams stand, each file as a server sends
it: text with gzip, fonts and pictures that are packed already as they are.
The seconds are those until the page's load event on a line of 10 Mbit/s and
40 ms. `--files` lists what each page loads, the heaviest first.
"""

import argparse
import gzip
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import Browser, Playwright, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "chrome")
PACKED = (".png", ".webp", ".jpg", ".gif", ".woff", ".woff2", ".ico")
LINE = {
    "offline": False,
    "latency": 40,
    "downloadThroughput": 10e6 / 8,
    "uploadThroughput": 10e6 / 8,
}
READY = """async () => {
  if (window.MathJax && MathJax.startup) await MathJax.startup.promise;
  await document.fonts.ready;
}"""


@dataclass
class Load:
    """What one page loads, and when it is there."""

    page: str
    files: list[tuple[str, int]] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def kilobytes(self) -> float:
        """The sum of all files, packed."""
        return sum(size for _, size in self.files) / 1000


class Handler(SimpleHTTPRequestHandler):
    """Sends files packed, and notes what it has sent."""

    protocol_version = "HTTP/1.1"

    def __init__(self, sent: list[tuple[str, int]], *arguments, **options):
        self.sent = sent
        super().__init__(*arguments, **options)

    def do_GET(self) -> None:
        """Send a file."""
        path = Path(self.translate_path(self.path))
        found = path.is_file()
        body = path.read_bytes() if found else b""
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", self.guess_type(str(path)))
        if found and path.suffix not in PACKED:
            body = gzip.compress(body, 6, mtime=0)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        name = path.relative_to(self.directory).as_posix()
        self.sent.append((name, len(body)))

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@contextmanager
def served(site: Path) -> Iterator[tuple[str, list[tuple[str, int]]]]:
    """Serve the site; give its address and the growing list of what went."""
    sent: list[tuple[str, int]] = []
    handler = partial(Handler, sent, directory=str(site))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", sent
    server.shutdown()
    server.server_close()
    thread.join()


def weigh(
    browser: Browser,
    site: Path,
    pages: list[str],
    line: dict[str, float] | None = LINE,
) -> Iterator[Load]:
    """Open the pages one by one, each in a browser that knows nothing.

    Without a line, files come as fast as they can.
    """
    with served(site) as (address, sent):
        for page in pages:
            sent.clear()
            context = browser.new_context(
                viewport={"width": 1280, "height": 900}
            )
            tab = context.new_page()
            if line:
                session = context.new_cdp_session(tab)
                session.send("Network.enable")
                session.send("Network.emulateNetworkConditions", line)
            start = time.perf_counter()
            tab.goto(address + page, timeout=120_000)
            seconds = time.perf_counter() - start
            tab.evaluate(READY)
            tab.wait_for_load_state("networkidle")
            context.close()
            yield Load(page, sorted(sent, key=lambda f: -f[1]), seconds)


def pages_below(site: Path) -> list[str]:
    """Return the site's pages, those of the book before the sources."""
    found = [path.relative_to(site) for path in site.rglob("*.html")]
    return sorted(p.as_posix() for p in found if p.parts[0] != "_static")


def launch(driver: Playwright) -> Browser:
    """Start the Chromium that is on PATH."""
    path = next(filter(None, map(shutil.which, CHROMIUM)))
    return driver.chromium.launch(
        executable_path=path, args=["--no-sandbox", "--disable-gpu"]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("site", nargs="?", type=Path)
    parser.add_argument("--only", default="", help="part of a page's name")
    parser.add_argument("--files", action="store_true")
    options = parser.parse_args()
    site = (options.site or ROOT / "_build" / "html").resolve()
    pages = [page for page in pages_below(site) if options.only in page]
    print(f"{'page':44} {'requests':>8} {'kB':>7} {'seconds':>7}")
    with sync_playwright() as driver:
        browser = launch(driver)
        for load in weigh(browser, site, pages):
            print(
                f"{load.page:44} {len(load.files):8} {load.kilobytes:7.0f}"
                f" {load.seconds:7.2f}",
                flush=True,
            )
            for name, size in load.files if options.files else ():
                print(f"    {size / 1000:7.1f}  {name}")
        browser.close()


if __name__ == "__main__":
    main()
