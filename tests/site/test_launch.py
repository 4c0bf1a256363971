"""Binder, simulated: its button's path in JupyterLab, and all cells run.

As on Binder, the environment has what the branch's requirements.txt names,
and Binder's JupyterLab beside it; the reader's home is the branch.
"""

import re
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass, field
from importlib.metadata import distributions
from pathlib import Path
from urllib.error import URLError
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import pytest
from bs4 import BeautifulSoup
from conftest import unavailable
from fresh import BRANCH, code_cells, make, notebooks, pip, surroundings
from linebyline_ext.launch import launch_places
from site_reader import SITE

JUPYTERLAB = "jupyterlab==4.6.6"
PACKAGES, MEGABYTES = 32, 310
USER, TOKEN = "/user/reader/", "0123456789"
MINUTE = 60_000
# What tqdm writes: " 40%|████      | 4/10 [00:01<00:02, …]".
BAR = re.compile(r"\s*(\d+%\|.*\||\d+(epoch|run|it)) ?.*\[.*\]\s*")
FIGURE = "image/svg+xml"

READY = """() => {
  const panel = window.jupyterapp?.shell.currentWidget;
  return panel?.context?.isReady
    && panel.sessionContext?.session?.kernel?.status === "idle"
    && panel.content.widgets.every((cell) => cell.node.isConnected);
}"""
# Every cell has run and its figures are drawn; or one has failed, or Lab has
# a question: that a kernel died, for instance.
ENDED = """() => {
  const code = jupyterapp.shell.currentWidget.content.widgets.filter(
    (cell) => cell.model.type === "code");
  const outputs = ({model}) => [...Array(model.outputs.length)].map(
    (_, i) => model.outputs.get(i));
  const done = (cell) => cell.model.executionState === "idle"
    && cell.model.executionCount !== null
    && cell.node.querySelectorAll(".jp-OutputArea img").length
      >= outputs(cell).filter(({data}) => data["image/svg+xml"]).length;
  return document.querySelector(".jp-Dialog")
    || code.flatMap(outputs).some(({type}) => type === "error")
    || code.every(done);
}"""
SHUT_DOWN = "() => window.jupyterapp?.serviceManager.sessions.shutdownAll()"
# The file would do as well, but Lab may be about to save it once more.
NOTEBOOK = "() => jupyterapp.shell.currentWidget.context.model.toJSON()"
TOOLS = """
  const notebook = jupyterapp.shell.currentWidget.content;
  const frame = () => new Promise(requestAnimationFrame);
  const texts = notebook.widgets.filter((c) => c.model.type === "markdown");
  const code = notebook.widgets.filter((c) => c.model.type === "code");
  // Brings on the screen what `find` finds in a cell, as a reader would:
  // scrolls there and opens the boxes around it.
  const show = async (cell, find) => {
    for (const end = Date.now() + 60_000; Date.now() < end; await frame()) {
      const found = cell.node.isConnected && find(cell.node);
      if (!found) {
        await notebook.scrollToItem(notebook.widgets.indexOf(cell));
        continue;
      }
      for (let box = found; box = box.parentElement.closest("details");)
        box.open = true;
      found.scrollIntoView({block: "center"});
      await frame();
      const {width, height, top, bottom} = found.getBoundingClientRect();
      if (width && height && top < innerHeight && bottom > 0) return found;
    }
    return null;
  };
"""
# Returns the listings that are not to be seen with their label and code.
LISTINGS = f"""async (listings) => {{ {TOOLS}
  const missing = [];
  for (const [label, text] of listings) {{
    const cell = texts.find(
      ({{model}}) => model.sharedModel.source.includes(`**${{label}}.**`));
    const found = cell && await show(cell, (node) =>
      node.textContent.includes(label)
      && [...node.querySelectorAll("pre")].find(
        (pre) => pre.textContent.trim() === text));
    if (!found) missing.push(label);
  }}
  return missing;
}}"""
# Returns the size at which each figure is drawn.
FIGURES = f"""async () => {{ {TOOLS}
  const sizes = [];
  for (const cell of code)
    for (const image of cell.node.querySelectorAll(".jp-OutputArea img")) {{
      await show(cell, () => image);
      await image.decode();
      sizes.push([image.naturalWidth, image.width]);
    }}
  return sizes;
}}"""
# Returns the words of each reply of the checker, and how wide its edge is.
REPLIES = f"""async () => {{ {TOOLS}
  const replies = [];
  for (const cell of code)
    for (const reply of cell.node.querySelectorAll(".reply")) {{
      await show(cell, () => reply);
      replies.push([
        reply.innerText, parseFloat(getComputedStyle(reply).borderLeftWidth)]);
    }}
  return replies;
}}"""


@dataclass
class Launch:
    """What a reader met who opened a notebook and ran all its cells."""

    title: str = ""
    editors: int = 0
    missing: list = field(default_factory=list)
    cells: list = field(default_factory=list)
    figures: list = field(default_factory=list)
    replies: list = field(default_factory=list)
    foreign: list = field(default_factory=list)
    console: list = field(default_factory=list)

    def outputs(self):
        """Yield every output with the text of its cell."""
        for cell in self.cells:
            for output in cell["outputs"]:
                yield cell["source"], output


@pytest.fixture(scope="session")
def home(site, tmp_path_factory):
    """Copy the branch, since a home is written to."""
    if not (BRANCH / "requirements.txt").is_file():
        unavailable("there is no branch: run `make notebooks` first")
    return shutil.copytree(BRANCH, tmp_path_factory.mktemp("lab") / "home")


@pytest.fixture(scope="session")
def environment(home):
    """Make an environment as the branch asks for, and nothing more."""
    environment = make(home.with_name("environment"), "--without-pip")
    pip(environment, "install", "-r", "requirements.txt", cwd=home)
    return environment


@pytest.fixture(scope="session")
def measured(environment):
    """Count its packages and their megabytes, before JupyterLab comes.

    Not counted is the bytecode, which Python writes itself.
    """
    folders = environment.glob("lib/python*/site-packages")
    packages = list(distributions(path=map(str, folders)))
    files = [file.locate() for package in packages for file in package.files]
    came = (f for f in files if f.is_file() and f.suffix != ".pyc")
    total = sum(file.stat().st_size for file in came)
    return len(packages), round(total / 1e6)


@pytest.fixture(scope="session")
def lab(measured, environment, home):
    """Start JupyterLab as Binder does; give its address."""
    pip(environment, "install", JUPYTERLAB)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    log = home.with_name("lab.log")
    command = [
        *(environment / "bin/jupyter-lab", "--allow-root", "--no-browser"),
        *("--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0"),
        *(f"--ServerApp.base_url={USER}", f"--ServerApp.token={TOKEN}"),
        # So that the tests can ask the page what state it is in.
        *("--ServerApp.trust_xheaders=True", "--expose-app-in-browser"),
    ]
    with log.open("w") as output:
        server = subprocess.Popen(
            command,
            cwd=home,
            env=surroundings(home, environment),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    address = f"http://127.0.0.1:{port}{USER}"
    try:
        await_answer(f"{address}api", server, log)
        yield address
    finally:
        server.terminate()
        server.wait()


def await_answer(address, server, log):
    """Wait until the server answers; it may take long on a busy machine."""
    for _ in range(600):
        try:
            return urlopen(address).close()
        except URLError:
            assert server.poll() is None, log.read_text()
            time.sleep(0.2)
    raise AssertionError(log.read_text())


def button(name):
    """Return what the button of a page asks Binder to open."""
    binder, _ = launch_places({"GITHUB_REPOSITORY": "ada/engine"})
    address = urlsplit(binder.start + name)
    assert address.netloc == "mybinder.org"
    (path,) = parse_qs(address.query)["urlpath"]
    return path


def page_of(name):
    """Return the page of a notebook, parsed."""
    page = SITE / Path(name).with_suffix(".html")
    return BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")


def listings(name):
    """Return label and code of the listings on the page of a notebook."""
    return [
        (
            listing.select_one(".caption-number").text.strip(),
            listing.select_one("pre").text.strip(),
        )
        for listing in page_of(name).select(".literal-block-wrapper")
    ]


@pytest.fixture(params=notebooks() or ["no notebook"], scope="session")
def name(request):
    """Give the notebooks of the branch, one after the other."""
    return request.param


@pytest.fixture(scope="session")
def launch(name, browser, lab, home):
    """Open a notebook by its button, look at it, run it, look again."""
    shutil.rmtree(home / ".jupyter/lab/workspaces", ignore_errors=True)
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    launch = Launch()
    own = ("", urlsplit(lab).netloc)  # "" for what a page holds itself

    def watch(url):
        if urlsplit(url).netloc not in own:
            launch.foreign.append(url)

    def note(message):
        if message.type == "error":
            launch.console.append(message.text)

    context.on("request", lambda request: watch(request.url))
    tab = context.new_page()
    tab.set_default_timeout(5 * MINUTE)
    tab.on("websocket", lambda socket: watch(socket.url))
    tab.on("console", note)
    tab.on("pageerror", lambda error: launch.console.append(str(error)))
    try:
        tab.goto(f"{lab}{button(name)}?token={TOKEN}")
        tab.wait_for_function(READY, polling=200)
        current = tab.locator(".lm-TabBar-tab.jp-mod-current")
        launch.title = current.inner_text()
        launch.editors = tab.locator(".jp-FileEditor").count()
        launch.missing = tab.evaluate(LISTINGS, listings(name))
        tab.get_by_role("menuitem", name="Run", exact=True).click()
        tab.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        tab.wait_for_function(ENDED, polling=500, timeout=40 * MINUTE)
        launch.figures = tab.evaluate(FIGURES)
        launch.replies = tab.evaluate(REPLIES)
        launch.cells = code_cells(tab.evaluate(NOTEBOOK))
    finally:
        tab.evaluate(SHUT_DOWN)
        context.close()
    return launch


def test_the_environment_is_small(measured, record_property):
    packages, megabytes = measured
    record_property("packages that a reader waits for", packages)
    record_property("their megabytes", megabytes)
    assert packages <= PACKAGES
    assert megabytes <= MEGABYTES


def test_it_opens_as_a_notebook(launch, name):
    assert launch.title == Path(name).name
    assert launch.editors == 0


def test_every_listing_can_be_read(launch):
    assert launch.missing == []


def test_every_cell_runs(launch):
    assert [text for text, o in launch.outputs() if "ename" in o] == []
    skipped = [c["source"] for c in launch.cells if not c["execution_count"]]
    assert skipped == []


def test_nothing_is_said_to_stderr(launch):
    said = [
        o["text"] for _, o in launch.outputs() if o.get("name") == "stderr"
    ]
    assert said == []


def test_every_figure_of_the_page_is_drawn(launch, name):
    figures = len(page_of(name).select(".cell_output img"))
    saved = [o for _, o in launch.outputs() if FIGURE in o.get("data", {})]
    assert len(saved) == len(launch.figures) == figures
    assert all(natural and shown for natural, shown in launch.figures)


def speaks(output):
    """Tell whether an output is more than a bar for those who wait."""
    lines = re.split(r"[\r\n]+", "".join(output.get("text", "an object")))
    return any(line and not BAR.fullmatch(line) for line in lines)


def test_what_the_page_leaves_out_says_nothing(launch):
    said = [
        cell["source"]
        for cell in launch.cells
        if "remove-cell" in cell["metadata"].get("tags", [])
        and any(map(speaks, cell["outputs"]))
    ]
    assert said == []


def test_the_checkers_answer(launch, name):
    assert len(launch.replies) == len(page_of(name).select(".reply"))
    for text, edge in launch.replies:
        assert re.match(r"(✓ |✗ )?Exercise \d+\.\d+\. ", text)
        assert edge > 0


def test_nothing_comes_from_elsewhere_or_goes_wrong(launch):
    assert launch.foreign == []
    assert launch.console == []
