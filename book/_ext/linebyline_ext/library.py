"""The library and its tests as text: what there is, and who names it.

Names are those of the library: "layers.Dense", whatever they are called
where they are used.
"""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

LIBRARY = Path("code", "plainnet")
# What of this folder is for readers; the rest are the exercises themselves.
CHECKER = ("check", "hint", "solution")


class Thing(NamedTuple):
    """A public function or class, and where it is defined."""

    name: str  # "layers.Dense"
    file: str  # "layers.py"
    first: int
    last: int
    summary: str  # the first sentence of its docstring


def module_files(root: Path) -> dict[str, Path]:
    """Return the file of each public module that readers call."""
    files = sorted((root / LIBRARY).glob("[!_]*.py"))
    found = {path.stem: path for path in files}
    return found | {"exercises": root / LIBRARY / "exercises/__init__.py"}


def summary(node: ast.Module | ast.ClassDef | ast.FunctionDef) -> str:
    """Return the first paragraph of a docstring, on one line."""
    text = ast.get_docstring(node) or ""
    return " ".join(text.partition("\n\n")[0].split())


def things(module: str, path: Path, root: Path) -> Iterator[Thing]:
    """Yield the public functions and classes of a module, in its order."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if not isinstance(node, ast.FunctionDef | ast.ClassDef):
            continue
        if node.name.startswith("_"):
            continue
        if module == "exercises" and node.name not in CHECKER:
            continue
        first = min([node, *node.decorator_list], key=lambda n: n.lineno)
        yield Thing(
            f"{module}.{node.name}",
            path.relative_to(root / LIBRARY).as_posix(),
            first.lineno,
            node.end_lineno or node.lineno,
            summary(node),
        )


def imports(tree: ast.AST) -> dict[str, str]:
    """Return what each imported name stands for."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                found[alias.asname or top] = (
                    alias.name if alias.asname else top
                )
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                found[alias.asname or alias.name] = full
    return found


def used(tree: ast.AST, known: dict[str, str]) -> set[str]:
    """Return what code takes from the library, given what was imported."""
    names = set()
    for node in ast.walk(tree):
        parts = _dotted(node, known).split(".")
        if parts[0] == "plainnet" and len(parts) > 2:
            names.add(".".join(parts[1:3]))
    return names


def _dotted(node: ast.AST, known: dict[str, str]) -> str:
    if isinstance(node, ast.Name):
        return known.get(node.id, node.id)
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value, known)}.{node.attr}"
    return ""


def used_by_cells(cells: Iterable[str]) -> set[str]:
    """Return what the cells of a page, run in their order, use."""
    trees = []
    for cell in cells:
        try:
            trees.append(ast.parse(cell))
        except SyntaxError:  # a cell that shows a fault, or a magic
            continue
    page = ast.Module([node for tree in trees for node in tree.body], [])
    return used(page, imports(page))


def tested(path: Path) -> dict[str, int]:
    """Count a test file's functions that name each thing of the library.

    A test names what its own lines name, and what the fixtures, helpers and
    constants of the file name that it uses.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"))
    known = imports(tree)
    parts = {name: node for node in tree.body for name in _defines(node)}
    direct = {name: used(node, known) for name, node in parts.items()}
    needs = {name: _mentions(node) for name, node in parts.items()}
    counts: dict[str, int] = {}
    for test in (name for name in parts if name.startswith("test_")):
        reached, new = set(), {test}
        while new:
            reached |= new
            new = {n for name in new for n in needs[name] if n in parts}
            new -= reached
        for thing in set().union(*(direct[name] for name in reached)):
            counts[thing] = counts.get(thing, 0) + 1
    return counts


def _defines(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Assign):
        for target in node.targets:
            for name in ast.walk(target):
                if isinstance(name, ast.Name):
                    yield name.id


def _mentions(node: ast.AST) -> set[str]:
    names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    return names | {n.arg for n in ast.walk(node) if isinstance(n, ast.arg)}


def all_tests(root: Path) -> dict[str, dict[str, int]]:
    """Return, for each thing, the test files that name it, with counts."""
    found: dict[str, dict[str, int]] = {}
    for path in sorted((root / "tests").glob("test_*.py")):
        for name, count in tested(path).items():
            found.setdefault(name, {})[path.name] = count
    return found
