"""Every page of the built site: in files, and in a browser in three ways."""

import re
from dataclasses import dataclass, field
from urllib.parse import unquote, urldefrag, urljoin

import pytest
from site_reader import anchors, pages

MODES = {
    "wide": {"viewport": {"width": 1280, "height": 900}},
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "has_touch": True,
        "is_mobile": True,
    },
    "dark": {
        "viewport": {"width": 1280, "height": 900},
        "color_scheme": "dark",
    },
}
READY = """async () => {
  if (window.MathJax && MathJax.startup) await MathJax.startup.promise;
  await document.fonts.ready;
}"""
OPEN_ALL = """() => document.querySelectorAll("main details").forEach(
  (box) => { box.open = true; })"""
DRAWN = """() => [...document.querySelectorAll("pre.mermaid")].every(
  (diagram) => diagram.querySelector("svg"))"""
WIDTH = "() => document.documentElement.scrollWidth - innerWidth"
FACTS = r"""() => {
  const prose = document.querySelector("main").cloneNode(true);
  prose.querySelectorAll("pre, code, script, style, mjx-container").forEach(
    (node) => node.remove());
  const math = [...document.querySelectorAll("main .math")];
  return {
    text: prose.textContent,
    images: [...document.querySelectorAll("main img")].map(
      (image) => ({
        source: image.getAttribute("src"), alt: image.getAttribute("alt"),
        loaded: image.complete && image.naturalWidth > 0})),
    raw: math.filter((node) => !node.querySelector("mjx-container")).map(
      (node) => node.textContent),
    errors: document.querySelectorAll("mjx-merror").length,
    broken: document.querySelectorAll(
      "pre.mermaid svg[aria-roledescription=error]").length,
    warnings: [...document.querySelectorAll(
      ".output.stderr, .output.traceback")].map((node) => node.textContent),
  };
}"""
# Relative luminance and contrast as in WCAG 2, of colours on their grounds.
CONTRAST = """() => {
  const canvas = document.createElement("canvas").getContext("2d");
  const style = getComputedStyle(document.documentElement);
  const luminance = (name) => {
    canvas.fillStyle = style.getPropertyValue(name);
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map(
      (v) => (v / 255 <= 0.04045) ? v / 255 / 12.92
        : ((v / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const words = ["accent", "ink", "quiet", "wrong", "right", "token-name",
    "token-text"].map((name) => "--book-" + name);
  const grounds = ["--pst-color-background", "--book-code-ground",
    "--book-accent-soft"];
  return words.flatMap((word) => grounds.map((ground) => {
    const [low, high] = [luminance(word), luminance(ground)].sort(
      (a, b) => a - b);
    return [word + " on " + ground, (high + 0.05) / (low + 0.05)];
  }));
}"""


@dataclass
class Visit:
    """What a browser met on one page."""

    foreign: list = field(default_factory=list)
    failed: list = field(default_factory=list)
    console: list = field(default_factory=list)
    open_at_first: int = 0
    too_wide: int = 0
    too_wide_open: int = 0
    drawn: bool = True
    facts: dict = field(default_factory=dict)


def listen(tab, address, visit):
    """Write down the tab's requests, failures and messages."""

    def request(request):
        if not request.url.startswith((address, "data:", "blob:")):
            visit.foreign.append(request.url)

    def response(response):
        if response.status >= 400:
            visit.failed.append(f"{response.status} {response.url}")

    def message(message):
        if message.type in ("error", "warning"):
            visit.console.append(message.text)

    tab.on("request", request)
    tab.on("response", response)
    tab.on("requestfailed", lambda r: visit.failed.append(r.url))
    tab.on("console", message)
    tab.on("pageerror", lambda error: visit.console.append(str(error)))


def look(context, address, page):
    """Open a page, then all its boxes, and return what was met."""
    visit = Visit()
    tab = context.new_page()
    listen(tab, address, visit)
    tab.goto(address + page)
    tab.evaluate(READY)
    visit.open_at_first = tab.locator("main details[open]").count()
    visit.too_wide = tab.evaluate(WIDTH)
    tab.evaluate(OPEN_ALL)
    if tab.locator("pre.mermaid").count():
        tab.wait_for_function(DRAWN, timeout=10_000)
    visit.too_wide_open = tab.evaluate(WIDTH)
    visit.facts = tab.evaluate(FACTS)
    tab.close()
    return visit


@pytest.fixture(scope="session")
def contexts(browser):
    """Give a context for each way to look at a page."""
    contexts = {
        mode: browser.new_context(**options) for mode, options in MODES.items()
    }
    yield contexts
    for context in contexts.values():
        context.close()


@pytest.fixture(scope="session")
def visits():
    """Remember the visits: each page is opened once in each way."""
    return {}


@pytest.fixture(params=MODES, scope="session")
def visit(request, contexts, address, visits, page):
    """Give the visit of this page in this way."""
    key = page, request.param
    if key not in visits:
        visits[key] = look(contexts[request.param], address, page)
    return visits[key]


@pytest.fixture
def tab(contexts):
    """Give a wide, empty tab."""
    tab = contexts["wide"].new_page()
    yield tab
    tab.close()


def test_asks_no_other_server(visit):
    assert visit.foreign == []


def test_every_request_succeeds(visit):
    assert visit.failed == []


def test_the_console_is_silent(visit):
    assert visit.console == []


def test_nothing_is_wider_than_the_screen(visit):
    assert visit.too_wide <= 0
    assert visit.too_wide_open <= 0


def test_images_load_and_have_alt_text(visit):
    for image in visit.facts["images"]:
        assert image["loaded"], image["source"]
        alt = (image["alt"] or "").strip()
        assert alt, f"no alt text: {image['source']}"
        assert not re.search(r"\.\w{2,4}$|/", alt.removesuffix("...")), alt


def test_math_is_typeset(visit):
    assert visit.facts["errors"] == 0
    assert visit.facts["raw"] == []
    assert not re.search(r"\$\$|\\\(|\\\[", visit.facts["text"])


def test_diagrams_are_drawn(visit):
    assert visit.facts["broken"] == 0


def test_no_warning_or_traceback_is_on_the_page(visit):
    assert visit.facts["warnings"] == []
    assert "Traceback (most recent call last)" not in visit.facts["text"]


def test_boxes_are_closed_at_first(visit):
    assert visit.open_at_first == 0


def test_boxes_open_by_keyboard(tab, address, boxes_page):
    tab.goto(address + boxes_page)
    for box in tab.locator("article details.box").all():
        summary = box.locator("> summary")
        summary.focus()
        tab.keyboard.press("Enter")
        assert box.evaluate("box => box.open"), summary.inner_text()


def test_boxes_open_by_their_link(tab, address, boxes_page):
    tab.goto(address + boxes_page)
    names = tab.eval_on_selector_all(
        "article details.box", "boxes => boxes.map(box => box.id)"
    )
    assert all(names)
    for name in names[:1]:  # a new page, then its other boxes one by one
        tab.goto("about:blank")
        tab.goto(f"{address}{boxes_page}#{name}")
    for name in names:
        tab.evaluate("name => { location.hash = name; }", name)
        box = tab.locator(f"[id='{name}']")
        tab.wait_for_function(
            "name => document.getElementById(name).open", arg=name
        )
        link = box.locator("+ a.box-link")
        assert link.get_attribute("href") == f"#{name}"


def test_the_link_of_a_closed_box_opens_it_again(tab, address, boxes_page):
    tab.goto(address + boxes_page)
    box = tab.locator("article details.box").first
    link = box.locator("+ a.box-link")
    link.click()
    assert box.evaluate("box => box.open")
    box.evaluate("box => { box.open = false; }")
    link.click()
    assert box.evaluate("box => box.open")


def test_boxes_are_open_in_print(tab, address, boxes_page):
    tab.goto(address + boxes_page)
    tab.emulate_media(media="print")
    hidden = tab.eval_on_selector_all(
        "article details.box > .box-body",
        """bodies => bodies.filter(
          body => !body.checkVisibility({contentVisibilityAuto: true})
        ).map(body => body.textContent)""",
    )
    assert hidden == []


def test_links_and_ids(site, page):
    own = anchors(page)
    assert own.repeated == set()
    here = f"site:///{page}"
    for link in own.links:
        target, fragment = urldefrag(urljoin(here, link))
        if not target.startswith("site:///"):
            continue
        path = unquote(target.removeprefix("site:///")) or "index.html"
        assert (site / path).is_file(), link
        if fragment and path.endswith(".html"):
            assert unquote(fragment) in anchors(path).ids, link


def test_the_root_leads_to_the_book(tab, address):
    tab.goto(address)
    tab.wait_for_url(address + "book/index.html")


def test_search_finds_a_page(tab, address):
    tab.goto(f"{address}search.html?q=softmax")
    tab.wait_for_selector("#search-results li a", timeout=10_000)
    assert tab.locator("#search-results li a").count() >= 2


@pytest.mark.parametrize("mode", ["wide", "dark"])
def test_words_stand_out_from_their_ground(contexts, address, mode):
    tab = contexts[mode].new_page()
    tab.goto(address + "book/index.html")
    contrasts = tab.evaluate(CONTRAST)
    tab.close()
    assert [pair for pair in contrasts if pair[1] < 4.5] == []


def test_chapters_carry_their_numbers(site):
    titles = {
        page: re.search(
            r'<h1><span class="section-number">(\d+)\. </span>',
            (site / page).read_text(encoding="utf-8"),
        )
        for page in pages()
        if page.startswith("book/part")
    }
    assert titles
    assert all(titles.values()), titles
