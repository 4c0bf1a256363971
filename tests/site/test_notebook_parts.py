"""What notebooks are made of, piece by piece."""

from types import SimpleNamespace

import branch
import pytest
from bs4 import BeautifulSoup
from docutils import nodes
from linebyline_ext.cells import Trimmer
from linebyline_ext.markdown import Markdown
from markdown_it import MarkdownIt
from sphinx.errors import ExtensionError


@pytest.fixture
def writer():
    """Give a writer of Markdown for a page without numbers."""
    app = SimpleNamespace(
        config=SimpleNamespace(html_baseurl="", numfig_format={}),
        env=SimpleNamespace(toc_fignumbers={}, toc_secnumbers={}),
    )
    return Markdown(app, "book/page")


@pytest.mark.parametrize(
    "text",
    [
        "fan_in * fan_out * 2, a `tick`, 2 < 3 and &amp; or AT&T;",
        "$5 and $6, [0, 1](x), [a]: b, ~~no~~, a \\ b",
        "- 2",
        "+ 2",
        "# 2",
        "> 2",
        "2. x",
        "12) x",
    ],
)
def test_text_stays_what_it_is(writer, text):
    markdown = writer.block(nodes.paragraph("", text))
    html = MarkdownIt().enable("strikethrough").render(markdown)
    (paragraph,) = BeautifulSoup(html.strip(), "html.parser")
    assert (paragraph.name, paragraph.get_text()) == ("p", text)


def test_a_bar_does_not_end_the_cell_of_a_table(writer):
    entry = nodes.entry("", nodes.paragraph())
    entry[0] += [nodes.math("", r"|x| \le \|y\|"), nodes.literal("", "a | b")]
    row = nodes.row("", entry)
    table = nodes.table("", nodes.tgroup("", nodes.thead("", row)))
    assert writer.block(table) == (
        "| $\\vert x\\vert  \\le \\Vert y\\Vert $`a \\| b` |\n| --- |"
    )


def test_a_formula_in_a_quote_is_one_line(writer):
    formula = nodes.math_block("", "a\n\n+ b")
    assert writer.block(formula) == "$$\na\n+ b\n$$"
    quote = nodes.block_quote("", formula)
    assert writer.block(quote) == "> $$a + b$$"


@pytest.mark.parametrize(
    ("node", "name"),
    [
        (nodes.section("", nodes.sidebar()), "sidebar"),
        (nodes.paragraph("", "", nodes.subscript("", "2")), "subscript"),
    ],
)
def test_what_has_no_markdown_is_an_error_that_names_it(writer, node, name):
    with pytest.raises(ExtensionError, match=f"book/page.*<{name}>"):
        writer.block(node)


@pytest.mark.parametrize(
    ("source", "left"),
    [
        ("from myst_nb import glue", ""),
        ("x = 1\nassert x == 1\nglue('x', x, display=False)", "x = 1"),
        ("for x in 1, 2:\n    assert x\ny = 1", "y = 1"),
        (
            "for x in 1, 2:\n    assert x\n    y = x",
            "for x in 1, 2:\n    y = x",
        ),
        ("with x:\n    assert (\n        y\n    )\nz()", "z();"),
        ("try:\n    assert x\nfinally:\n    y = 1",) * 2,
        ("def put(x):\n    glue('x', x)\n\n\nput(1)\ny = 1", "y = 1"),
        ("# a comment\nassert x", ""),
        ("print(x)", ""),
        ("for x in 1, 2:\n    print(x)", ""),
        ("def show(x):\n    print(x)",) * 2,
        ("x.step(1)", "x.step(1);"),
    ],
)
def test_what_only_serves_the_page_is_taken_from_hidden_cells(source, left):
    assert Trimmer().trim(source, silent=True) == left


def test_helpers_are_known_in_later_cells_and_outputs_stay():
    trimmer = Trimmer()
    assert trimmer.trim("def put(x):\n    glue('x', x)", silent=True) == ""
    assert trimmer.trim("put(1)\nprint(2)\nx", silent=False) == "print(2)\nx"


def test_the_branch_has_what_its_notebooks_need(site, tmp_path):
    target = tmp_path / "notebooks"
    branch.put_together(site, target)
    made = {p.relative_to(target) for p in target.rglob("*.ipynb")}
    assert made == {p.relative_to(site) for p in site.rglob("book/**/*.ipynb")}
    readme = (target / "README.md").read_text(encoding="utf-8")
    for notebook in made:
        assert f"]({notebook.as_posix()})" in readme
    assert readme.index("[2. ") < readme.index("[10. ")
    assert (target / "code/plainnet/layers.py").is_file()
    assert not list(target.rglob("__pycache__"))
    pins = (target / "constraints.txt").read_text(encoding="utf-8")
    assert "\nnumpy==" in pins
    assert "-e ." not in pins
