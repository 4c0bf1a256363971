"""The index of listings: where each function is explained, used and tested.

    ```{listings}
    ```

Each page says while it is read what it quotes and what its cells use.
The index, and the lines under the captions, are filled in when pages are
written, and written again when anything that they tell has changed.
"""

import ast
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.domains.python import ObjectEntry
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

from .environment import source_address
from .library import (
    LIBRARY,
    Thing,
    all_tests,
    module_files,
    summary,
    things,
    used_by_cells,
)

INDEX = "book/listings"
SOURCE_PAGES = "source"


class Quote(NamedTuple):
    """A listing on a page."""

    thing: str  # "layers.Dense"
    method: str  # "forward", or "" for the whole
    name: str  # its label, or ""


class Facts(NamedTuple):
    """What a page has to do with the library."""

    chapter: int  # 0 for a page that is no chapter
    quotes: tuple[Quote, ...]
    uses: frozenset[str]
    exercises: tuple[str, ...]  # labels, in their order


def anchor(thing: str) -> str:
    """Return the id of a thing's entry in the index."""
    return f"listing-of-{thing.replace('.', '-')}"


def source_page(file: str) -> str:
    """Return the name of a source file's page."""
    return f"{SOURCE_PAGES}/{file.removesuffix('.py')}"


def facts_of(env: BuildEnvironment) -> dict[str, Facts]:
    """Return the facts of all pages, chapters first and in their order."""
    found = getattr(env, "book_facts", {})
    return dict(
        sorted(found.items(), key=lambda x: (x[1].chapter or 99, x[0]))
    )


def note_facts(app: Sphinx, document: nodes.document) -> None:
    """Note what the page that has just been read quotes and uses."""
    env = app.env
    quotes, exercises = [], []
    for code in document.findall(nodes.literal_block):
        file, *_, name = code.get("listing", ("", 0, 0, ""))
        module = file.removesuffix(".py").removesuffix("/__init__")
        if module and name and "/" not in module:
            whole, _, method = name.partition(".")
            label = (code.parent["names"] or [""])[0]
            quotes.append(Quote(f"{module}.{whole}", method, label))
    for node in document.findall(nodes.Element):
        if node.get("type") == "exercise":
            exercises.append(node["label"])
    cells = [
        code.astext()
        for box in document.findall(nodes.container)
        if box.get("nb_element") == "cell_code_source"
        for code in box.findall(nodes.literal_block)
    ]
    if not hasattr(env, "book_facts"):
        env.book_facts = {}
    env.book_facts[env.docname] = Facts(
        int(env.metadata[env.docname].get("chapter", 0)),
        tuple(quotes),
        frozenset(used_by_cells(cells)),
        tuple(exercises),
    )


def forget(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    """Forget a page that is read again, or gone."""
    getattr(env, "book_facts", {}).pop(docname, None)


def merge(
    app: Sphinx,
    env: BuildEnvironment,
    docnames: Sequence[str],
    other: BuildEnvironment,
) -> None:
    """Take over what another process has read."""
    new = {name: other.book_facts[name] for name in docnames}
    env.book_facts = getattr(env, "book_facts", {}) | new


def outdated(app: Sphinx, env: BuildEnvironment, *_: set[str]) -> list[str]:
    """Read the index again when the library has another module."""
    now = sorted(module_files(Path(app.srcdir)))
    known = getattr(env, "book_modules", now)
    return [INDEX] if known != now and INDEX in env.found_docs else []


def to_rewrite(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Read library and tests; return the pages if anything has changed."""
    root = Path(app.srcdir)
    modules = module_files(root)
    env.book_modules = sorted(modules)
    env.book_things = {
        thing.name: thing
        for module, path in modules.items()
        for thing in things(module, path, root)
    }
    env.book_tests = all_tests(root)
    make_findable(env)
    facts = facts_of(env)
    told = repr(
        [
            sorted(env.book_things.items()),
            sorted(env.book_tests.items()),
            [
                (
                    env.titles[name].astext(),
                    sorted(f.uses),
                    *f._replace(uses=0),
                )
                for name, f in facts.items()
            ],
            source_address(os.environ),
        ]
    )
    changed = told != getattr(env, "book_told", None)
    env.book_told = told
    return sorted(facts) if changed else []


def make_findable(env: BuildEnvironment) -> None:
    """Let the search lead from a name, dotted or not, to its entry."""
    objects = env.domains["py"].objects
    for name in [n for n, entry in objects.items() if entry.docname == INDEX]:
        del objects[name]
    if INDEX in env.found_docs:
        for name in env.book_things:
            capital = name.partition(".")[2][0].isupper()
            objects[f"plainnet.{name}"] = ObjectEntry(
                INDEX, anchor(name), "class" if capital else "function", False
            )


class placeholder(nodes.General, nodes.Element):  # noqa: N801
    """Where the entries of a module go."""


class Listings(SphinxDirective):
    """A section for each module, its entries to be filled in later."""

    def run(self) -> list[nodes.Node]:
        """Return the sections."""
        found = []
        root = Path(self.env.srcdir)
        for module, path in module_files(root).items():
            self.env.note_dependency(str(path))
            section = nodes.section(ids=[f"module-{module}"], names=[])
            section += nodes.title("", "", nodes.literal("", module))
            section += placeholder(module=module)
            found.append(section)
        return found


class Fill(SphinxPostTransform):
    """Write the entries of the index and the sources under captions."""

    default_priority = 5  # before references are resolved
    formats = ("html",)

    def run(self, **_: Any) -> None:
        """Fill in what this page has of both."""
        self.page = self.env.docname
        self.facts = facts_of(self.env)
        for place in list(self.document.findall(placeholder)):
            place.replace_self(self.module(place["module"]))
        for code in self.document.findall(nodes.literal_block):
            before = code.previous_sibling()
            if "listing" in code and isinstance(before, nodes.caption):
                before.extend([nodes.Text(" "), self.source(code["listing"])])

    # Links.

    def link(self, docname: str, place: str, *words: nodes.Node) -> nodes.Node:
        """Return a link to a place on a page of the site."""
        uri = self.app.builder.get_relative_uri(self.page, docname)
        uri = uri if docname != self.page else ""
        uri += f"#{place}" if place else ""
        return nodes.reference("", "", *words, internal=True, refuri=uri)

    def numbered(self, quote: Quote) -> nodes.Node:
        """Return "Listing 5.2", linked."""
        return addnodes.pending_xref(
            "",
            nodes.inline("", quote.name),
            refdomain="std",
            reftype="numref",
            reftarget=quote.name,
            refexplicit=False,
            refdoc=self.page,
            refwarn=True,
        )

    def lines(self, file: str, first: int, last: int) -> Iterator[nodes.Node]:
        """Yield links to lines of a file, here and on the repository."""
        path = (LIBRARY / file).as_posix()
        text = nodes.literal("", path)
        yield self.link(source_page(file), f"L-{first}", text)
        address = source_address(os.environ)
        if address:
            uri = f"{address}/{path}#L{first}-L{last}"
            yield nodes.Text(" · ")
            yield nodes.reference("", "GitHub", internal=False, refuri=uri)

    def pages(self, docnames: Sequence[str]) -> Iterator[nodes.Node]:
        """Yield "chapters 5, 7 and 11 and Exercises", linked."""
        links = []
        chapters = [name for name in docnames if self.facts[name].chapter]
        for name in docnames:  # chapters come first
            chapter = self.facts[name].chapter
            text = str(chapter or self.env.titles[name].astext())
            links.append(self.link(name, "", nodes.Text(text)))
        if chapters:
            several = "s" if len(chapters) > 1 else ""
            yield nodes.Text(f"chapter{several} ")
        yield from joined(links)

    # Under a caption.

    def source(self, listing: tuple[str, int, int, str]) -> nodes.Node:
        """Return a listing's file, tests and uses, linked."""
        file, first, last, name = listing
        module = file.removesuffix(".py").removesuffix("/__init__")
        thing = f"{module}.{name.partition('.')[0]}"
        line = nodes.inline("", "", classes=["listing-source"])
        line.extend(self.lines(file, first, last))
        if thing in self.env.book_things and INDEX in self.env.found_docs:
            tests = sum(self.env.book_tests.get(thing, {}).values())
            told = [f"{tests} test{'s' if tests > 1 else ''}"] if tests else []
            chapters = [
                str(facts.chapter)
                for page, facts in self.facts.items()
                if thing in facts.uses and facts.chapter and page != self.page
            ]
            if chapters:
                several = "s" if len(chapters) > 1 else ""
                told.append(f"used in chapter{several} {in_words(chapters)}")
            text = nodes.Text(", ".join(told) or "in the index")
            line += nodes.Text(" · ")
            line += self.link(INDEX, anchor(thing), text)
        return line

    # In the index.

    def module(self, module: str) -> list[nodes.Node]:
        """Return what a module is, and its entries."""
        path = module_files(Path(self.app.srcdir))[module]
        tree = ast.parse(path.read_text(encoding="utf-8"))
        entries = nodes.definition_list(classes=["listing-index"])
        for thing in self.env.book_things.values():
            if thing.name.partition(".")[0] == module:
                entries += self.entry(thing)
        return [nodes.paragraph("", "", *words(summary(tree))), entries]

    def entry(self, thing: Thing) -> nodes.Node:
        """Return all that there is to say of a thing."""
        short = thing.name.partition(".")[2]
        term = nodes.term("", "", nodes.literal("", short))
        term["ids"] = [anchor(thing.name)]
        told = nodes.definition()
        told += nodes.paragraph("", "", *words(thing.summary))
        lines = [self.explained(thing), self.used(thing), self.tested(thing)]
        lines.append([nodes.Text("Source: ")])
        lines[-1] += self.lines(thing.file, thing.first, thing.last)
        span = f", lines {thing.first} to {thing.last}"
        lines[-1].append(nodes.Text(span))
        facts = nodes.bullet_list(bullet="-")
        for line in filter(None, lines):
            facts += nodes.list_item("", nodes.paragraph("", "", *line))
        told += facts
        return nodes.definition_list_item("", term, told)

    def explained(self, thing: Thing) -> list[nodes.Node]:
        """Say where a thing's listings stand."""
        found: list[nodes.Node] = []
        for page, facts in self.facts.items():
            quotes = [q for q in facts.quotes if q.thing == thing.name]
            if not quotes:
                continue
            found.append(nodes.Text("; " if found else "Explained in "))
            found += self.pages([page])
            shown = [self.shown(quote) for quote in quotes]
            if any(shown):
                found.append(nodes.Text(": "))
                found += joined(filter(None, shown), last=", ")
        return found or [nodes.Text("Explained in a chapter still to come")]

    def shown(self, quote: Quote) -> nodes.Node | None:
        """Return a listing's number, and which method it shows."""
        if not quote.name:
            return nodes.literal("", quote.method) if quote.method else None
        both = nodes.inline("", "", self.numbered(quote))
        if quote.method:
            both += [nodes.Text(" "), nodes.literal("", quote.method)]
        return both

    def used(self, thing: Thing) -> list[nodes.Node]:
        """Say which pages use a thing."""
        pages = [
            page
            for page, facts in self.facts.items()
            if thing.name in facts.uses
        ]
        return [nodes.Text("Used in "), *self.pages(pages)] if pages else []

    def tested(self, thing: Thing) -> list[nodes.Node]:
        """Say which files of tests name a thing, and in how many tests."""
        counts = self.env.book_tests.get(thing.name, {})
        total = sum(counts.values())
        if not total:
            return []
        files = [
            nodes.inline("", f"{count} in ", nodes.literal("", file))
            for file, count in counts.items()
        ]
        many = "1 test: " if total == 1 else f"{total} tests: "
        return [nodes.Text(many), *joined(files, last=", ")]


def words(text: str) -> Iterator[nodes.Node]:
    """Yield plain text, with what stands in backticks as literals."""
    for place, part in enumerate(re.split(r"``?([^`]*)``?", text)):
        if part:
            yield nodes.literal("", part) if place % 2 else nodes.Text(part)


def in_words(words: Sequence[str], last: str = " and ") -> str:
    """Return "5", "5 and 7", "5, 7 and 11"."""
    *first, end = words
    return f"{', '.join(first)}{last}{end}" if first else end


def joined(
    links: Iterable[nodes.Node], last: str = " and "
) -> Iterator[nodes.Node]:
    """Yield nodes with commas and a last word between them."""
    links = list(links)
    for i, link in enumerate(links):
        if i:
            yield nodes.Text(last if i == len(links) - 1 else ", ")
        yield link


def setup(app: Sphinx) -> None:
    """Add the directive and what fills it."""
    app.add_node(placeholder)
    app.add_directive("listings", Listings)
    app.add_post_transform(Fill)
    app.connect("doctree-read", note_facts)
    app.connect("env-purge-doc", forget)
    app.connect("env-merge-info", merge)
    app.connect("env-get-outdated", outdated)
    app.connect("env-get-updated", to_rewrite)
