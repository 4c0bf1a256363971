"""The search of the built site finds terms and names, and at the top."""

import sys

import pytest
from site_reader import ROOT

sys.path.append(str(ROOT / "benchmarks"))

import search

ENTRY = "listing-of-losses-softmax_cross_entropy"


@pytest.fixture(scope="module")
def ask(browser, address):
    """Give a function that says where the entries of queries stand."""
    tab = browser.new_page()

    def places(queries):
        answers = search.ask(tab, address, [query.text for query in queries])
        return {
            query.text: search.place(query, results)
            for query, results in zip(queries, answers, strict=True)
        }

    yield places
    tab.close()


def test_every_term_of_the_glossary_comes_first(site, ask):
    found = ask(search.terms(site))
    assert len(found) > 100
    assert {text: at for text, at in found.items() if at != 1} == {}


def test_every_dotted_name_and_call_leads_to_its_entry(site, ask):
    queries = [query for query in search.names() if query.kind != "name"]
    found = ask(queries)
    assert len(found) > 150
    assert {text: at for text, at in found.items() if at not in (1, 2)} == {}


def test_every_bare_name_leads_to_its_entry(site, ask):
    """Before it there may be the term, and a name that differs by case."""
    queries = [query for query in search.names() if query.kind == "name"]
    assert "softmax_cross_entropy" in {query.text for query in queries}
    found = ask(queries)
    assert {text: at for text, at in found.items() if not 0 < at < 4} == {}


def test_every_method_is_found(site, ask):
    found = ask(search.methods())
    assert found["Dense.backward"]
    assert {text for text, at in found.items() if not at} == set()


def test_what_is_not_there_is_not_found(site, ask):
    entry = search.Query("name", "softmax", "book/listings#no-such-place")
    nothing = search.Query("method", "no_such_method", "")
    assert ask([entry, nothing]) == {"softmax": 0, "no_such_method": 0}


def test_a_name_is_one_click_from_its_entry(browser, address):
    tab = browser.new_page()
    tab.goto(f"{address}search.html?q=softmax_cross_entropy")
    tab.locator("#search-results li a").first.click()
    tab.wait_for_url(f"{address}book/listings.html#{ENTRY}")
    assert tab.locator(f"#{ENTRY}").is_visible()
    tab.close()
