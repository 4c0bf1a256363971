"""The offline copies: the PDF of the whole book and the ZIP of the site."""

import os
import re
import zipfile
from posixpath import dirname, join, normpath
from typing import NamedTuple
from urllib.parse import unquote, urldefrag

import lxml.html
import pikepdf
import pypdfium2
import pytest
from offline import archive, landing, pdf
from site_reader import Anchors
from test_site import DRAWN, FACTS, READY

MM = 72 / 25.4
SIDE = 33.5 * MM  # the margin, as book.css says it
HEAD = 22 * MM
FOOT = 20 * MM


def squeeze(text):
    """Return a text without white space, as it may be broken anywhere.

    PDFium writes a hyphen at the end of a line in its own way.
    """
    return re.sub(r"\s+", "", text.replace("\x02", "-"))


def of_class(element, *names):
    """Return the elements below that have one of the classes."""
    tests = " or ".join(
        f"contains(concat(' ', @class, ' '), ' {name} ')" for name in names
    )
    return element.xpath(f".//*[{tests}]")


def words(element):
    """Yield the texts of an element that are neither formulas nor scripts."""
    for text in element.xpath(
        ".//text()[not(ancestor::script or ancestor::template or "
        "ancestor::button or ancestor::a[contains(@class, 'headerlink')] or "
        "ancestor::*[@class='listing-source'] or "
        "ancestor::summary[contains(concat(../@class, ' '), 'hide ')] or "
        "ancestor::*[contains(concat(' ', @class, ' '), ' math ')])]"
    ):
        yield squeeze(text)


class Sheet(NamedTuple):
    """What can be read on a sheet, and the boxes around its runs of text."""

    text: str
    edges: str  # its head and foot
    boxes: list


class Page:
    """A page of the book: its name, its part and what is in its HTML."""

    def __init__(self, part, name, html):
        self.part = part
        self.name = name
        self.slug = name.removeprefix("book/").replace("/", "-")
        tree = lxml.html.fromstring(html.encode())
        self.article = tree.xpath("//article")[0]
        for gone in of_class(self.article, "headerlink", "box-link"):
            gone.drop_tree()

    def titles(self):
        """Yield the anchor and the words of the page's titles."""
        for place, title in enumerate(self.article.xpath(".//h1 | .//h2")):
            anchor = f"--{title.getparent().get('id')}" if place else ""
            yield (
                f"{self.slug}{anchor}",
                " ".join(title.text_content().split()),
            )

    def aliases(self):
        """Return the anchor of the title for each place just before it."""
        return {
            f"{self.slug}--{place}": f"{self.slug}--{section.get('id')}"
            for section in self.article.xpath(".//section[@id]")
            for place in section.xpath("./span[not(node())]/@id")
        }

    def codes(self):
        """Return the page's code, and what its cells printed."""
        return self.article.xpath(".//div[@class='highlight']/pre")


@pytest.fixture(scope="module")
def book(site):
    """Give the pages of the book in their order."""
    return [Page(**page) for page in pdf.pages()]


@pytest.fixture(scope="module")
def path(copies):
    """Give the file of the PDF."""
    return copies / landing.PDF


@pytest.fixture(scope="module")
def opened(path):
    """Give the PDF as objects."""
    with pikepdf.open(path) as opened:
        yield opened


@pytest.fixture(scope="module")
def sheets(path):
    """Give what can be read on each sheet."""
    document = pypdfium2.PdfDocument(path)
    found = []
    for sheet in document:
        words = sheet.get_textpage()
        inside = {"bottom": FOOT - 1, "top": sheet.get_height() - HEAD + 1}
        boxes = [words.get_rect(i) for i in range(words.count_rects())]
        body = words.get_text_bounded(**inside)
        edges = words.get_text_bounded(top=FOOT - 1)
        edges += words.get_text_bounded(bottom=inside["top"])
        found.append(Sheet(body, edges, boxes))
        words.close()
    document.close()
    return found


@pytest.fixture(scope="module")
def numbers(opened):
    """Give the number of the page of each place."""
    return pdf.page_numbers(opened)


@pytest.fixture(scope="module")
def told(sheets):
    """Give a function that says whether the PDF has these words."""
    everything = "".join(squeeze(sheet.text) for sheet in sheets)

    def told(text):
        """In one piece, or in two where a page ends."""
        return text in everything or any(
            text[:k] in everything and text[k:] in everything
            for k in range(2, len(text) - 1)
        )

    return told


def links(opened):
    """Yield the page, and the target of each link: an address or a place."""
    for number, page in enumerate(opened.pages, 1):
        for note in page.get("/Annots", []):
            if note.Subtype != "/Link":
                continue
            if "/A" in note and "/URI" in note.A:
                yield number, str(note.A.URI), None
            else:
                target = note.get("/Dest") or note.A.D
                yield number, None, str(target)


def test_the_pdf_says_what_it_is(path, opened):
    assert opened.docinfo["/Title"] == "Neural Networks, Line by Line"
    assert opened.docinfo["/Author"] == pdf.authors()
    assert opened.Root.Lang == "en"
    assert opened.Root.MarkInfo.Marked
    assert "/StructTreeRoot" in opened.Root
    assert path.stat().st_size < 25e6
    for page in opened.pages:
        *_, width, height = page.mediabox
        assert float(width) == pytest.approx(210 * MM, abs=1)
        assert float(height) == pytest.approx(297 * MM, abs=1)


def test_all_fonts_are_embedded(opened):
    fonts = {
        font.objgen: font
        for page in opened.pages
        for font in page.get("/Resources", {}).get("/Font", {}).values()
    }
    assert len(fonts) > 5
    for font in fonts.values():
        if font.Subtype == "/Type3":
            continue
        below = font.get("/DescendantFonts", [font])[0]
        assert "/FontFile2" in below.FontDescriptor or (
            "/FontFile3" in below.FontDescriptor
        ), font.BaseFont


def test_no_sheet_is_empty(sheets):
    for number, sheet in enumerate(sheets, 1):
        assert len(squeeze(sheet.text)) > 60, f"page {number}"


def test_every_title_is_where_the_contents_say(book, sheets, numbers):
    contents = "".join(
        squeeze(s.text) for s in sheets[1 : numbers["index"] - 1]
    )
    last = 1
    for page in book:
        for anchor, title in page.titles():
            number = numbers[anchor]
            assert number >= last, title
            last = number
            assert squeeze(title) in squeeze(sheets[number - 1].text), title
            assert f"{squeeze(title)}{number}" in contents, title


def test_the_outline_has_parts_chapters_and_sections(book, opened, numbers):
    with opened.open_outline() as outline:
        found = {}
        note(outline.root, (), found, opened)
    for page in book:
        above = (page.part,) if page.part else ()
        (anchor, title), *sections = page.titles()
        assert found[*above, title] == numbers[anchor]
        for anchor, section in sections:
            assert found[*above, title, section] == numbers[anchor], section


def note(items, above, found, opened):
    """Write down the page of each entry of the outline, by its path."""
    places = {page.objgen: at for at, page in enumerate(opened.pages, 1)}
    for item in items:
        here = (*above, " ".join(str(item.title).split()))
        found[here] = places[item.destination[0].objgen]
        note(item.children, here, found, opened)


def test_sheets_carry_their_numbers_and_heads(book, sheets, numbers):
    starts = [numbers[page.slug] for page in book]
    ends = [*starts[1:], len(sheets) + 1]
    for page, start, end in zip(book, starts, ends, strict=True):
        _, title = next(page.titles())
        for number in range(start, end):
            edges = squeeze(sheets[number - 1].edges)
            assert squeeze(page.part) in edges
            assert squeeze(title) in edges
            assert str(number) in edges


def test_no_link_leaves_the_book_by_mistake(opened):
    found = list(links(opened))
    assert len(found) > 1000
    for number, address, _ in found:
        if address is not None:
            assert re.match(
                r"https?://(?!localhost|127\.)|mailto:", address
            ), (
                number,
                address,
            )


def test_links_between_pages_land_where_they_should(book, opened, numbers):
    """The links of each page of the site, against those of the PDF."""
    here = {f"{page.name}.html": page.slug for page in book}
    starts = [numbers[page.slug] for page in book]
    ends = [*starts[1:], len(opened.pages) + 1]
    titles = {}
    for page in book:
        titles |= page.aliases()
    of_pdf = {}
    for number, _, place in links(opened):
        if place is not None:
            of_pdf.setdefault(number, set()).add(place.lstrip("/"))
    for page, start, end in zip(book, starts, ends, strict=True):
        wanted = set()
        for link in page.article.xpath(".//a[@href]"):
            if "sd-btn" in link.get("class", ""):
                continue
            if link.xpath("../@class") == ["listing-source"]:
                continue  # where it is used is told on the site only
            address, fragment = urldefrag(link.get("href"))
            target = normpath(join(dirname(page.name), address))
            if not address:
                target = f"{page.name}.html"
            if target in here:
                place = f"--{unquote(fragment)}" if fragment else ""
                place = here[target] + place
                wanted.add(titles.get(place, place))
        found = set().union(*(of_pdf.get(n, ()) for n in range(start, end)))
        assert wanted - found == set(), page.name
        assert found - set(numbers) == set()
    for page, start, end in zip(book, starts, ends, strict=True):
        for place, number in numbers.items():
            if place == page.slug or place.startswith(f"{page.slug}--"):
                assert start <= number < end, place


def test_all_words_of_all_boxes_are_there(book, told):
    count = 0
    for page in book:
        for box in [
            *page.article.xpath(".//details"),
            *of_class(page.article, "admonition"),
        ]:
            texts = [text for text in words(box) if len(text) > 3]
            missing = [text for text in texts if not told(text)]
            assert texts
            assert missing == [], (page.name, box.get("id"))
            count += 1
    assert count > 200


def test_all_captions_and_numbers_of_formulas_are_there(book, told):
    for page in book:
        for caption in of_class(
            page.article, "caption-number", "caption-text", "eqno"
        ):
            for text in words(caption):
                assert told(text), (page.name, text)


def test_code_is_neither_cut_off_nor_broken(book, sheets):
    lines = {squeeze(s) for sheet in sheets for s in sheet.text.splitlines()}
    count = 0
    for page in book:
        for code in page.article.xpath(
            ".//pre[parent::div[@class='highlight']]"
        ):
            for line in code.text_content().splitlines():
                if line.strip():
                    count += 1
                    wanted = squeeze(line)
                    assert wanted in lines or any(
                        wanted in beside_another for beside_another in lines
                    ), (page.name, line)
    assert count > 3000


def test_nothing_reaches_into_the_margins(opened, sheets):
    *_, width, height = map(float, opened.pages[0].mediabox)
    for number, sheet in enumerate(sheets[1:], 2):
        for left, bottom, right, top in sheet.boxes:
            if right - left > width or top - bottom > height:
                continue  # a stretched brace or bar, mostly clipped
            assert SIDE - 3 < left < right < width - SIDE + 3, number
            assert 20 < bottom < top < height - 20, number


def test_listings_and_short_cells_stay_on_a_sheet(book, sheets):
    texts = [squeeze(sheet.text) for sheet in sheets]
    for page in book:
        for code in page.article.xpath(
            ".//pre[parent::div[@class='highlight']]"
        ):
            text = code.text_content().strip("\n")
            if text.count("\n") < 36 and len(text) > 80:
                whole = squeeze(text)
                assert any(whole in text for text in texts), whole


def test_no_title_stands_alone_at_the_foot(book, opened, sheets, numbers):
    for page in book:
        for anchor, title in page.titles():
            *_, top, _ = opened.Root.Dests[f"/{anchor}"]
            boxes = sheets[numbers[anchor] - 1].boxes
            below = [box for box in boxes if FOOT < box[1] < float(top) - 40]
            assert below, title


PAGE = """<article class="bd-article"><section id="top">
<span id="one"></span><span id="two"></span>
<h1>Title<a class="headerlink" href="#top">#</a></h1>
<details class="box"><summary>Box</summary></details>
<p><span class="math">x</span>), y</p>{links}</section></article>"""
TARGETS = {
    "#two": "#part1-a--top",
    "b.html": "#part1-b",
    "../glossary.html#term-x": "#glossary--term-x",
    "../../source/layers.html#L-7": "SOURCE/code/plainnet/layers.py#L7",
    "../../search.html": "SITE/search.html",
    "https://example.org/": "https://example.org/",
}


@pytest.mark.parametrize("known", [True, False])
def test_links_of_a_page_become_those_of_a_book(browser, known):
    """To the repository and the site only if their addresses are known."""
    text = "".join(f'<a href="{link}">{link}</a>' for link in TARGETS)
    html = PAGE.format(links=text)
    names = ["book/part1/a", "book/part1/b", "book/glossary"]
    tab = browser.new_page()
    tab.set_content(
        '<div class="cover"><div class="picture"></div></div>'
        '<div class="bd-article-container"></div>'
    )
    tab.add_script_tag(path=pdf.HERE / "pdf.js")
    entries = tab.evaluate(
        "book => makeBook(book)",
        {
            "pages": [
                {"part": "Part", "name": name, "html": html} for name in names
            ],
            "files": "",
            "site": "SITE/" if known else "",
            "source": "SOURCE" if known else "",
        },
    )
    links = tab.locator("#part1-a a")
    found = {a.inner_text(): a.get_attribute("href") for a in links.all()}
    assert found == {
        link: target
        for link, target in TARGETS.items()
        if known or not target.startswith(("SOURCE", "SITE"))
    }
    assert tab.locator("#part1-a details[open]").count() == 1
    assert tab.locator("h1#part1-a--top").count() == 1
    assert tab.locator("#part1-a .together").inner_text() == "x),"
    assert [entry["kind"] for entry in entries] == ["part", *["chapter"] * 3]
    tab.close()


@pytest.fixture(scope="module")
def unpacked(copies, tmp_path_factory):
    """Unpack the ZIP and give the folder in it."""
    folder = tmp_path_factory.mktemp("disk")
    with zipfile.ZipFile(copies / landing.ZIP) as archive:
        archive.extractall(folder)
    (inside,) = folder.iterdir()
    return inside


@pytest.fixture
def disk(browser, unpacked):
    """Give a tab without a network, with a list of all that goes wrong."""
    here = (unpacked.as_uri(), "data:", "blob:")
    context = browser.new_context(offline=True)
    tab = context.new_page()
    tab.wrong = []

    def request(request):
        if not request.url.startswith(here):
            tab.wrong.append(request.url)

    def failed(request):
        if request.failure != "net::ERR_ABORTED":  # by the next page
            tab.wrong.append(f"{request.failure} {request.url}")

    def message(message):
        if message.type in ("error", "warning"):
            tab.wrong.append(message.text)

    tab.on("request", request)
    tab.on("requestfailed", failed)
    tab.on("console", message)
    tab.on("pageerror", lambda error: tab.wrong.append(str(error)))
    yield tab
    assert tab.wrong == []
    context.close()


def all_pages(folder):
    """Return the addresses of the pages in a folder."""
    found = folder.rglob("*.html")
    return sorted(path.relative_to(folder).as_posix() for path in found)


def test_every_page_works_from_disk(disk, unpacked):
    for page in all_pages(unpacked):
        disk.goto(f"{unpacked.as_uri()}/{page}")
        if page == "index.html":
            disk.wait_for_url("**/book/index.html")
        disk.evaluate(READY)
        if disk.locator("pre.mermaid").count():
            disk.wait_for_function(DRAWN, timeout=10_000)
        facts = disk.evaluate(FACTS)
        assert (facts["raw"], facts["errors"]) == ([], 0), page
        assert facts["broken"] == 0, page
        assert all(image["loaded"] for image in facts["images"]), page
        assert disk.wrong == [], page


def test_links_of_the_zip_lead_to_its_files(unpacked):
    here = unpacked.resolve()
    for page in all_pages(unpacked):
        reader = Anchors()
        reader.feed((unpacked / page).read_text(encoding="utf-8"))
        for link in reader.links:
            address = unquote(urldefrag(link)[0])
            if re.match(r"(https?|mailto):", address) or not address:
                continue
            target = (unpacked / page).parent / address
            assert target.is_file(), (page, link)
            assert target.resolve().is_relative_to(here), (page, link)


def test_search_works_from_disk(disk, unpacked):
    disk.goto(f"{unpacked.as_uri()}/search.html?q=softmax")
    disk.wait_for_function(
        "() => document.querySelector('#search-results .search-summary')"
        ".textContent.includes('finished')"
    )
    found = disk.locator("#search-results li a")
    assert found.count() >= 2
    found.first.click()
    disk.wait_for_url("**/book/**")
    assert "softmax" in disk.locator("article").inner_text()


def test_the_theme_switches_from_disk(disk, unpacked):
    disk.goto(f"{unpacked.as_uri()}/book/glossary.html")
    switch = disk.locator(".theme-switch-button").first
    seen = set()
    for _ in range(3):
        switch.click()
        seen.add(disk.evaluate("document.documentElement.dataset.mode"))
    assert seen == {"auto", "dark", "light"}


def test_the_zip_is_the_site_without_the_copies(site, copies, unpacked):
    inside = {path.relative_to(unpacked) for path in unpacked.rglob("*.*")}
    whole = {path.relative_to(site) for path in site.rglob("*.*")}
    left_out = {path.as_posix() for path in whole - inside}
    assert inside <= whole
    assert left_out <= archive.FOR_SERVERS | {
        path.relative_to(site).as_posix() for path in copies.iterdir()
    }
    page = (unpacked / landing.FIRST).read_text(encoding="utf-8")
    assert '<p class="offline-copies"></p>' in page


def test_the_same_site_gives_the_same_zip(tmp_path):
    site = tmp_path / "site"
    (site / "book").mkdir(parents=True)
    page = site / landing.FIRST
    packed = []
    for moment, links in ((1e9, ""), (1.5e9, "links")):
        page.write_text(f'<p class="offline-copies">{links}</p>')
        os.utime(page, (moment, moment))
        path = tmp_path / "site.zip"
        archive.pack(site, path)
        packed.append(path.read_bytes())
    assert packed[0] == packed[1]


def test_the_first_page_links_to_the_copies_that_are_there(tmp_path):
    page = tmp_path / landing.FIRST
    page.parent.mkdir()
    page.write_text('<p class="offline-copies"></p>')
    folder = tmp_path / landing.FOLDER
    folder.mkdir()
    landing.announce(tmp_path)
    assert page.read_text() == '<p class="offline-copies"></p>'
    (folder / landing.ZIP).write_bytes(bytes(1_234_000))
    landing.announce(tmp_path)
    told = page.read_text()
    assert landing.ZIP in told
    assert "1.2 MB" in told
    assert landing.PDF not in told
    landing.announce(tmp_path)
    assert page.read_text() == told
    (folder / landing.ZIP).unlink()
    landing.announce(tmp_path)
    assert page.read_text() == '<p class="offline-copies"></p>'


def test_the_first_page_leads_to_the_copies(browser, address, copies):
    tab = browser.new_page()
    tab.goto(f"{address}{landing.FIRST}")
    shown = tab.locator(".offline-copies a")
    found = {link.get_attribute("href") for link in shown.all()}
    assert found == {f"../offline/{path.name}" for path in copies.iterdir()}
    for link in found:
        assert tab.request.head(f"{address}book/{link}").ok
    with pikepdf.open(copies / landing.PDF) as opened:
        count = f"{len(opened.pages)} pages"
    assert count in tab.locator(".offline-copies").inner_text()
    tab.close()


def test_paper_is_light_whatever_the_theme(browser, address):
    tab = browser.new_page(color_scheme="dark")
    tab.goto(f"{address}{landing.FIRST}")
    theme = "document.documentElement.dataset.theme"
    assert tab.evaluate(theme) == "dark"
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert tab.evaluate(theme) == "light"
    tab.evaluate("dispatchEvent(new Event('afterprint'))")
    assert tab.evaluate(theme) == "dark"
    tab.close()
