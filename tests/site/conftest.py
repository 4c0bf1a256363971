"""One server and one browser for all tests of the built site.

Without a browser or a built site these tests are skipped and say why. In CI
(the variable CI is set) that would hide a fault, so there they fail.
"""

import os
import shutil
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from site_reader import SITE, pages, pages_with_boxes, pages_with_players

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

PAGES = {
    "page": pages,
    "boxes_page": pages_with_boxes,
    "player_page": pages_with_players,
}
NONE = "no such page"
# Among thousands of pages opened, a browser now and then waits for ever. It is
# asked once more, and the summary counts that; a wrong page fails at once.
STALLED = pytest.mark.flaky(reruns=1, only_rerun=["TimeoutError"])
HERE = Path(__file__).parent


def unavailable(reason):
    """Skip the test, or fail it in CI."""
    if os.environ.get("CI"):
        pytest.fail(f"{reason}, and CI must not skip these tests")
    pytest.skip(reason)


def pytest_generate_tests(metafunc):
    """Run a test once for each page that it is about."""
    for name, found in PAGES.items():
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, found() or [NONE], scope="session")


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist looks at the groups
def pytest_collection_modifyitems(items):
    """Keep the tests of a page, or of a file, together in one process."""
    for item in items:
        if HERE not in item.path.parents:
            continue
        if not item.get_closest_marker("xdist_group"):
            values = getattr(item, "callspec", None)
            values = values.params if values else {}
            page = next((values[name] for name in PAGES if name in values), "")
            group = page or item.path.stem
            item.add_marker(pytest.mark.xdist_group(group))
        if "browser" in item.fixturenames:
            item.add_marker(STALLED)


@pytest.fixture(scope="session")
def site():
    """Give the folder of the built site."""
    if not (SITE / "index.html").is_file():
        unavailable("the site is not built: run `make book` first")
    return SITE


@pytest.fixture(scope="session")
def copies(site):
    """Give the folder of the offline copies."""
    folder = site / "offline"
    if len(list(folder.glob("*.*"))) < 2:
        unavailable("no offline copies: run `make pdf` and `make zip` first")
    return folder


class Handler(SimpleHTTPRequestHandler):
    """Serves files that a browser may keep, and says nothing about it."""

    protocol_version = "HTTP/1.1"

    def end_headers(self):
        self.send_header("Cache-Control", "max-age=600")
        super().end_headers()

    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="session")
def address(site):
    """Serve the site on a free port and give its address."""
    handler = partial(Handler, directory=str(site))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="session")
def browser(site):
    """Start Chromium with a fresh profile."""
    playwright = pytest.importorskip("playwright.sync_api")
    found = filter(None, map(shutil.which, CHROMIUM))
    path = next(found, None)
    if path is None:
        unavailable("no Chromium on PATH: install Debian's chromium")
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


def pytest_terminal_summary(terminalreporter):
    """Print what tests have measured."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            terminalreporter.write_line(f"{name}: {value}")
