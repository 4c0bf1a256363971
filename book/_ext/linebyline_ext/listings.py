"""Listings of the library, and a page for each file of its source.

A `literalinclude` of a file of code/plainnet remembers where it came from;
index.py says under its caption where its source, tests and uses are.
"""

import ast
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.directives.code import LiteralInclude
from sphinx.errors import PycodeError
from sphinx.pycode import ModuleAnalyzer

from .index import source_page
from .library import LIBRARY, summary


class Listing(LiteralInclude):
    """`literalinclude` that remembers which lines of which file it shows."""

    def run(self) -> list[nodes.Node]:
        """Include the code as Sphinx does, then note where it came from."""
        self.options.setdefault("language", "python")
        result = super().run()
        path = Path(self.env.relfn2path(self.arguments[0])[1])
        library = Path(self.env.srcdir) / LIBRARY
        if path.is_relative_to(library):
            file = path.relative_to(library).as_posix()
            name = self.options.get("pyobject", "")
            for node in result[0].findall(nodes.literal_block):
                node["listing"] = (file, *self.lines(path, name), name)
        return result

    def lines(self, path: Path, name: str) -> tuple[int, int]:
        """Return the object's first and last line; 1 and 1 for a file."""
        try:
            tags = ModuleAnalyzer.for_file(path, path.stem).find_tags()
        except PycodeError:
            return 1, 1
        return tags.get(name, ("", 1, 1))[1:]


def source_pages(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Yield a page for every file of the library, its lines numbered."""
    library = Path(app.srcdir) / LIBRARY
    for path in sorted(library.rglob("*.py")):
        name = path.relative_to(app.srcdir).as_posix()
        text = path.read_text(encoding="utf-8")
        code = app.builder.highlighter.highlight_block(
            text,
            "python",
            linenos="inline",
            linespans="L",
        )
        body = (
            f"<section><h1><code>{escape(name)}</code></h1>"
            f'<div class="source-page highlight-python">{code}</div></section>'
        )
        yield (
            source_page(path.relative_to(library).as_posix()),
            {
                "title": name,
                "pagetitle": name,
                "description": f"{summary(ast.parse(text))} Its source.",
                "body": body,
            },
            "page.html",
        )


def setup(app: Sphinx) -> None:
    """Replace the directive; add source pages."""
    app.add_directive("literalinclude", Listing, override=True)
    app.connect("html-collect-pages", source_pages)
