"""The buttons and source links of a fork: a small book, built three times.

It has the real settings and extension, two modules of the library, and pages
of its own.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import nbformat
import pytest
from bs4 import BeautifulSoup

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("_config.yml", "requirements.txt", "book/_ext", "book/_static")
COPIED += ("book/_vendor", "code/plainnet/layers.py")
COPIED += ("code/plainnet/exercises/__init__.py",)
PAGES = {
    "book/index": "# Book\n\nOpen it.\n",
    "book/part/chapter": """---
chapter: 1
jupytext:
  text_representation: {extension: .md, format_name: myst}
kernelspec: {display_name: Python 3, language: python, name: python3}
---
# Chapter

```{code-cell} ipython3
1 + 1
```

```{literalinclude} ../../code/plainnet/layers.py
:pyobject: ReLU
:caption: A layer
:name: listing-relu
```
""",
    "book/listings": "# Listings\n\n```{listings}\n```\n",
}
TOC = "format: jb-book\nroot: {}\nchapters:\n- file: {}\n- file: {}\n"
FORK = {"GITHUB_REPOSITORY": "ada/engine", "GITHUB_REF_NAME": "draft"}
COMMIT = {"GITHUB_SHA": "c0ffee" * 6 + "2bad"}
HUB = {"BOOK_JUPYTERHUB": "https://hub.example.edu/class/"}
GITHUB = "https://github.com/ada/engine"
NOTEBOOK = "book/part/chapter.ipynb"
LAUNCHES = [
    f"https://mybinder.org/v2/gh/ada/engine/notebooks?urlpath=lab/tree/{NOTEBOOK}",
    f"https://colab.research.google.com/github/ada/engine/blob/notebooks/{NOTEBOOK}",
]
HOME = "https://ada.github.io/engine/"  # where the fork's site will be
JUPYTER_BOOK = Path(sys.executable).with_name("jupyter-book")
DEAD = ".article-header-buttons a:is(:not([href]), [href=''], [href='#'])"
VARIABLES = ("GITHUB_", "BOOK_")


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """Write the book."""
    book = tmp_path_factory.mktemp("fork")
    for name in COPIED:
        (book / name).parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, book / name)
    for name, text in PAGES.items():
        path = book / f"{name}.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (book / "_toc.yml").write_text(TOC.format(*PAGES), encoding="utf-8")
    (book / "book/references.bib").touch()
    return book


class Pages(dict):
    """A built site: its pages, parsed, and the notebook of its chapter."""

    def __init__(self, html):
        self.notebook = nbformat.read(html / NOTEBOOK, as_version=4)
        for path in html.rglob("*.html"):
            if "_static" not in path.parts:
                name = path.relative_to(html).with_suffix("").as_posix()
                text = path.read_text(encoding="utf-8")
                self[name] = BeautifulSoup(text, "html.parser")


def build(book, variables):
    """Build it where it was built before; return its pages."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(VARIABLES)}
    run = subprocess.run(
        [JUPYTER_BOOK, "build", str(book), "-q", "-W"],
        capture_output=True,
        text=True,
        env=kept | variables | {"BOOK_PAGE": "book/listings"},
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return Pages(book / "_build/html")


@pytest.fixture(scope="module")
def site(book):
    """Give the pages built with no repository known."""
    return build(book, {})


@pytest.fixture(scope="module")
def fork(site, book):
    """Give the pages built anew, in the same place, with a repository."""
    return build(book, FORK | COMMIT)


@pytest.fixture(scope="module")
def hub(fork, book):
    """Give the pages built anew for a class with a hub."""
    return build(book, FORK | HUB)


def abroad(page):
    """Return the links of a page that lead to other servers."""
    links = [link["href"] for link in page.select("a[href]")]
    return {link for link in links if urlsplit(link).netloc}


def launches(page):
    """Return where the launch buttons of a page lead."""
    found = page.select(".dropdown-launch-buttons a")
    return [link["href"] for link in found]


def test_without_a_repository_no_button_is_left_dead(site):
    for name, page in site.items():
        assert abroad(page) == set()
        assert page.select(".dropdown-launch-buttons") == []
        assert page.select(".dropdown-source-buttons") == []
        assert page.select(DEAD) == []
        for menu in page.select(".dropdown-menu"):
            assert menu.select("a, button"), name


def test_the_small_book_has_what_leads_to_the_sources(site):
    chapter = site["book/part/chapter"]
    assert chapter.select("h1 .section-number")
    assert chapter.select(".listing-source a")
    assert site["book/listings"].select("dt[id^=listing-of-layers-]")
    assert "source/layers" in site


def test_every_button_and_link_to_a_source_points_at_the_fork(fork):
    for page in fork.values():
        links = abroad(page) - {GITHUB}
        known = (f"{GITHUB}/", HOME, *LAUNCHES)
        assert [link for link in links if not link.startswith(known)] == []
        assert page.select(DEAD) == []


@pytest.mark.parametrize("name", PAGES)
def test_every_page_can_be_edited_and_mistakes_reported(fork, name):
    links = abroad(fork[name])
    assert GITHUB in links
    assert f"{GITHUB}/edit/draft/{name}.md" in links
    assert any(link.startswith(f"{GITHUB}/issues/new?") for link in links)


def test_listings_and_their_index_show_the_lines_of_the_fork(fork):
    lines = f"{GITHUB}/blob/draft/code/plainnet/layers.py#L"
    for name in "book/part/chapter", "book/listings":
        assert any(link.startswith(lines) for link in abroad(fork[name]))


def test_a_chapter_opens_on_binder_and_colab_from_the_fork(fork):
    assert launches(fork["book/part/chapter"]) == LAUNCHES
    assert launches(fork["book/index"]) == []


def first_code(pages):
    """Return the first code of a chapter's notebook."""
    cells = pages.notebook.cells
    return next(cell.source for cell in cells if cell.cell_type == "code")


def test_a_notebook_installs_the_library_that_it_was_made_with(fork):
    archive = f"{GITHUB}/archive/{COMMIT['GITHUB_SHA']}.zip"
    assert first_code(fork).endswith(f"%pip install --quiet {archive}")
    text = "\n".join(cell.source for cell in fork.notebook.cells)
    assert f"]({HOME}book/part/chapter.html)" in text


def test_a_notebook_without_a_repository_says_how_to_install(site):
    assert "run `pip install -e .`" in first_code(site)
    assert "](" not in "\n".join(c.source for c in site.notebook.cells)


@pytest.mark.parametrize("pages", ["site", "fork"])
def test_a_chapter_can_be_downloaded_as_a_notebook(pages, request):
    site = request.getfixturevalue(pages)
    (link,) = site["book/part/chapter"].select("a[download]")
    assert link["href"] == "chapter.ipynb"
    assert site["book/index"].select("a[download]") == []


def test_a_chapter_opens_on_the_hub_of_a_class(hub):
    (link,) = launches(hub["book/part/chapter"])
    parts = urlsplit(link)
    address = f"{parts.scheme}://{parts.netloc}{parts.path}"
    assert address == (
        "https://hub.example.edu/class/hub/user-redirect/git-pull"
    )
    # nbgitpuller copies a repository into a folder of its name.
    assert parse_qs(parts.query, strict_parsing=True) == {
        "repo": [GITHUB],
        "branch": ["notebooks"],
        "urlpath": [f"lab/tree/engine/{NOTEBOOK}"],
    }
    assert launches(hub["book/index"]) == []


def test_a_changed_style_sheet_reaches_the_pages(hub, book):
    sheet = book / "book/_static/book.css"
    text = sheet.read_text(encoding="utf-8")
    sheet.write_text(f"{text}\n.late {{ color: red; }}\n", encoding="utf-8")
    build(book, FORK | HUB)
    bundles = [*(book / "_build/html/_static").glob("bundle-*.css")]
    assert bundles
    assert all(".late" in b.read_text(encoding="utf-8") for b in bundles)
