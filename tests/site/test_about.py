"""What pages say of themselves: heads, cards, foot, site map, 404 page."""

import io
import os
import re
import shutil
import subprocess
import sys
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from linebyline_ext import cards, colophon, environment
from PIL import Image
from site_reader import ROOT, pages
from sphinx.errors import ExtensionError

EXTENSION = ROOT / "book" / "_ext"
CONF = f"""
import importlib
import os
import sys
sys.path.insert(0, {str(EXTENSION)!r})
extensions = ["myst_nb", "sphinx_design"]
myst_enable_extensions = ["colon_fence"]
nb_execution_mode = "off"
html_title = "A & B"
html_theme = "basic"
exclude_patterns = ["_build"]
root_doc = "book/index"

def setup(app):
    for part in "environment", "about", "colophon", "not_found":
        module = importlib.import_module("linebyline_ext." + part)
        if part == "environment":
            app.config.html_baseurl = module.site_address(os.environ)
        else:
            module.setup(app)
"""
INDEX = """# A & B
:::{{div}} sd-fs-5
What it is.
:::

More of it.
```{{toctree}}
{}
```
"""
ONE = """---
chapter: 3
---
# The "first"
A paragraph before it.
:::{div} promise
You *see* `x < y`, and
then more & more.
:::
"""
FORK = {"GITHUB_REPOSITORY": "Ada/the-book"}
HOME = "https://ada.github.io/the-book/"
UNLISTED = {"404.html", "genindex.html", "index.html", "search.html"}


@pytest.fixture
def book(tmp_path):
    """Write a book of a first page, a chapter and a page."""
    shutil.copytree(ROOT / "book" / "_static", tmp_path / "book" / "_static")
    texts = {
        "conf.py": CONF,
        "book/index.md": INDEX.format("part/one\ntwo"),
        "book/part/one.md": ONE,
        "book/two.md": "# Two\n\n" + "Many words in a row. " * 40,
    }
    for name, text in texts.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def build(book, **environ):
    """Build the book in these surroundings; return the site's folder."""
    out = book / "_build" / "html"
    run = subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", "-a", "-E", book, out],
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": "", **environ},
    )
    assert run.stderr == ""
    return out


def read(path):
    return path.read_text(encoding="utf-8")


def head(path):
    """Return what a page's <meta> and canonical link say, by name."""
    html = read(path)
    found = re.findall(
        r'<meta (?:name|property)="([^"]+)" content="([^"]*)"', html
    )
    found += re.findall('<link rel="(canonical)" href="([^"]*)"', html)
    title = re.search("<title>(.*?)</title>", html, re.DOTALL)[1]
    return {name: unescape(text) for name, text in [*found, ("title", title)]}


def test_a_chapter_is_described_by_its_promise(book):
    out = build(book)
    one = head(out / "book/part/one.html")
    told = "You see x < y, and then more & more."
    assert one["description"] == one["og:description"] == told
    assert one["og:title"] == "3. The “first”"
    assert one["og:type"] == "article"
    assert one["og:site_name"] == "A & B"


def test_other_pages_are_described_by_their_first_paragraph(book):
    out = build(book)
    first = head(out / "book/index.html")
    assert first["description"] == "What it is."
    assert first["title"] == first["og:title"] == "A & B"
    assert first["og:type"] == "website"
    two = head(out / "book/two.html")["description"]
    assert two.startswith("Many words in a row. ")
    assert two.endswith(" …")
    assert 250 < len(two) <= 300
    assert "description" not in head(out / "search.html")
    assert head(out / "search.html")["robots"] == "noindex"


def test_the_root_says_what_the_first_page_says(book):
    out = build(book, **FORK)
    root, first = head(out / "index.html"), head(out / "book/index.html")
    assert root.pop("title") == first["title"]
    for name, text in root.items():
        assert first[name] == text
    assert root["canonical"] == HOME + "book/index.html"
    assert 'content="0; url=book/index.html"' in read(out / "index.html")


def test_addresses_follow_the_fork(book):
    out = build(book, **FORK)
    one = head(out / "book/part/one.html")
    page = HOME + "book/part/one.html"
    assert one["canonical"] == one["og:url"] == page
    assert one["og:image"] == HOME + "_static/cards/part-one.png"
    assert one["twitter:card"] == "summary_large_image"
    two = head(out / "book/two.html")
    assert two["og:image"] == HOME + "_static/cards/book.png"
    for name in "search.html", "genindex.html":
        assert "canonical" not in head(out / name)
    assert re.findall("<loc>(.*?)</loc>", read(out / "sitemap.xml")) == [
        f"{HOME}book/{name}.html" for name in ("index", "part/one", "two")
    ]
    assert f'href="{HOME}book/part/one.html"' in read(out / "404.html")
    out = build(book)  # and go with it
    one = head(out / "book/part/one.html")
    absent = {"canonical", "og:url", "og:image", "twitter:card"}
    assert not absent & one.keys()
    assert not (out / "sitemap.xml").exists()
    assert 'href="/book/part/one.html"' in read(out / "404.html")


@pytest.mark.parametrize(
    ("environ", "address"),
    [
        ({}, ""),
        ({"BOOK_BRANCH": "main"}, ""),
        (FORK, HOME),
        ({"GITHUB_REPOSITORY": "Ada/ada.github.io"}, "https://ada.github.io/"),
        ({"BOOK_URL": "https://book.example/x"}, "https://book.example/x/"),
        (FORK | {"BOOK_URL": "https://e.example/"}, "https://e.example/"),
        (FORK | {"BOOK_URL": ""}, HOME),
    ],
)
def test_the_site_knows_its_address(environ, address):
    assert environment.site_address(environ) == address


@pytest.mark.parametrize("address", ["book.example", "/book", "https://"])
def test_an_address_that_is_none_is_refused(address):
    with pytest.raises(ExtensionError, match="BOOK_URL must be"):
        environment.site_address({"BOOK_URL": address})


def test_cards_are_the_same_every_time(book):
    folder = build(book) / "_static" / "cards"
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert before.keys() == {"book.png", "part-one.png"}
    build(book)
    assert before == {p.name: p.read_bytes() for p in folder.iterdir()}


CARD = {"number": "3", "book": "A book"}


def test_a_card_is_a_small_picture():
    data = cards.card("A title", "A promise.", **CARD)
    with Image.open(io.BytesIO(data)) as image:
        assert (image.format, image.size) == ("PNG", (1200, 630))
    assert len(data) < 40_000
    for other in (
        cards.card("Another", "A promise.", **CARD),
        cards.card("A title", "Another.", **CARD),
        cards.card("A title", "A promise.", **CARD | {"number": "4"}),
    ):
        assert other != data


def inside(title, promise):
    """Say whether all words of a card stand on it, with a margin."""
    figure = cards.draw(title, promise, **CARD)
    figure.canvas.draw()
    (axes,) = figure.axes
    boxes = [text.get_window_extent() for text in axes.texts]
    width, height = cards.SIZE
    return all(
        40 < box.x0 < box.x1 < width - 40
        and 20 < box.y0 < box.y1 < height - 20
        for box in boxes
    )


def test_words_stay_on_the_card(monkeypatch):
    for word in "word ", "MMMM ", "M":
        assert inside(word * 30, word * 100)
    monkeypatch.setattr(cards, "ROOM", 2000)
    assert not inside("word " * 30, "")
    assert not inside("", "word " * 100)


def chapters():
    return [page for page in pages() if page.startswith("book/part")]


def test_every_chapter_has_a_card_with_room_for_its_words(site):
    assert chapters()
    for page in chapters():
        name = page.removeprefix("book/").replace("/", "-")
        path = site / "_static" / "cards" / name.replace(".html", ".png")
        with Image.open(path) as image:
            assert image.size == cards.SIZE
        about = head(site / page)
        title = about["og:title"].partition(". ")[2]
        assert inside(title, about["description"])
        assert path.read_bytes() == cards.card(
            title,
            about["description"],
            number=about["og:title"].partition(".")[0],
            book=about["og:site_name"],
        )


def test_every_chapter_is_described_by_its_promise(site):
    for page in chapters():
        promise = re.search(
            r'<div class="[^"]*promise[^"]*">\s*<p>(.*?)</p>',
            read(site / page),
            re.DOTALL,
        )[1]
        text = unescape(re.sub("<[^>]*>", "", promise)).split()
        assert head(site / page)["description"].split() == text


def test_titles_and_descriptions_tell_pages_apart(site):
    listed = [page for page in pages() if page not in UNLISTED]
    heads = {page: head(site / page) for page in listed}
    for name in "title", "description":
        texts = [about[name] for about in heads.values()]
        assert all(texts)
        assert len(set(texts)) == len(texts)


def test_addresses_are_on_all_pages_or_on_none(site):
    listed = [page for page in pages() if page not in UNLISTED]
    sitemap = site / "sitemap.xml"
    links = [head(site / page).get("canonical") for page in listed]
    if not sitemap.is_file():
        assert set(links) == {None}
        return
    places = re.findall("<loc>(.*?)</loc>", read(sitemap))
    assert sorted(places) == sorted(links)
    home = places[0].removesuffix(sorted(listed)[0])
    assert sorted(places) == sorted(home + page for page in listed)


@pytest.fixture
def tree(tmp_path):
    """Give a repository with one commit, and its name."""

    def git(*arguments):
        run = subprocess.run(
            ["git", "-C", tmp_path, *arguments],
            check=True,
            capture_output=True,
            text=True,
        )
        return run.stdout.strip()

    (tmp_path / "file").write_text("one\n")
    git("init", "--quiet")
    git("add", "file")
    who = ["-c", "user.name=A", "-c", "user.email=a@b.example"]
    git(*who, "commit", "--quiet", "--message", "One")
    return tmp_path, git("rev-parse", "HEAD")


def test_the_commit_is_marked_when_the_tree_has_changed(tree):
    root, name = tree
    assert colophon.commit_of(root) == (name, False)
    (root / "file").write_text("two\n")
    assert colophon.commit_of(root) == (name, True)
    (root / "file").write_text("one\n")
    (root / "new").touch()
    assert colophon.commit_of(root) == (name, True)


def test_no_commit_without_git_or_of_a_tree_around_it(tree, monkeypatch):
    root, _ = tree
    (root / "inner").mkdir()
    assert colophon.commit_of(root / "inner") is None
    monkeypatch.setitem(os.environ, "PATH", "")
    assert colophon.commit_of(root) is None


def test_the_foot_says_what_made_the_page():
    commit = colophon.Commit("0123456789abcdef", changed=False)
    text = colophon.made("today", commit, "", 61.2)
    assert text.startswith('<p class="measured">Built on today from commit ')
    assert "<code>0123456</code>, with Python 3." in text
    assert "and NumPy 2." in text
    assert text.endswith("ran for 1 minute and 1 second.</p>")
    changed = colophon.made(
        "today", commit._replace(changed=True), "a/b", None
    )
    assert "https://github.com/a/b/commit/0123456789abcdef" in changed
    assert "</a> and uncommitted changes, with Python" in changed
    assert "ran for" not in changed
    assert "Built on today with" in colophon.made("today", None, "a/b", None)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "less than a second"),
        (1.4, "1 second"),
        (59.7, "1 minute"),
        (125, "2 minutes and 5 seconds"),
    ],
)
def test_durations_are_words(seconds, words):
    assert colophon.duration(seconds) == words


def test_the_date_may_be_given():
    given = {"SOURCE_DATE_EPOCH": "1790000000"}
    assert colophon.built(given) == "21 September 2026 at 14:13 UTC"
    assert colophon.built({}) != colophon.built(given)


def test_links_of_the_foot_lead_to_the_fork():
    assert colophon.links("", "main", "book/x.md", "X") == ""
    html = colophon.links("ada/book", "my draft", "book/x.md", 'On "X" & Y')
    edit, report = map(unescape, re.findall('href="(.*?)"', html))
    home = "https://github.com/ada/book"
    assert edit == f"{home}/edit/my%20draft/book/x.md"
    assert report.startswith(f"{home}/issues/new?")
    asked = parse_qs(urlsplit(report).query)
    assert asked["title"] == ['Error on the page “On "X" & Y”']
    assert "`book/x.md`" in asked["body"][0]
    assert "Report an error" in html
    assert '"Report an error"' in read(ROOT / "book" / "errata.md")


def test_every_page_has_its_foot(site, page):
    if page == "404.html":
        return
    html = read(site / page)
    (foot,) = re.findall('<div class="colophon">.*?</div>', html)
    (made,) = re.findall('<p class="measured">(.*?)</p>', foot)
    assert re.match(
        r"Built on \d+ \w+ 20\d\d at \d\d:\d\d UTC .*with Python 3\.\d+\.\d+ "
        r"and NumPy \d+\.\d+\.\d+\.",
        made,
    )
    ran = 'class="cell_output' in html
    assert ("The cells of this page ran for" in made) == ran


def test_edit_and_report_links_lead_to_one_repository(site, page):
    """On a site that knows no repository there are none."""
    html = read(site / page)
    edits = re.findall('href="([^"]*/edit/[^"]*)"', html)
    reports = re.findall('href="([^"]*/issues/new[^"]*)"', html)
    homes = {link.split("/edit/")[0] for link in edits}
    homes |= {link.split("/issues/")[0] for link in reports}
    assert len(homes) <= 1
    source = page.replace(".html", ".md")
    for link in edits:
        assert link.endswith(f"/{source}")
        assert (ROOT / source).is_file()
    foot = html.partition('<div class="colophon">')[2]
    assert ("/edit/" in foot) == ("/issues/new" in foot) == bool(edits)


def test_the_404_page_works_at_any_depth(site, browser, address):
    html = read(site / "404.html")
    asked = []
    tab = browser.new_page()
    tab.on("request", lambda request: asked.append(request.url))
    wrong = f"{address}no/such/page.html"
    tab.route(
        wrong,
        lambda route: route.fulfill(
            status=404, body=html, content_type="text/html"
        ),
    )
    tab.goto(wrong)
    assert tab.locator("h1").inner_text() == "Page not found"
    assert asked == [wrong]
    links = tab.eval_on_selector_all("a", "links => links.map(a => a.href)")
    root = links[0].removesuffix("book/index.html")
    assert tab.locator("form").evaluate("form => form.action") == (
        f"{root}search.html"
    )
    for link in links:
        assert (site / link.removeprefix(root)).is_file()
    for page in chapters():
        assert root + page in links
    tab.close()


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_404_page_has_the_books_colours(site, browser, address, mode):
    colours = []
    for page in "404.html", "book/index.html":
        tab = browser.new_page(color_scheme=mode)
        tab.goto(address + page)
        colours.append(
            tab.evaluate(
                """() => {
                  const style = getComputedStyle(document.body);
                  return [style.backgroundColor, style.color];
                }"""
            )
        )
        tab.close()
    assert colours[0] == colours[1]
