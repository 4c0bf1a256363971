"""The search of the built site finds terms and names, and at the top.

The site's own script is asked, in the browser, with the index that it
fetches, for each word that a reader may want to look up.
"""

import ast
import re
import sys
from html import unescape

import pytest
from site_reader import ROOT

sys.path.append(str(ROOT / "book" / "_ext"))

from linebyline_ext import library

# The page and the place of each result, the best first.
ASK = """queries => queries.map(query =>
  Search._performSearch(...Search._parseQuery(query)).reverse().map(
    ([page, title, anchor]) => page + anchor))"""
GLOSSARY, INDEX = "book/glossary#", "book/listings#listing-of-"


@pytest.fixture(scope="module")
def ask(browser, address):
    """Give a function that returns the results of each query."""
    tab = browser.new_page()
    tab.goto(f"{address}search.html?q=softmax")
    tab.wait_for_selector("#search-results li a", timeout=10_000)
    yield lambda queries: tab.evaluate(ASK, list(queries))
    tab.close()


def terms(site):
    """Return the glossary's terms, as a reader sees them, with their ids."""
    html = (site / "book/glossary.html").read_text(encoding="utf-8")
    found = re.findall(r'<dt id="(term-[^"]+)">(.*?)<a class="head', html)
    return {name: unescape(re.sub("<[^>]+>", "", t)) for name, t in found}


def names():
    """Return the library's public functions and classes."""
    return [
        thing.name
        for module, path in library.module_files(ROOT).items()
        for thing in library.things(module, path, ROOT)
    ]


def methods():
    """Return the public methods of the library's classes."""
    return [
        f"{node.name}.{method.name}"
        for path in library.module_files(ROOT).values()
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef)
        for method in node.body
        if isinstance(method, ast.FunctionDef) and method.name[0] != "_"
    ]


def test_every_term_of_the_glossary_comes_first(site, ask):
    found = terms(site)
    assert len(found) > 100
    for (name, term), places in zip(
        found.items(), ask(found.values()), strict=True
    ):
        assert places[0] == GLOSSARY + name, term


@pytest.mark.parametrize("form", ["{}", "plainnet.{}", "{}()"])
def test_every_dotted_name_leads_to_its_entry(site, ask, form):
    for name, places in zip(
        names(), ask(map(form.format, names())), strict=True
    ):
        assert places[0] == INDEX + name.replace(".", "-"), name


def test_every_bare_name_leads_to_its_entry(site, ask):
    """Before it there may be the term, and a name that differs by case."""
    bare = [name.partition(".")[2] for name in names()]
    assert len(bare) > 50
    for name, places in zip(names(), ask(bare), strict=True):
        assert INDEX + name.replace(".", "-") in places[:3], name


def test_every_method_is_found(site, ask):
    assert "Dense.backward" in methods()
    for name, places in zip(methods(), ask(methods()), strict=True):
        assert places, name


def test_what_is_not_there_is_not_found(site, ask):
    assert ask(["no_such_function"]) == [[]]


def test_a_name_is_one_click_from_its_entry(browser, address):
    tab = browser.new_page()
    tab.goto(f"{address}search.html?q=softmax_cross_entropy")
    tab.locator("#search-results li a").first.click()
    place = "listing-of-losses-softmax_cross_entropy"
    tab.wait_for_url(f"{address}book/listings.html#{place}")
    assert tab.locator(f"#{place}").is_visible()
    tab.close()
