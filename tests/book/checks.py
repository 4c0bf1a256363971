"""What a page of the book must keep to: each check yields its complaints."""

import ast
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from pages import CITATION, ROOT, Block, Page, library_objects

LIBRARY = ROOT / "code" / "plainnet"
LINKED_TERM = re.compile(r"\{term\}`([^`<]+?)(?: <([^`>]+)>)?`")
# Roles with their text, code, formulas and the addresses of links.
NOT_PROSE = re.compile(
    r"(\{[\w:-]+\})?`[^`]*`|\$\$[^$]*\$\$|\$[^$]*\$|\]\([^)]*\)|#[\w-]+"
)
# Terms that are everyday words too: which use is meant, no pattern can tell.
EVERYDAY = {
    "class", "depth", "example", "flatten", "precision", "recall", "shape",
    "step", "support", "target", "temperature", "width",
}  # fmt: skip
MOVING = (1, 2, 3, 7, 8, 9)  # chapters that need an animation


def public_names() -> set[str]:
    """Return the functions and classes the book must show: `module.name`.

    Not those of the folder `plotting`: figures are shown by what they draw;
    and of the folder `exercises` only what a reader calls.
    """
    found = {
        f"{path.stem}.{name}"
        for path in LIBRARY.glob("[!_]*.py")
        for name in library_objects(path)
        if re.fullmatch(r"[^_.][^.]*", name)
    }
    checker = library_objects(LIBRARY / "exercises" / "__init__.py")
    return found | {f"exercises.{n}" for n in checker if n[0] not in "_."}


def animations() -> set[str]:
    """Return the names in `plotting` that make an animation."""
    return {"Animation"} | {
        name
        for path in (LIBRARY / "plotting").glob("[!_]*.py")
        for name, node in library_objects(path).items()
        if isinstance(node, ast.FunctionDef)
        and isinstance(node.returns, ast.Name)
        and node.returns.id == "Animation"
    }


def quoted(block: Block) -> str:
    """Return what a listing shows, such as `layers.Dense.forward`."""
    path = Path(block.argument)
    module = path.parent.name if path.stem == "__init__" else path.stem
    return f"{module}.{block.options.get('pyobject')}"


def is_solution(block: Block) -> bool:
    """Say whether a listing shows the solution of an exercise."""
    return re.search(r"exercises/chapter_\d+\.py$", block.argument) is not None


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
    """After a listing, a cell uses what it shows, or its class.

    A solution is used by the tests of its exercise.
    """
    for block in page.all("literalinclude"):
        if is_solution(block):
            continue
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
        hidden = "remove-" in str(cell.options.get("tags"))
        if (
            not hidden
            and max(map(len, cell.body.splitlines()), default=0) > 79
        ):
            yield f"line {cell.line}: a cell of more than 79 columns"
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


def linked_terms(page: Page, terms: Collection[str]) -> Iterator[str]:
    """A term of art is linked to the glossary where a chapter first uses it.

    The first use may be a paragraph's second mention, not a later paragraph.
    """
    waiting = {term for term in terms if term not in EVERYDAY}
    longest_first = sorted(terms, key=len, reverse=True)
    for paragraph in page.running:
        linked = {
            (target or text).casefold()
            for text, target in LINKED_TERM.findall(paragraph)
        }
        waiting -= {term for term in waiting if term.casefold() in linked}
        plain = NOT_PROSE.sub("|", LINKED_TERM.sub("|", paragraph))
        for term in longest_first:
            ending = "(?:s|es)?" if term[-1] != "y" else ""
            word = rf"(?<![\w-]){re.escape(term)}{ending}(?![\w-])"
            plain, uses = re.subn(word, "|", plain, flags=re.IGNORECASE)
            if uses and term in waiting:
                waiting.discard(term)
                yield f"{term!r} is not linked: {paragraph[:60]!r}"


def chapter_parts(page: Page) -> Iterator[str]:
    """A chapter has the parts that every chapter has."""
    facts = "".join(block.body for block in page.looking("chapter-facts"))
    abilities = "".join(block.body for block in page.looking("objectives"))
    mistakes = page.section("Common mistakes")
    further = page.section("Further reading")
    figures = [
        cell
        for cell, _ in page.cells
        if cell.options.get("mystnb", {}).get("figure")
    ]
    names = {name for _, tree in page.cells for name in _names(tree)}
    chapter = page.header.get("chapter")
    parts = {
        "the header `chapter: N`": chapter,
        "a promise": page.looking("promise"),
        "a reading time in minutes": re.search(r"\d+ minutes", facts),
        "what it builds on": "Builds on" in facts,
        "3 to 5 abilities": 3 <= len(re.findall("(?m)^- ", abilities)) <= 5,
        "7 question boxes": len(page.looking("question")) >= 7,
        "4 figures": len(figures) >= 4,
        "an animation": chapter not in MOVING or names & animations(),
        "Common mistakes": ":class: mistake" in mistakes,
        "5 or 6 exercises": 5 <= len(page.all("exercise")) <= 6,
        "key formulas": page.looking("key-formulas"),
        "a summary": page.looking("summary"),
        "Further reading with a citation": CITATION.search(further),
    }
    yield from (f"lacks {name}" for name, there in parts.items() if not there)


def exercises(
    page: Page, registered: Sequence[tuple[str, str, str]]
) -> Iterator[str]:
    """Exercises are those of the checker, each with what belongs to it.

    `registered` has the title, the level and the solution's name of each.
    """
    levels = {level for _, level, _ in registered}
    for level in {"easy", "medium", "hard"} - levels:
        yield f"no exercise is {level}"
    kinds = ("exercise", "code-cell", "hints", "solution")
    steps = [block for block in page.blocks if block.kind in kinds]
    steps.sort(key=lambda block: block.line)
    places = [i for i, b in enumerate(steps) if b.kind == "exercise"]
    if len(places) != len(registered):
        yield f"{len(places)} exercises, {len(registered)} in the module"
    pairs = zip(places, registered, strict=False)
    for k, (place, (title, level, solution)) in enumerate(pairs, 1):
        number = f"{page.header.get('chapter')}.{k}"
        exercise, *rest = steps[place : place + 4]
        if exercise.argument != title:
            yield f"{number} is called {exercise.argument!r}, not {title!r}"
        if not exercise.body.lstrip().startswith(f"*{level.title()}.*"):
            yield f"{number} does not begin with *{level.title()}.*"
        for fault in _help(number, exercise, rest, solution):
            yield f"{number}: {fault}"


def _help(
    number: str, exercise: Block, rest: Sequence[Block], solution: str
) -> Iterator[str]:
    """A cell that checks, the hints and the closed solution follow."""
    if [block.kind for block in rest] != ["code-cell", "hints", "solution"]:
        yield "a cell, then hints, then a solution must follow"
        return
    cell, hints, answer = rest
    if number not in _checked(ast.parse(cell.body)):
        yield f'its cell does not call check("{number}", ...)'
    if hints.argument != number:
        yield f"its hints are those of {hints.argument}"
    if answer.argument != exercise.options.get("label"):
        yield f"its solution is to {answer.argument}"
    if answer.options.get("class") != "dropdown":
        yield "its solution is not closed"
    file = f"chapter_{int(number.partition('.')[0]):02d}"
    shown = [quoted(b) for b in Page(answer.body).all("literalinclude")]
    if f"{file}.{solution}" not in shown:
        yield f"its solution does not quote {solution} of {file}.py"


def _checked(tree: ast.AST) -> set[object]:
    """Return the numbers that a cell gives to `check`."""
    return {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "check"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }


def coverage(
    pages: Sequence[Page],
    to_come: Sequence[str],
    public: set[str],
    solutions: Collection[str],
) -> Iterator[str]:
    """Each public function is quoted on one page, or is still to come.

    A class is quoted once as a whole, or each of its methods once. The
    solution of each exercise is quoted once.
    """
    counts = Counter(
        quoted(block) for page in pages for block in page.all("literalinclude")
    )
    shown = {".".join(name.split(".")[:2]) for name in counts}
    for name in sorted(counts):
        if counts[name] > 1:
            yield f"{name} is quoted {counts[name]} times"
        whole = name.rpartition(".")[0]
        if whole in counts:
            yield f"{name} is quoted, and {whole} as a whole"
    for name in sorted(public - shown - set(to_come)):
        yield f"{name} is neither quoted nor listed as still to come"
    for name in to_come:
        if name in shown or name not in public:
            yield f"{name} is quoted or does not exist: take it off the list"
    for name in sorted(set(solutions) - set(counts)):
        yield f"the solution {name} is not quoted"
