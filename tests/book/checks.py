"""What a page of the book must keep to: each check yields its complaints."""

import ast
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from pages import CITATION, ROOT, Page, library_objects

LIBRARY = ROOT / "code" / "plainnet"


def public_names() -> set[str]:
    """Return the functions and classes the book must show: `module.name`.

    Not those of `plotting`: figures are shown by what they draw.
    """
    return {
        f"{path.stem}.{name}"
        for path in LIBRARY.glob("[!_]*.py")
        for name in library_objects(path)
        if path.stem != "plotting" and re.fullmatch(r"[^_.][^.]*", name)
    }


def listings(page: Page) -> Iterator[str]:
    """A listing names an existing object that fits on the page."""
    for block in page.all("literalinclude"):
        path = (page.path.parent / block.argument).resolve()
        name = block.options.get("pyobject")
        where = f"line {block.line}: {name} of {path.name}"
        for option in block.options:
            if option == "lines" or option.startswith(("start-", "end-")):
                yield f"{where}: take :pyobject:, not :{option}:"
        node = library_objects(path).get(name) if path.is_file() else None
        if node is None:
            yield f"{where}: there is no such object"
            continue
        source = path.read_text(encoding="utf-8").splitlines()
        source = source[node.lineno - 1 : node.end_lineno]
        if len(source) > 35 or max(map(len, source)) > 79:
            yield f"{where}: more than 35 lines or 79 columns"


def listings_are_used(page: Page) -> Iterator[str]:
    """After a listing, a cell uses what it shows, or its class."""
    for block in page.all("literalinclude"):
        name = block.options.get("pyobject", "")
        later = [tree for cell, tree in page.cells if cell.line > block.line]
        uses = {use for tree in later for use in _names(tree)}
        if not name.startswith("_") and uses.isdisjoint(name.split(".")):
            yield f"line {block.line}: no later cell uses {name}"


def _names(tree: ast.AST) -> Iterator[str]:
    """Yield the names that code uses; to show source is not to use it."""
    if isinstance(tree, ast.Name | ast.Attribute):
        yield tree.id if isinstance(tree, ast.Name) else tree.attr
    if isinstance(tree, ast.Call) and "show_source" in _names(tree.func):
        return
    for child in ast.iter_child_nodes(tree):
        yield from _names(child)


def cells(page: Page) -> Iterator[str]:
    """Cells are short and define nothing that the library has."""
    ours = {name.partition(".")[2] for name in public_names()}
    for cell, tree in page.cells:
        if len(cell.body.strip().splitlines()) > 25:
            yield f"line {cell.line}: a cell of more than 25 lines"
        for node in ast.walk(tree):
            definition = isinstance(node, ast.FunctionDef | ast.ClassDef)
            if definition and node.name in ours:
                yield f"line {cell.line}: {node.name} is the library's"


def alt_texts(page: Page) -> Iterator[str]:
    """Every picture tells what it shows."""
    for cell, tree in page.cells:
        options = cell.options.get("mystnb", {})
        last = tree.body[-1] if tree.body else None
        draws = isinstance(last, ast.Expr) and "plotting" in _names(last)
        draws = draws or "figure" in options or "image" in options
        if draws and not options.get("image", {}).get("alt"):
            yield f"line {cell.line}: a figure without alt text"
    for kind in ("figure", "image", "mermaid"):
        for block in page.all(kind):
            if not block.options.get("alt"):
                yield f"line {block.line}: {kind} without :alt:"
    for picture in re.findall(r"!\[\s*\]\(.*?\)", page.text):
        yield f"{picture} has no alt text"


def typed_percentages(page: Page) -> Iterator[str]:
    """Results come from the run or from a paper, never from the keyboard."""
    captions = [
        str(cell.options.get("mystnb", {}).get("figure", {}).get("caption"))
        for cell, _ in page.cells
    ]
    for text in page.prose + captions:
        plain = re.sub(r"`[^`]*`", "", text)
        typed = re.search(r"\d[\d.,]*(\s|\\,)*(\\?%|per\s+cent\b)", plain)
        if typed and not CITATION.search(text):
            yield f"{typed[0]!r} is typed: {text[:60]!r}"


def citations(page: Page, keys: Collection[str]) -> Iterator[str]:
    """Every key that is cited is in the bibliography."""
    for cited in CITATION.findall(page.text):
        for key in re.split(r"\s*,\s*", cited):
            if key not in keys:
                yield f"{key} is not in references.bib"


def chapter_parts(page: Page) -> Iterator[str]:
    """A chapter has the parts that every chapter has."""
    facts = "".join(block.body for block in page.looking("chapter-facts"))
    abilities = "".join(block.body for block in page.looking("objectives"))
    mistakes = page.section("Common mistakes")
    further = page.section("Further reading")
    parts = {
        "the header `chapter: N`": page.header.get("chapter"),
        "a promise": page.looking("promise"),
        "a reading time in minutes": re.search(r"\d+ minutes", facts),
        "what it builds on": "Builds on" in facts,
        "3 to 5 abilities": 3 <= len(re.findall("(?m)^- ", abilities)) <= 5,
        "5 question boxes": len(page.looking("question")) >= 5,
        "Common mistakes": ":class: mistake" in mistakes,
        "3 to 6 exercises": 3 <= len(page.all("exercise")) <= 6,
        "key formulas": page.looking("key-formulas"),
        "a summary": page.looking("summary"),
        "Further reading with a citation": CITATION.search(further),
    }
    yield from (f"lacks {name}" for name, there in parts.items() if not there)
    steps = [b for b in page.blocks if b.kind in ("exercise", "solution")]
    steps += page.looking("hint")
    steps.sort(key=lambda block: block.line)
    for i, exercise in enumerate(steps):
        if exercise.kind == "exercise":
            yield from _help(
                exercise.options.get("label"), steps[i + 1 : i + 3]
            )


def _help(label: str, steps: Sequence) -> Iterator[str]:
    """A hint and the closed solution follow an exercise."""
    if not (steps and steps[0].looks_like("hint")):
        yield f"no hint follows exercise {label}"
    if not (steps[1:] and steps[1].argument == label) or (
        steps[1].options.get("class") != "dropdown"
    ):
        yield f"no closed solution follows the hint of exercise {label}"


def coverage(
    pages: Sequence[Page], to_come: Sequence[str], public: set[str]
) -> Iterator[str]:
    """Each public function is quoted on one page, or is still to come."""
    counts = Counter(
        f"{Path(block.argument).stem}.{block.options.get('pyobject')}"
        for page in pages
        for block in page.all("literalinclude")
    )
    shown = {".".join(name.split(".")[:2]) for name in counts}
    for name in sorted(name for name in counts if counts[name] > 1):
        yield f"{name} is quoted {counts[name]} times"
    for name in sorted(public - shown - set(to_come)):
        yield f"{name} is neither quoted nor listed as still to come"
    for name in to_come:
        if name in shown or name not in public:
            yield f"{name} is quoted or does not exist: take it off the list"
