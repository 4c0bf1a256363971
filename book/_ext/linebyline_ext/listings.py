"""Listings of the library, each linked to where it stands in the source.

A `literalinclude` of a file of code/plainnet gets, under its caption, the
file's name, linked to the file's own page on this site, and the name of the
tests that hold it.
"""

from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.directives.code import LiteralInclude
from sphinx.errors import PycodeError
from sphinx.pycode import ModuleAnalyzer

LIBRARY = Path("code", "plainnet")
SOURCE_PAGES = "source"


class Listing(LiteralInclude):
    """`literalinclude` that remembers the line where its object begins."""

    def run(self) -> list[nodes.Node]:
        """Include the code as Sphinx does, then note where it came from."""
        self.options.setdefault("language", "python")
        result = super().run()
        path = Path(self.env.relfn2path(self.arguments[0])[1])
        if path.parent == Path(self.env.srcdir) / LIBRARY:
            for node in result[0].findall(nodes.literal_block):
                node["listing"] = (path.name, self.first_line(path))
        return result

    def first_line(self, path: Path) -> int:
        """Return the number of the object's first line, or 1."""
        try:
            tags = ModuleAnalyzer.for_file(path, path.stem).find_tags()
        except PycodeError:
            return 1
        return tags.get(self.options.get("pyobject"), ("", 1))[1]


def name_sources(app: Sphinx, document: nodes.document) -> None:
    """Add file and tests to the captions of the library's listings."""
    page = app.env.docname
    for code in document.findall(nodes.literal_block):
        if "listing" not in code or not isinstance(
            code.previous_sibling(), nodes.caption
        ):
            continue
        file, line = code["listing"]
        link = nodes.reference(
            "",
            "",
            nodes.literal("", (LIBRARY / file).as_posix()),
            internal=True,
            refuri=app.builder.get_relative_uri(
                page, f"{SOURCE_PAGES}/{Path(file).stem}"
            )
            + f"#L-{line}",
        )
        source = nodes.inline("", "", link, classes=["listing-source"])
        tests = Path("tests", f"test_{file}")
        if (Path(app.srcdir) / tests).is_file():
            source += nodes.Text(", tested in ")
            source += nodes.literal("", tests.as_posix())
        code.previous_sibling().extend([nodes.Text(" "), source])


def source_pages(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Yield a page for every file of the library, its lines numbered."""
    for path in sorted((Path(app.srcdir) / LIBRARY).glob("*.py")):
        name = path.relative_to(app.srcdir).as_posix()
        code = app.builder.highlighter.highlight_block(
            path.read_text(encoding="utf-8"),
            "python",
            linenos="inline",
            linespans="L",
        )
        body = (
            f"<section><h1><code>{escape(name)}</code></h1>"
            f'<div class="source-page highlight-python">{code}</div></section>'
        )
        yield (
            f"{SOURCE_PAGES}/{path.stem}",
            {"title": name, "pagetitle": name, "body": body},
            "page.html",
        )


def setup(app: Sphinx) -> None:
    """Replace the directive; add captions and source pages."""
    app.add_directive("literalinclude", Listing, override=True)
    app.connect("doctree-read", name_sources)
    app.connect("html-collect-pages", source_pages)
