"""A page as plain Markdown: what Jupyter shows without any extension.

The page comes as the builder sees it, with numbers, citations and links in
their place. Boxes that fold are <details> here too, admonitions are quotes.
A kind of node that nothing here knows is an error: nothing is left out
silently.
"""

import re
from collections.abc import Iterable, Iterator
from functools import singledispatchmethod
from html import escape
from urllib.parse import urljoin

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx_design.dropdown import dropdown_main
from sphinx_design.tabs import sd_tab_input, sd_tab_label
from sphinx_exercise.nodes import exercise_enumerable_node
from sphinxcontrib.mermaid import mermaid

SPECIAL = re.compile(r"[\\`*_<$~]|\](?=[(\[:])|&(?=#?\w+;)")
AT_START = re.compile(r"^(\d*)([-+#](?=[#\s])|>|(?<=\d)[.)](?=\s))")
BAR = re.compile(r"(?<!\\)(\$[^$]+\$)|\|")
VERDICTS = {"wrong": "**✗ Wrong**\n\n", "right": "**✓ Right**\n\n"}


def indented(text: str, first: str, rest: str) -> str:
    """Return text with one start for its first line, one for the others."""
    lines = text.split("\n")
    lines[1:] = [rest + line if line else rest.rstrip() for line in lines[1:]]
    return first + "\n".join(lines)


def fenced(code: str, language: str) -> str:
    """Return code between fences longer than any in it."""
    code = code.rstrip("\n")
    fence = max(["```", *(run + "`" for run in re.findall("`{3,}", code))])
    return f"{fence}{language}\n{code}\n{fence}"


def folded(title: str, text: str) -> str:
    """Return a box that is closed at first."""
    return (
        f'<details style="margin-bottom: 1em">\n<summary>{title}</summary>'
        f"\n\n{text}\n\n</details>"
    )


def cell_text(text: str) -> str:
    """Return the text for a table's cell, where a bar would end it."""

    def without_bar(found: re.Match[str]) -> str:
        if not found[1]:
            return r"\|"
        return found[1].replace(r"\|", r"\Vert ").replace("|", r"\vert ")

    return BAR.sub(without_bar, text)


class Markdown:
    """Turns the nodes of one page into Markdown."""

    def __init__(self, app: Sphinx, page: str) -> None:
        self.page = page
        # Where links to other pages lead; "" if that is not known.
        self.home = app.config.html_baseurl
        self.formats = app.config.numfig_format
        self.numbers = app.env.toc_fignumbers.get(page, {})
        self.sections = app.env.toc_secnumbers.get(page, {})

    # Numbers.

    def number(self, kind: str, node: nodes.Element) -> str:
        """Return "7.2" for the second of a kind in chapter 7, or ""."""
        places = self.numbers.get(kind, {})
        found = [places[name] for name in node["ids"] if name in places]
        return ".".join(map(str, found[0])) if found else ""

    def label(self, kind: str, node: nodes.Element) -> str:
        """Return "Listing 7.2", or "" for what has no number."""
        number = self.number(kind, node)
        return self.formats[kind] % number if number else ""

    def caption(
        self, kind: str, node: nodes.Element, told: nodes.Element
    ) -> str:
        """Return a label in bold, and the caption."""
        label = self.label(kind, node)
        start = f"**{label}.** " if label else ""
        return start + self.words(told)

    def heading(self, section: nodes.section, level: int) -> str:
        """Return a section's heading with its number."""
        names = [f"#{name}" for name in section["ids"]] if level > 1 else [""]
        found = [self.sections[n] for n in names if self.sections.get(n)]
        number = ".".join(map(str, found[0])) + ". " if found else ""
        title = section.next_node(nodes.title)
        return f"{'#' * level} {number}{self.words(title)}"

    # Parts of a line.

    def words(self, node: nodes.Element) -> str:
        """Return the content of a node as one line."""
        return "".join(map(self.inline, node)).strip()

    @singledispatchmethod
    def inline(self, node: nodes.Node) -> str:
        """Return a part of a line as Markdown."""
        raise ExtensionError(
            f"{self.page}: no Markdown for <{type(node).__name__}> in a line"
        )

    @inline.register
    def _(self, node: nodes.Text) -> str:
        text = SPECIAL.sub(
            lambda found: "&amp;" if found[0] == "&" else f"\\{found[0]}",
            node.astext(),
        )
        return re.sub(r"\s*\n\s*", " ", text)

    @inline.register
    def _(self, node: nodes.emphasis) -> str:
        return f"*{self.words(node)}*"

    @inline.register
    def _(self, node: nodes.strong) -> str:
        return f"**{self.words(node)}**"

    @inline.register
    def _(self, node: nodes.literal) -> str:
        code = node.astext()
        ticks = "``" if "`" in code else "`"
        return f"{ticks}{code}{ticks}"

    @inline.register
    def _(self, node: nodes.math) -> str:
        return f"${' '.join(node.astext().split())}$"

    @inline.register
    def _(self, node: nodes.inline) -> str:
        text = "".join(map(self.inline, node))
        return f"({text})" if "listing-source" in node["classes"] else text

    @inline.register
    def _(self, node: nodes.target) -> str:
        return ""

    @inline.register
    def _(self, node: nodes.reference) -> str:
        text = self.words(node)
        link = node.get("refuri", "")
        if node.get("internal"):
            own = not link or link.startswith("#")
            here = f"{self.home}{self.page}.html"
            link = urljoin(here, link) if self.home and not own else ""
        return f"[{text}]({link})" if link else text

    # Titles of boxes stand in HTML, where Markdown is not read.

    def title(self, node: nodes.Node) -> str:
        """Return a title as HTML."""
        if isinstance(node, nodes.Text):
            return escape(node.astext(), quote=False)
        if isinstance(node, nodes.math):
            return f"${escape(node.astext(), quote=False)}$"
        inner = "".join(map(self.title, node.children))
        is_code = isinstance(node, nodes.literal)
        return f"<code>{inner}</code>" if is_code else inner

    # Blocks.

    def blocks(self, content: Iterable[nodes.Node]) -> str:
        """Return blocks, one below the other."""
        return "\n\n".join(filter(None, map(self.block, content)))

    @singledispatchmethod
    def block(self, node: nodes.Node) -> str:
        """Return a block as Markdown."""
        raise ExtensionError(
            f"{self.page}: no Markdown for a block <{type(node).__name__}>"
        )

    @block.register
    def _(self, node: nodes.paragraph | nodes.term) -> str:
        return AT_START.sub(r"\1\\\2", self.words(node))

    @block.register
    def _(
        self,
        node: nodes.target | nodes.comment | sd_tab_input,
    ) -> str:
        return ""

    @block.register
    def _(self, node: nodes.section | nodes.definition) -> str:
        return self.blocks(node)

    @block.register
    def _(self, node: nodes.bullet_list) -> str:
        return self.list(node, ["- "] * len(node))

    @block.register
    def _(self, node: nodes.enumerated_list) -> str:
        first = node.get("start", 1)
        return self.list(node, [f"{first + i}. " for i, _ in enumerate(node)])

    def list(self, node: nodes.Element, marks: list[str]) -> str:
        """Return a list, close together if its items are single lines."""
        items = [
            indented(self.blocks(item), mark, " " * len(mark))
            for mark, item in zip(marks, node, strict=True)
        ]
        close = all(len(item) == 1 for item in node)
        return ("\n" if close else "\n\n").join(items)

    @block.register
    def _(self, node: nodes.definition_list) -> str:
        return "\n\n".join(
            f"**{self.words(item[0])}**\n\n{self.blocks(item[1:])}"
            for item in node
        )

    @block.register
    def _(self, node: nodes.literal_block) -> str:
        verdict = "".join(VERDICTS.get(name, "") for name in node["classes"])
        return verdict + fenced(node.astext(), node.get("language", ""))

    @block.register
    def _(self, node: nodes.math_block) -> str:
        lines = [line for line in node.astext().split("\n") if line.strip()]
        number = self.number("displaymath", node)
        tag = [f"\\tag{{{number}}}"] if number else []
        return "\n".join(["$$", *lines, *tag, "$$"])

    @block.register
    def _(self, node: nodes.container) -> str:
        if node.get("literal_block"):
            caption, code = node
            told = self.caption("code-block", node, caption)
            return f"{told}\n\n{self.block(code)}"
        if node.get("design_component") == "box-frame":
            return self.block(node[0])  # without the link to it
        if node.get("nb_element") == "cell_code":
            raise ExtensionError(f"{self.page}: a cell stands inside a box")
        return self.blocks(node)

    @block.register
    def _(self, node: dropdown_main) -> str:
        title, *content = node
        return folded(f"<b>{self.title(title)}</b>", self.blocks(content))

    @block.register
    def _(self, node: sd_tab_label) -> str:
        return f"**{self.words(node)}**"

    @block.register
    def _(self, node: nodes.admonition | nodes.block_quote) -> str:
        title, content = "", list(node)
        if isinstance(node[0], nodes.title):
            title = f"**{self.words(content.pop(0))}**"
            # Not twice, where a box is all that a section has.
            above = node.parent.next_node(nodes.title)
            title = "" if above.astext() == node[0].astext() else title
        text = "\n\n".join(filter(None, [title, self.blocks(content)]))
        return indented(one_line_math(text), "> ", "> ")

    @block.register
    def _(self, node: exercise_enumerable_node) -> str:
        title, *content = node
        label = self.label("exercise", node)
        return f"### {label} {self.words(title)}\n\n{self.blocks(content)}"

    @block.register
    def _(self, node: nodes.table) -> str:
        title = [n for n in node if isinstance(n, nodes.title)]
        told = [self.caption("table", node, t) for t in title]
        head, *body = [
            " | ".join(cell_text(self.blocks(entry)) for entry in row)
            for row in node.findall(nodes.row)
        ]
        rule = " | ".join("---" for _ in next(node.findall(nodes.row)))
        rows = "\n".join(f"| {row} |" for row in [head, rule, *body])
        return "\n\n".join([*told, rows])

    @block.register
    def _(self, node: mermaid) -> str:
        diagram = fenced(node["code"], "mermaid")
        return f"{diagram}\n\n{self.in_words('diagram', node['alt'])}"

    @block.register
    def _(self, node: nodes.figure) -> str:
        told = self.caption("figure", node, node.next_node(nodes.caption))
        alt = node.next_node(nodes.image)["alt"]
        return f"{told}\n\n{self.in_words('figure', alt)}"

    def in_words(self, what: str, told: str) -> str:
        """Return a text alternative, folded."""
        return folded(f"The {what} in words", self.inline(nodes.Text(told)))

    # The page.

    def parts(
        self, section: nodes.Element, level: int = 0
    ) -> Iterator[str | nodes.Element]:
        """Yield Markdown, piece by piece, and each code cell as it is."""
        if level:
            yield self.heading(section, level)
        for node in section:
            if isinstance(node, nodes.section):
                yield from self.parts(node, level + 1)
            elif isinstance(node, nodes.title):
                continue
            elif node.get("nb_element") == "cell_code":
                yield node
                yield self.blocks(node.findall(nodes.figure))
            else:
                yield self.block(node)


def one_line_math(text: str) -> str:
    """Join displayed formulas, in which a quote's marks would be signs."""
    return re.sub(
        r"^\$\$\n(.*?)\n\$\$$",
        lambda found: f"$${' '.join(found[1].split())}$$",
        text,
        flags=re.DOTALL | re.MULTILINE,
    )
