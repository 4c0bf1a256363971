"""The book's pages keep to their rules, and each rule can be broken."""

import checks
import pytest
from pages import ROOT, Page, glossary_terms, toc_files
from plainnet import exercises
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
REGISTERED = {
    chapter: [
        (exercise.title, exercise.level, exercise.solution.__name__)
        for exercise in exercises._exercises(chapter).values()
    ]
    for chapter in exercises.CHAPTERS
}
SOLUTIONS = [
    f"chapter_{chapter:02d}.{solution}"
    for chapter, found in REGISTERED.items()
    for _, _, solution in found
]
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
FIGURES
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
FIGURE = """```{code-cell} ipython3
---
mystnb:
  image: {alt: A line.}
  figure: {caption: A line.}
---
plotting.Animation(frames, labels)
```
"""
EXERCISE = """:::{{exercise}} Do {0}
:label: ex-{0}

*{2}.* Do it.
:::
```{{code-cell}} ipython3
check("1.{1}", {0})
```
```{{hints}} 1.{1}
```
:::{{solution}} ex-{0}
:class: dropdown
```{{literalinclude}} ../code/plainnet/exercises/chapter_01.py
:pyobject: {3}
```
:::
"""
LEVELS = ["easy", "medium", "medium", "hard", "hard"]
FOUND = [  # of the module, as if it were of the sound page
    (f"Do {letter}", level, solution)
    for letter, level, (_, _, solution) in zip(
        "abcde", LEVELS, REGISTERED[1], strict=False
    )
]
STEPS = [
    EXERCISE.format(title[-1], k, level.title(), solution)
    for k, (title, level, solution) in enumerate(FOUND, 1)
]
SOUND = SOUND.replace("QUESTIONS\n", QUESTION * 7)
SOUND = SOUND.replace("FIGURES\n", FIGURE * 3)
SOUND = SOUND.replace("EXERCISES\n", "".join(STEPS))
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
    (checks.cells, "plotting.lines(p)", "plotting.lines(" + "p" * 80 + ")",
     "79 columns"),
    (checks.alt_texts, "    alt: A line.\n", "    width: 9\n", "alt text"),
    (checks.alt_texts, "QUESTION", "![](a.svg)\n", "alt text"),
    (checks.alt_texts, "QUESTION", "```{figure} a.svg\n```\n", ":alt:"),
    (checks.typed_percentages, "{cite}`key`", "there", "4.7 %"),
    (checks.typed_percentages, "{glue:text}`best:.0%`", "98 %", "98 %"),
    (checks.typed_percentages, "So.", "It is 97 per cent.", "97 per cent"),
    (checks.citations, "{cite}`key`", "{cite}`key,other`", "other"),
    (checks.linked_terms, "QUESTION", "Two logits.\n", "'logit'"),
    (checks.linked_terms, "A paper", "A logit.\n\nA {term}`logit`", "'logit'"),
    (checks.chapter_parts, "chapter: 1", "chapter: 0", "header"),
    (checks.chapter_parts, "} promise", "} other", "promise"),
    (checks.chapter_parts, "20 minutes", "short", "reading time"),
    (checks.chapter_parts, "Builds on", "After", "builds on"),
    (checks.chapter_parts, "- three\n", "", "abilities"),
    (checks.chapter_parts, QUESTION, "", "question boxes"),
    (checks.chapter_parts, "## Common m", "## M", "Common mistakes"),
    (checks.chapter_parts, FIGURE, "", "4 figures"),
    (checks.chapter_parts, FIGURE * 3, FIGURE.replace(
        "Animation", "lines") * 3, "an animation"),
    (checks.chapter_parts, STEPS[2], "", "5 or 6 exercises"),
    (checks.chapter_parts, STEPS[2], STEPS[2] * 3, "5 or 6 exercises"),
    (checks.chapter_parts, "key-formulas", "note", "key formulas"),
    (checks.chapter_parts, ": summary", ": note", "summary"),
    (checks.chapter_parts, "See {cite:t}`key`.", "", "Further reading"),
    (checks.exercises, STEPS[3], "", "4 exercises, 5 in the module"),
    (checks.exercises, "Do b\n", "Do it\n", "1.2 is called 'Do it'"),
    (checks.exercises, "*Medium.*", "*Hard.*", "begin with *Medium.*"),
    (checks.exercises, 'check("1.3"', 'check("1.2"', 'check("1.3", ...)'),
    (checks.exercises, 'check("1.3"', 'print("1.3"', 'check("1.3", ...)'),
    (checks.exercises, "{hints} 1.4", "{hints} 1.3", "those of 1.3"),
    (checks.exercises, "```{hints} 1.4\n```\n", "", "then hints"),
    (checks.exercises, "{solution} ex-a", "{solution} ex", "is to ex"),
    (checks.exercises, ":class: dropdown", ":class: x", "not closed"),
    (checks.exercises, f": {FOUND[1][2]}", ": x", "does not quote"),
    (checks.exercises, "exercises/chapter_01", "exercises/chapter_02",
     "of chapter_01.py"),
]  # fmt: skip


TERMS = glossary_terms()
MORE = {
    checks.linked_terms: [{"logit"}],
    checks.citations: [{"key"}],
    checks.exercises: [FOUND],
}


def complaints(check, page):
    return list(check(page, *MORE.get(check, [])))


CHECKS = dict.fromkeys(fault[0] for fault in FAULTS)  # each once, in order


@pytest.mark.parametrize("check", CHECKS)
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
def test_terms_are_linked_at_first_use(page):
    assert list(checks.linked_terms(page, TERMS)) == []


@pytest.mark.parametrize(
    "text",
    [
        "A {term}`logit` is a logit.",
        "The {term}`logits <logit>` are logits.",
        "The `logit` of $logit$ {func}`logit` is a logit-free word.",
        "# A logit\n\n| logit |\n|---|\n| logit |",
    ],
)
def test_links_of_terms_may_take_these_forms(text):
    assert list(checks.linked_terms(Page(text), {"logit"})) == []


@pytest.mark.parametrize("page", CHAPTERS, ids=lambda page: page.path.stem)
def test_chapter_has_its_parts(page):
    assert list(checks.chapter_parts(page)) == []


@pytest.mark.parametrize("page", CHAPTERS, ids=lambda page: page.path.stem)
def test_chapter_has_the_exercises_of_the_checker(page):
    found = REGISTERED[page.header["chapter"]]
    assert list(checks.exercises(page, found)) == []


def test_levels_are_asked_for():
    easy = [(title, "easy", solution) for title, _, solution in FOUND]
    found = list(checks.exercises(Page(SOUND), easy))
    assert "no exercise is hard" in found
    assert "no exercise is medium" in found


def test_public_names_look_into_the_folders():
    public = checks.public_names()
    assert {n for n in public if n.startswith("exercises.")} == {
        "exercises.check",
        "exercises.hint",
        "exercises.solution",
    }
    assert "layers.Dense" in public
    assert not [n for n in public if n.startswith(("plotting", "chapter"))]
    assert "Animation" in checks.animations()


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
    found = checks.coverage(PAGES, STILL_TO_COME, public, SOLUTIONS)
    assert list(found) == []


def whole_class(text):
    """Quote a class and one of its methods."""
    first = text.replace("activations.py\n:pyobject: softmax",
                         "layers.py\n:pyobject: Dense")  # fmt: skip
    return first.replace("exercises/chapter_01.py\n:pyobject: one_step",
                         "layers.py\n:pyobject: Dense.forward")  # fmt: skip


@pytest.mark.parametrize(
    ("pages", "to_come", "word"),
    [
        ([SOUND, SOUND], [], "activations.softmax is quoted 2 times"),
        ([SOUND, SOUND], [], "chapter_01.mse_gradient is quoted 2 times"),
        ([whole_class(SOUND)], [], "layers.Dense as a whole"),
        ([], [], "neither quoted"),
        ([], [], "solution chapter_01.one_step is not quoted"),
        ([SOUND], ["activations.softmax"], "off the list"),
        ([SOUND], ["activations.gone"], "off the list"),
    ],
)
def test_coverage_finds_faults(pages, to_come, word):
    pages, public = [Page(text) for text in pages], {"activations.softmax"}
    solutions = [f"chapter_01.{solution}" for _, _, solution in FOUND]
    sound = [Page(SOUND)]
    assert list(checks.coverage(sound, [], public, solutions)) == []
    found = list(checks.coverage(pages, to_come, public, solutions))
    assert any(word in complaint for complaint in found)
