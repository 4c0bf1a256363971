"""The code cells of a page's notebook.

They are the page's own, without outputs. Cells of which the page shows no
code are folded, and lose what only serves the page. Before all stands a cell
that gets the library where it is missing.
"""

import ast
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell
from sphinx.application import Sphinx

from .environment import fork
from .library import used_by_cells

FOLDED = {"remove-cell", "remove-input", "hide-cell", "hide-input"}
MNIST = {"data.load_mnist", "data.load_mnist_or_digits"}
FIRST = """\
# Gets the book's library, if it is not here already.
from importlib.util import find_spec

if find_spec("plainnet") is None:
"""
INSTALL = "    %pip install --quiet https://github.com/{}/archive/{}.zip\n"
FETCH = """\
    from plainnet.data import load_mnist_or_digits

    load_mnist_or_digits()  # fetches MNIST, once
"""
ASK = """\
    raise ModuleNotFoundError(
        "plainnet is missing: in the folder of the book's repository, "
        "run `pip install -e .`, then restart the kernel"
    )
"""


class Trimmer:
    """Takes from a page's folded cells what only serves the page.

    That is what hands numbers to the text (`glue`, and functions that do
    nothing else), what the page does not show of a print, and the checks of
    the book's own run: to a reader who has changed something, or solved an
    exercise, they would be errors.
    """

    def __init__(self) -> None:
        self.glue = {"glue"}

    def serves(self, node: ast.stmt, silent: bool = False) -> bool:
        """Whether a statement only serves the page, which may be silent."""
        match node:
            case ast.Assert() | ast.ImportFrom(module="myst_nb"):
                return True
            case ast.Expr(value=ast.Call(func=ast.Name(id=name))):
                return name in self.glue or (silent and name == "print")
            case ast.FunctionDef(name=name, body=body):
                if all(map(self.serves, body)):
                    self.glue.add(name)
                return name in self.glue
            case ast.For() | ast.If() | ast.With():
                orelse = getattr(node, "orelse", [])
                block = [*node.body, *orelse]
                return all(self.serves(line, silent) for line in block)
        return False

    def served(self, tree: ast.Module, silent: bool) -> Iterator[ast.stmt]:
        """Yield the statements to take; no block loses all that it has.

        What stands in another block may be a function's, and a cell that is
        not silent may call it: there, prints stay.
        """
        yield from (line for line in tree.body if self.serves(line, silent))
        for node in ast.walk(tree):
            if isinstance(node, ast.stmt):
                block = getattr(node, "body", [])
                found = [line for line in block if self.serves(line)]
                if len(found) < len(block):
                    yield from found

    def trim(self, source: str, silent: bool) -> str:
        """Return what is left of a cell; a silent one shows nothing."""
        lines = dict(enumerate(source.splitlines(), 1))
        for node in self.served(ast.parse(source), silent):
            for line in range(node.lineno, node.end_lineno + 1):
                lines.pop(line, None)
        rest = "\n".join(lines.values()).strip("\n")
        left = ast.parse(rest).body
        if not left:
            return ""
        shown = silent and isinstance(left[-1], ast.Expr)
        return f"{rest};" if shown else rest


def code_cells(app: Sphinx, page: str) -> dict[int, Any]:
    """Return the cells by their place on the page."""
    path = Path(app.outdir).parent / "jupyter_execute" / f"{page}.ipynb"
    trimmer = Trimmer()
    found = {}
    for place, cell in enumerate(nbformat.read(path, as_version=4).cells):
        if cell.cell_type != "code":
            continue
        tags = cell.metadata.get("tags", [])
        metadata: dict[str, Any] = {"tags": tags} if tags else {}
        source = cell.source
        if FOLDED & set(tags):
            metadata["jupyter"] = {"source_hidden": True}
            source = trimmer.trim(source, silent="remove-cell" in tags)
        if source:
            found[place] = new_code_cell(source, metadata=metadata)
    return found


def first_cell(app: Sphinx, cells: Iterable[Any]) -> Any:
    """Return the cell that gets the library, and MNIST if others need it."""
    repository, branch = fork(os.environ)
    if not repository:
        return new_code_cell((FIRST + ASK).rstrip())
    commit = app.book_build[1]
    made_from = os.environ.get("GITHUB_SHA") or (commit and commit.name)
    source = FIRST + INSTALL.format(repository, made_from or branch)
    if MNIST & used_by_cells(cell.source for cell in cells):
        source += FETCH
    return new_code_cell(source.rstrip())
