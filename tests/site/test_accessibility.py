"""Nothing stands in the way of those who read by ear, by key, or enlarged."""

import importlib.util
import re
import sys

import pytest
from site_reader import ROOT, pages, pages_with

spec = importlib.util.spec_from_file_location(
    "accessibility", ROOT / "benchmarks" / "accessibility.py"
)
benchmark = sys.modules["accessibility"] = importlib.util.module_from_spec(
    spec
)
spec.loader.exec_module(benchmark)

WIDE, NARROW = benchmark.SIZES["wide"], benchmark.SIZES["narrow"]
# One page for each thing that can be operated, found by its markup.
OPERATED = (
    '<details class="box',
    '<template class="player"',
    '<details class="admonition hide',
    'class="pst-scrollable-table-container"',
    'class="source-page',
    'class="sd-tab-set',
    'class="listing-index',
    'id="search-results"',
    "<form action",
)
# Text that is cut off, and not only scrolled away; the page's own width.
CUT = r"""() => {
  const cut = [];
  for (const node of document.querySelectorAll("body *")) {
    const style = getComputedStyle(node);
    const clips = (way) => ["hidden", "clip"].includes(style[way]);
    if (!clips("overflowX") && !clips("overflowY")) continue;
    if (node.clientWidth < 2 || node.clientHeight < 2) continue;
    if (!node.innerText?.trim() || !node.checkVisibility()) continue;
    if (node.closest("mjx-container, svg, .visually-hidden")) continue;
    const wide = clips("overflowX") && node.scrollWidth - node.clientWidth;
    const high = clips("overflowY") && node.scrollHeight - node.clientHeight;
    // A formula's own boxes reach some pixels beyond it.
    const slack = node.matches("span.math") ? 8 : 2;
    if (wide > slack || high > slack) {
      cut.push(`${node.tagName}.${node.className}: ${wide}, ${high}`);
    }
  }
  const past = document.documentElement.scrollWidth - innerWidth;
  if (past > 0) cut.push(`the page is too wide by ${past}`);
  return cut;
}"""
LARGE = "(size) => { document.documentElement.style.fontSize = size; }"
# As WCAG 1.4.12 wants it to be possible.
SPACED = """() => {
  const style = document.createElement("style");
  style.textContent = `* { line-height: 1.5 !important;
    letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
    p { margin-bottom: 2em !important; }`;
  document.head.append(style);
}"""
UNSPOKEN = """() => ({
  formulas: [...document.querySelectorAll("mjx-container")].filter(
    (box) => !box.querySelector("math")?.textContent.trim()).length,
  diagrams: [...document.querySelectorAll("pre.mermaid")].filter(
    (box) => box.role !== "img" || !box.ariaLabel.trim()).length,
  scrolled: [...document.querySelectorAll("main [tabindex='0']")].filter(
    (box) => !box.matches("figure, button") && !box.ariaLabel).map(
    (box) => box.outerHTML.slice(0, 80)),
})"""
# What Tab has reached: its name, whether it and its mark can be seen, and
# whether it comes after (or before) what was reached last.
REACHED = """(back) => {
  const active = document.activeElement;
  if (!active || active === document.body) return null;
  active.dataset.reached = "";
  // A tab is a button that is not seen, and its label, which is.
  const node = active.matches("[type=radio]") ? active.labels[0] : active;
  const style = getComputedStyle(node);
  let opacity = 1;
  for (let box = node; box; box = box.parentElement) {
    opacity *= getComputedStyle(box).opacity;
  }
  const marked = style.outlineStyle !== "none" &&
    parseFloat(style.outlineWidth) >= 2;
  const seen = [...node.getClientRects()].some((box) =>
    [0.1, 0.5, 0.9].some((part) => {
      const x = Math.min(Math.max(box.left + part * box.width, 0),
        innerWidth - 1);
      const top = Math.max(box.top, 0);
      const low = Math.min(box.bottom, innerHeight);
      const hit = document.elementFromPoint(x, (top + low) / 2);
      return low > top && hit && (node.contains(hit) || hit.contains(node));
    }));
  const order = window.reached?.compareDocumentPosition(node);
  const follows = !order || order & (back
    ? Node.DOCUMENT_POSITION_PRECEDING : Node.DOCUMENT_POSITION_FOLLOWING);
  window.reached = node;
  const said = node.ariaLabel || node.innerText || node.title ||
    node.dataset.tooltip || "";
  const faults = [
    [said.trim(), "has no name"], [marked, "is not marked"],
    [opacity > 0.5, "is faint"], [seen, "is not seen"],
    [follows, "is out of order"]].filter(([good]) => !good);
  return faults.map(([, fault]) =>
    `${node.outerHTML.slice(0, 90)} ${fault}`);
}"""
LEFT = """() => [...document.querySelectorAll(
    "a[href], button, input, summary, [tabindex='0']")].filter((node) =>
  node.checkVisibility({visibilityProperty: true}) &&
  !node.matches("[type=radio]:not(:checked)") &&
  !("reached" in node.dataset)).map(
    (node) => node.outerHTML.slice(0, 90))"""


def operated():
    """Return a page for each thing that can be operated."""
    found = [pages_with(markup) for markup in OPERATED]
    return sorted({pages[0] for pages in found if pages})


@pytest.fixture
def tab(browser):
    """Give an empty tab in which nothing moves."""
    context = browser.new_context(viewport=WIDE, reduced_motion="reduce")
    context.set_default_timeout(180_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def chapter(tab, address, site):
    """Open the shortest chapter."""
    chapters = [page for page in pages() if page.startswith("book/part")]
    page = min(chapters, key=lambda page: (site / page).stat().st_size)
    tab.goto(address + page)
    tab.evaluate(benchmark.READY)
    return tab


def reach(tab, key):
    """Press a key and return what is wrong with what it reaches."""
    tab.keyboard.press(key)
    return tab.evaluate(REACHED, key != "Tab")


def focus(tab):
    """Return the accessible name of what has the focus, roughly."""
    return tab.evaluate(
        "(document.activeElement.ariaLabel"
        " || document.activeElement.innerText).trim()"
    )


def test_nothing_stands_in_the_way(tab, address, page):
    """One visit to each page: by axe, by ear, then enlarged."""
    for found in benchmark.audit(tab, address + page, benchmark.ways(page)):
        assert found.faults == [], found.way
    unspoken = tab.evaluate(UNSPOKEN)
    assert not any(unspoken.values()), unspoken
    for size, width in ("100%", 320), ("200%", 1280):
        tab.evaluate(LARGE, size)
        tab.set_viewport_size({"width": width, "height": 800})
        assert tab.evaluate(CUT) == [], size
    tab.evaluate(LARGE, "100%")
    tab.evaluate(SPACED)
    assert tab.evaluate(CUT) == []


def test_colours_do_not_depend_on_the_width():
    """Or else two of the four ways to look at a page are not enough."""
    style = (ROOT / "book/_static/book.css").read_text(encoding="utf-8")
    for block in re.findall(r"@media \((?:max|min)-width.*?\n}", style, re.S):
        assert "data-theme" not in block
        assert not re.search("colou?r|background", block)


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("operated_page", operated())
def test_tab_reaches_everything_in_order_and_shows_it(
    tab, address, operated_page, size
):
    tab.set_viewport_size(size)
    tab.goto(address + operated_page)
    tab.evaluate(benchmark.READY)
    tab.wait_for_load_state("networkidle")
    reached = 0
    while (faults := reach(tab, "Tab")) is not None:
        assert faults == []
        reached += 1
        assert reached < 2000, "a trap"
    assert tab.evaluate(LEFT) == []
    # And back, where the bar at the top might hide what is reached.
    tab.evaluate("() => { delete window.reached; }")
    for _ in range(reached):
        assert reach(tab, "Shift+Tab") == []
    assert reached > 4


def test_the_first_thing_leads_to_the_text(chapter):
    chapter.keyboard.press("Tab")
    assert focus(chapter) == "Skip to main content"
    assert chapter.locator("#pst-skip-link").bounding_box()["y"] >= 0
    chapter.keyboard.press("Enter")
    chapter.keyboard.press("Tab")
    assert chapter.evaluate("document.activeElement.closest('main') !== null")


@pytest.mark.parametrize(
    ("size", "button", "dialog"),
    [
        (WIDE, ".search-button-field", "pst-search-dialog"),
        (NARROW, ".search-button:visible", "pst-search-dialog"),
        (NARROW, ".primary-toggle", "pst-primary-sidebar-modal"),
        (NARROW, ".secondary-toggle", "pst-secondary-sidebar-modal"),
    ],
)
def test_a_dialog_opens_holds_the_focus_and_gives_it_back(
    chapter, size, button, dialog
):
    chapter.set_viewport_size(size)
    button = chapter.locator(button)
    button.focus()
    name = focus(chapter)
    for key in "Enter", "Space":
        chapter.keyboard.press(key)
        opened = chapter.locator(f"#{dialog}[open]")
        opened.wait_for()
        assert opened.get_attribute("aria-label")
        assert opened.evaluate("box => box.contains(document.activeElement)")
        if key == "Enter":
            assert benchmark.ask(chapter)[0] == []
        chapter.keyboard.press("Escape")
        opened.wait_for(state="detached")
        assert focus(chapter) == name


def test_search_is_asked_by_keyboard(chapter):
    chapter.keyboard.press("Control+k")
    chapter.keyboard.type("softmax")
    chapter.keyboard.press("Enter")
    chapter.wait_for_selector("#search-results li a")


def test_the_sidebar_goes_and_comes_by_keyboard(chapter):
    toggle = chapter.locator(".primary-toggle")
    link = chapter.locator(".bd-sidebar-primary a").first
    toggle.focus()
    for shown in False, True:
        chapter.keyboard.press("Enter")
        link.wait_for(state="visible" if shown else "hidden")
        assert toggle.get_attribute("aria-expanded") == str(shown).lower()
        assert toggle.evaluate("node => node === document.activeElement")


def test_menus_open_and_close_by_keyboard(chapter):
    menus = chapter.locator("[data-bs-toggle='dropdown']")
    assert menus.count()
    for menu in menus.all():
        menu.focus()
        chapter.keyboard.press("Enter")
        assert menu.get_attribute("aria-expanded") == "true"
        assert benchmark.ask(chapter)[0] == []
        items = menu.locator("xpath=..").locator(".dropdown-item")
        for item in items.all():
            chapter.keyboard.press("ArrowDown")
            assert item.evaluate("node => node === document.activeElement")
        chapter.keyboard.press("Escape")
        assert menu.get_attribute("aria-expanded") == "false"
        assert menu.evaluate("node => node === document.activeElement")


def test_arrows_choose_a_tab(tab, address):
    tab.goto(address + pages_with('class="sd-tab-set')[0])
    buttons = tab.locator(".sd-tab-set").first.locator("> input")
    buttons.first.focus()
    for button in [*buttons.all()[1:], buttons.first]:
        tab.keyboard.press("ArrowRight")
        assert button.is_checked()
        assert button.locator("+ label + .sd-tab-content").is_visible()


def test_the_colours_change_by_keyboard(chapter):
    chapter.locator(".theme-switch-button").focus()
    modes = set()
    for _ in range(3):
        chapter.keyboard.press("Space")
        modes.add(chapter.evaluate("document.documentElement.dataset.mode"))
    assert modes == {"light", "dark", "auto"}


def test_code_is_copied_by_keyboard(chapter):
    chapter.evaluate("""() => {
      document.execCommand = () => { window.copied = true; return true; };
    }""")
    chapter.locator("button.copybtn").first.focus()
    chapter.keyboard.press("Enter")
    chapter.wait_for_selector("button.copybtn.success")


def test_what_scrolls_is_scrolled_by_keyboard(chapter):
    chapter.set_viewport_size(NARROW)
    box = chapter.locator("main pre[tabindex]").first
    box.focus()
    chapter.keyboard.press("ArrowRight")
    chapter.wait_for_function("() => document.activeElement.scrollLeft > 0")


def test_columns_named_by_a_formula_have_a_name(browser, address):
    pages = pages_with('<th class="head"><p><span class="math')
    context = browser.new_context()
    tab = context.new_page()
    tab.goto(address + pages[0])
    tab.evaluate(benchmark.READY)
    tab.wait_for_selector("th math[aria-label]")
    tree = context.new_cdp_session(tab).send("Accessibility.getFullAXTree")
    context.close()
    names = [
        node["name"]["value"]
        for node in tree["nodes"]
        if node.get("role", {}).get("value") == "columnheader"
    ]
    assert names
    assert all(name.strip() for name in names), names


def test_motion_stops_for_those_who_ask(tab, address):
    tab.goto(address + pages_with('<template class="player"')[0])
    moving = tab.evaluate("""() => [
      ...document.querySelectorAll("*")].filter((node) =>
        ["", "::before", "::after"].some((part) => {
          const style = getComputedStyle(node, part || null);
          return style.animationName !== "none" ||
            style.scrollBehavior === "smooth" ||
            style.transitionDuration.split(", ").some(
              (time) => parseFloat(time) > 0);
        })).map((node) => node.outerHTML.slice(0, 90))""")
    assert moving == []
    play = tab.locator(".player button[name='player-play']")
    assert play.count()
    assert not any(button.is_visible() for button in play.all())


# What the page's filter makes of a figure's colours on a dark page, and
# their contrast there, as in WCAG 2.
LIFTED = """(colours) => {
  const canvas = document.createElement("canvas").getContext("2d");
  const style = getComputedStyle(document.documentElement);
  const drawn = (colour) => {
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((v) => (v / 255 <= 0.04045)
      ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = luminance(drawn(
    style.getPropertyValue("--pst-color-background")));
  canvas.filter = style.getPropertyValue("--book-lift");
  return colours.map((colour) => [
    drawn(colour), (luminance(drawn(colour)) + 0.05) / (ground + 0.05)]);
}"""


def test_figures_on_a_dark_page_are_read_and_do_not_bleach(tab, address):
    from plainnet.plotting._style import COLORS, GREY

    tab.emulate_media(color_scheme="dark")
    tab.goto(address + "book/index.html")
    tab.wait_for_function(benchmark.SHOWN, arg="dark")
    light, *words = tab.evaluate(LIFTED, ["#f0f0f0", GREY, *COLORS])
    assert max(light[0]) < 255  # as in red and blue on nearly white
    assert all(contrast >= 4.5 for _, contrast in words), words
