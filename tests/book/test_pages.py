"""The book's pages keep to their rules, and each rule can be broken."""

import checks
import pytest
from pages import ROOT, Page, toc_files
from pybtex.database import parse_file

PAGES = [
    Page(path.read_text(encoding="utf-8"), path)
    for path in toc_files()
    if path.is_file()
]
IDS = [page.path.stem for page in PAGES]
CHAPTERS = [p for p in PAGES if p.path.parent.name.startswith("part")]
STILL_TO_COME = (ROOT / "tests/book/still_to_come.txt").read_text().split()
BIBLIOGRAPHY = parse_file(ROOT / "book" / "references.bib").entries
EVERYWHERE = [
    checks.listings,
    checks.listings_are_used,
    checks.cells,
    checks.alt_texts,
    checks.typed_percentages,
]

SOUND = """---
chapter: 1
---
# A chapter
:::{div} promise
You will.
:::
:::{div} chapter-facts
Reading time about 20 minutes · Builds on nothing
:::
:::{admonition} After this chapter you can
:class: objectives
- one
- two
- three
:::
```{literalinclude} ../code/plainnet/activations.py
:pyobject: softmax
```
```{code-cell} ipython3
---
mystnb:
  image:
    alt: A line.
  figure:
    caption: It is at {glue:text}`best:.0%`.
---
p = activations.softmax(z)
plotting.lines(p)
```
A paper reports 4.7 % {cite}`key`, we get {glue:text}`ours:.1%`.
QUESTIONS
## Common mistakes
:::{admonition} Common mistake: a slip
:class: mistake
:::
## Exercises
EXERCISES
:::{admonition} Key formulas
:class: key-formulas
:::
:::{admonition} Summary
:class: summary
:::
## Further reading
See {cite:t}`key`.
"""
QUESTION = ":::{dropdown} Why?\n:class-container: question\nSo.\n:::\n"
EXERCISE = """:::{{exercise}} Do
:label: ex-{0}
:::
:::{{dropdown}} Hint
:class-container: hint
:::
:::{{solution}} ex-{0}
:class: dropdown
:::
"""
SOUND = SOUND.replace("QUESTIONS\n", QUESTION * 5)
SOUND = SOUND.replace("EXERCISES\n", "".join(map(EXERCISE.format, "abc")))
LONG_CELL = "p = activations.softmax(z)\n" + "1\n" * 24

FAULTS = [
    (checks.listings, "softmax\n", "no_such\n", "no such object"),
    (checks.listings, "softmax\n", "softmax\n:lines: 1-2\n", ":lines:"),
    (checks.listings, "activations.py", "none.py", "no such object"),
    (checks.listings, "activations.py\n:pyobject: softmax",
     "network.py\n:pyobject: Network", "35 lines"),
    (checks.listings_are_used, "p = activations.softmax", "p = f", "softmax"),
    (checks.listings_are_used, "p = activations.softmax(z)",
     "show_source(activations.softmax)", "softmax"),
    (checks.cells, "p = act", "def softmax(z): return z\np = act", "softmax"),
    (checks.cells, "p = activations.softmax(z)\n", LONG_CELL, "25 lines"),
    (checks.alt_texts, "    alt: A line.\n", "    width: 9\n", "alt text"),
    (checks.alt_texts, "QUESTION", "![](a.svg)\n", "alt text"),
    (checks.alt_texts, "QUESTION", "```{figure} a.svg\n```\n", ":alt:"),
    (checks.typed_percentages, "{cite}`key`", "there", "4.7 %"),
    (checks.typed_percentages, "{glue:text}`best:.0%`", "98 %", "98 %"),
    (checks.typed_percentages, "So.", "It is 97 per cent.", "97 per cent"),
    (checks.citations, "{cite}`key`", "{cite}`key,other`", "other"),
    (checks.chapter_parts, "chapter: 1", "chapter: 0", "header"),
    (checks.chapter_parts, "} promise", "} other", "promise"),
    (checks.chapter_parts, "20 minutes", "short", "reading time"),
    (checks.chapter_parts, "Builds on", "After", "builds on"),
    (checks.chapter_parts, "- three\n", "", "abilities"),
    (checks.chapter_parts, QUESTION, "", "question boxes"),
    (checks.chapter_parts, "## Common m", "## M", "Common mistakes"),
    (checks.chapter_parts, EXERCISE.format("c"), "", "3 to 6 exercises"),
    (checks.chapter_parts, "key-formulas", "note", "key formulas"),
    (checks.chapter_parts, ": summary", ": note", "summary"),
    (checks.chapter_parts, "See {cite:t}`key`.", "", "Further reading"),
    (checks.chapter_parts, ": hint", ": note", "no hint"),
    (checks.chapter_parts, "{solution} ex-a", "{solution} ex", "closed"),
    (checks.chapter_parts, ":class: dropdown", ":class: x", "closed"),
]  # fmt: skip


def complaints(check, page):
    return list(
        check(page, {"key"}) if check is checks.citations else check(page)
    )


@pytest.mark.parametrize("check", {fault[0] for fault in FAULTS})
def test_a_sound_page_passes(check):
    assert complaints(check, Page(SOUND)) == []


@pytest.mark.parametrize(("check", "old", "new", "word"), FAULTS)
def test_a_fault_is_found(check, old, new, word):
    old = QUESTION if old == "QUESTION" else old
    page = Page(SOUND.replace(old, new, 1))
    assert page.text != SOUND
    assert any(word in complaint for complaint in complaints(check, page))


@pytest.mark.parametrize("check", EVERYWHERE)
@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_page(page, check):
    assert list(check(page)) == []


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_citations_exist(page):
    assert list(checks.citations(page, BIBLIOGRAPHY)) == []


@pytest.mark.parametrize("page", CHAPTERS, ids=lambda page: page.path.stem)
def test_chapter_has_its_parts(page):
    assert list(checks.chapter_parts(page)) == []


def test_every_page_is_in_the_table_of_contents():
    pages = [*ROOT.glob("book/*.md"), *ROOT.glob("book/part*/*.md")]
    assert sorted(pages) == sorted(toc_files())


def test_bibliography_shows_all_and_says_where_to_read():
    (page,) = [page for page in PAGES if page.path.stem == "bibliography"]
    assert "all" in page.all("bibliography")[0].options
    for key, entry in BIBLIOGRAPHY.items():
        assert {"doi", "url"} & set(entry.fields), key


def test_every_function_is_quoted_once_or_still_to_come():
    public = checks.public_names()
    assert list(checks.coverage(PAGES, STILL_TO_COME, public)) == []


@pytest.mark.parametrize(
    ("pages", "to_come", "word"),
    [
        ([SOUND, SOUND], [], "2 times"),
        ([], [], "neither quoted"),
        ([SOUND], ["activations.softmax"], "off the list"),
        ([SOUND], ["activations.gone"], "off the list"),
    ],
)
def test_coverage_finds_faults(pages, to_come, word):
    pages, public = [Page(text) for text in pages], {"activations.softmax"}
    assert list(checks.coverage([Page(SOUND)], [], public)) == []
    found = list(checks.coverage(pages, to_come, public))
    assert any(word in complaint for complaint in found)
