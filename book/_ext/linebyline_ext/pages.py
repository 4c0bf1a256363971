"""Small mends of the theme's pages, made as each page is written."""

import re
from pathlib import Path

from sphinx.application import Sphinx

from .bundles import bundle

SPOKEN = {"input": "Code", "output": "Output"}
MENDS = (
    # 1.5 MB of icons as a script; the theme's web font draws the same ones.
    (
        re.compile(r"\s*<script [^>]*scripts/fontawesome\.js[^>]*></script>"),
        "",
    ),
    # What bundles.py and diagrams.js do instead. The page's name is for a
    # switch of versions, which the book does not have.
    (re.compile(r'\s*<link rel="preload" as="script"[^>]*>'), ""),
    (
        re.compile(
            r"\s*<script>DOCUMENTATION_OPTIONS\.pagename = [^<]*</script>"
        ),
        "",
    ),
    (
        re.compile(
            r'\s*<script type="module">import mermaid.*?</script>', re.DOTALL
        ),
        "",
    ),
    (
        re.compile(r'<summary>(?=<span class="toctree-toggle")'),
        '<summary aria-label="Show or hide the sections">',
    ),
    # Names that leave out the words that are seen.
    (re.compile(r'<summary aria-label="Toggle hidden content">'), "<summary>"),
    (
        re.compile(
            r'(<button class="[^"]*search-button-field[^"]*")'
            r' title="Search" aria-label="Search"'
        ),
        r"\1",
    ),
    # sphinx-exercise gives every exercise's text the same id.
    (
        re.compile(r'<section id="(exercise|solution)-content">'),
        r'<section class="\1-content">',
    ),
    # Of the two logos only the one that is seen is fetched.
    (
        re.compile(r'(?<=<img )(?=[^>]*class="logo__image)'),
        'loading="lazy" ',
    ),
    # Roles that assistive technology knows, in place of one it has dropped,
    # and a landmark around the sidebar.
    (re.compile(r'role="doc-biblioentry"'), 'role="listitem"'),
    (
        re.compile(r'<div id="pst-primary-sidebar"'),
        '<div id="pst-primary-sidebar" role="region" aria-label="The book"',
    ),
    (
        re.compile(r'<dialog id="pst-search-dialog">'),
        '<dialog id="pst-search-dialog" aria-label="Search">',
    ),
    (
        re.compile(r'<dialog id="pst-primary-sidebar-modal">'),
        '<dialog id="pst-primary-sidebar-modal" aria-label="The book">',
    ),
    (
        re.compile(r'<dialog id="pst-secondary-sidebar-modal">'),
        '<dialog id="pst-secondary-sidebar-modal" aria-label="On this page">',
    ),
    (re.compile("Toggle primary sidebar"), "Contents of the book"),
    (re.compile("Toggle secondary sidebar"), "Contents of this page"),
    (re.compile('="Color mode"'), '="Colours: light, dark or automatic"'),
    # Where the reader is.
    (
        re.compile(r'<a class="current reference internal"'),
        r'\g<0> aria-current="page"',
    ),
    # A bar with nothing in it, which the theme's script must find.
    (
        re.compile(r'<header (?=class="bd-header [^>]*>\s*</header>)'),
        r"\g<0>hidden ",
    ),
    # What is run and what it says are told apart by ear too.
    (
        re.compile(r'<div class="cell_(?=(input|output) )'),
        lambda found: (
            f'<div role="group" aria-label="{SPOKEN[found[1]]}" class="cell_'
        ),
    ),
    # The corner of a table with names above and beside it is empty.
    (
        re.compile(r'<th class="head stub([^"]*)">\s*(?:<p>\s*</p>)?\s*</th>'),
        r'<td class="head\1"></td>',
    ),
)
UNUSED = ("_static/scripts/fontawesome.js", "_static/scripts/*.map")
UNUSED += ("_static/scripts/*.LICENSE.txt", "_static/styles/*.map")
UNUSED += ("_static/vendor/fontawesome/webfonts/*.woff2",)
UNUSED += ("_static/vendor/fontawesome/webfonts/*.ttf",)


def mend(html: str) -> str:
    """Return the page with all mends made."""
    for pattern, replacement in MENDS:
        html = pattern.sub(replacement, html)
    return html


def mend_pages(app: Sphinx) -> None:
    """Mend what the builder's templates give, page by page."""
    if app.builder.format != "html":
        return
    # The theme copies the logo into this folder before Sphinx makes it.
    static = Path(app.outdir, "_static")
    static.mkdir(exist_ok=True)
    render = app.builder.templates.render
    app.builder.templates.render = lambda *page: bundle(
        mend(render(*page)), static
    )


def drop_unused(app: Sphinx, error: Exception | None) -> None:
    """Delete the theme's files that no page loads."""
    if error is None and app.builder.format == "html":
        for pattern in UNUSED:
            for path in Path(app.outdir).glob(pattern):
                path.unlink()


def setup(app: Sphinx) -> None:
    """Wrap the templates once the builder has them."""
    app.connect("builder-inited", mend_pages, priority=100)
    app.connect("build-finished", drop_unused)
