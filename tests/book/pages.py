"""The book's pages as blocks and prose: what the checks look at."""

import ast
import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import yaml
from markdown_it import MarkdownIt
from mdit_py_plugins.colon_fence import colon_fence_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

ROOT = Path(__file__).parents[2]
MARKDOWN = MarkdownIt().use(front_matter_plugin).use(colon_fence_plugin)
CITATION = re.compile(r"\{cite(?::\w+)?\}`([^`]+)`")
DIRECTIVE = re.compile(r"\{([\w:-]+)\}\s*(.*)")
OPTIONS = re.compile(r"---\n((?s:.*?)\n)---\n|((?:\s*:[\w-]+:.*\n)*)")
OPENERS = ("promise", "chapter-facts", "objectives")
# Directives whose body is not Markdown.
VERBATIM = {"code-cell", "code-block", "literalinclude", "math", "mermaid"}


@dataclass
class Block:
    """A directive; `line` is where it starts."""

    kind: str
    argument: str
    options: dict
    body: str
    line: int

    def looks_like(self, look: str) -> bool:
        """Say whether the class that gives the block its look is this one."""
        option = "class-container" if self.kind == "dropdown" else "class"
        classes = str(self.options.get(option, ""))
        return look in [*classes.split(), *self.argument.split()]


@dataclass
class Page:
    """A page of the book: its text, and where its file is."""

    text: str
    path: Path = ROOT / "book" / "page.md"
    header: dict = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)
    prose: list[str] = field(default_factory=list)
    # Of the prose what is read in a row: not headings, tables or openers.
    running: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._read(self.text, first_line=1)

    def _read(self, text: str, first_line: int, running: bool = True) -> None:
        """Collect the blocks, those inside others too, and the prose."""
        opened = ""
        for token in MARKDOWN.parse(text):
            if token.type == "front_matter":
                self.header = yaml.safe_load(token.content)
            elif token.type == "inline":
                self.prose.append(token.content)
                table = token.content.startswith("|")
                if running and opened == "paragraph_open" and not table:
                    self.running.append(token.content)
            opened = token.type
            directive = DIRECTIVE.fullmatch(token.info.strip())
            if token.type not in ("fence", "colon_fence") or not directive:
                continue
            found = OPTIONS.match(token.content)
            pairs = re.findall(r":([\w-]+):\s*(.*)", found[2] or "")
            options = yaml.safe_load(found[1]) if found[1] else dict(pairs)
            body = token.content[found.end() :]
            line = first_line + token.map[0]
            block = Block(*directive.groups(), options, body, line)
            self.blocks.append(block)
            if directive[1] not in VERBATIM:
                line += 1 + found[0].count("\n")
                reads_on = not any(block.looks_like(look) for look in OPENERS)
                self._read(body, line, running and reads_on)

    def all(self, kind: str) -> list[Block]:
        """Return the directives of one kind."""
        return [block for block in self.blocks if block.kind == kind]

    def looking(self, look: str) -> list[Block]:
        """Return the blocks with one look, such as `question`."""
        return [block for block in self.blocks if block.looks_like(look)]

    @cached_property
    def cells(self) -> list[tuple[Block, ast.Module]]:
        """The code cells, parsed."""
        return [(c, ast.parse(c.body)) for c in self.all("code-cell")]

    def section(self, title: str) -> str:
        """Return the text under a heading of the second level."""
        parts = re.split(r"^## (.*)$", self.text, flags=re.MULTILINE)
        return dict(zip(parts[1::2], parts[2::2], strict=True)).get(title, "")


def glossary_terms() -> list[str]:
    """Return the terms that the glossary explains."""
    page = Page((ROOT / "book" / "glossary.md").read_text(encoding="utf-8"))
    (glossary,) = page.all("glossary")
    return re.findall(r"^(?! )(\S.*)$", glossary.body, re.MULTILINE)


def toc_files() -> list[Path]:
    """Return the files that the table of contents names."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text())
    names = [c["file"] for part in toc["parts"] for c in part["chapters"]]
    return [ROOT / f"{name}.md" for name in [toc["root"], *names]]


def library_objects(module: Path) -> dict[str, ast.AST]:
    """Return the functions, classes and `Class.method`s of a module."""
    found = {}
    for node in ast.parse(module.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found[node.name] = node
        for method in getattr(node, "body", []):
            if isinstance(method, ast.FunctionDef):
                found[f"{getattr(node, 'name', '')}.{method.name}"] = method
    return found
