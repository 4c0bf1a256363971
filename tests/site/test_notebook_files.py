"""The notebooks beside the pages: whole, plain, and true to their pages."""

import ast
import copy
import re
import sys
from functools import cache

import nbformat
import pytest
from bs4 import BeautifulSoup
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from site_reader import ROOT, SITE, anchors

sys.path.append(str(ROOT / "tests" / "book"))
from pages import Page, toc_files

MARKDOWN = MarkdownIt().enable("table").use(dollarmath_plugin)
NOTEBOOKS = sorted(p.relative_to(SITE) for p in SITE.rglob("book/**/*.ipynb"))
FOLDED = {"remove-cell", "remove-input", "hide-cell", "hide-input"}
LEFTOVER = re.compile(r"\{[\w:-]+\}`|:::|^```\{|\]\(\)|\*\*|`", re.MULTILINE)
# What a page says of its outputs, and controls that a notebook does not need.
NOT_TEXT = (
    ".headerlink, .box-link, .listing-source, .cell summary, "
    ".cell_output > :not(figure)"
)
TEXT = "p, dt, h1, h2, h3, summary, .caption-text"


@pytest.fixture(params=NOTEBOOKS or ["no notebook"], ids=str)
def name(request, site):
    """Give the name of each notebook, without its ending."""
    assert NOTEBOOKS, "the site has no notebook"
    return request.param.with_suffix("").as_posix()


@cache
def notebook(name):
    """Read a notebook."""
    return nbformat.read(SITE / f"{name}.ipynb", as_version=4)


@cache
def source(name):
    """Read the source of its page."""
    return Page((ROOT / f"{name}.md").read_text(encoding="utf-8"))


@cache
def page(name):
    """Return the article of its page, without what is no text of it."""
    html = (SITE / f"{name}.html").read_text(encoding="utf-8")
    article = BeautifulSoup(html, "html.parser").select_one("article")
    for node in article.select(NOT_TEXT):
        node.decompose()
    for number in article.select(":not(.admonition-title) > .caption-number"):
        number.append(".")
    return article


@cache
def shown(name):
    """Return the notebook's Markdown as a reader of it sees it."""
    text = "\n\n".join(cell.source for cell in cells(name, "markdown"))
    return BeautifulSoup(MARKDOWN.render(text), "html.parser")


def cells(name, kind):
    """Return the cells of one kind."""
    return [c for c in notebook(name).cells if c.cell_type == kind]


def plain(text):
    """Return text without what pages and notebooks write differently."""
    text = text.replace(r"\vert", "|").replace(r"\Vert", r"\|")
    text = re.sub(r"\\(begin|end)\{split\}|\\tag\{[\d.]+\}", "", text)
    return re.sub(r"\\[()\[\]]|[\s$]", "", text)


def test_every_chapter_is_a_notebook(site):
    for file in toc_files():
        if "chapter" in Page(file.read_text(encoding="utf-8")).header:
            name = file.relative_to(ROOT).with_suffix(".ipynb")
            assert name in NOTEBOOKS


def test_it_is_a_notebook_without_outputs(name):
    whole = notebook(name)
    nbformat.validate(whole)
    assert whole.metadata.kernelspec.name == "python3"
    ids = [cell.id for cell in whole.cells]
    assert len(ids) == len(set(ids))
    for cell in cells(name, "code"):
        assert (cell.outputs, cell.execution_count) == ([], None)


def test_it_begins_with_its_title_and_gets_the_library(name):
    first, second, *_ = notebook(name).cells
    assert first.source.startswith("# ")
    assert "Run All Cells" in first.source
    assert 'if find_spec("plainnet") is None:' in second.source


def test_the_code_that_the_page_shows_is_there_as_it_is(name):
    wanted = [
        block.body.strip("\n")
        for block in source(name).all("code-cell")
        if not FOLDED & set(tags(block))
    ]
    _, *code = cells(name, "code")
    found = [
        cell.source.strip("\n")
        for cell in code
        if not FOLDED & set(cell.metadata.get("tags", []))
    ]
    assert found == wanted


def tags(block):
    """Return the tags of a code cell, however they are written."""
    found = block.options.get("tags", [])
    return found if isinstance(found, list) else found.strip("[]").split(", ")


def test_the_code_that_the_page_hides_is_folded_and_has_no_checks(name):
    hidden = iter(
        block.body.splitlines()
        for block in source(name).all("code-cell")
        if FOLDED & set(tags(block))
    )
    for cell in cells(name, "code"):
        if not FOLDED & set(cell.metadata.get("tags", [])):
            continue
        assert cell.metadata.jupyter.source_hidden
        assert not re.search(r"^assert |glue\(", cell.source, re.MULTILINE)
        ast.parse(cell.source)
        # Every line stands in one of the hidden cells that are next.
        lines = set(cell.source.removesuffix(";").splitlines())
        assert any(lines <= set(block) for block in hidden)


def test_all_of_the_text_is_there(name):
    text = plain(shown(name).get_text())
    for node in page(name).select(TEXT):
        assert plain(node.get_text()) in text
    for formula in page(name).select("div.math"):
        for eqno in formula.select(".eqno"):
            eqno.decompose()
        assert plain(formula.get_text()) in text


def test_all_other_code_is_there(name):
    code = [plain(node.get_text()) for node in shown(name).select("pre")]
    for node in page(name).select("div.highlight pre"):
        if not node.find_parent(class_="cell"):
            assert plain(node.get_text()) in code


def test_all_boxes_are_there_and_closed(name):
    boxes = page(name).select("details.box > summary")
    found = shown(name).select("details > summary > b")
    assert [plain(b.get_text()) for b in found] == [
        plain(box.get_text()) for box in boxes
    ]
    assert not shown(name).select("details[open]")


def test_every_picture_is_in_words(name):
    text = plain(shown(name).get_text())
    for image in page(name).select("figure img"):
        assert plain(image["alt"]) in text


def test_nothing_is_left_of_myst(name):
    reading = copy.copy(shown(name))
    for node in reading.select("pre, code, .math"):
        node.decompose()
    assert LEFTOVER.findall(reading.get_text()) == []


def test_no_link_leads_nowhere(name):
    canonical = BeautifulSoup(
        (SITE / f"{name}.html").read_text(encoding="utf-8"), "html.parser"
    ).select_one("link[rel=canonical]")
    home = canonical and canonical["href"].removesuffix(f"{name}.html")
    for link in shown(name).select("a"):
        assert re.match("https?://", link["href"])
        if home and link["href"].startswith(home):
            target, _, place = link["href"].removeprefix(home).partition("#")
            assert not place or place in anchors(target).ids
