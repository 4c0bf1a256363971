"""What a page says of itself: description, card, address, map of the site.

A chapter is described by its promise, any other page by its first paragraph.
With them, its title and a picture, a link to the page becomes a card
elsewhere (Open Graph). Addresses are given when that of the site is known.
"""

import textwrap
from html import escape
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape as escape_xml

from docutils import nodes
from sphinx.application import Sphinx

from .cards import SIZE, card

# Pages that are of use on the site only.
UNLISTED = ("search", "genindex", "404", "index")
SITEMAP = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
{}</urlset>
"""
REDIRECT = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
{tags}
<meta http-equiv="refresh" content="0; url={page}.html">
</head>
<body><p><a href="{page}.html">{title}</a></p></body>
</html>
"""


def description(document: nodes.document) -> str:
    """Return the promise of a chapter, or the first paragraph of a page."""
    promise = document.findall(
        lambda node: (
            isinstance(node, nodes.container) and "promise" in node["classes"]
        )
    )
    start = next(promise, document)
    first = next(start.findall(nodes.paragraph), None)
    text = first.astext() if first else ""
    return textwrap.shorten(text, 300, placeholder=" …")


def title_of(app: Sphinx, page: str) -> str:
    """Return a page's title, a chapter's with its number."""
    title = app.env.titles[page].astext()
    number = app.env.metadata[page].get("chapter")
    return f"{number}. {title}" if number else title


def card_name(app: Sphinx, page: str) -> str:
    """Return the file of a page's card: a chapter's own, or the book's."""
    if page in app.env.found_docs and app.env.metadata[page].get("chapter"):
        return (
            f"_static/cards/{page.removeprefix('book/').replace('/', '-')}.png"
        )
    return "_static/cards/book.png"


def draw_card(app: Sphinx, page: str, told: str) -> None:
    """Draw the card of a chapter, or of the book for its first page."""
    number = app.env.metadata[page].get("chapter", "")
    path = Path(app.outdir, card_name(app, page))
    path.parent.mkdir(parents=True, exist_ok=True)
    title = app.env.titles[page].astext()
    book = app.config.html_title if number else ""
    path.write_bytes(card(title, told, number=str(number), book=book))


def tags(about: dict[str, str]) -> str:
    """Return the <meta> tags for what is known of a page."""
    return "\n".join(
        f'<meta {"property" if name.startswith("og:") else "name"}="{name}" '
        f'content="{escape(content)}">'
        for name, content in about.items()
        if content
    )


def describe(
    app: Sphinx,
    page: str,
    template: str,
    context: dict[str, Any],
    document: nodes.document | None,
) -> None:
    """Add to a page's head what it says of itself."""
    if page in UNLISTED:
        context["pageurl"] = None
        context["metatags"] = '<meta name="robots" content="noindex">'
        return
    own = document is not None
    title = title_of(app, page) if own else context["title"]
    told = description(document) if own else context.get("description", "")
    first = page == app.config.root_doc
    if first:
        context["docstitle"] = ""  # the title says it already
    if own and (first or app.env.metadata[page].get("chapter")):
        draw_card(app, page, told)
    address = app.config.html_baseurl
    image = address and address + card_name(app, page)
    width, height = map(str, SIZE)
    head = tags(
        {
            "description": told,
            "og:type": "website" if first else "article",
            "og:site_name": app.config.html_title,
            "og:title": title,
            "og:description": told,
            "og:url": context["pageurl"] or "",
            "og:image": image,
            "og:image:width": image and width,
            "og:image:height": image and height,
            "og:image:alt": image and f"{title}. {told}",
            "twitter:card": image and "summary_large_image",
        }
    )
    context["metatags"] = context.get("metatags", "") + head
    if first:
        redirect(app, page, title, head)


def redirect(app: Sphinx, page: str, title: str, head: str) -> None:
    """Write the page at the root, which leads to the first one."""
    if app.config.html_baseurl:
        link = f"{app.config.html_baseurl}{page}.html"
        head += f'\n<link rel="canonical" href="{escape(link)}">'
    Path(app.outdir, "index.html").write_text(
        REDIRECT.format(title=escape(title), tags=head, page=page),
        encoding="utf-8",
    )


def write_sitemap(app: Sphinx, error: Exception | None) -> None:
    """List the pages for search engines, if the site has an address."""
    if error is not None or app.builder.format != "html":
        return
    out = Path(app.outdir)
    path = out / "sitemap.xml"
    if not app.config.html_baseurl:
        path.unlink(missing_ok=True)
        return
    pages = [page.relative_to(out) for page in sorted(out.rglob("*.html"))]
    lines = [
        f"<url><loc>{escape_xml(app.config.html_baseurl + name)}</loc></url>\n"
        for page in pages
        if (name := page.as_posix()).removesuffix(".html") not in UNLISTED
        and page.parts[0] != "_static"
    ]
    path.write_text(SITEMAP.format("".join(lines)), encoding="utf-8")


def setup(app: Sphinx) -> None:
    """Describe each page as it is written, and list all at the end."""
    app.connect("html-page-context", describe)
    app.connect("build-finished", write_sitemap)
