"""Diagrams: a picture with words for those who do not see it.

sphinxcontrib-mermaid leaves the words of `:alt:` out of its HTML. Here they
go to the element in which book/_static/diagrams.js draws.
"""

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.writers.html5 import HTML5Translator
from sphinxcontrib.mermaid import mermaid

LOGGER = logging.getLogger(__name__)


def visit(translator: HTML5Translator, node: mermaid) -> None:
    """Write the diagram's source, named as a picture is."""
    if not node.get("alt"):
        LOGGER.warning("a diagram needs :alt:", location=node)
    start = translator.starttag(
        node,
        "pre",
        CLASS="mermaid",
        role="img",
        **{"aria-label": node.get("alt", "")},
    )
    code = translator.encode(node["code"])
    translator.body.append(f"{start}{code}</pre>\n")
    raise nodes.SkipNode


def setup(app: Sphinx) -> None:
    """Take the place of the extension's way to write HTML."""
    app.add_node(mermaid, override=True, html=(visit, None))
