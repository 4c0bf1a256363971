"""The book's Sphinx extension by itself: its checks must be able to fail."""

import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from docutils import nodes
from docutils.utils import new_document
from linebyline_ext import (
    diagrams,
    environment,
    launch,
    links,
    pages,
    tables,
    third_party,
)
from site_reader import ROOT
from sphinx.errors import ExtensionError

FOREIGN = {
    "script": '<script src="https://cdn.example/x.js"></script>',
    "script without scheme": '<script src="//cdn.example/x.js"></script>',
    "module": '<script type="module">import m from "https://e.x/m"</script>',
    "lazy module": "<script>import('https://e.x/m.mjs')</script>",
    "style sheet": '<link rel="stylesheet" href="https://e.x/a.css">',
    "preload": '<link rel="preload" as="font" href="https://e.x/f.woff2">',
    "inline style": '<p style="background: url(https://e.x/b.png)">',
    "style": '<style>@import "https://e.x/a.css";</style>',
    "image": '<img src="https://e.x/a.png" alt="">',
    "image in a set": '<img src="a.png" srcset="a.png, https://e.x/b.png 2x">',
    "frame": '<iframe src="https://e.x/"></iframe>',
    "drawing": '<svg><image xlink:href="https://e.x/a.png"/></svg>',
    "capitals": '<IMG SRC="HTTPS://e.x/a.png" alt="">',
}
OWN = """<link rel="canonical" href="https://e.x/book/">
<link rel="stylesheet" href="_static/book.css"><script src="a.js"></script>
<script>const about = "https://e.x/"; import("./own.mjs");</script>
<a href="https://e.x/">a link</a><img src="data:image/png;base64,AA" alt="">
<svg xmlns="http://www.w3.org/2000/svg"><use href="#dot"/></svg>"""


@pytest.mark.parametrize("html", FOREIGN.values(), ids=FOREIGN)
def test_what_loads_from_another_server_is_found(html):
    found = third_party.remote_loads(f"<html>{OWN}{html}</html>", ".html")
    assert len(found) == 1
    assert "//" in found[0]


def test_links_and_own_files_are_allowed():
    assert third_party.remote_loads(OWN, ".html") == []


def test_style_sheets_are_read_too():
    css = "@font-face { src: url('https://e.x/f.woff2') } a { color: red }"
    assert third_party.remote_loads(css, ".css") == ["https://e.x/f.woff2"]
    assert (
        third_party.remote_loads("a { background: url(b.png) }", ".css") == []
    )


def test_a_doctored_site_is_refused(tmp_path):
    (tmp_path / "a").mkdir()
    page = tmp_path / "a" / "page.html"
    page.write_text(OWN)
    assert list(third_party.remote_loads_below(tmp_path)) == []
    page.write_text(OWN + FOREIGN["image"])
    found = list(third_party.remote_loads_below(tmp_path))
    assert found == [(Path("a", "page.html"), "https://e.x/a.png")]


@pytest.fixture
def project(tmp_path):
    """Give a copy of what decides the cache's folder."""
    library = tmp_path / "code" / "plainnet"
    library.mkdir(parents=True)
    (library / "layers.py").write_text("one = 1\n")
    shutil.copy(ROOT / "requirements.txt", tmp_path)
    return tmp_path


def test_the_cache_moves_with_the_library(project):
    layers = project / "code" / "plainnet" / "layers.py"
    before = environment.cache_key(project, {})
    assert environment.cache_key(project, {}) == before
    layers.write_text("one = 2\n")
    changed = environment.cache_key(project, {})
    layers.rename(layers.with_name("moved.py"))
    assert len({before, changed, environment.cache_key(project, {})}) == 3


@pytest.mark.parametrize(
    "file", ["exercises/chapter_07.py", "plotting/book.mplstyle"]
)
def test_the_cache_moves_with_the_folders_of_the_library(project, file):
    keys = {environment.cache_key(project, {})}
    path = project / "code" / "plainnet" / file
    path.parent.mkdir()
    for text in "one\n", "two\n":
        path.write_text(text)
        keys.add(environment.cache_key(project, {}))
    assert len(keys) == 3


def test_compiled_files_do_not_move_the_cache(project):
    before = environment.cache_key(project, {})
    (project / "code" / "plainnet" / "layers.pyc").write_bytes(b"compiled")
    assert environment.cache_key(project, {}) == before


@pytest.mark.parametrize("name", ["MNIST_DIR", "REQUIRE_MNIST"])
def test_the_cache_moves_with_the_data(project, name):
    before = environment.cache_key(project, {})
    assert environment.cache_key(project, {name: "1"}) != before


def test_the_cache_moves_with_the_pinned_packages(project):
    before = environment.cache_key(project, {})
    (project / "requirements.txt").write_text("numpy==1.0\n")
    assert environment.cache_key(project, {}) != before


def test_no_buttons_without_a_repository():
    assert environment.fork_options({"BOOK_BRANCH": "main"}) == {}
    assert launch.launch_places({"BOOK_BRANCH": "main"}) == []


@pytest.mark.parametrize(
    ("environ", "branch"),
    [
        ({}, "main"),
        ({"GITHUB_REF_NAME": "draft"}, "draft"),
        ({"GITHUB_REF_NAME": "7/merge", "BOOK_BRANCH": "draft"}, "draft"),
    ],
)
def test_buttons_follow_the_fork(environ, branch):
    options = environment.fork_options(
        environ | {"GITHUB_REPOSITORY": "ada/book"}
    )
    assert options["repository_url"] == "https://github.com/ada/book"
    assert options["repository_branch"] == branch


def test_sources_are_shown_by_the_fork():
    assert environment.source_address({}) == ""
    fork = {"GITHUB_REPOSITORY": "ada/book", "BOOK_BRANCH": "draft"}
    address = "https://github.com/ada/book/blob/draft"
    assert environment.source_address(fork) == address


def test_a_hub_takes_the_place_of_binder_and_colab():
    fork = {"GITHUB_REPOSITORY": "ada/book"}
    hub = {"BOOK_JUPYTERHUB": "https://hub.example.edu"}
    names = [place.name for place in launch.launch_places(fork)]
    assert names == ["Binder", "Colab"]
    (place,) = launch.launch_places(fork | hub)
    assert place.start.startswith("https://hub.example.edu/hub/")


@pytest.mark.parametrize(
    ("repository", "hub", "message"),
    [
        ("", "https://hub.example.edu", "set GITHUB_REPOSITORY"),
        ("ada/book", "hub.example.edu", "got 'hub.example.edu'"),
        ("ada/book", "https:///hub", "must be the address"),
    ],
)
def test_a_hub_that_cannot_be_reached_is_refused(repository, hub, message):
    environ = {"GITHUB_REPOSITORY": repository, "BOOK_JUPYTERHUB": hub}
    with pytest.raises(ExtensionError, match=message):
        launch.launch_places(environ)


def test_a_doi_is_asked_for_where_it_is_kept():
    asked = "https://doi.org/api/handles/10.1038/323533a0"
    assert links.what_to_ask(None, "https://doi.org/10.1038/323533a0") == asked
    assert links.what_to_ask(None, "https://arxiv.org/abs/1412.6980") is None


def test_mends_change_what_they_should_and_nothing_else():
    html = '<p>kept</p>\n<script src="_static/scripts/fontawesome.js?d=1">'
    assert pages.mend(html + "</script>") == "<p>kept</p>"
    summary = '<summary><span class="toctree-toggle">'
    assert 'aria-label="' in pages.mend(summary)


@pytest.mark.parametrize(
    ("theme", "mended"),
    [
        (
            '<header class="bd-header navbar">\n</header>',
            '<header hidden class="bd-header navbar">\n</header>',
        ),
        (
            '<header class="bd-header"><p>News</p></header>',
            '<header class="bd-header"><p>News</p></header>',
        ),
        (
            '<div class="cell_output docutils container">',
            '<div role="group" aria-label="Output" '
            'class="cell_output docutils container">',
        ),
        (
            '<th class="head stub text-right"><p></p></th>',
            '<td class="head text-right"></td>',
        ),
        (
            '<th class="head stub"><p>loss</p></th>',
            '<th class="head stub"><p>loss</p></th>',
        ),
        (
            '<button class="btn search-button-field pst-js-only" '
            'title="Search" aria-label="Search" data-x>',
            '<button class="btn search-button-field pst-js-only" data-x>',
        ),
    ],
)
def test_what_the_theme_does_not_say_aloud_is_mended(theme, mended):
    assert pages.mend(theme) == mended


@pytest.mark.parametrize(
    ("words", "warnings"), [({"alt": 'From "a" to b'}, 0), ({}, 1)]
)
def test_a_diagram_is_a_picture_with_words(words, warnings, monkeypatch):
    told, body = [], []
    monkeypatch.setattr(
        diagrams.LOGGER, "warning", lambda *a, **k: told.append(a)
    )
    translator = SimpleNamespace(
        body=body,
        encode=lambda text: text.replace("<", "&lt;"),
        starttag=lambda node, tag, **attributes: repr(attributes),
    )
    with pytest.raises(nodes.SkipNode):
        diagrams.visit(translator, diagrams.mermaid("", code="a<b", **words))
    assert len(told) == warnings
    assert "'role': 'img'" in body[0]
    assert f"'aria-label': {words.get('alt', '')!r}" in body[0]
    assert body[0].endswith("a&lt;b</pre>\n")


@pytest.mark.parametrize(
    ("corner", "stub"), [("", 1), ("  ", 1), ("rate", None)]
)
def test_an_empty_corner_makes_the_first_column_name_its_rows(corner, stub):
    def row(*cells):
        return nodes.row(
            "",
            *(nodes.entry("", nodes.paragraph("", cell)) for cell in cells),
        )

    document = new_document("page")
    document += nodes.table(
        "",
        nodes.tgroup(
            "",
            nodes.colspec(),
            nodes.colspec(),
            nodes.thead("", row(corner, "loss")),
            nodes.tbody("", row("SGD", "0.1")),
        ),
    )
    tables.RowNames(document).run()
    columns = list(document.findall(nodes.colspec))
    assert [column.get("stub") for column in columns] == [stub, None]


@pytest.mark.parametrize(
    ("file", "banner", "again"),
    [
        ("book/page.html", True, True),
        ("book/page.html", False, False),
        ("source/data.html", True, False),  # the code that makes the banner
    ],
)
def test_a_build_without_mnist_is_tried_again(
    tmp_path, file, banner, again, monkeypatch
):
    monkeypatch.setattr("os.environ", os.environ.copy())
    shutil.copytree(ROOT / "book" / "_ext", tmp_path / "book" / "_ext")
    (tmp_path / "requirements.txt").touch()
    out = tmp_path / "_build" / "html"
    (out / file).parent.mkdir(parents=True)
    shown = f"<div {environment.STAND_IN}>" if banner else "<p>stand-in</p>"
    (out / file).write_text(shown, encoding="utf-8")
    paths = []
    for _ in range(2):
        config = SimpleNamespace(
            html_theme_options={}, nb_execution_excludepatterns=[]
        )
        app = SimpleNamespace(outdir=out, srcdir=tmp_path)
        environment.prepare(app, config)
        paths.append(config.nb_execution_cache_path)
        environment.try_again(app, None)
    assert (paths[0] != paths[1]) is again
