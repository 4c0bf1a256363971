"""Ask the site's search for every term and every name, and say what it finds.

    python benchmarks/search.py [SITE]

SITE is the folder of the built site, `_build/html` by default. The site's
own script is asked in Chromium, with the index that it fetches. A term of
the glossary, and a function or class of the library, has one entry on the
site: the table says at which place among the results that entry stands. A
method has none; for it the page found first is given.
"""

import ast
import re
import sys
from html import unescape
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "book" / "_ext"))

from linebyline_ext.index import anchor
from linebyline_ext.library import module_files, things

# The page and the place of each result, the best first.
ASK = """queries => queries.map(query =>
  Search._performSearch(...Search._parseQuery(query)).reverse().map(
    ([page, title, place]) => page + place))"""


class Query(NamedTuple):
    """What a reader types, and the entry that it should lead to, if any."""

    kind: str
    text: str
    entry: str


def terms(site: Path) -> list[Query]:
    """Return the terms of the glossary, as they stand on the page."""
    html = (site / "book/glossary.html").read_text(encoding="utf-8")
    found = re.findall(r'<dt id="(term-[^"]+)">(.*?)<a class="head', html)
    return [
        Query(
            "term",
            unescape(re.sub("<[^>]+>", "", text)),
            f"book/glossary#{name}",
        )
        for name, text in found
    ]


def names() -> list[Query]:
    """Return each function and class of the library as it may be typed."""
    found = [
        thing.name
        for module, path in module_files(ROOT).items()
        for thing in things(module, path, ROOT)
    ]
    return [
        Query(kind, form.format(name, name.partition(".")[2]), entry)
        for name in found
        for entry in [f"book/listings#{anchor(name)}"]
        for kind, form in (
            ("name", "{1}"),
            ("dotted name", "{0}"),
            ("dotted name", "plainnet.{0}"),
            ("call", "{1}()"),
        )
    ]


def methods() -> list[Query]:
    """Return the public methods of the library's classes."""
    return [
        Query("method", f"{node.name}.{method.name}", "")
        for path in module_files(ROOT).values()
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef)
        for method in node.body
        if isinstance(method, ast.FunctionDef) and method.name[0] != "_"
    ]


def ask(tab: Page, address: str, texts: list[str]) -> list[list[str]]:
    """Return the results of each query on the site at this address."""
    tab.goto(f"{address}search.html?q=softmax")
    tab.wait_for_selector("#search-results li a", timeout=60_000)
    return tab.evaluate(ASK, texts)


def place(query: Query, results: list[str]) -> int:
    """Return where a query's entry stands, from 1 on; 0 if it is not found."""
    if not query.entry:
        return bool(results)
    return results.index(query.entry) + 1 if query.entry in results else 0


def main() -> None:
    from pages import launch, served

    site = Path(sys.argv[1] if sys.argv[1:] else ROOT / "_build" / "html")
    queries = [*terms(site), *names(), *methods()]
    with sync_playwright() as driver, served(site.resolve()) as (address, _):
        tab = launch(driver).new_page()
        answers = ask(tab, address, [query.text for query in queries])
    print(f"{'kind':12} {'query':52} place  of  first result")
    for query, results in zip(queries, answers, strict=True):
        first = results[0] if results else ""
        print(
            f"{query.kind:12} {query.text:52} {place(query, results):5}"
            f" {len(results):3}  {first}"
        )
    lost = sum(
        not place(query, results)
        for query, results in zip(queries, answers, strict=True)
    )
    print(f"{len(queries)} queries, {lost} found nothing")
    sys.exit(bool(lost))


if __name__ == "__main__":
    main()
