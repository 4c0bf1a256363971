"""Pages as notebooks, for all who would rather run them than read them.

Every page that shows code in its cells is also a notebook, beside it in the
site: the text as the page has it, and its cells in their order. It needs
nothing but Jupyter and the library, and is what Binder, Colab and a class's
hub open.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import nbformat
from docutils import nodes
from nbformat.v4 import new_markdown_cell, new_notebook
from sphinx.application import Sphinx

from .cells import code_cells, first_cell
from .launch import add_buttons
from .markdown import Markdown

KERNEL = {
    "display_name": "Python 3 (ipykernel)",
    "language": "python",
    "name": "python3",
}
ABOUT = (
    "> **A notebook made from a page of {}.** Choose “Run All Cells” in the "
    "menu “Run” (on Colab, “Run all” in the menu “Runtime”), read on, and "
    "change what you like. The numbers in the text come from the book's own "
    "run. Code under the name of a listing is the library's source, to be "
    "read: the cells import it. A folded cell, a bar on which you can click, "
    "draws a figure or prepares something for the cells after it."
)


def about(app: Sphinx, page: str) -> str:
    """Return what a notebook says of itself, with a link to its page."""
    title, home = app.config.html_title, app.config.html_baseurl
    return ABOUT.format(f"[{title}]({home}{page}.html)" if home else title)


def with_cells(
    parts: list[str | nodes.Element], cells: dict[int, Any]
) -> Iterator[Any]:
    """Yield the parts of a page with its code cells in their places.

    A cell that the page leaves out follows the one before it, after the
    part that belongs to that one: its caption.
    """
    shown = [part["cell_index"] for part in parts if not isinstance(part, str)]
    ends = dict(zip(shown, [*shown[1:], max(cells) + 1], strict=True))

    def between(first: int, end: int) -> Iterator[Any]:
        return (cells[i] for i in range(first, end) if i in cells)

    yield from between(0, shown[0])
    rest = iter(parts)
    for part in rest:
        if isinstance(part, str):
            yield part
        else:
            here = part["cell_index"]
            yield cells[here]
            yield next(rest)
            yield from between(here + 1, ends[here])


def gathered(pieces: Iterable[Any]) -> Iterator[Any]:
    """Yield cells: code as it is, text up to the next heading or code."""
    texts: list[str] = []
    for piece in [*pieces, None]:
        is_text = isinstance(piece, str)
        if texts and (not is_text or piece.startswith("#")):
            yield new_markdown_cell("\n\n".join(texts))
            texts = []
        if is_text:
            texts += filter(None, [piece])
        elif piece:
            yield piece


def named(cells: list[Any]) -> list[Any]:
    """Give each cell an id that it keeps as long as its text."""
    seen: Counter[str] = Counter()
    for cell in cells:
        text = f"{cell.cell_type} {cell.source}"
        name = hashlib.sha256(text.encode()).hexdigest()[:8]
        seen[name] += 1
        cell.id = f"{name}-{seen[name]}"
    return cells


def notebook_of(app: Sphinx, page: str, document: nodes.document) -> Any:
    """Return the notebook of a page."""
    cells = code_cells(app, page)
    parts = Markdown(app, page).parts(document)
    title = next(filter(None, parts))
    pieces = [
        title,
        about(app, page),
        first_cell(app, cells.values()),
        *with_cells(list(parts), cells),
    ]
    return new_notebook(
        cells=named(list(gathered(pieces))),
        metadata={"kernelspec": KERNEL, "language_info": {"name": "python"}},
    )


def shows_code(node: nodes.Node) -> bool:
    """Whether a node is the code of a cell."""
    return (
        isinstance(node, nodes.container)
        and node.get("nb_element") == "cell_code_source"
    )


def write(
    app: Sphinx,
    page: str,
    template: str,
    context: dict[str, Any],
    document: nodes.document | None,
) -> None:
    """Write the notebook of a page that shows code cells, and offer it."""
    if document is None or not any(map(shows_code, document.findall())):
        return
    file = f"{page}.ipynb"
    notebook = notebook_of(app, page, document)
    nbformat.validate(notebook)
    path = Path(app.outdir, file)
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    add_buttons(app, file, context)


def setup(app: Sphinx) -> None:
    """Write after the theme has put its buttons on the page."""
    app.connect("html-page-context", write, priority=502)
