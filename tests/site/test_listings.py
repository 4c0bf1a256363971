"""The index of listings and the hints: built anew in a small book."""

import re
import subprocess
import sys
from html import unescape

import pytest
from linebyline_ext import library
from site_reader import ROOT, SITE, pages_with

EXTENSION = ROOT / "book" / "_ext"
PARTS = ["listings", "index", "animations", "exercises", "boxes"]
CONF = f"""
import importlib
import sys
sys.path.insert(0, {str(EXTENSION)!r})
extensions = ["myst_nb", "sphinx_design", "sphinx_exercise"]
myst_enable_extensions = ["colon_fence"]
nb_execution_mode = "off"
numfig = True
numfig_format = {{"code-block": "Listing %s"}}
exclude_patterns = ["_build", "code", "tests"]
html_theme = "basic"

def setup(app):
    for part in {PARTS}:
        importlib.import_module("linebyline_ext." + part).setup(app)
"""
HEADER = """---
chapter: {}
jupytext:
  text_representation: {{extension: .md, format_name: myst}}
kernelspec: {{display_name: Python 3, language: python, name: python3}}
---
# {}
"""
LISTING = """
```{{literalinclude}} ../code/plainnet/layers.py
:pyobject: {}
:caption: What it is
:name: listing-{}
```
"""
CELL = """
```{{code-cell}} ipython3
{}
```
"""
LAYERS = '''"""Layers: forward and back."""


class Dense:
    """Weigh and add `inputs`."""

    def forward(self):
        """Go forward."""

    def backward(self):
        """Go back."""


def relu():
    """Cut off."""


def _hidden():
    """Stay hidden."""
'''
TESTS = """
from plainnet import layers
from plainnet.layers import Dense
import numpy as np

CASES = [Dense]

def make():
    return CASES[0]()

def test_one():
    make()

def test_two():
    layers.relu(), np.relu()

def test_three():
    assert 1
"""


@pytest.fixture
def book(tmp_path):
    """Write a book of two chapters about a small library."""
    texts = {
        "conf.py": CONF,
        "index.md": "# Book\n```{toctree}\nbook/one\nbook/two\nbook/listings\n"
        "```\n",
        "book/listings.md": "# Index\n```{listings}\n```\n",
        "book/one.md": HEADER.format(1, "One")
        + LISTING.format("Dense.forward", "forward")
        + CELL.format("from plainnet.layers import Dense\nDense()"),
        "book/two.md": HEADER.format(2, "Two")
        + LISTING.format("Dense.backward", "backward")
        + CELL.format("from plainnet import layers\nlayers.relu()"),
        "code/plainnet/layers.py": LAYERS,
        "code/plainnet/exercises/__init__.py": "def check(): 'Judge.'\n"
        "def other(): 'No.'\n",
        "tests/test_layers.py": TESTS,
    }
    for name, text in texts.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def build(book, out="out", *options):
    """Build the book; return what was reported."""
    command = [sys.executable, "-m", "sphinx", "-q", "-b", "html", *options]
    run = subprocess.run(
        [*command, book, book / "_build" / out],
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": "", "GITHUB_REPOSITORY": "ada/book"},
    )
    return run.stderr


def words(html):
    """Return the text of HTML with single spaces."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def entry(book, name, out="out"):
    """Return the HTML of an entry of the index."""
    html = (book / "_build" / out / "book/listings.html").read_text(
        encoding="utf-8"
    )
    return re.search(rf'<dt id="listing-of-{name}">.*?</dd>', html, re.DOTALL)[
        0
    ]


def test_an_entry_says_where_a_thing_is_explained_used_and_tested(book):
    assert build(book) == ""
    dense = entry(book, "layers-Dense")
    assert '<code class="docutils literal notranslate">' in dense
    text = words(dense)
    assert "Weigh and add inputs ." in text
    assert (
        "Explained in chapter 1 : Listing 1 forward ; "
        "chapter 2 : Listing 2 backward" in text
    )
    assert "Used in chapter 1 " in text
    assert "1 test: 1 in test_layers.py" in text
    assert "../source/layers.html#L-4" in dense
    lines = "blob/main/code/plainnet/layers.py#L4-L11"
    assert f"https://github.com/ada/book/{lines}" in dense
    relu = words(entry(book, "layers-relu"))
    assert "Explained in a chapter still to come Used in chapter 2" in relu
    assert "Judge." in words(entry(book, "exercises-check"))
    html = (book / "_build/out/book/listings.html").read_text(encoding="utf-8")
    assert "hidden" not in html.partition("<h2>")[2].partition("<footer")[0]
    assert "listing-of-exercises-other" not in html


def test_a_caption_tells_the_rest_in_one_line(book):
    build(book)
    html = (book / "_build/out/book/two.html").read_text(encoding="utf-8")
    line = re.search(
        r'<span class="listing-source">.*?</div>', html, re.DOTALL
    )[0]
    assert words(line).startswith(
        "code/plainnet/layers.py · GitHub · 1 test, used in chapter 1"
    )
    assert "listings.html#listing-of-layers-Dense" in line
    assert (book / "_build/out/source/exercises/__init__.html").is_file()


CHANGES = [
    ("book/two.md", "layers.relu()", "layers.Dense()", "chapters 1 and 2"),
    ("book/two.md", "chapter: 2", "chapter: 3", "chapter 3 : Listing 2"),
    ("book/two.md", "Dense.backward", "relu", "Listing 1 forward Used"),
    ("tests/test_layers.py", "assert 1", "Dense()", "2 tests: 2 in"),
    ("code/plainnet/layers.py", "Weigh", "Add", "Add and add"),
    ("code/plainnet/layers.py", "\n\nclass", "\n\n\nclass", "layers.py"),
]


def test_the_index_follows_what_it_is_made_from(book):
    build(book)
    for file, old, new, told in CHANGES:
        before = entry(book, "layers-Dense")
        path = book / file
        path.write_text(path.read_text().replace(old, new, 1))
        assert build(book) == ""
        after = entry(book, "layers-Dense")
        assert before != after
        assert told in words(after).replace(" ,", ",")


def test_a_page_that_is_gone_is_forgotten_and_a_module_is_noticed(book):
    build(book)
    (book / "book/two.md").unlink()
    index = book / "index.md"
    index.write_text(index.read_text().replace("book/two\n", ""))
    module = book / "code/plainnet/losses.py"
    module.write_text("def cross_entropy(): 'Measure.'\n")
    assert build(book) == ""
    assert "chapter 2" not in words(entry(book, "layers-Dense"))
    assert "Measure." in words(entry(book, "losses-cross_entropy"))


def test_names_are_found_by_the_search(book):
    index = book / "_build/out/searchindex.js"
    build(book)
    assert "listing-of-layers-relu" in index.read_text()
    layers = book / "code/plainnet/layers.py"
    layers.write_text(layers.read_text().replace("def relu", "def ramp"))
    assert build(book) == ""
    text = index.read_text()
    assert "listing-of-layers-ramp" in text
    assert "listing-of-layers-relu" not in text
    assert "_hidden" not in text


def test_an_unchanged_book_is_left_alone(book):
    build(book)
    page = book / "_build/out/book/one.html"
    written = page.stat().st_mtime_ns
    build(book)
    assert page.stat().st_mtime_ns == written


def test_several_processes_make_the_same_index(book):
    for i in range(6):  # enough pages for them to be shared out
        name = f"book/more{i}"
        text = "# More\n" + LISTING.format("relu", f"relu-{i}")
        (book / f"{name}.md").write_text(text)
        index = book / "index.md"
        index.write_text(
            index.read_text().replace("book/list", f"{name}\nbook/list")
        )
    assert build(book) == build(book, "parallel", "-j", "3") == ""
    for name in "layers-Dense", "layers-relu":
        assert entry(book, name) == entry(book, name, "parallel")


def test_hints_become_closed_boxes(book):
    page = book / "book/one.md"
    page.write_text(page.read_text() + "\n```{hints} 11.3\n```\n")
    assert build(book) == ""
    html = (book / "_build/out/book/one.html").read_text(encoding="utf-8")
    boxes = re.findall(r'<details class="box hint" id="([\w-]+)">', html)
    assert boxes == ["hint-11-3-1", "hint-11-3-2", "hint-11-3-3"]
    first = words(html.partition('id="hint-11-3-1"')[2])
    assert first.startswith("> Hint 1 Compare each array with 1")
    assert '<span class="pre">&amp;</span></code>' in html


def test_hints_to_no_exercise_are_reported(book):
    page = book / "book/one.md"
    text = page.read_text()
    for number in "11.99", "99.1", "seven":
        text += f"\n```{{hints}} {number}\n```\n"
    page.write_text(text)
    report = build(book)
    for number in "11.99", "99.1", "seven":
        assert f"no hints to exercise {number}" in report
    assert "book/one.md:" in report


def test_names_are_those_of_the_library_whatever_they_are_called():
    cells = [
        "from plainnet.layers import Dense as D\nimport plainnet.losses as l",
        "D(1).forward(x)\nl.mean_squared_error(a, b)\nnp.relu(relu)",
        "%magic",
    ]
    assert library.used_by_cells(cells) == {
        "layers.Dense",
        "losses.mean_squared_error",
    }


def test_the_book_has_an_entry_for_every_thing_of_the_library(site):
    html = (site / "book/listings.html").read_text(encoding="utf-8")
    files = library.module_files(ROOT)
    assert set(files) >= {"layers", "network", "exercises"}
    for module, path in files.items():
        for thing in library.things(module, path, ROOT):
            name = thing.name.replace(".", "-")
            assert f'<dt id="listing-of-{name}">' in html


def test_every_listing_of_the_library_leads_to_its_entry(site):
    pages = pages_with('class="listing-source"')
    assert pages
    sources = "".join(p.read_text() for p in (ROOT / "book").rglob("*.md"))
    helpers = re.findall(r":pyobject: _.*\n(?::.*\n)*?:name: (.*)", sources)
    for page in pages:
        html = (SITE / page).read_text(encoding="utf-8")
        for line in re.findall(
            r'<span class="listing-source">(.*?)</div>', html, re.DOTALL
        ):
            assert "source/" in line
            private = any(f'href="#{name}"' in line for name in helpers)
            if "plainnet/exercises/chapter" not in line and not private:
                assert "listings.html#listing-of-" in line
